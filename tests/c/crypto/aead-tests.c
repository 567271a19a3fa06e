/** aead.c. Its source is part of this one: the vectors have nonces and associated data of their own, which only its static functions take. */
#include "../../../hosts/crypto/aead.c"

#include "crypto-tests.h"

#include "../../../hosts/crypto/digest.h"
#include "aead-vectors.h"

#include <stdlib.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

enum { FIRST = AEAD_AES_128_CCM, LAST = AEAD_AES_256_GCM };
enum { ASSOCIATED = 32, UNLIMITED = 1000000 };

static void begin(aead_context *context, int cipher, uint64_t limit)
{
	uint8_t key[32];

	number(key, sizeof(key));
	if (aead_begin(context, cipher, key, limit).call)
		abort();
}

/** [ tag | associated | message | room ], each byte numbered, at the end of its memory. */
static uint8_t *laid_out(size_t length)
{
	return numbered(16 + ASSOCIATED + length + AEAD_ROOM);
}

static crypto_outcome seal(aead_context *context, uint8_t *buffer, size_t length)
{
	return aead_seal(context, buffer + 16, ASSOCIATED, length, buffer);
}

static crypto_outcome unseal(const aead_context *context, uint8_t *buffer, size_t length, int *right)
{
	return aead_open(context, buffer + 16, ASSOCIATED, length, buffer, right);
}

static int same(const uint8_t *a, const uint8_t *b, size_t length)
{
	return !length || !memcmp(a, b, length);
}

/** One vector, in memory that ends with the room. */
static int vector_right(size_t index)
{
	size_t keyLength, nonceLength, associatedLength, length, sealedLength;
	uint8_t *key = unhex(aead_vectors[index].key, &keyLength), *nonce = unhex(aead_vectors[index].nonce, &nonceLength);
	uint8_t *associated = unhex(aead_vectors[index].associated, &associatedLength), *sealed = unhex(aead_vectors[index].sealed, &sealedLength);
	uint8_t *message = unhex(aead_vectors[index].message ? aead_vectors[index].message : "", &length);
	uint8_t tag[AEAD_TAG_LENGTH], *buffer, *before;
	aead_context context;
	int right;

	length = sealedLength - AEAD_TAG_LENGTH;
	buffer = numbered(associatedLength + length + AEAD_ROOM);
	before = numbered(associatedLength + length + AEAD_ROOM);
	if (associatedLength)
		memcpy(buffer, associated, associatedLength);
	right = keyLength == aead_key_length(aead_vectors[index].cipher) && !aead_begin(&context, aead_vectors[index].cipher, key, UNLIMITED).call;
	context.nonceLength = (uint8_t)nonceLength;
	if (aead_vectors[index].message) {
		if (length)
			memcpy(buffer + associatedLength, message, length);
		right = right && encrypt(&context, nonce, buffer, associatedLength, length, tag) == PSA_SUCCESS
			&& same(buffer + associatedLength, sealed, length) && !memcmp(tag, sealed + length, AEAD_TAG_LENGTH)
			&& decrypt(&context, nonce, buffer, associatedLength, length, tag) == PSA_SUCCESS && same(buffer + associatedLength, message, length);
	}
	else {
		if (length)
			memcpy(buffer + associatedLength, sealed, length);
		right = right && decrypt(&context, nonce, buffer, associatedLength, length, sealed + length) == PSA_ERROR_INVALID_SIGNATURE;
	}
	right = right && same(buffer, associated, associatedLength)
		&& !memcmp(buffer + associatedLength + length, before + associatedLength + length, AEAD_ROOM);
	aead_close(&context);
	free(key);
	free(nonce);
	free(associated);
	free(sealed);
	free(message);
	free(buffer);
	free(before);
	return right;
}

static void vector_tests(void)
{
	int right[LAST + 1] = { 1, 1, 1, 1, 1 }, messages = 0, forged = 0;

	for (size_t i = 0; i < COUNT(aead_vectors); i++) {
		right[aead_vectors[i].cipher] &= vector_right(i);
		messages += aead_vectors[i].message != NULL;
		forged += aead_vectors[i].message == NULL;
	}
	check(messages > 200 && forged > 60, "there are vectors of both kinds");
	check(right[AEAD_AES_128_CCM] && right[AEAD_AES_256_CCM], "SP 800-38C, CAVS: sealed, opened, and the forged ones refused");
	check(right[AEAD_AES_128_GCM] && right[AEAD_AES_256_GCM], "SP 800-38D, CAVS: sealed, opened, and the forged ones refused");
}

static void length_tests(void)
{
	int right[LAST + 1] = { 1, 1, 1, 1, 1 };

	for (size_t i = 0; i < COUNT(aead_lengths); i++) {
		int cipher = aead_lengths[i].cipher, opened = 0;
		size_t length = aead_lengths[i].length;
		uint8_t *buffer = laid_out(length), *before = laid_out(length), digest[DIGEST_MAX_LENGTH];
		digest_state state = { .algorithm = DIGEST_SHA256 };
		aead_context context;

		begin(&context, cipher, 1);
		right[cipher] &= !seal(&context, buffer, length).call && same_hex(buffer, 16, aead_lengths[i].tag);
		digest_add(&state, buffer + 16 + ASSOCIATED, length);
		digest_end(&state, digest);
		right[cipher] &= same_hex(digest, 32, aead_lengths[i].digest);
		right[cipher] &= !unseal(&context, buffer, length, &opened).call && opened == 1 && !memcmp(buffer + 32, before + 32, 16 + length + AEAD_ROOM);
		aead_close(&context);
		free(buffer);
		free(before);
	}
	for (int cipher = FIRST; cipher <= LAST; cipher++)
		check(right[cipher], "every length to 80, around blocks and around 64 KiB: as node:crypto has it, and back again");
}

/** The tag anywhere but in what it is over, each place in memory that just holds it. */
static void overlap_tests(int cipher)
{
	enum { LENGTH = 21, AT = 20, END = AT + ASSOCIATED + LENGTH };
	uint8_t tag[AEAD_TAG_LENGTH], *plain;
	int seals = 1, opens = 1;

	for (size_t tagAt = 0; tagAt <= END + 18; tagAt++) {
		size_t size = tagAt + 16 > END + AEAD_ROOM ? tagAt + 16 : END + AEAD_ROOM;
		uint8_t *buffer, *expected;
		aead_context context;
		int right = 0;

		if (tagAt > AT - 16 && tagAt < END)
			continue;
		plain = numbered(size);
		buffer = exactly(plain, size);
		begin(&context, cipher, 1);
		aead_seal(&context, buffer + AT, ASSOCIATED, LENGTH, buffer + tagAt);
		if (!tagAt)
			memcpy(tag, buffer, 16);
		// All but nonce, message and tag is as it was.
		expected = exactly(plain, size);
		memset(expected + AT, 0, AEAD_NONCE_FIELD);
		memcpy(expected + AT + ASSOCIATED, buffer + AT + ASSOCIATED, LENGTH);
		memcpy(expected + tagAt, tag, 16);
		seals = seals && !memcmp(buffer, expected, size);
		memcpy(expected + AT + ASSOCIATED, plain + AT + ASSOCIATED, LENGTH);
		opens = opens && !aead_open(&context, buffer + AT, ASSOCIATED, LENGTH, buffer + tagAt, &right).call && right == 1 && !memcmp(buffer, expected, size);
		aead_close(&context);
		free(plain);
		free(buffer);
		free(expected);
	}
	check(seals, "seal changes nonce, message and tag and nothing else, wherever the tag lies");
	check(opens, "open changes the message and nothing else, wherever the tag lies");
}

static void bit_tests(int cipher)
{
	enum { LENGTH = 19, SIZE = 16 + ASSOCIATED + LENGTH };
	uint8_t *buffer = laid_out(LENGTH), *kept, *bytes;
	aead_context context;
	int refuses = 1, wipes = 1, leaves = 1, right;

	begin(&context, cipher, 1);
	seal(&context, buffer, LENGTH);
	kept = exactly(buffer, SIZE + AEAD_ROOM);
	bytes = exactly(buffer, SIZE + AEAD_ROOM);
	for (size_t bit = 0; bit < 8 * SIZE; bit++) {
		memcpy(bytes, kept, SIZE + AEAD_ROOM);
		bytes[bit / 8] ^= 1 << bit % 8;
		right = -1;
		refuses = refuses && !unseal(&context, bytes, LENGTH, &right).call && right == 0;
		wipes = wipes && wiped(bytes + 16 + ASSOCIATED, LENGTH);
		if (bit / 8 < 16 + ASSOCIATED)
			bytes[bit / 8] ^= 1 << bit % 8;
		leaves = leaves && !memcmp(bytes, kept, 16 + ASSOCIATED) && !memcmp(bytes + SIZE, kept + SIZE, AEAD_ROOM);
	}
	check(refuses, "each bit of tag, nonce, associated data and message counts");
	check(wipes, "what is not authentic is wiped");
	check(leaves, "and all else is left as it was");
	right = 0;
	memcpy(bytes, kept, SIZE + AEAD_ROOM);
	bytes[SIZE] ^= 1;
	unseal(&context, bytes, LENGTH, &right);
	check(right == 1, "the room does not count");
	aead_close(&context);
	free(buffer);
	free(kept);
	free(bytes);
}

/** How PSA's one call can fail: before it does anything, and after it has encrypted or decrypted all. */
static void fault_tests(int cipher)
{
	enum { LENGTH = 40 };
	uint8_t *buffer = laid_out(LENGTH), *before = laid_out(LENGTH), nonce[AEAD_NONCE_FIELD], key[32] = { 0 };
	aead_context context, other;
	int right;

	fail_next("psa_import_key", 0);
	check(failed(aead_begin(&context, cipher, key, 1), "psa_import_key", PSA_ERROR_NOT_SUPPORTED), "psa_import_key fails");
	begin(&context, cipher, UNLIMITED);
	begin(&other, cipher, UNLIMITED);
	for (int late = 0; late < 2; late++) {
		number(buffer, 16 + ASSOCIATED + LENGTH + AEAD_ROOM);
		if (late)
			fail_late("psa_aead_encrypt");
		else
			fail_next("psa_aead_encrypt", 0);
		check(failed(seal(&context, buffer, LENGTH), "psa_aead_encrypt", PSA_ERROR_HARDWARE_FAILURE), "psa_aead_encrypt fails");
		check(wiped(buffer + 16 + ASSOCIATED, LENGTH), "seal fails: the message is wiped");
		check(!memcmp(buffer, before, 16) && !memcmp(buffer + 32, before + 32, 16) && !memcmp(buffer + 16 + ASSOCIATED + LENGTH, before + 16 + ASSOCIATED + LENGTH, AEAD_ROOM),
			"seal fails: tag and room are as they were");
		memcpy(nonce, buffer + 16, sizeof(nonce));
		number(buffer, 16 + ASSOCIATED + LENGTH + AEAD_ROOM);
		check(!seal(&context, buffer, LENGTH).call && memcmp(nonce, buffer + 16, sizeof(nonce)), "seal fails: its nonce is not used again");
		memcpy(nonce, buffer, 16);
		if (late)
			fail_late("psa_aead_decrypt");
		else
			fail_next("psa_aead_decrypt", 0);
		right = -1;
		check(failed(unseal(&other, buffer, LENGTH, &right), "psa_aead_decrypt", PSA_ERROR_HARDWARE_FAILURE) && right == 0, "psa_aead_decrypt fails: not right");
		check(wiped(buffer + 16 + ASSOCIATED, LENGTH), "open fails: the message is wiped");
		check(!memcmp(buffer, nonce, 16) && !memcmp(buffer + 16 + ASSOCIATED + LENGTH, before + 16 + ASSOCIATED + LENGTH, AEAD_ROOM), "open fails: tag and room are as they were");
	}
	aead_close(&context);
	aead_close(&other);
	check(wiped((uint8_t *)&context, sizeof(context)), "close wipes the context");
	free(buffer);
	free(before);
}

static void nonce_tests(int cipher)
{
	uint8_t *buffer = laid_out(4), *before = laid_out(4);
	aead_context context;
	int right = 1;

	begin(&context, cipher, 300);
	for (int n = 0; n < 300; n++)
		right = right && !aead_used_up(&context) && !seal(&context, buffer, 4).call && buffer[16] == (n & 0xFF) && buffer[17] == n >> 8 && wiped(buffer + 18, 14);
	check(right, "nonces count from 0, in little endian");
	memcpy(before, buffer, 16 + ASSOCIATED + 4 + AEAD_ROOM);
	for (int n = 0; n < 3; n++)
		right = right && aead_used_up(&context) && failed(seal(&context, buffer, 4), "aead_seal", PSA_ERROR_NOT_PERMITTED);
	check(right && !memcmp(buffer, before, 16 + ASSOCIATED + 4 + AEAD_ROOM), "at the limit nothing is sealed and nothing changed, however often it is tried");
	check(context.sealed == 300, "and the counter stands");
	// Past 32 bits, and as far as 64 go.
	context.limit = UINT64_MAX;
	context.sealed = UINT32_MAX;
	right = !seal(&context, buffer, 4).call && same_hex(buffer + 16, 16, "ffffffff000000000000000000000000");
	right = right && !seal(&context, buffer, 4).call && same_hex(buffer + 16, 16, "00000000010000000000000000000000");
	context.sealed = UINT64_MAX - 1;
	right = right && !seal(&context, buffer, 4).call && same_hex(buffer + 16, 16, "feffffffffffffff0000000000000000");
	right = right && aead_used_up(&context) && seal(&context, buffer, 4).call && same_hex(buffer + 16, 16, "feffffffffffffff0000000000000000");
	check(right, "the counter passes 32 bits, and does not wrap at 64");
	aead_close(&context);
	free(buffer);
	free(before);
}

void aead_tests(void)
{
	check(aead_key_length(AEAD_AES_128_CCM) == 16 && aead_key_length(AEAD_AES_256_GCM) == 32, "keys of 16 and 32 bytes");
	check(!aead_key_length(0) && !aead_key_length(5) && !aead_key_length(-1) && !aead_key_length(INT32_MAX) && !aead_key_length(INT32_MIN), "unknown ciphers have none");
	vector_tests();
	length_tests();
	for (int cipher = FIRST; cipher <= LAST; cipher++) {
		overlap_tests(cipher);
		bit_tests(cipher);
		fault_tests(cipher);
		nonce_tests(cipher);
	}
}
