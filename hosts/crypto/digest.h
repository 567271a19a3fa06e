/** Message digests in parts: MD5 (RFC 1321) and SHA (FIPS 180-4) by PSA Crypto, MD4 our own. Knows no XS. */
#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H

#include "backend.h"
#include "md4.h"

#include <psa/crypto.h>

/** The numbers of DigestAlgorithm in digest.ts. */
enum { DIGEST_MD4, DIGEST_MD5, DIGEST_SHA256, DIGEST_SHA512, DIGEST_SHA1, DIGEST_SHA384, DIGEST_ALGORITHMS };

enum { DIGEST_MAX_LENGTH = 64 };

/** All zero but for algorithm before the first use. */
typedef struct {
	uint8_t algorithm;
	uint8_t active; // between the first byte added and the end
	union {
		md4_state md4;
		psa_hash_operation_t psa;
	} by;
} digest_state;

/** Bytes of a digest of that algorithm. */
size_t digest_length(int algorithm);
/** PSA's name for the algorithm, 0 for MD4, which it lacks. */
psa_algorithm_t digest_psa_algorithm(int algorithm);

crypto_outcome digest_add(digest_state *state, const uint8_t *bytes, size_t length);
/** Writes digest_length() bytes; the state is as new afterwards. */
crypto_outcome digest_end(digest_state *state, uint8_t digest[DIGEST_MAX_LENGTH]);
/** Forgets what was added and wipes the state, which is as new afterwards. */
void digest_abort(digest_state *state);

#endif
