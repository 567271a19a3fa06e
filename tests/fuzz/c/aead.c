/** AEAD: what was sealed opens to what it was; PSA itself seals alike; nothing but what should change does; whatever was changed afterwards is refused and wiped. */
#include "input.h"

#include "../../../hosts/crypto/aead.h"

/** What PSA makes of the same message in memory of its own, the ordinary way. */
static void reference(int cipher, const uint8_t *key, const uint8_t *associated, size_t associatedLength, const uint8_t *message, size_t length, uint8_t *sealed)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_algorithm_t algorithm = cipher == AEAD_AES_128_CCM || cipher == AEAD_AES_256_CCM ? PSA_ALG_CCM : PSA_ALG_GCM;
	psa_key_id_t id;
	size_t written;

	psa_set_key_type(&attributes, PSA_KEY_TYPE_AES);
	psa_set_key_algorithm(&attributes, algorithm);
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_ENCRYPT);
	MUST(psa_import_key(&attributes, key, aead_key_length(cipher), &id) == PSA_SUCCESS);
	MUST(psa_aead_encrypt(id, algorithm, associated, algorithm == PSA_ALG_CCM ? 11 : 12, associated, associatedLength, message, length, sealed, length + 16, &written) == PSA_SUCCESS);
	psa_destroy_key(id);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	input in = { bytes, size, 0 };
	int cipher = 1 + (int)take_below(&in, 4), place = (int)take_below(&in, 3), right = -1;
	size_t associatedLength = AEAD_NONCE_FIELD + take_below(&in, 60), length = take_below(&in, 700), spread = take_below(&in, 40);
	uint64_t count = take_number(&in, 8) >> 1;
	uint8_t *key = take_bytes(&in, aead_key_length(cipher));
	// The tag before the associated bytes, in the room or across its end, or far behind.
	size_t at = place == 0 ? 16 + spread : spread, messageAt = at + associatedLength, end = messageAt + length;
	size_t tagAt = place == 0 ? take_below(&in, (uint32_t)spread + 1) : place == 1 ? end + take_below(&in, 17) : end + 16 + spread;
	size_t total = tagAt + 16 > end + AEAD_ROOM ? tagAt + 16 : end + AEAD_ROOM;
	uint8_t *buffer = take_bytes(&in, total), *plain = copy_of(buffer, total), *expected = copy_of(buffer, total), *sealed = exactly(length + 16);
	aead_context context;

	// First as if it came from the network: nobody can make a tag up.
	MUST(!aead_begin(&context, cipher, key, UINT64_MAX).call);
	MUST(!aead_open(&context, buffer + at, associatedLength, length, buffer + tagAt, &right).call && right == 0);
	memset(expected + messageAt, 0, length);
	MUST(same(buffer, expected, total));

	memcpy(buffer, plain, total);
	memcpy(expected, plain, total);
	context.sealed = count;
	memset(expected + at, 0, AEAD_NONCE_FIELD);
	for (int i = 0; i < 8; i++)
		expected[at + i] = (uint8_t)(count >> 8 * i);
	reference(cipher, key, expected + at, associatedLength, plain + messageAt, length, sealed);
	if (length)
		memcpy(expected + messageAt, sealed, length);
	memcpy(expected + tagAt, sealed + length, 16);
	MUST(!aead_seal(&context, buffer + at, associatedLength, length, buffer + tagAt).call && context.sealed == count + 1);
	MUST(same(buffer, expected, total));

	// One wrong bit in tag, associated data or message.
	{
		size_t bit = take_below(&in, (uint32_t)(8 * (16 + associatedLength + length))), byte = bit / 8 < 16 ? tagAt + bit / 8 : at + bit / 8 - 16;
		uint8_t *wrong = copy_of(buffer, total);
		wrong[byte] ^= 1 << bit % 8;
		memcpy(sealed, wrong + tagAt, 16);
		MUST(!aead_open(&context, wrong + at, associatedLength, length, wrong + tagAt, &right).call && right == 0);
		for (size_t i = 0; i < length; i++)
			MUST(!wrong[messageAt + i]);
		MUST(same(wrong + tagAt, sealed, 16));
		free(wrong);
	}
	MUST(!aead_open(&context, buffer + at, associatedLength, length, buffer + tagAt, &right).call && right == 1);
	if (length)
		memcpy(expected + messageAt, plain + messageAt, length);
	MUST(same(buffer, expected, total));
	aead_close(&context);
	free(key);
	free(buffer);
	free(plain);
	free(expected);
	free(sealed);
	return 0;
}
