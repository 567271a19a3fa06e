/** Message authentication codes with a key that is imported once: AES-CMAC (RFC 4493), HMAC (RFC 2104) and AES-GMAC (SP 800-38D). Knows no XS. */
#ifndef CRYPTO_MAC_H
#define CRYPTO_MAC_H

#include "backend.h"

#include <psa/crypto.h>

/** SMB2's signature ([MS-SMB2] 2.2.1): all of a CMAC or GMAC, the first half of an HMAC-SHA256. */
enum { MAC_TAG_LENGTH = 16, MAC_MAX_LENGTH = 48, GMAC_NONCE_LENGTH = 12 };

typedef struct {
	mbedtls_svc_key_id_t key;
	psa_algorithm_t algorithm;
	uint8_t length; // bytes of the whole tag
	psa_mac_operation_t *parts; // a message in parts that is not finished, or NULL
} mac_context;

/** Imports a key of 16 bytes. After a failure there is nothing to close. */
crypto_outcome mac_open_cmac(mac_context *context, const uint8_t *key);
/** hash: one of PSA_ALG_MD5, PSA_ALG_SHA_1, PSA_ALG_SHA_256, PSA_ALG_SHA_384. After a failure there is nothing to close. */
crypto_outcome mac_open_hmac(mac_context *context, psa_algorithm_t hash, const uint8_t *key, size_t length);
/** Imports a key of 16 bytes, for whole messages only: mac_add() and mac_end() are not for it. After a failure there is nothing to close. */
crypto_outcome mac_open_gmac(mac_context *context, const uint8_t *key);
/** Destroys PSA's copy of the key, which frees its slot, and drops a message in parts. */
void mac_close(mac_context *context);

/** Adds bytes[0, length) to the message in parts. */
crypto_outcome mac_add(mac_context *context, const uint8_t *bytes, size_t length);
/** Writes the whole tag, context->length bytes, of the message in parts; the next mac_add() starts another. */
crypto_outcome mac_end(mac_context *context, uint8_t tag[MAC_MAX_LENGTH]);

/** [MS-SMB2] 3.1.4.1: the nonce of a message, from two numbers that are laid out in little endian. */
void gmac_nonce(uint64_t counter, uint32_t flags, uint8_t nonce[GMAC_NONCE_LENGTH]);

/**
 * Writes the tag over span[0, length) to tag[0, 16), which count as zero where they lie inside the span, partly or
 * whole. After a failure tag is as it was. nonce: NULL, but for GMAC.
 */
crypto_outcome mac_sign(const mac_context *context, const uint8_t *nonce, const uint8_t *span, size_t length, uint8_t *tag);
/** Whether tag[0, 16) is what mac_sign() would write there. The bytes are left as they were. */
crypto_outcome mac_verify(const mac_context *context, const uint8_t *nonce, const uint8_t *span, size_t length, uint8_t *tag, int *right);

#endif
