/** Glue for pbkdf2.ts. */
#include "xs_crypto.h"
#include "mc.xs.h"

#include "digest.h"
#include "pbkdf2.h"

#include <stdlib.h>

void xs_pbkdf2_destructor(void *data);

static const xsHostHooks hooks = { xs_pbkdf2_destructor, NULL, NULL };

static pbkdf2_context *self(xsMachine *the)
{
	return xs_crypto_data(the, &xsThis, &hooks, "PBKDF2");
}

void xs_pbkdf2_destructor(void *data)
{
	if (!data)
		return;
	pbkdf2_close(data);
	free(data);
}

void xs_pbkdf2(xsMachine *the)
{
	xsNumberValue algorithm = xs_crypto_size(the, &xsArg(0));
	const uint8_t *password;
	size_t length;
	pbkdf2_context *context;
	crypto_outcome outcome;

	if (algorithm != DIGEST_SHA1 && algorithm != DIGEST_SHA256 && algorithm != DIGEST_SHA384)
		xsRangeError("crypto: no PBKDF2 with digest algorithm %d", (int)algorithm);
	password = xs_crypto_whole(the, &xsArg(1), &length);
	context = calloc(1, sizeof(*context));
	if (!context)
		xs_crypto_no_memory(the);
	outcome = pbkdf2_open(context, digest_psa_algorithm((int)algorithm), password, length);
	if (outcome.call) {
		free(context);
		xs_crypto_check(the, outcome);
	}
	xsmcSetHostData(xsThis, context);
	xsSetHostHooks(xsThis, (xsHostHooks *)&hooks);
}

void xs_pbkdf2_begin(xsMachine *the)
{
	xsNumberValue iterations = xs_crypto_size(the, &xsArg(1));
	pbkdf2_context *context = self(the);
	secret_key *key = xs_crypto_key(the, &xsArg(2));
	size_t length;
	const uint8_t *salt = xs_crypto_whole(the, &xsArg(0), &length);

	if (iterations < 1)
		xsRangeError("crypto: PBKDF2 wants 1 to 2147483647 iterations");
	if (key->length > PBKDF2_BLOCKS * context->hashLength)
		xsRangeError("crypto: PBKDF2 gives at most %d bytes here, not %d", PBKDF2_BLOCKS * context->hashLength, key->length);
	xs_crypto_check(the, pbkdf2_begin(context, salt, length, (uint32_t)iterations, key->length));
}

void xs_pbkdf2_step(xsMachine *the)
{
	xsNumberValue count = xs_crypto_size(the, &xsArg(0));
	pbkdf2_context *context = self(the);

	if (count < 1)
		xsRangeError("crypto: PBKDF2 wants 1 to 2147483647 iterations");
	if (!context->blocks)
		xsTypeError("PBKDF2: step before begin");
	xs_crypto_check(the, pbkdf2_step(context, (uint32_t)count));
	xsmcSetBoolean(xsResult, context->left == 0);
}

void xs_pbkdf2_finish(xsMachine *the)
{
	pbkdf2_context *context = self(the);
	secret_key *key = xs_crypto_key(the, &xsArg(0));

	if (!context->blocks || context->left)
		xsRangeError("crypto: PBKDF2 is not done");
	if (key->length > context->blocks * context->hashLength)
		xsRangeError("crypto: PBKDF2 has %d bytes, not %d", context->blocks * context->hashLength, key->length);
	pbkdf2_end(context, key->bytes, key->length);
}

void xs_pbkdf2_close(xsMachine *the)
{
	xs_pbkdf2_destructor(xsmcGetHostDataValidate(xsThis, (void *)&hooks));
	xsmcSetHostData(xsThis, NULL);
}
