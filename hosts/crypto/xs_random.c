/** Glue for random.ts. */
#include "xs_crypto.h"
#include "mc.xs.h"

void xs_random(xsMachine *the)
{
	xsNumberValue at = xs_crypto_size(the, &xsArg(1)), length = xs_crypto_size(the, &xsArg(2));
	uint8_t *bytes = xs_crypto_range(the, &xsArg(0), at, length, 1);

	xs_crypto_check(the, backend_random(bytes, (size_t)length));
}

void xs_equal(xsMachine *the)
{
	xsNumberValue aAt = xs_crypto_size(the, &xsArg(1)), bAt = xs_crypto_size(the, &xsArg(3)), length = xs_crypto_size(the, &xsArg(4));
	const uint8_t *a = xs_crypto_range(the, &xsArg(0), aAt, length, 0);
	const uint8_t *b = xs_crypto_range(the, &xsArg(2), bAt, length, 0);

	xsmcSetBoolean(xsResult, secret_equal(a, b, (size_t)length));
}
