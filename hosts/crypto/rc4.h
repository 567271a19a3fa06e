/** RC4, which NTLM's session security still asks for ([MS-NLMP] 3.4.3, 3.4.5.1) and PSA Crypto lacks. Broken as a cipher: for nothing else. */
#ifndef CRYPTO_RC4_H
#define CRYPTO_RC4_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
	uint8_t s[256];
	uint8_t i, j;
} rc4_state;

/** Schedules a key of 1 to 256 bytes. */
void rc4_begin(rc4_state *state, const uint8_t *key, size_t length);
/** Writes from[0, length) xor the next length bytes of key stream to to, which may be from. */
void rc4_apply(rc4_state *state, const uint8_t *from, uint8_t *to, size_t length);

#endif
