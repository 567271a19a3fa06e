/** AES in CBC mode with ciphertext stealing and a zero initial vector, as Kerberos has it (RFC 3962 5: CBC-CS3). Knows no XS. */
#ifndef CRYPTO_CTS_H
#define CRYPTO_CTS_H

#include "backend.h"

#include <psa/crypto.h>

enum { CTS_BLOCK_LENGTH = 16 };

typedef struct {
	mbedtls_svc_key_id_t key;
} cts_context;

/** Imports a key of 16 or 32 bytes. After a failure there is nothing to close. */
crypto_outcome cts_open(cts_context *context, const uint8_t *key, size_t length);
/** Destroys PSA's copy of the key, which frees its slot. */
void cts_close(cts_context *context);

/** In place, length >= 16. After a failure the bytes are neither plain text nor cipher text as a whole. */
crypto_outcome cts_encrypt(const cts_context *context, uint8_t *bytes, size_t length);
crypto_outcome cts_decrypt(const cts_context *context, uint8_t *bytes, size_t length);

#endif
