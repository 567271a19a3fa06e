#include "pbkdf2.h"

#include <string.h>

enum { MAX_BLOCK = 128 };

/** Takes up the key's block, mixed with HMAC's pad (RFC 2104 2). */
static crypto_outcome absorb(psa_hash_operation_t *operation, psa_algorithm_t hash, const uint8_t *key, size_t block, uint8_t pad)
{
	uint8_t mixed[MAX_BLOCK];
	crypto_outcome outcome;

	for (size_t i = 0; i < block; i++)
		mixed[i] = key[i] ^ pad;
	outcome = backend_outcome("psa_hash_setup", psa_hash_setup(operation, hash));
	if (!outcome.call)
		outcome = backend_outcome("psa_hash_update", psa_hash_update(operation, mixed, block));
	secret_wipe(mixed, sizeof(mixed));
	return outcome;
}

crypto_outcome pbkdf2_open(pbkdf2_context *context, psa_algorithm_t hash, const uint8_t *password, size_t length)
{
	size_t block = hash == PSA_ALG_SHA_384 ? 128 : 64, written;
	uint8_t key[MAX_BLOCK] = { 0 };
	crypto_outcome outcome = backend_start();

	if (outcome.call)
		return outcome;
	memset(context, 0, sizeof(*context));
	context->hashLength = PSA_HASH_LENGTH(hash);
	context->inner = psa_hash_operation_init();
	context->outer = psa_hash_operation_init();
	if (length > block)
		// Not sizeof(key): PSA fills what a digest leaves of its buffer.
		outcome = backend_outcome("psa_hash_compute", psa_hash_compute(hash, password, length, key, context->hashLength, &written));
	else if (length)
		memcpy(key, password, length);
	if (!outcome.call)
		outcome = absorb(&context->inner, hash, key, block, 0x36);
	if (!outcome.call)
		outcome = absorb(&context->outer, hash, key, block, 0x5C);
	secret_wipe(key, sizeof(key));
	if (outcome.call)
		pbkdf2_close(context);
	return outcome;
}

void pbkdf2_close(pbkdf2_context *context)
{
	psa_hash_abort(&context->inner);
	psa_hash_abort(&context->outer);
	secret_wipe(context, sizeof(*context));
}

/** One of HMAC's two hashes: what begun has taken up, then up to two parts. digest may be one of the parts. */
static crypto_outcome hash_on(const psa_hash_operation_t *begun, const uint8_t *first, size_t firstLength, const uint8_t *second, size_t secondLength, uint8_t digest[PBKDF2_MAX_HASH])
{
	psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
	size_t written;
	crypto_outcome outcome = backend_outcome("psa_hash_clone", psa_hash_clone(begun, &operation));

	if (!outcome.call && firstLength)
		outcome = backend_outcome("psa_hash_update", psa_hash_update(&operation, first, firstLength));
	if (!outcome.call && secondLength)
		outcome = backend_outcome("psa_hash_update", psa_hash_update(&operation, second, secondLength));
	if (!outcome.call)
		outcome = backend_outcome("psa_hash_finish", psa_hash_finish(&operation, digest, PBKDF2_MAX_HASH, &written));
	psa_hash_abort(&operation);
	// What went in is as good as the key.
	secret_wipe(&operation, sizeof(operation));
	return outcome;
}

static crypto_outcome hmac(const pbkdf2_context *context, const uint8_t *first, size_t firstLength, const uint8_t *second, size_t secondLength, uint8_t tag[PBKDF2_MAX_HASH])
{
	crypto_outcome outcome = hash_on(&context->inner, first, firstLength, second, secondLength, tag);

	return outcome.call ? outcome : hash_on(&context->outer, tag, context->hashLength, NULL, 0, tag);
}

/** Forgets what was under way. */
static void drop(pbkdf2_context *context)
{
	context->blocks = 0;
	context->left = 0;
	secret_wipe(context->u, sizeof(context->u));
	secret_wipe(context->t, sizeof(context->t));
}

crypto_outcome pbkdf2_begin(pbkdf2_context *context, const uint8_t *salt, size_t saltLength, uint32_t iterations, size_t length)
{
	int blocks = length > context->hashLength ? 2 : 1;
	crypto_outcome outcome = CRYPTO_SUCCESS;

	drop(context);
	for (int i = 0; i < blocks && !outcome.call; i++) {
		const uint8_t number[4] = { 0, 0, 0, (uint8_t)(i + 1) };

		outcome = hmac(context, salt, saltLength, number, sizeof(number), context->u[i]);
		memcpy(context->t[i], context->u[i], sizeof(context->t[i]));
	}
	if (outcome.call) {
		drop(context);
		return outcome;
	}
	context->blocks = (uint8_t)blocks;
	context->left = iterations - 1;
	return outcome;
}

crypto_outcome pbkdf2_step(pbkdf2_context *context, uint32_t count)
{
	crypto_outcome outcome = CRYPTO_SUCCESS;

	for (; count && context->left; count--, context->left--) {
		for (int i = 0; i < context->blocks; i++) {
			outcome = hmac(context, context->u[i], context->hashLength, NULL, 0, context->u[i]);
			if (outcome.call) {
				drop(context);
				return outcome;
			}
			for (size_t at = 0; at < context->hashLength; at++)
				context->t[i][at] ^= context->u[i][at];
		}
	}
	return outcome;
}

void pbkdf2_end(pbkdf2_context *context, uint8_t *derived, size_t length)
{
	size_t first = length < context->hashLength ? length : context->hashLength;

	memcpy(derived, context->t[0], first);
	memcpy(derived + first, context->t[1], length - first);
	drop(context);
}
