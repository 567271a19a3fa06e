/** Glue for kdf.ts. */
#include "xs_crypto.h"
#include "mc.xs.h"

#include "digest.h"
#include "kdf.h"

static crypto_outcome derive(xsMachine *the, int algorithm, secret_key *key, secret_key *derived)
{
	kdf_part label, context;

	label.bytes = xs_crypto_whole(the, &xsArg(1), &label.length);
	context.bytes = xs_crypto_whole(the, &xsArg(2), &context.length);
	return kdf_derive_by(digest_psa_algorithm(algorithm), (kdf_part){ key->bytes, key->length }, label, context, derived->bytes, derived->length);
}

void xs_kdf(xsMachine *the)
{
	xsNumberValue algorithm = xsmcArgc > 4 && xsmcTypeOf(xsArg(4)) != xsUndefinedType ? xs_crypto_size(the, &xsArg(4)) : DIGEST_SHA256;
	secret_key *key = xs_crypto_key(the, &xsArg(0));
	secret_key *derived = xs_crypto_key(the, &xsArg(3));
	crypto_outcome outcome;

	if (algorithm != DIGEST_SHA256 && algorithm != DIGEST_SHA384)
		xsRangeError("crypto: no kdf with digest algorithm %d", (int)algorithm);
	if (derived->length > KDF_MAX_LENGTH)
		xsRangeError("crypto: kdf gives at most %d bytes, not %d", KDF_MAX_LENGTH, derived->length);
	outcome = derive(the, (int)algorithm, key, derived);
	// A collection moves the buffers, so that derive() asks for them anew.
	if (xs_crypto_made_room(the, outcome))
		outcome = derive(the, (int)algorithm, key, derived);
	xs_crypto_check(the, outcome);
}
