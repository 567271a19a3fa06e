/** Authenticated encryption in place: AES-CCM (SP 800-38C) and AES-GCM (SP 800-38D) with whole tags, as [MS-SMB2] 3.1.4.3 seals messages. Knows no XS. */
#ifndef CRYPTO_AEAD_H
#define CRYPTO_AEAD_H

#include "backend.h"

#include <psa/crypto.h>

/** [MS-SMB2] 2.2.3.1.2: the ciphers' numbers. */
enum { AEAD_AES_128_CCM = 1, AEAD_AES_128_GCM, AEAD_AES_256_CCM, AEAD_AES_256_GCM };

enum {
	AEAD_TAG_LENGTH = 16,
	AEAD_NONCE_FIELD = 16, // [MS-SMB2] 2.2.41 Nonce: what of it the cipher takes, then zeros
	AEAD_ROOM = AEAD_TAG_LENGTH, // behind every message: see aead_seal()
};

typedef struct {
	mbedtls_svc_key_id_t key;
	psa_algorithm_t algorithm;
	uint8_t nonceLength;
	uint64_t sealed, limit; // messages; sealed is also the next nonce
} aead_context;

/** Bytes of a key of that cipher, 0 for an unknown one. */
size_t aead_key_length(int cipher);

/** Imports a key of aead_key_length() bytes, to seal at most limit messages. After a failure there is nothing to close. */
crypto_outcome aead_begin(aead_context *context, int cipher, const uint8_t *key, uint64_t limit);
/** Destroys PSA's copy of the key, which frees its slot. */
void aead_close(aead_context *context);

/** Whether as many messages were sealed as may be. */
int aead_used_up(const aead_context *context);

/**
 * Encrypts the message bytes[associatedLength, associatedLength + length) and authenticates it together with the bytes before it, of which the first
 * AEAD_NONCE_FIELD become a nonce that no other message has. tag[0, 16) is written.
 * PSA puts its tag right behind the message: the AEAD_ROOM bytes there are borrowed and then as they were. tag may lie in them, but not in the bytes before.
 * Once used up nothing is touched. After any other failure the message is wiped, its nonce is spent, and tag is as it was.
 */
crypto_outcome aead_seal(aead_context *context, uint8_t *bytes, size_t associatedLength, size_t length, uint8_t *tag);

/**
 * Whether tag[0, 16) is what aead_seal() would write there, compared in constant time; then the message has been decrypted.
 * Otherwise, and after a failure, it is wiped. All other bytes are left as they were; the AEAD_ROOM behind the message are borrowed here, too.
 */
crypto_outcome aead_open(const aead_context *context, uint8_t *bytes, size_t associatedLength, size_t length, const uint8_t *tag, int *right);

#endif
