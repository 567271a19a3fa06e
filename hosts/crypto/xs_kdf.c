/** Glue for kdf.ts. */
#include "xs_crypto.h"
#include "mc.xs.h"

#include "kdf.h"

void xs_kdf(xsMachine *the)
{
	secret_key *key = xs_crypto_key(the, &xsArg(0));
	secret_key *derived = xs_crypto_key(the, &xsArg(3));
	kdf_part label, context;

	if (derived->length > KDF_MAX_LENGTH)
		xsRangeError("crypto: kdf gives at most %d bytes, not %d", KDF_MAX_LENGTH, derived->length);
	label.bytes = xs_crypto_whole(the, &xsArg(1), &label.length);
	context.bytes = xs_crypto_whole(the, &xsArg(2), &context.length);
	xs_crypto_check(the, kdf_derive((kdf_part){ key->bytes, key->length }, label, context, derived->bytes, derived->length));
}
