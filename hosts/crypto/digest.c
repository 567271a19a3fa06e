#include "digest.h"

#include <string.h>

static const struct {
	psa_algorithm_t psa;
	uint8_t length;
} algorithms[DIGEST_ALGORITHMS] = {
	[DIGEST_MD4] = { 0, MD4_LENGTH },
	[DIGEST_MD5] = { PSA_ALG_MD5, 16 },
	[DIGEST_SHA256] = { PSA_ALG_SHA_256, 32 },
	[DIGEST_SHA512] = { PSA_ALG_SHA_512, 64 },
	[DIGEST_SHA1] = { PSA_ALG_SHA_1, 20 },
	[DIGEST_SHA384] = { PSA_ALG_SHA_384, 48 },
};

size_t digest_length(int algorithm)
{
	return algorithms[algorithm].length;
}

psa_algorithm_t digest_psa_algorithm(int algorithm)
{
	return algorithms[algorithm].psa;
}

static crypto_outcome begin(digest_state *state)
{
	crypto_outcome outcome = CRYPTO_SUCCESS;

	if (state->active)
		return outcome;
	if (state->algorithm == DIGEST_MD4)
		md4_begin(&state->by.md4);
	else {
		outcome = backend_start();
		if (outcome.call)
			return outcome;
		state->by.psa = psa_hash_operation_init();
		outcome = backend_outcome("psa_hash_setup", psa_hash_setup(&state->by.psa, algorithms[state->algorithm].psa));
	}
	state->active = !outcome.call;
	return outcome;
}

crypto_outcome digest_add(digest_state *state, const uint8_t *bytes, size_t length)
{
	crypto_outcome outcome = begin(state);

	if (outcome.call || !length)
		return outcome;
	if (state->algorithm == DIGEST_MD4)
		md4_add(&state->by.md4, bytes, length);
	else
		outcome = backend_outcome("psa_hash_update", psa_hash_update(&state->by.psa, bytes, length));
	if (outcome.call)
		digest_abort(state);
	return outcome;
}

crypto_outcome digest_end(digest_state *state, uint8_t digest[DIGEST_MAX_LENGTH])
{
	crypto_outcome outcome = begin(state);
	size_t length;

	if (outcome.call)
		return outcome;
	if (state->algorithm == DIGEST_MD4)
		md4_end(&state->by.md4, digest);
	else
		outcome = backend_outcome("psa_hash_finish", psa_hash_finish(&state->by.psa, digest, DIGEST_MAX_LENGTH, &length));
	digest_abort(state);
	return outcome;
}

void digest_abort(digest_state *state)
{
	if (state->active && state->algorithm != DIGEST_MD4)
		psa_hash_abort(&state->by.psa);
	state->active = 0;
	secret_wipe(&state->by, sizeof(state->by));
}
