/** Glue for stored.ts, whose core is memcpy(). */
#include <stdlib.h>
#include <string.h>
#include "xs_crypto.h"
#include "mc.xs.h"

typedef struct {
	size_t length;
	uint8_t bytes[];
} stored;

void xs_stored_destructor(void *data)
{
	stored *it = data;

	if (!it)
		return;
	secret_wipe(it, sizeof(*it) + it->length);
	free(it);
}

static const xsHostHooks hooks = { xs_stored_destructor, NULL, NULL };

void xs_stored(xsMachine *the)
{
	xsNumberValue at = xs_crypto_size(the, &xsArg(1)), length = xs_crypto_size(the, &xsArg(2));
	const uint8_t *from = xs_crypto_range(the, &xsArg(0), at, length, 0);
	stored *it;

	if (length < 1)
		xsRangeError("crypto: nothing to store");
	it = malloc(sizeof(*it) + (size_t)length);
	if (!it)
		xs_crypto_no_memory(the);
	it->length = (size_t)length;
	memcpy(it->bytes, from, it->length);
	xsmcSetHostData(xsThis, it);
	xsSetHostHooks(xsThis, (xsHostHooks *)&hooks);
}

void xs_stored_get_length(xsMachine *the)
{
	stored *it = xs_crypto_data(the, &xsThis, &hooks, "stored");

	xsmcSetInteger(xsResult, it->length);
}

void xs_stored_copyTo(xsMachine *the)
{
	xsNumberValue at = xs_crypto_size(the, &xsArg(1));
	stored *it = xs_crypto_data(the, &xsThis, &hooks, "stored");

	memcpy(xs_crypto_range(the, &xsArg(0), at, (xsNumberValue)it->length, 1), it->bytes, it->length);
}
