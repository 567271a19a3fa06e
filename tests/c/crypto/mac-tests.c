/** mac.c: CMAC, HMAC and GMAC. */
#include "crypto-tests.h"

#include "../../../hosts/crypto/digest.h"
#include "mac-vectors.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

static const char *const names[MAC_KINDS] = { "CMAC", "HMAC-MD5", "HMAC-SHA256", "GMAC" };

crypto_outcome open_mac(mac_context *mac, int kind, const uint8_t *key, size_t length)
{
	switch (kind) {
	case MAC_CMAC: return mac_open_cmac(mac, key);
	case MAC_GMAC: return mac_open_gmac(mac, key);
	default: return mac_open_hmac(mac, kind == MAC_HMAC_MD5 ? PSA_ALG_MD5 : PSA_ALG_SHA_256, key, length);
	}
}

/** What vectors.ts takes for the lengths: nothing, but for GMAC. */
static const uint8_t *nonce_for(int kind, uint8_t nonce[GMAC_NONCE_LENGTH])
{
	gmac_nonce(5, 1, nonce);
	return kind == MAC_GMAC ? nonce : NULL;
}

/** That sign() writes that tag behind the message, before it, and apart from it, and that verify() takes it. */
static int signs_as(const mac_context *mac, const uint8_t *nonce, const uint8_t *message, size_t length, const char *hex)
{
	static const size_t places[][2] = { { 0, 0 }, { 16, 0 }, { 19, 1 } }; // of the message and the tag; { 0, 0 }: behind
	int right = 1;

	for (size_t i = 0; i < COUNT(places); i++) {
		size_t at = places[i][0], tagAt = at ? places[i][1] : length, size = at ? at + length : length + 16;
		uint8_t *buffer = numbered(size);
		int said = 0;
		if (length)
			memcpy(buffer + at, message, length);
		right = right && !mac_sign(mac, nonce, buffer + at, length, buffer + tagAt).call && same_hex(buffer + tagAt, 16, hex)
			&& (!length || !memcmp(buffer + at, message, length));
		right = right && !mac_verify(mac, nonce, buffer + at, length, buffer + tagAt, &said).call && said == 1;
		free(buffer);
	}
	return right;
}

/** That a message in parts has that whole tag: byte by byte, and split in two at every position, or at every step-th. */
static int adds_up_to(mac_context *mac, const uint8_t *message, size_t length, size_t step, const char *hex)
{
	uint8_t tag[MAC_MAX_LENGTH];
	int right = 1;

	for (size_t at = 0; at < length; at++)
		right = right && !mac_add(mac, message + at, 1).call;
	right = right && !mac_end(mac, tag).call && same_hex(tag, strlen(hex) / 2, hex);
	for (size_t at = 0; right && at <= length; at += step) {
		right = right && !mac_add(mac, message, at).call && !mac_add(mac, message + at, length - at).call;
		right = right && !mac_end(mac, tag).call && same_hex(tag, strlen(hex) / 2, hex);
	}
	return right;
}

static void vector_tests(void)
{
	int right[MAC_KINDS] = { 1, 1, 1, 1 };

	for (size_t i = 0; i < COUNT(mac_vectors); i++) {
		int kind = mac_vectors[i].kind;
		size_t keyLength, length, nonceLength = 0;
		uint8_t *key = unhex(mac_vectors[i].key, &keyLength), *message = unhex(mac_vectors[i].message, &length);
		uint8_t *nonce = mac_vectors[i].nonce ? unhex(mac_vectors[i].nonce, &nonceLength) : NULL;
		char first[33] = { 0 };
		mac_context mac;
		// SMB signs with the first 16 bytes of whatever tag.
		strncpy(first, mac_vectors[i].tag, 32);
		right[kind] = right[kind] && !open_mac(&mac, kind, key, keyLength).call && signs_as(&mac, nonce, message, length, first);
		if (kind != MAC_GMAC)
			right[kind] = right[kind] && adds_up_to(&mac, message, length, 1, mac_vectors[i].tag);
		mac_close(&mac);
		free(key);
		free(message);
		free(nonce);
	}
	check(right[MAC_CMAC], "RFC 4493: whole, in place, byte by byte, split at every position");
	check(right[MAC_HMAC_MD5], "RFC 2202: whole, in place, byte by byte, split at every position");
	check(right[MAC_HMAC_SHA256], "RFC 4231: whole, in place, byte by byte, split at every position");
	check(right[MAC_GMAC], "SP 800-38D, CAVS: GMAC whole and in place");
}

static void length_tests(void)
{
	uint8_t key[16], nonce[GMAC_NONCE_LENGTH];
	int right[MAC_KINDS] = { 1, 1, 1, 1 };

	number(key, sizeof(key));
	for (size_t i = 0; i < COUNT(mac_lengths); i++) {
		int kind = mac_lengths[i].kind;
		size_t length = mac_lengths[i].length;
		uint8_t *message = numbered(length);
		mac_context mac;
		right[kind] = right[kind] && !open_mac(&mac, kind, key, 16).call && signs_as(&mac, nonce_for(kind, nonce), message, length, mac_lengths[i].tag);
		if (kind != MAC_GMAC)
			right[kind] = right[kind] && adds_up_to(&mac, message, length, length > 300 ? 8191 : 1, mac_lengths[i].tag);
		mac_close(&mac);
		free(message);
	}
	for (int kind = 0; kind < MAC_KINDS; kind++)
		check(right[kind], "every length to 80, around blocks and around 64 KiB: as node:crypto has it");
}

/** What the tag must be when the 16 bytes at tagAt count as zero: over a copy, the tag far away from it. */
static void reference(const mac_context *mac, const uint8_t *nonce, const uint8_t *buffer, size_t size, size_t at, size_t length, size_t tagAt, uint8_t tag[16])
{
	uint8_t *copy = exactly(buffer, size);

	memset(copy + tagAt, 0, 16);
	if (mac_sign(mac, nonce, copy + at, length, tag).call)
		abort();
	free(copy);
}

/** Every position of the tag from before the span over its two ends to behind it. */
static void straddle_tests(const mac_context *mac, const uint8_t *nonce, const char *name)
{
	enum { SIZE = 96, AT = 32 };
	static const size_t lengths[] = { 0, 1, 7, 15, 16, 17, 32 };
	uint8_t message[SIZE], tag[16];
	int signs = 1, verifies = 1, restores = 1, refuses = 1;

	number(message, SIZE);
	for (size_t i = 0; i < COUNT(lengths); i++) {
		for (size_t tagAt = 0; tagAt + 16 <= SIZE; tagAt++) {
			uint8_t *buffer = exactly(message, SIZE), *kept;
			int right = -1;

			reference(mac, nonce, message, SIZE, AT, lengths[i], tagAt, tag);
			mac_sign(mac, nonce, buffer + AT, lengths[i], buffer + tagAt);
			signs = signs && !memcmp(buffer + tagAt, tag, 16) && !memcmp(buffer, message, tagAt)
				&& !memcmp(buffer + tagAt + 16, message + tagAt + 16, SIZE - tagAt - 16);
			kept = exactly(buffer, SIZE);
			mac_verify(mac, nonce, buffer + AT, lengths[i], buffer + tagAt, &right);
			verifies = verifies && right == 1;
			restores = restores && !memcmp(buffer, kept, SIZE);
			buffer[tagAt + i] ^= 0x10;
			mac_verify(mac, nonce, buffer + AT, lengths[i], buffer + tagAt, &right);
			refuses = refuses && right == 0;
			buffer[tagAt + i] ^= 0x10;
			// A byte of the span that is not covered by the tag.
			if (lengths[i] && (AT < tagAt || AT >= tagAt + 16)) {
				buffer[AT] ^= 1;
				mac_verify(mac, nonce, buffer + AT, lengths[i], buffer + tagAt, &right);
				refuses = refuses && right == 0;
			}
			free(kept);
			free(buffer);
		}
	}
	check(signs, name);
	check(verifies, "verify accepts what sign wrote, wherever the tag lies");
	check(restores, "verify leaves all bytes as they were");
	check(refuses, "verify refuses one wrong bit");
}

/** Every wrong bit of tag, message and nonce. */
static void bit_tests(const mac_context *mac, const uint8_t *nonce)
{
	enum { LENGTH = 45 };
	uint8_t buffer[LENGTH + 16], kept[LENGTH + 16], other[GMAC_NONCE_LENGTH];
	int right = 1, said;

	number(buffer, LENGTH);
	mac_sign(mac, nonce, buffer, LENGTH, buffer + LENGTH);
	memcpy(kept, buffer, sizeof(kept));
	for (size_t bit = 0; bit < 8 * sizeof(buffer); bit++) {
		buffer[bit / 8] ^= 1 << bit % 8;
		said = -1;
		right = right && !mac_verify(mac, nonce, buffer, LENGTH, buffer + LENGTH, &said).call && said == 0;
		buffer[bit / 8] ^= 1 << bit % 8;
		right = right && !memcmp(buffer, kept, sizeof(kept));
	}
	check(right, "each of the tag's 128 bits and each of the message's counts");
	right = 1;
	for (size_t bit = 0; nonce && bit < 8 * sizeof(other); bit++) {
		memcpy(other, nonce, sizeof(other));
		other[bit / 8] ^= 1 << bit % 8;
		said = -1;
		right = right && !mac_verify(mac, other, buffer, LENGTH, buffer + LENGTH, &said).call && said == 0;
	}
	check(right, "each of the nonce's bits counts, where there is one");
}

static void fault_tests(void)
{
	mac_context mac;
	uint8_t message[32], tag[MAC_MAX_LENGTH], nonce[GMAC_NONCE_LENGTH];
	int right;

	fail_next("psa_import_key", 0);
	check(failed(mac_open_cmac(&mac, rfcKey), "psa_import_key", PSA_ERROR_NOT_SUPPORTED), "psa_import_key fails");
	for (int kind = 0; kind < MAC_KINDS; kind++) {
		const char *call = kind == MAC_GMAC ? "psa_aead_encrypt" : "psa_mac_compute";
		const uint8_t *its = nonce_for(kind, nonce);
		open_mac(&mac, kind, rfcKey, 16);
		for (int late = 0; late < 2; late++) {
			number(message, sizeof(message));
			if (late)
				fail_late(call);
			else
				fail_next(call, 0);
			check(failed(mac_sign(&mac, its, message, 32, message + 8), call, PSA_ERROR_HARDWARE_FAILURE), names[kind]);
			check(message[8] == 8 * 7 + 3 && message[23] == 23 * 7 + 3, "sign fails: the tag's bytes are put back");
			memset(message, 0, sizeof(message));
			mac_sign(&mac, its, message, 32, message + 8);
			memcpy(tag, message, 32);
			if (late)
				fail_late(call);
			else
				fail_next(call, 0);
			right = -1;
			check(failed(mac_verify(&mac, its, message, 32, message + 8, &right), call, PSA_ERROR_HARDWARE_FAILURE) && right == 0,
				"verify fails: not right, not even where the tag is");
			check(!memcmp(tag, message, 32), "verify fails: the bytes are as they were");
		}
		mac_close(&mac);
		check(wiped((uint8_t *)&mac, sizeof(mac)), "close wipes the context");
	}

	mac_open_hmac(&mac, PSA_ALG_SHA_256, rfcKey, 16);
	fail_next("calloc", 0);
	check(failed(mac_add(&mac, rfcKey, 16), "calloc", PSA_ERROR_INSUFFICIENT_MEMORY), "no memory for a message in parts");
	fail_next("psa_mac_sign_setup", 0);
	check(failed(mac_add(&mac, rfcKey, 16), "psa_mac_sign_setup", PSA_ERROR_INSUFFICIENT_MEMORY), "psa_mac_sign_setup fails");
	fail_next("psa_mac_update", 1);
	mac_add(&mac, rfcKey, 16);
	check(failed(mac_add(&mac, rfcKey, 16), "psa_mac_update", PSA_ERROR_HARDWARE_FAILURE), "psa_mac_update fails");
	fail_next("psa_mac_sign_finish", 0);
	check(failed(mac_end(&mac, tag), "psa_mac_sign_finish", PSA_ERROR_HARDWARE_FAILURE), "psa_mac_sign_finish fails");
	check(!mac_add(&mac, rfcKey, 16).call && !mac_end(&mac, tag).call, "after failures a new message can be started");
	mac_add(&mac, (const uint8_t *)"left unfinished", 15);
	mac_close(&mac);
}

void mac_tests(void)
{
	uint8_t nonce[GMAC_NONCE_LENGTH];

	vector_tests();
	length_tests();
	gmac_nonce(0x0102030405060708, 0x090A0B0C, nonce);
	check(same_hex(nonce, sizeof(nonce), "08070605040302010c0b0a09"), "a nonce is little endian");
	for (int kind = 0; kind < MAC_KINDS; kind++) {
		mac_context mac;
		open_mac(&mac, kind, rfcKey, 16);
		straddle_tests(&mac, nonce_for(kind, nonce), names[kind]);
		bit_tests(&mac, nonce_for(kind, nonce));
		mac_close(&mac);
	}
	fault_tests();
}
