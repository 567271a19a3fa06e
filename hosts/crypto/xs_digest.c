/** Glue for digest.ts. */
#include "xs_crypto.h"
#include "mc.xs.h"

#include "digest.h"

#include <stdlib.h>
#include <string.h>

void xs_digest_destructor(void *data);

static const xsHostHooks hooks = { xs_digest_destructor, NULL, NULL };

static digest_state *self(xsMachine *the)
{
	return xs_crypto_data(the, &xsThis, &hooks, "digest");
}

void xs_digest_destructor(void *data)
{
	if (!data)
		return;
	digest_abort(data);
	free(data);
}

void xs_digest(xsMachine *the)
{
	xsNumberValue algorithm = xs_crypto_size(the, &xsArg(0));
	digest_state *state;

	if (algorithm < 0 || algorithm >= DIGEST_ALGORITHMS)
		xsRangeError("crypto: no digest algorithm %d", (int)algorithm);
	state = calloc(1, sizeof(*state));
	if (!state)
		xs_crypto_no_memory(the);
	state->algorithm = (uint8_t)algorithm;
	xsmcSetHostData(xsThis, state);
	xsSetHostHooks(xsThis, (xsHostHooks *)&hooks);
}

void xs_digest_update(xsMachine *the)
{
	xsNumberValue at = xs_crypto_size(the, &xsArg(1)), length = xs_crypto_size(the, &xsArg(2));
	digest_state *state = self(the);
	const uint8_t *bytes = xs_crypto_range(the, &xsArg(0), at, length, 0);

	xs_crypto_check(the, digest_add(state, bytes, (size_t)length));
}

void xs_digest_updateKey(xsMachine *the)
{
	digest_state *state = self(the);
	secret_key *key = xs_crypto_key(the, &xsArg(0));

	xs_crypto_check(the, digest_add(state, key->bytes, key->length));
}

void xs_digest_finish(xsMachine *the)
{
	xsNumberValue at = xs_crypto_size(the, &xsArg(1));
	digest_state *state = self(the);
	size_t length = digest_length(state->algorithm);
	uint8_t *bytes = xs_crypto_range(the, &xsArg(0), at, length, 1);
	uint8_t digest[DIGEST_MAX_LENGTH];
	crypto_outcome outcome = digest_end(state, digest);

	if (!outcome.call)
		memcpy(bytes, digest, length);
	secret_wipe(digest, sizeof(digest));
	xs_crypto_check(the, outcome);
}

void xs_digest_finishKey(xsMachine *the)
{
	digest_state *state = self(the);
	secret_key *key = xs_crypto_key(the, &xsArg(0));
	int length = (int)digest_length(state->algorithm);
	uint8_t digest[DIGEST_MAX_LENGTH];
	crypto_outcome outcome;

	if (key->length > length)
		xsRangeError("crypto: a digest of %d bytes for a key of %d", length, key->length);
	outcome = digest_end(state, digest);
	if (!outcome.call)
		secret_key_set(key, digest, key->length);
	secret_wipe(digest, sizeof(digest));
	xs_crypto_check(the, outcome);
}

void xs_digest_close(xsMachine *the)
{
	xs_digest_destructor(xsmcGetHostDataValidate(xsThis, (void *)&hooks));
	xsmcSetHostData(xsThis, NULL);
}
