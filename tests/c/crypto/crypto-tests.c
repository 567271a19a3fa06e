/**
 * The cores of hosts/crypto under sanitizers. Vectors of every algorithm are run from JavaScript (tests/unit/crypto); here is what
 * only C shows: bounds, overlap, key slots, and what remains after each call of PSA Crypto that fails.
 */
#include "../../../hosts/crypto/backend.h"
#include "../../../hosts/crypto/digest.h"
#include "../../../hosts/crypto/kdf.h"
#include "../../../hosts/crypto/key.h"
#include "../../../hosts/crypto/mac.h"
#include "../../../hosts/crypto/md4.h"
#include "../../../hosts/crypto/rc4.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tests, failures;

static void check(int right, const char *name)
{
	printf("%s %d - %s\n", right ? "ok" : "not ok", ++tests, name);
	failures += !right;
}

/** Which call is to fail, and how many of them succeed before that. The linker puts these in front of the real ones. */
static const char *failing;
static int passes;

static int fails(const char *call)
{
	return failing && !strcmp(failing, call) && passes-- == 0;
}

#define WRAP(type, call, failure, parameters, values) \
	type __real_##call parameters; \
	type __wrap_##call parameters; \
	type __wrap_##call parameters { return fails(#call) ? failure : __real_##call values; }

WRAP(psa_status_t, psa_crypto_init, PSA_ERROR_INSUFFICIENT_ENTROPY, (void), ())
WRAP(psa_status_t, psa_generate_random, PSA_ERROR_HARDWARE_FAILURE, (uint8_t *b, size_t n), (b, n))
WRAP(psa_status_t, psa_import_key, PSA_ERROR_NOT_SUPPORTED,
	(const psa_key_attributes_t *a, const uint8_t *b, size_t n, mbedtls_svc_key_id_t *k), (a, b, n, k))
WRAP(psa_status_t, psa_hash_setup, PSA_ERROR_NOT_SUPPORTED, (psa_hash_operation_t *o, psa_algorithm_t a), (o, a))
WRAP(psa_status_t, psa_hash_update, PSA_ERROR_HARDWARE_FAILURE, (psa_hash_operation_t *o, const uint8_t *b, size_t n), (o, b, n))
WRAP(psa_status_t, psa_hash_finish, PSA_ERROR_HARDWARE_FAILURE, (psa_hash_operation_t *o, uint8_t *b, size_t n, size_t *w), (o, b, n, w))
WRAP(psa_status_t, psa_mac_sign_setup, PSA_ERROR_INSUFFICIENT_MEMORY, (psa_mac_operation_t *o, mbedtls_svc_key_id_t k, psa_algorithm_t a), (o, k, a))
WRAP(psa_status_t, psa_mac_update, PSA_ERROR_HARDWARE_FAILURE, (psa_mac_operation_t *o, const uint8_t *b, size_t n), (o, b, n))
WRAP(psa_status_t, psa_mac_sign_finish, PSA_ERROR_HARDWARE_FAILURE, (psa_mac_operation_t *o, uint8_t *b, size_t n, size_t *w), (o, b, n, w))
WRAP(psa_status_t, psa_mac_compute, PSA_ERROR_HARDWARE_FAILURE,
	(mbedtls_svc_key_id_t k, psa_algorithm_t a, const uint8_t *b, size_t n, uint8_t *m, size_t s, size_t *w), (k, a, b, n, m, s, w))
WRAP(void *, calloc, NULL, (size_t n, size_t s), (n, s))

static void fail_next(const char *call, int after)
{
	failing = call;
	passes = after;
}

/** Whether the outcome is that failure, and stops failing. */
static int failed(crypto_outcome outcome, const char *call, int32_t code)
{
	failing = NULL;
	return outcome.call && !strcmp(outcome.call, call) && outcome.code == code;
}

static int same_hex(const uint8_t *bytes, size_t length, const char *hex)
{
	char text[2 * 64 + 1];

	for (size_t i = 0; i < length; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	return strlen(hex) == 2 * length && !memcmp(text, hex, 2 * length);
}

/** A copy that ends where its memory ends, so that the sanitizer sees one byte too many. */
static uint8_t *exactly(const void *bytes, size_t length)
{
	uint8_t *copy = malloc(length);

	if (!copy)
		abort();
	return memcpy(copy, bytes, length);
}

/** i -> i * 7 + 3, a message with no pattern that an index error would hide behind. */
static void number(uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		bytes[i] = (uint8_t)(i * 7 + 3);
}

static const uint8_t rfcKey[16] = { 0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c };

static void start_tests(void)
{
	uint8_t bytes[32] = { 0 }, zero[32] = { 0 };

	fail_next("psa_crypto_init", 0);
	check(failed(backend_random(bytes, 32), "psa_crypto_init", PSA_ERROR_INSUFFICIENT_ENTROPY), "a start that fails is named");
	check(!backend_random(bytes, 32).call && memcmp(bytes, zero, 32), "the next call starts PSA after all");
	fail_next("psa_crypto_init", 0);
	check(!backend_random(bytes, 32).call, "PSA is started once");
	fail_next("psa_generate_random", 0);
	check(failed(backend_random(bytes, 32), "psa_generate_random", PSA_ERROR_HARDWARE_FAILURE), "no random bytes is a failure");
	check(!backend_random(NULL, 0).call, "no bytes asked for, none written");
}

static void secret_tests(void)
{
	uint8_t a[40], b[40];
	int right = 1;

	number(a, sizeof(a));
	memcpy(b, a, sizeof(a));
	check(secret_equal(a, b, sizeof(a)) && secret_equal(a, b, 0), "equal bytes and no bytes are equal");
	for (size_t at = 0; at < sizeof(a); at++) {
		for (int bit = 0; bit < 8; bit++) {
			b[at] ^= 1 << bit;
			right = right && !secret_equal(a, b, sizeof(a)) && secret_equal(a, b, at);
			b[at] ^= 1 << bit;
		}
	}
	check(right, "each single bit makes a difference");
	secret_wipe(a + 1, sizeof(a) - 2);
	right = a[0] == b[0] && a[39] == b[39];
	for (size_t at = 1; at < 39; at++)
		right = right && !a[at];
	check(right, "wipe zeroes what it is told and no more");
}

static void key_tests(void)
{
	uint8_t bytes[KEY_MAX_LENGTH];
	secret_key *key = secret_key_create(16), *longest = secret_key_create(KEY_MAX_LENGTH);
	int right = 1;

	number(bytes, sizeof(bytes));
	for (int i = 0; i < 16; i++)
		right = right && !key->bytes[i];
	check(right && key->length == 16, "a new key is all zero");
	secret_key_set(key, bytes, sizeof(bytes));
	check(!memcmp(key->bytes, bytes, 16), "a key takes no more than its length");
	secret_key_set(longest, bytes, sizeof(bytes));
	secret_key_set(longest, key->bytes, key->length);
	right = !memcmp(longest->bytes, bytes, 16);
	for (int i = 16; i < KEY_MAX_LENGTH; i++)
		right = right && !longest->bytes[i];
	check(right, "a longer key is filled up with zero bytes");
	secret_key_set(key, key->bytes, key->length);
	check(!memcmp(key->bytes, bytes, 16), "a key may be copied to itself");
	secret_key_delete(key);
	secret_key_delete(longest);
	secret_key_delete(NULL);
	fail_next("calloc", 0);
	check(secret_key_create(16) == NULL, "no memory is told");
	failing = NULL;
}

static void digest_tests(void)
{
	static const char *const abc[DIGEST_ALGORITHMS] = {
		[DIGEST_MD4] = "a448017aaf21d8525fc10ae87aa6729d",
		[DIGEST_MD5] = "900150983cd24fb0d6963f7d28e17f72",
		[DIGEST_SHA256] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		[DIGEST_SHA512] = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
			"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
		[DIGEST_SHA1] = "a9993e364706816aba3e25717850c26c9cd0d89d",
	};
	uint8_t message[300], whole[DIGEST_MAX_LENGTH], digest[DIGEST_MAX_LENGTH];

	number(message, sizeof(message));
	for (int algorithm = 0; algorithm < DIGEST_ALGORITHMS; algorithm++) {
		digest_state state = { .algorithm = (uint8_t)algorithm };
		size_t length = digest_length(algorithm);
		int right = 1;

		digest_add(&state, (const uint8_t *)"abc", 3);
		digest_end(&state, digest);
		check(same_hex(digest, length, abc[algorithm]), "digest of abc");
		for (size_t size = 0; size <= sizeof(message); size++) {
			uint8_t *part = exactly(message, size);
			digest_add(&state, part, size);
			digest_end(&state, whole);
			for (size_t at = 0; at <= size; at += size > 130 ? 64 : 1) {
				digest_add(&state, part, at);
				digest_add(&state, part + at, size - at);
				digest_end(&state, digest);
				right = right && !memcmp(digest, whole, length);
			}
			free(part);
		}
		check(right, "every length, split at every position, gives the same digest");
		digest_add(&state, message, 100);
		digest_abort(&state);
		digest_add(&state, (const uint8_t *)"abc", 3);
		digest_end(&state, digest);
		check(same_hex(digest, length, abc[algorithm]), "after an abort the state is as new");
		digest_abort(&state);
	}
}

static void digest_fault_tests(void)
{
	digest_state state = { .algorithm = DIGEST_SHA256 };
	uint8_t digest[DIGEST_MAX_LENGTH];

	fail_next("psa_hash_setup", 0);
	check(failed(digest_add(&state, rfcKey, 16), "psa_hash_setup", PSA_ERROR_NOT_SUPPORTED), "psa_hash_setup fails");
	fail_next("psa_hash_update", 1);
	digest_add(&state, rfcKey, 16);
	check(failed(digest_add(&state, rfcKey, 16), "psa_hash_update", PSA_ERROR_HARDWARE_FAILURE), "psa_hash_update fails");
	digest_add(&state, rfcKey, 16);
	fail_next("psa_hash_finish", 0);
	check(failed(digest_end(&state, digest), "psa_hash_finish", PSA_ERROR_HARDWARE_FAILURE), "psa_hash_finish fails");
	digest_end(&state, digest);
	check(same_hex(digest, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"), "after failures the state is as new");
}

static void rc4_tests(void)
{
	uint8_t message[600], whole[600], parts[600];
	rc4_state state;
	int right = 1;

	number(message, sizeof(message));
	rc4_begin(&state, (const uint8_t *)"\1\2\3\4\5", 5);
	memset(whole, 0, sizeof(whole));
	rc4_apply(&state, whole, whole, sizeof(whole));
	check(same_hex(whole, 16, "b2396305f03dc027ccc3524a0a1118a8") && same_hex(whole + 512, 16, "6459844432a7da923cfb3eb4980661f6"), "RFC 6229");
	rc4_begin(&state, rfcKey, 16);
	rc4_apply(&state, message, whole, sizeof(whole));
	for (size_t at = 0; at <= sizeof(message); at++) {
		memcpy(parts, message, sizeof(parts));
		rc4_begin(&state, rfcKey, 16);
		rc4_apply(&state, parts, parts, at);
		rc4_apply(&state, parts + at, parts + at, sizeof(parts) - at);
		right = right && !memcmp(parts, whole, sizeof(parts));
	}
	check(right, "in place, split at every position, gives the same bytes");
}

/** What the tag must be when the 16 bytes at tagAt count as zero: over a copy, the tag far away from it. */
static void reference(const mac_context *mac, const uint8_t *buffer, size_t size, size_t at, size_t length, size_t tagAt, uint8_t tag[16])
{
	uint8_t *copy = exactly(buffer, size);

	memset(copy + tagAt, 0, 16);
	if (mac_sign(mac, NULL, copy + at, length, tag).call)
		abort();
	free(copy);
}

/** Every position of the tag from before the span over its two ends to behind it. */
static void straddle_tests(const mac_context *mac, const char *name)
{
	enum { SIZE = 96, AT = 32 };
	static const size_t lengths[] = { 0, 1, 7, 15, 16, 17, 32 };
	uint8_t message[SIZE], tag[16];
	int signs = 1, verifies = 1, restores = 1, refuses = 1;

	number(message, SIZE);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		for (size_t tagAt = 0; tagAt + 16 <= SIZE; tagAt++) {
			uint8_t *buffer = exactly(message, SIZE), *kept;
			int right = -1;

			reference(mac, message, SIZE, AT, lengths[i], tagAt, tag);
			mac_sign(mac, NULL, buffer + AT, lengths[i], buffer + tagAt);
			signs = signs && !memcmp(buffer + tagAt, tag, 16) && !memcmp(buffer, message, tagAt)
				&& !memcmp(buffer + tagAt + 16, message + tagAt + 16, SIZE - tagAt - 16);
			kept = exactly(buffer, SIZE);
			mac_verify(mac, NULL, buffer + AT, lengths[i], buffer + tagAt, &right);
			verifies = verifies && right == 1;
			restores = restores && !memcmp(buffer, kept, SIZE);
			buffer[tagAt + i] ^= 0x10;
			mac_verify(mac, NULL, buffer + AT, lengths[i], buffer + tagAt, &right);
			refuses = refuses && right == 0;
			buffer[tagAt + i] ^= 0x10;
			// A byte of the span that is not covered by the tag.
			if (lengths[i] && (AT < tagAt || AT >= tagAt + 16)) {
				buffer[AT] ^= 1;
				mac_verify(mac, NULL, buffer + AT, lengths[i], buffer + tagAt, &right);
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

static void mac_tests(void)
{
	mac_context cmac, hmac;
	uint8_t tag[MAC_MAX_LENGTH];

	check(!mac_open_cmac(&cmac, rfcKey).call && !mac_open_hmac(&hmac, PSA_ALG_SHA_256, (const uint8_t *)"Jefe", 4).call, "keys are imported");
	mac_sign(&cmac, NULL, NULL, 0, tag);
	check(same_hex(tag, 16, "bb1d6929e95937287fa37d129b756746"), "RFC 4493, no message");
	mac_add(&hmac, (const uint8_t *)"what do ya want ", 16);
	mac_add(&hmac, (const uint8_t *)"for nothing?", 12);
	mac_end(&hmac, tag);
	check(same_hex(tag, 32, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"), "RFC 4231 test case 2 in two parts");
	straddle_tests(&cmac, "CMAC: the tag's bytes count as zero wherever they lie");
	straddle_tests(&hmac, "HMAC: the tag's bytes count as zero wherever they lie");
	mac_add(&hmac, (const uint8_t *)"left unfinished", 15);
	mac_close(&hmac);
	mac_close(&cmac);
}

static void mac_fault_tests(void)
{
	mac_context mac;
	uint8_t message[32], tag[MAC_MAX_LENGTH];
	int right;

	fail_next("psa_import_key", 0);
	check(failed(mac_open_cmac(&mac, rfcKey), "psa_import_key", PSA_ERROR_NOT_SUPPORTED), "psa_import_key fails");
	mac_open_hmac(&mac, PSA_ALG_SHA_256, rfcKey, 16);

	number(message, sizeof(message));
	fail_next("psa_mac_compute", 0);
	check(failed(mac_sign(&mac, NULL, message, 32, message + 8), "psa_mac_compute", PSA_ERROR_HARDWARE_FAILURE), "psa_mac_compute fails in sign");
	check(message[8] == 8 * 7 + 3 && message[23] == 23 * 7 + 3, "the tag's bytes are put back");
	memset(message, 0, sizeof(message));
	fail_next("psa_mac_compute", 0);
	right = -1;
	check(failed(mac_verify(&mac, NULL, message, 32, message + 8, &right), "psa_mac_compute", PSA_ERROR_HARDWARE_FAILURE) && right == 0,
		"psa_mac_compute fails in verify: not right");

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
	mac_close(&mac);
}

/** PSA has MBEDTLS_PSA_KEY_SLOT_COUNT keys at a time: close() must give them back. */
static void slot_tests(void)
{
	mac_context macs[MBEDTLS_PSA_KEY_SLOT_COUNT], mac;
	int right = 1;

	for (int i = 0; i < 200; i++) {
		right = right && !mac_open_cmac(&mac, rfcKey).call;
		mac_close(&mac);
	}
	check(right, "200 contexts, one after the other");
	right = 1;
	for (int i = 0; i < MBEDTLS_PSA_KEY_SLOT_COUNT; i++)
		right = right && !mac_open_cmac(&macs[i], rfcKey).call;
	check(right, "as many contexts at a time as PSA has slots");
	check(failed(mac_open_cmac(&mac, rfcKey), "psa_import_key", PSA_ERROR_INSUFFICIENT_MEMORY), "one more is refused");
	for (int i = 0; i < MBEDTLS_PSA_KEY_SLOT_COUNT; i++)
		mac_close(&macs[i]);
	check(!mac_open_cmac(&mac, rfcKey).call, "closed contexts give their slots back");
	mac_close(&mac);
}

static void kdf_tests(void)
{
	static const uint8_t session[16] = { 0x7C, 0xD4, 0x51, 0x82, 0x5D, 0x04, 0x50, 0xD2, 0x35, 0x42, 0x4E, 0x44, 0xBA, 0x6E, 0x78, 0xCC };
	static const char *const calls[] = { "psa_import_key", "psa_mac_sign_setup", "psa_mac_update", "psa_mac_sign_finish", "calloc" };
	const kdf_part label = { (const uint8_t *)"SMB2AESCMAC", 12 }, context = { (const uint8_t *)"SmbSign", 8 }, none = { NULL, 0 };
	uint8_t key[16], derived[KDF_MAX_LENGTH + 1];
	int right = 1;

	memcpy(key, session, 16);
	check(!kdf_derive((kdf_part){ key, 16 }, label, context, key, 16).call && same_hex(key, 16, "0b7e9c5cac36c0f6ea9ab275298cedce"),
		"an SMB 3.0 signing key, derived over the session key");
	for (size_t length = 1; length <= KDF_MAX_LENGTH; length++) {
		memset(derived, 0xA5, sizeof(derived));
		right = right && !kdf_derive((kdf_part){ session, 16 }, none, none, derived, length).call && derived[length] == 0xA5;
	}
	check(right, "1 to 32 bytes are written and no more, with empty label and context");
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		memset(derived, 0xA5, sizeof(derived));
		fail_next(calls[i], 0);
		right = right && kdf_derive((kdf_part){ session, 16 }, label, context, derived, 16).call != NULL && derived[0] == 0xA5;
		failing = NULL;
	}
	check(right, "whichever call fails, no key is written");
}

int main(void)
{
	start_tests();
	secret_tests();
	key_tests();
	digest_tests();
	digest_fault_tests();
	rc4_tests();
	mac_tests();
	mac_fault_tests();
	slot_tests();
	kdf_tests();
	slot_tests();
	printf("1..%d\n", tests);
	// What PSA itself holds is not a leak of ours.
	mbedtls_psa_crypto_free();
	return failures != 0;
}
