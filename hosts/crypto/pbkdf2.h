/**
 * PBKDF2 (RFC 8018 5.2) with HMAC over a hash of PSA's, in steps: thousands of iterations take a small processor seconds. Knows no XS.
 * The password is only needed once: the two hash states that HMAC begins with stand for it.
 */
#ifndef CRYPTO_PBKDF2_H
#define CRYPTO_PBKDF2_H

#include "backend.h"

#include <psa/crypto.h>

enum { PBKDF2_BLOCKS = 2, PBKDF2_MAX_HASH = 48 };

typedef struct {
	uint8_t hashLength;
	uint8_t blocks; // of a derivation that is under way, else 0
	uint32_t left;  // iterations
	psa_hash_operation_t inner, outer;
	uint8_t u[PBKDF2_BLOCKS][PBKDF2_MAX_HASH];
	uint8_t t[PBKDF2_BLOCKS][PBKDF2_MAX_HASH];
} pbkdf2_context;

/** hash: PSA_ALG_SHA_1, PSA_ALG_SHA_256 or PSA_ALG_SHA_384. After a failure there is nothing to close. */
crypto_outcome pbkdf2_open(pbkdf2_context *context, psa_algorithm_t hash, const uint8_t *password, size_t length);
/** Wipes everything. */
void pbkdf2_close(pbkdf2_context *context);

/** Begins to derive length bytes, 1 to 2 * hashLength, by iterations >= 1. What was under way is dropped. */
crypto_outcome pbkdf2_begin(pbkdf2_context *context, const uint8_t *salt, size_t saltLength, uint32_t iterations, size_t length);
/** Does up to count iterations; context->left tells how many remain. */
crypto_outcome pbkdf2_step(pbkdf2_context *context, uint32_t count);
/** Writes the length bytes that begin() was told. Only when none are left. */
void pbkdf2_end(pbkdf2_context *context, uint8_t *derived, size_t length);

#endif
