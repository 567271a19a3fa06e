/** What only Kerberos needs: AES-CTS, n-fold and PBKDF2, each against a plain reading of its RFC. */
#include "input.h"

#include "../../../hosts/crypto/cts.h"
#include "../../../hosts/crypto/dk.h"
#include "../../../hosts/crypto/pbkdf2.h"

#include <psa/crypto.h>

static psa_key_id_t import(psa_key_type_t type, psa_algorithm_t algorithm, psa_key_usage_t usage, const uint8_t *key, size_t length)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_key_id_t id;

	psa_set_key_type(&attributes, type);
	psa_set_key_algorithm(&attributes, algorithm);
	psa_set_key_usage_flags(&attributes, usage);
	MUST(psa_import_key(&attributes, key, length, &id) == PSA_SUCCESS);
	return id;
}

/** RFC 3962 5 as RFC 2040 8 describes it: CBC over the text and zeros, block by block; the last two blocks change places; what is too much is cut off. */
static void stealing(input *in)
{
	size_t keyLength = take_below(in, 2) ? 32 : 16, length = CTS_BLOCK_LENGTH + take_below(in, 600), padded = (length + 15) / 16 * 16, written;
	uint8_t *key = take_bytes(in, keyLength), *message = take_bytes(in, length), *bytes = copy_of(message, length), *blocks = calloc(1, padded), chain[16] = { 0 };
	cts_context cts;

	MUST(!cts_open(&cts, key, keyLength).call && !cts_encrypt(&cts, bytes, length).call);
	psa_key_id_t id = import(PSA_KEY_TYPE_AES, PSA_ALG_ECB_NO_PADDING, PSA_KEY_USAGE_ENCRYPT, key, keyLength);
	memcpy(blocks, message, length);
	for (size_t at = 0; at < padded; at += 16) {
		for (int i = 0; i < 16; i++)
			chain[i] ^= blocks[at + i];
		memcpy(blocks + at, chain, 16);
		MUST(psa_cipher_encrypt(id, PSA_ALG_ECB_NO_PADDING, blocks + at, 16, chain, 16, &written) == PSA_SUCCESS);
		memcpy(blocks + at, chain, 16);
	}
	psa_destroy_key(id);
	if (padded > 16) {
		memcpy(blocks + padded - 16, blocks + padded - 32, 16);
		memcpy(blocks + padded - 32, chain, 16);
	}
	MUST(same(bytes, blocks, length));
	MUST(!cts_decrypt(&cts, bytes, length).call && same(bytes, message, length));
	cts_close(&cts);
	free(key);
	free(message);
	free(bytes);
	free(blocks);
}

static unsigned bit(const uint8_t *bytes, size_t at) { return bytes[at / 8] >> (7 - at % 8) & 1; }

/** RFC 3961 5.1, bit by bit. */
static void folding(input *in)
{
	size_t fromLength = 1 + take_below(in, 40), toLength = 1 + take_below(in, 40), all = fromLength * toLength;
	uint8_t *from = take_bytes(in, fromLength), *to = exactly(toLength), *sum = calloc(1, toLength);

	dk_fold(from, fromLength, to, toLength);
	// Any multiple of both lengths will do only if it is the least.
	for (size_t least = toLength; least < all; least += toLength) {
		if (least % fromLength == 0) {
			all = least;
			break;
		}
	}
	for (size_t piece = 0; piece < all; piece += toLength) {
		unsigned carry = 0;
		for (int round = 0; round < 2; round++) {
			for (size_t at = toLength; at-- > 0;) {
				unsigned byte = 0;
				for (int i = 0; i < 8 && round == 0; i++) {
					size_t position = (piece + at) * 8 + i, copy = position / (fromLength * 8);
					byte = byte << 1 | bit(from, (position + fromLength * 8 * 13 * copy - 13 * copy) % (fromLength * 8));
				}
				carry += sum[at] + byte;
				sum[at] = (uint8_t)carry;
				carry >>= 8;
			}
		}
		MUST(carry == 0);
	}
	MUST(same(to, sum, toLength));
	free(from);
	free(to);
	free(sum);
}

/** RFC 8018 5.2 with PSA's HMAC. */
static void stretching(input *in)
{
	static const psa_algorithm_t hashes[] = { PSA_ALG_SHA_1, PSA_ALG_SHA_256, PSA_ALG_SHA_384 };
	psa_algorithm_t hash = hashes[take_below(in, 3)], hmac = PSA_ALG_HMAC(hash);
	size_t hashLength = PSA_HASH_LENGTH(hash), passwordLength = 1 + take_below(in, 200), saltLength = take_below(in, 100), length = 1 + take_below(in, (uint32_t)(2 * hashLength)), written;
	uint32_t iterations = 1 + take_below(in, 20), step = 1 + take_below(in, 8);
	uint8_t *password = take_bytes(in, passwordLength), *salt = take_bytes(in, saltLength), *derived = exactly(length), *first = exactly(saltLength + 4), wanted[2 * PBKDF2_MAX_HASH], u[PBKDF2_MAX_HASH];
	pbkdf2_context context;

	MUST(!pbkdf2_open(&context, hash, password, passwordLength).call);
	for (uint32_t twice = 0; twice < 2; twice++) {
		MUST(!pbkdf2_begin(&context, salt, saltLength, iterations, length).call);
		while (context.left)
			MUST(!pbkdf2_step(&context, step).call);
		pbkdf2_end(&context, derived, length);
	}
	pbkdf2_close(&context);
	psa_key_id_t id = import(PSA_KEY_TYPE_HMAC, hmac, PSA_KEY_USAGE_SIGN_MESSAGE, password, passwordLength);
	for (uint8_t block = 0; block < 2; block++) {
		uint8_t *t = wanted + block * hashLength;
		memcpy(first, salt, saltLength);
		memcpy(first + saltLength, (const uint8_t[]){ 0, 0, 0, block + 1 }, 4);
		MUST(psa_mac_compute(id, hmac, first, saltLength + 4, u, sizeof(u), &written) == PSA_SUCCESS);
		memcpy(t, u, hashLength);
		for (uint32_t i = 1; i < iterations; i++) {
			MUST(psa_mac_compute(id, hmac, u, hashLength, u, sizeof(u), &written) == PSA_SUCCESS);
			for (size_t at = 0; at < hashLength; at++)
				t[at] ^= u[at];
		}
	}
	psa_destroy_key(id);
	MUST(same(derived, wanted, length));
	free(password);
	free(salt);
	free(derived);
	free(first);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	input in = { bytes, size, 0 };

	switch (take_below(&in, 3)) {
	case 0: stealing(&in); break;
	case 1: folding(&in); break;
	default: stretching(&in);
	}
	return 0;
}
