#include "aead.h"

#include <string.h>

static const struct {
	psa_algorithm_t psa;
	uint8_t keyLength, nonceLength; // [MS-SMB2] 2.2.41: AES_CCM_Nonce, AES_GCM_Nonce
} ciphers[] = {
	[AEAD_AES_128_CCM] = { PSA_ALG_CCM, 16, 11 },
	[AEAD_AES_128_GCM] = { PSA_ALG_GCM, 16, 12 },
	[AEAD_AES_256_CCM] = { PSA_ALG_CCM, 32, 11 },
	[AEAD_AES_256_GCM] = { PSA_ALG_GCM, 32, 12 },
};

size_t aead_key_length(int cipher)
{
	if (cipher < 0 || (size_t)cipher >= sizeof(ciphers) / sizeof(*ciphers))
		return 0;
	return ciphers[cipher].keyLength;
}

crypto_outcome aead_begin(aead_context *context, int cipher, const uint8_t *key, uint64_t limit)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	crypto_outcome outcome = backend_start();

	if (outcome.call)
		return outcome;
	context->algorithm = ciphers[cipher].psa;
	context->nonceLength = ciphers[cipher].nonceLength;
	context->sealed = 0;
	context->limit = limit;
	psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
	psa_set_key_algorithm(&attributes, context->algorithm);
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT);
	return backend_outcome("psa_import_key", psa_import_key(&attributes, key, ciphers[cipher].keyLength, &context->key));
}

void aead_close(aead_context *context)
{
	psa_destroy_key(context->key);
	secret_wipe(context, sizeof(*context));
}

int aead_used_up(const aead_context *context)
{
	return context->sealed >= context->limit;
}

/** The next nonce. It counts as used from here on, whatever becomes of the message: the same key must never see it twice. */
static void take_nonce(aead_context *context, uint8_t field[AEAD_NONCE_FIELD])
{
	uint64_t count = context->sealed++;

	for (int i = 0; i < AEAD_NONCE_FIELD; i++, count >>= 8)
		field[i] = (uint8_t)count;
}

/** Encrypts the message in place. PSA puts the tag behind it, where somebody else's bytes lie: they are kept meanwhile. */
static psa_status_t encrypt(const aead_context *context, const uint8_t *nonce, uint8_t *bytes, size_t associatedLength, size_t length, uint8_t computed[AEAD_TAG_LENGTH])
{
	uint8_t *message = bytes + associatedLength, *room = message + length;
	uint8_t kept[AEAD_ROOM];
	size_t written;
	psa_status_t status;

	memcpy(kept, room, sizeof(kept));
	status = psa_aead_encrypt(context->key, context->algorithm, nonce, context->nonceLength,
		bytes, associatedLength, message, length, message, length + AEAD_TAG_LENGTH, &written);
	memcpy(computed, room, AEAD_TAG_LENGTH);
	memcpy(room, kept, sizeof(kept));
	secret_wipe(kept, sizeof(kept));
	return status;
}

/** Decrypts the message in place, with the tag lent to where PSA looks for it. */
static psa_status_t decrypt(const aead_context *context, const uint8_t *nonce, uint8_t *bytes, size_t associatedLength, size_t length, const uint8_t given[AEAD_TAG_LENGTH])
{
	uint8_t *message = bytes + associatedLength, *room = message + length;
	uint8_t kept[AEAD_ROOM];
	size_t written;
	psa_status_t status;

	memcpy(kept, room, sizeof(kept));
	memmove(room, given, AEAD_TAG_LENGTH);
	status = psa_aead_decrypt(context->key, context->algorithm, nonce, context->nonceLength,
		bytes, associatedLength, message, length + AEAD_TAG_LENGTH, message, length, &written);
	memcpy(room, kept, sizeof(kept));
	secret_wipe(kept, sizeof(kept));
	return status;
}

crypto_outcome aead_seal(aead_context *context, uint8_t *bytes, size_t associatedLength, size_t length, uint8_t *tag)
{
	uint8_t computed[AEAD_TAG_LENGTH];
	crypto_outcome outcome;

	if (aead_used_up(context))
		return backend_outcome("aead_seal", PSA_ERROR_NOT_PERMITTED);
	take_nonce(context, bytes);
	outcome = backend_outcome("psa_aead_encrypt", encrypt(context, bytes, bytes, associatedLength, length, computed));
	if (outcome.call)
		// Part of it may be encrypted and part not: of no use to anybody.
		secret_wipe(bytes + associatedLength, length);
	else
		memcpy(tag, computed, sizeof(computed));
	return outcome;
}

crypto_outcome aead_open(const aead_context *context, uint8_t *bytes, size_t associatedLength, size_t length, const uint8_t *tag, int *right)
{
	psa_status_t status = decrypt(context, bytes, bytes, associatedLength, length, tag);

	*right = status == PSA_SUCCESS;
	if (!*right)
		secret_wipe(bytes + associatedLength, length);
	return backend_outcome("psa_aead_decrypt", status == PSA_ERROR_INVALID_SIGNATURE ? PSA_SUCCESS : status);
}
