#include "mac.h"

#include <stdlib.h>
#include <string.h>

static crypto_outcome import_key(mac_context *context, psa_key_type_t type, psa_key_usage_t usage, const uint8_t *key, size_t length)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	crypto_outcome outcome = backend_start();

	context->parts = NULL;
	if (outcome.call)
		return outcome;
	psa_set_key_type(&attributes, type);
	psa_set_key_algorithm(&attributes, context->algorithm);
	psa_set_key_usage_flags(&attributes, usage);
	return backend_outcome("psa_import_key", psa_import_key(&attributes, key, length, &context->key));
}

crypto_outcome mac_open_cmac(mac_context *context, const uint8_t *key)
{
	context->algorithm = PSA_ALG_CMAC;
	context->length = MAC_TAG_LENGTH;
	return import_key(context, PSA_KEY_TYPE_AES, PSA_KEY_USAGE_SIGN_MESSAGE, key, 16);
}

crypto_outcome mac_open_hmac(mac_context *context, psa_algorithm_t hash, const uint8_t *key, size_t length)
{
	context->algorithm = PSA_ALG_HMAC(hash);
	context->length = PSA_HASH_LENGTH(hash);
	return import_key(context, PSA_KEY_TYPE_HMAC, PSA_KEY_USAGE_SIGN_MESSAGE, key, length);
}

crypto_outcome mac_open_gmac(mac_context *context, const uint8_t *key)
{
	// To PSA, GMAC is GCM without a message (SP 800-38D 3).
	context->algorithm = PSA_ALG_GCM;
	context->length = MAC_TAG_LENGTH;
	return import_key(context, PSA_KEY_TYPE_AES, PSA_KEY_USAGE_ENCRYPT, key, 16);
}

/** Ends the message in parts, finished or not. */
static void drop(mac_context *context)
{
	if (!context->parts)
		return;
	psa_mac_abort(context->parts);
	secret_wipe(context->parts, sizeof(*context->parts));
	free(context->parts);
	context->parts = NULL;
}

void mac_close(mac_context *context)
{
	drop(context);
	psa_destroy_key(context->key);
	secret_wipe(context, sizeof(*context));
}

static crypto_outcome begin(mac_context *context)
{
	crypto_outcome outcome;

	if (context->parts)
		return CRYPTO_SUCCESS;
	context->parts = calloc(1, sizeof(*context->parts));
	if (!context->parts)
		return backend_outcome("calloc", PSA_ERROR_INSUFFICIENT_MEMORY);
	*context->parts = psa_mac_operation_init();
	outcome = backend_outcome("psa_mac_sign_setup", psa_mac_sign_setup(context->parts, context->key, context->algorithm));
	if (outcome.call)
		drop(context);
	return outcome;
}

crypto_outcome mac_add(mac_context *context, const uint8_t *bytes, size_t length)
{
	crypto_outcome outcome = begin(context);

	if (outcome.call || !length)
		return outcome;
	outcome = backend_outcome("psa_mac_update", psa_mac_update(context->parts, bytes, length));
	if (outcome.call)
		drop(context);
	return outcome;
}

crypto_outcome mac_end(mac_context *context, uint8_t tag[MAC_MAX_LENGTH])
{
	crypto_outcome outcome = begin(context);
	size_t length;

	if (outcome.call)
		return outcome;
	outcome = backend_outcome("psa_mac_sign_finish", psa_mac_sign_finish(context->parts, tag, MAC_MAX_LENGTH, &length));
	drop(context);
	return outcome;
}

void gmac_nonce(uint64_t counter, uint32_t flags, uint8_t nonce[GMAC_NONCE_LENGTH])
{
	for (int i = 0; i < 8; i++, counter >>= 8)
		nonce[i] = (uint8_t)counter;
	for (int i = 8; i < GMAC_NONCE_LENGTH; i++, flags >>= 8)
		nonce[i] = (uint8_t)flags;
}

/** The whole tag over the span, in one call: on the device that is one run of the AES hardware. */
static crypto_outcome compute(const mac_context *context, const uint8_t *nonce, const uint8_t *span, size_t length, uint8_t whole[MAC_MAX_LENGTH])
{
	size_t written;

	if (nonce)
		return backend_outcome("psa_aead_encrypt",
			psa_aead_encrypt(context->key, context->algorithm, nonce, GMAC_NONCE_LENGTH, span, length, span, 0, whole, MAC_MAX_LENGTH, &written));
	return backend_outcome("psa_mac_compute",
		psa_mac_compute(context->key, context->algorithm, span, length, whole, MAC_MAX_LENGTH, &written));
}

crypto_outcome mac_sign(const mac_context *context, const uint8_t *nonce, const uint8_t *span, size_t length, uint8_t *tag)
{
	uint8_t kept[MAC_TAG_LENGTH], whole[MAC_MAX_LENGTH];
	crypto_outcome outcome;

	// What of the tag lies outside the span may be zeroed as well: it is overwritten or put back in any case.
	memcpy(kept, tag, sizeof(kept));
	memset(tag, 0, sizeof(kept));
	outcome = compute(context, nonce, span, length, whole);
	memcpy(tag, outcome.call ? kept : whole, sizeof(kept));
	secret_wipe(whole, sizeof(whole));
	return outcome;
}

crypto_outcome mac_verify(const mac_context *context, const uint8_t *nonce, const uint8_t *span, size_t length, uint8_t *tag, int *right)
{
	uint8_t kept[MAC_TAG_LENGTH], whole[MAC_MAX_LENGTH];
	crypto_outcome outcome;

	memcpy(kept, tag, sizeof(kept));
	memset(tag, 0, sizeof(kept));
	outcome = compute(context, nonce, span, length, whole);
	memcpy(tag, kept, sizeof(kept));
	*right = !outcome.call && secret_equal(kept, whole, sizeof(kept));
	// The right tag for a forged message must not stay behind.
	secret_wipe(whole, sizeof(whole));
	return outcome;
}
