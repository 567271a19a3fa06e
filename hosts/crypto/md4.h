/** MD4 (RFC 1320), which NTLM's password hash still needs ([MS-NLMP] 3.3.1) and PSA Crypto lacks. Broken as a digest: for nothing else. */
#ifndef CRYPTO_MD4_H
#define CRYPTO_MD4_H

#include <stddef.h>
#include <stdint.h>

enum { MD4_LENGTH = 16 };

typedef struct {
	uint32_t chain[4];
	uint64_t length; // bytes added so far
	uint8_t block[64]; // the first length % 64 are waiting
} md4_state;

void md4_begin(md4_state *state);
/** Adds bytes[0, length). */
void md4_add(md4_state *state, const uint8_t *bytes, size_t length);
/** Writes the digest and wipes the state. */
void md4_end(md4_state *state, uint8_t digest[MD4_LENGTH]);

#endif
