#include "cts.h"

#include <string.h>

/** Bytes that go through PSA at a time: it need not work in place, and what it copies on the device comes from the heap. */
enum { SLICE = 16 * CTS_BLOCK_LENGTH };

crypto_outcome cts_open(cts_context *context, const uint8_t *key, size_t length)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	crypto_outcome outcome = backend_start();

	if (outcome.call)
		return outcome;
	psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
	psa_set_key_algorithm(&attributes, PSA_ALG_CBC_NO_PADDING);
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT);
	return backend_outcome("psa_import_key", psa_import_key(&attributes, key, length, &context->key));
}

void cts_close(cts_context *context)
{
	psa_destroy_key(context->key);
	secret_wipe(context, sizeof(*context));
}

static crypto_outcome begin(psa_cipher_operation_t *operation, const cts_context *context, int encrypting)
{
	static const uint8_t zero[CTS_BLOCK_LENGTH];
	crypto_outcome outcome = encrypting
		? backend_outcome("psa_cipher_encrypt_setup", psa_cipher_encrypt_setup(operation, context->key, PSA_ALG_CBC_NO_PADDING))
		: backend_outcome("psa_cipher_decrypt_setup", psa_cipher_decrypt_setup(operation, context->key, PSA_ALG_CBC_NO_PADDING));

	if (!outcome.call)
		outcome = backend_outcome("psa_cipher_set_iv", psa_cipher_set_iv(operation, zero, sizeof(zero)));
	return outcome;
}

/** The next whole blocks of the chain, in place. */
static crypto_outcome chain(psa_cipher_operation_t *operation, uint8_t *bytes, size_t length)
{
	uint8_t slice[SLICE];
	crypto_outcome outcome = CRYPTO_SUCCESS;

	while (length && !outcome.call) {
		size_t part = length < SLICE ? length : SLICE, written = 0;

		outcome = backend_outcome("psa_cipher_update", psa_cipher_update(operation, bytes, part, slice, sizeof(slice), &written));
		// A backend that keeps a block back would break the chain's order below.
		if (!outcome.call && written != part)
			outcome = backend_outcome("psa_cipher_update", PSA_ERROR_BAD_STATE);
		if (!outcome.call)
			memcpy(bytes, slice, part);
		bytes += part;
		length -= part;
	}
	secret_wipe(slice, sizeof(slice));
	return outcome;
}

static void mix(uint8_t *bytes, const uint8_t *with, size_t length)
{
	for (size_t i = 0; i < length; i++)
		bytes[i] ^= with[i];
}

/** Bytes of the last block, which may be short: 1 to 16. */
static size_t tail_length(size_t length)
{
	return (length - 1) % CTS_BLOCK_LENGTH + 1;
}

crypto_outcome cts_encrypt(const cts_context *context, uint8_t *bytes, size_t length)
{
	psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
	uint8_t last[CTS_BLOCK_LENGTH] = { 0 };
	size_t tail = tail_length(length);
	uint8_t *end = bytes + length - tail;
	crypto_outcome outcome = begin(&operation, context, 1);

	if (!outcome.call)
		outcome = chain(&operation, bytes, length - tail);
	if (!outcome.call) {
		memcpy(last, end, tail);
		outcome = chain(&operation, last, sizeof(last));
	}
	if (!outcome.call && end == bytes)
		memcpy(bytes, last, sizeof(last));
	else if (!outcome.call) {
		// The last two change places, and what is stolen falls off the end.
		memcpy(end, end - CTS_BLOCK_LENGTH, tail);
		memcpy(end - CTS_BLOCK_LENGTH, last, sizeof(last));
	}
	psa_cipher_abort(&operation);
	secret_wipe(last, sizeof(last));
	return outcome;
}

crypto_outcome cts_decrypt(const cts_context *context, uint8_t *bytes, size_t length)
{
	psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
	uint8_t before[CTS_BLOCK_LENGTH] = { 0 }, given[CTS_BLOCK_LENGTH], last[CTS_BLOCK_LENGTH], full[CTS_BLOCK_LENGTH];
	size_t tail = tail_length(length);
	uint8_t *end = bytes + length - tail;
	crypto_outcome outcome = begin(&operation, context, 0);

	if (!outcome.call && end == bytes)
		outcome = chain(&operation, bytes, length);
	else if (!outcome.call) {
		uint8_t *stolen = end - CTS_BLOCK_LENGTH;

		if (stolen > bytes)
			memcpy(before, stolen - CTS_BLOCK_LENGTH, sizeof(before));
		outcome = chain(&operation, bytes, (size_t)(stolen - bytes));
		if (!outcome.call) {
			memcpy(given, stolen, sizeof(given));
			memcpy(last, given, sizeof(last));
			outcome = chain(&operation, last, sizeof(last));
		}
		if (!outcome.call) {
			// The chain mixed in the block before; what it decrypts next is mixed with the block just given.
			mix(last, before, sizeof(last));
			memcpy(full, end, tail);
			memcpy(full + tail, last + tail, sizeof(full) - tail);
			mix(end, last, tail);
			outcome = chain(&operation, full, sizeof(full));
			mix(full, given, sizeof(full));
			mix(full, before, sizeof(full));
			memcpy(stolen, full, sizeof(full));
		}
	}
	psa_cipher_abort(&operation);
	secret_wipe(before, sizeof(before));
	secret_wipe(given, sizeof(given));
	secret_wipe(last, sizeof(last));
	secret_wipe(full, sizeof(full));
	return outcome;
}
