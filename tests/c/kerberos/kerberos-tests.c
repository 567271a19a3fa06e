/**
 * The cores that Kerberos needs of hosts/crypto under sanitizers: n-fold, DK, AES-CTS, PBKDF2, KDF-HMAC-SHA2, with the vectors of their RFCs,
 * at every length and with every call of PSA Crypto failing.
 */
#include "../../../hosts/crypto/cts.h"
#include "../../../hosts/crypto/dk.h"
#include "../../../hosts/crypto/kdf.h"
#include "../../../hosts/crypto/pbkdf2.h"

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

#define WRAP(call, parameters, values) \
	psa_status_t __real_##call parameters; \
	psa_status_t __wrap_##call parameters; \
	psa_status_t __wrap_##call parameters { return fails(#call) ? PSA_ERROR_HARDWARE_FAILURE : __real_##call values; }

WRAP(psa_import_key, (const psa_key_attributes_t *a, const uint8_t *b, size_t n, mbedtls_svc_key_id_t *k), (a, b, n, k))
WRAP(psa_cipher_encrypt_setup, (psa_cipher_operation_t *o, mbedtls_svc_key_id_t k, psa_algorithm_t a), (o, k, a))
WRAP(psa_cipher_decrypt_setup, (psa_cipher_operation_t *o, mbedtls_svc_key_id_t k, psa_algorithm_t a), (o, k, a))
WRAP(psa_cipher_set_iv, (psa_cipher_operation_t *o, const uint8_t *b, size_t n), (o, b, n))
WRAP(psa_cipher_update, (psa_cipher_operation_t *o, const uint8_t *b, size_t n, uint8_t *c, size_t s, size_t *w), (o, b, n, c, s, w))
WRAP(psa_hash_setup, (psa_hash_operation_t *o, psa_algorithm_t a), (o, a))
WRAP(psa_hash_update, (psa_hash_operation_t *o, const uint8_t *b, size_t n), (o, b, n))
WRAP(psa_hash_clone, (const psa_hash_operation_t *o, psa_hash_operation_t *t), (o, t))
WRAP(psa_hash_compute, (psa_algorithm_t a, const uint8_t *b, size_t n, uint8_t *h, size_t s, size_t *w), (a, b, n, h, s, w))
WRAP(psa_hash_finish, (psa_hash_operation_t *o, uint8_t *b, size_t n, size_t *w), (o, b, n, w))

static void fail_next(const char *call, int after)
{
	failing = call;
	passes = after;
}

/** Whether the outcome is that call's failure, and stops failing. */
static int failed(crypto_outcome outcome, const char *call)
{
	failing = NULL;
	return outcome.call && !strcmp(outcome.call, call) && outcome.code == PSA_ERROR_HARDWARE_FAILURE;
}

static size_t unhex(const char *hex, uint8_t *bytes)
{
	size_t length = strlen(hex) / 2;

	for (size_t i = 0; i < length; i++) {
		unsigned byte;
		sscanf(hex + 2 * i, "%2x", &byte);
		bytes[i] = (uint8_t)byte;
	}
	return length;
}

static int same_hex(const uint8_t *bytes, size_t length, const char *hex)
{
	uint8_t wanted[128];

	return unhex(hex, wanted) == length && !memcmp(bytes, wanted, length);
}

/** A copy that ends where its memory ends, so that the sanitizer sees one byte too many. */
static uint8_t *exactly(const void *bytes, size_t length)
{
	uint8_t *copy = malloc(length ? length : 1);

	if (!copy)
		abort();
	return memcpy(copy, bytes, length);
}

/** RFC 3961 A.1. */
static void fold_tests(void)
{
	static const struct { const char *text; size_t bits; const char *folded; } cases[] = {
		{ "012345", 64, "be072631276b1955" },
		{ "password", 56, "78a07b6caf85fa" },
		{ "Rough Consensus, and Running Code", 64, "bb6ed30870b7f0e0" },
		{ "password", 168, "59e4a8ca7c0385c3c37b3f6d2000247cb6e6bd5b3e" },
		{ "MASSACHVSETTS INSTITVTE OF TECHNOLOGY", 192, "db3b0d8f0b061e603282b308a50841229ad798fab9540c1b" },
		{ "Q", 168, "518a54a215a8452a518a54a215a8452a518a54a215" },
		{ "ba", 168, "fb25d531ae8974499f52fd92ea9857c4ba24cf297e" },
		{ "kerberos", 64, "6b65726265726f73" },
		{ "kerberos", 128, "6b65726265726f737b9b5b2b93132b93" },
		{ "kerberos", 168, "8372c236344e5f1550cd0747e15d62ca7a5a3bcea4" },
		{ "kerberos", 256, "6b65726265726f737b9b5b2b93132b935c9bdcdad95c9899c4cae4dee6d6cae4" },
	};
	int right = 1;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t *text = exactly(cases[i].text, strlen(cases[i].text)), *folded = exactly(text, 0);
		folded = realloc(folded, cases[i].bits / 8);
		dk_fold(text, strlen(cases[i].text), folded, cases[i].bits / 8);
		right = right && same_hex(folded, cases[i].bits / 8, cases[i].folded);
		free(text);
		free(folded);
	}
	check(right, "n-fold, RFC 3961 A.1");
}

static const char *const key128 = "42263c6e89f4fc28b8df68ee09799f15";
static const char *const key256 = "fe697b52bc0d3ce14432ba036a92e65bbb52280990a2fa27883998d72af30161";

static void dk_tests(void)
{
	static const struct { const char *key; uint8_t purpose; const char *derived; } cases[] = {
		{ key128, 0x99, "34280a382bc92769b2da2f9ef066854b" },
		{ key128, 0xAA, "5b14fc4e250e14ddf9dccf1af6674f53" },
		{ key128, 0x55, "4ed31063621684f09ae8d89991af3e8f" },
		{ key256, 0x99, "bfab388bdcb238e9f9c98d6a878304f04d30c82556375ac507a7a852790f4674" },
		{ key256, 0xAA, "c7cfd9cd75fe793a586a542d87e0d1396f1134a104bb1a9190b8c90ada3ddf37" },
		{ key256, 0x55, "97151b4c76945063e2eb0529dc067d97d7bba90776d8126d91f34f3101aea8ba" },
	};
	static const char *const calls[] = { "psa_import_key", "psa_cipher_encrypt_setup", "psa_cipher_set_iv", "psa_cipher_update" };
	uint8_t key[32], usage[5] = { 0, 0, 0, 2, 0 };
	int right = 1;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t length = unhex(cases[i].key, key);
		usage[4] = cases[i].purpose;
		right = right && !dk_derive(key, length, usage, sizeof(usage), key).call && same_hex(key, length, cases[i].derived);
	}
	check(right, "DK for usage 2 as MIT Kerberos has it, over the key's own memory");
	right = 1;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		unhex(key256, key);
		// The second block's, where there are two.
		fail_next(calls[i], i > 0);
		right = right & failed(dk_derive(key, 32, usage, sizeof(usage), key), calls[i]) & same_hex(key, 32, key256);
	}
	check(right, "whichever call fails, no key is written");
}

static void cts_tests(void)
{
	static const char text[] = "I would like the General Gau's Chicken, please, and wonton soup.";
	/** RFC 3962 B. */
	static const char *const sealed[] = {
		"c6353568f2bf8cb4d8a580362da7ff7f97",
		"fc00783e0efdb2c1d445d4c8eff7ed2297687268d6ecccc0c07b25e25ecfe5",
		"39312523a78662d5be7fcbcc98ebf5a897687268d6ecccc0c07b25e25ecfe584",
		"97687268d6ecccc0c07b25e25ecfe584b3fffd940c16a18c1b5549d2f838029e39312523a78662d5be7fcbcc98ebf5",
		"97687268d6ecccc0c07b25e25ecfe5849dad8bbb96c4cdc03bc103e1a194bbd839312523a78662d5be7fcbcc98ebf5a8",
		"97687268d6ecccc0c07b25e25ecfe58439312523a78662d5be7fcbcc98ebf5a84807efe836ee89a526730dbc2f7bc8409dad8bbb96c4cdc03bc103e1a194bbd8",
	};
	uint8_t bytes[600], *copy;
	cts_context cipher;
	int right = !cts_open(&cipher, (const uint8_t *)"chicken teriyaki", 16).call;

	for (size_t i = 0; i < sizeof(sealed) / sizeof(*sealed); i++) {
		size_t length = strlen(sealed[i]) / 2;
		copy = exactly(text, length);
		right = right && !cts_encrypt(&cipher, copy, length).call && same_hex(copy, length, sealed[i]);
		right = right && !cts_decrypt(&cipher, copy, length).call && !memcmp(copy, text, length);
		free(copy);
	}
	check(right, "AES-128-CTS, RFC 3962 B, both ways");
	right = 1;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + 3);
	for (size_t length = CTS_BLOCK_LENGTH; length <= sizeof(bytes); length++) {
		copy = exactly(bytes, length);
		right = right && !cts_encrypt(&cipher, copy, length).call && memcmp(copy, bytes, length);
		right = right && !cts_decrypt(&cipher, copy, length).call && !memcmp(copy, bytes, length);
		free(copy);
	}
	check(right, "every length from 16 to 600 goes there and back");
	cts_close(&cipher);

	right = 1;
	for (int i = 0; i < 3 * MBEDTLS_PSA_KEY_SLOT_COUNT; i++) {
		static const char *const calls[] = { "psa_cipher_encrypt_setup", "psa_cipher_decrypt_setup", "psa_cipher_set_iv", "psa_cipher_update" };
		right = right && !cts_open(&cipher, bytes, 32).call;
		copy = exactly(bytes, 50);
		fail_next(calls[i % 4], i % 4 == 3 ? i / 4 % 2 : 0);
		right &= failed(i % 4 == 1 ? cts_decrypt(&cipher, copy, 50) : cts_encrypt(&cipher, copy, 50), calls[i % 4]);
		free(copy);
		cts_close(&cipher);
	}
	check(right, "calls that fail are named, and contexts give their slots back");
}

/** The whole of it, step iterations at a time. */
static crypto_outcome derive(psa_algorithm_t hash, const char *password, const uint8_t *salt, size_t saltLength, uint32_t iterations, uint32_t step, uint8_t *derived, size_t length)
{
	uint8_t *copy = exactly(password, strlen(password));
	pbkdf2_context context;
	crypto_outcome outcome = pbkdf2_open(&context, hash, copy, strlen(password));

	free(copy);
	if (outcome.call)
		return outcome;
	outcome = pbkdf2_begin(&context, salt, saltLength, iterations, length);
	while (!outcome.call && context.left)
		outcome = pbkdf2_step(&context, step);
	if (!outcome.call)
		pbkdf2_end(&context, derived, length);
	pbkdf2_close(&context);
	return outcome;
}

static void pbkdf2_tests(void)
{
	static const struct { uint32_t iterations; const char *password, *salt, *derived; } cases[] = {
		// RFC 3962 B.
		{ 1, "password", "ATHENA.MIT.EDUraeburn", "cdedb5281bb2f801565a1122b25635150ad1f7a04bb9f3a333ecc0e2e1f70837" },
		{ 2, "password", "ATHENA.MIT.EDUraeburn", "01dbee7f4a9e243e988b62c73cda935da05378b93244ec8f48a99e61ad799d86" },
		{ 1200, "password", "ATHENA.MIT.EDUraeburn", "5c08eb61fdf71e4e4ec3cf6ba1f5512ba7e52ddbc5e5142f708a31e2e62b1e13" },
		{ 5, "password", "\x12\x34\x56\x78\x78\x56\x34\x12", "d1daa78615f287e6a1c8b120d7062a493f98d203e6be49a6adf4fa574b6e64ee" },
		{ 1200, "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX", "pass phrase equals block size", "139c30c0966bc32ba55fdbf212530ac9c5ec59f1a452f5cc9ad940fea0598ed1" },
		{ 1200, "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX", "pass phrase exceeds block size", "9ccad6d468770cd51b10e6a68721be611a8b4d282601db3b36be9246915ec82a" },
		{ 50, "\xF0\x9D\x84\x9E", "EXAMPLE.COMpianist", "6b9cf26d45455a43a5b8bb276a403b39e7fe37a0c41e02c281ff3069e1e94f52" },
	};
	static const char *const calls[] = { "psa_hash_setup", "psa_hash_update", "psa_hash_clone", "psa_hash_finish" };
	static const char *const longer = "0123456789012345678901234567890123456789012345678901234567890123456789";
	uint8_t derived[40];
	int right = 1;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (uint32_t step = 1; step < 4096; step *= 5) {
			memset(derived, 0xA5, sizeof(derived));
			right = right && !derive(PSA_ALG_SHA_1, cases[i].password, (const uint8_t *)cases[i].salt, strlen(cases[i].salt), cases[i].iterations, step, derived, 32).call
				&& same_hex(derived, 32, cases[i].derived) && derived[32] == 0xA5;
		}
	}
	check(right, "PBKDF2 with HMAC-SHA-1, RFC 3962 B, in steps of any size");
	right = 1;
	for (int after = 0; after < 12; after++) {
		for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
			memset(derived, 0xA5, sizeof(derived));
			fail_next(calls[i], after);
			crypto_outcome outcome = derive(PSA_ALG_SHA_1, "password", (const uint8_t *)"salt", 4, 4, 2, derived, 32);
			right &= (failed(outcome, calls[i]) ? derived[0] == 0xA5 : i == 0 && after >= 2);
		}
	}
	fail_next("psa_hash_compute", 0);
	right &= failed(derive(PSA_ALG_SHA_256, longer, NULL, 0, 1, 1, derived, 32), "psa_hash_compute");
	check(right, "whichever call fails is named, and no key is written");
}

/** RFC 8009 A. */
static void kdf_tests(void)
{
	static const struct { psa_algorithm_t hash; const char *key; uint8_t purpose; const char *derived; } cases[] = {
		{ PSA_ALG_SHA_256, "3705d96080c17728a0e800eab6e0d23c", 0x99, "b31a018a48f54776f403e9a396325dc3" },
		{ PSA_ALG_SHA_256, "3705d96080c17728a0e800eab6e0d23c", 0xAA, "9b197dd1e8c5609d6e67c3e37c62c72e" },
		{ PSA_ALG_SHA_256, "3705d96080c17728a0e800eab6e0d23c", 0x55, "9fda0e56ab2d85e1569a688696c26a6c" },
		{ PSA_ALG_SHA_384, "6d404d37faf79f9df0d33568d320669800eb4836472ea8a026d16b7182460c52", 0x99, "ef5718be86cc84963d8bbb5031e9f5c4ba41f28faf69e73d" },
		{ PSA_ALG_SHA_384, "6d404d37faf79f9df0d33568d320669800eb4836472ea8a026d16b7182460c52", 0xAA, "56ab22bee63d82d7bc5227f6773f8ea7a5eb1c825160c38312980c442e5c7e49" },
		{ PSA_ALG_SHA_384, "6d404d37faf79f9df0d33568d320669800eb4836472ea8a026d16b7182460c52", 0x55, "69b16514e3cd8e56b82010d5c73012b622c4d00ffc23ed1f" },
	};
	uint8_t key[32], derived[KDF_MAX_LENGTH], usage[5] = { 0, 0, 0, 2, 0 };
	int right = 1;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t length = unhex(cases[i].key, key), wanted = strlen(cases[i].derived) / 2;
		usage[4] = cases[i].purpose;
		right = right && !kdf_derive_by(cases[i].hash, (kdf_part){ key, length }, (kdf_part){ usage, 5 }, (kdf_part){ NULL, 0 }, derived, wanted).call
			&& same_hex(derived, wanted, cases[i].derived);
	}
	check(right, "KDF-HMAC-SHA2 for usage 2, RFC 8009 A");
	check(!derive(PSA_ALG_SHA_384, "password", (const uint8_t *)"aes256-cts-hmac-sha384-192\0\x10\xDF\x9D\xD7\x83\xE5\xBC\x8A\xCE\xA1\x73\x0E\x74\x35\x5F\x61" "ATHENA.MIT.EDUraeburn", 64, 32768, 1000, key, 32).call
		&& !kdf_derive_by(PSA_ALG_SHA_384, (kdf_part){ key, 32 }, (kdf_part){ (const uint8_t *)"kerberos", 8 }, (kdf_part){ NULL, 0 }, key, 32).call
		&& same_hex(key, 32, "45bd806dbf6a833a9cffc1c94589a222367a79bc21c413718906e9f578a78467"), "string-to-key of aes256-cts-hmac-sha384-192, RFC 8009 A");
}

int main(void)
{
	fold_tests();
	dk_tests();
	cts_tests();
	pbkdf2_tests();
	kdf_tests();
	printf("1..%d\n", tests);
	// What PSA itself holds is not a leak of ours.
	mbedtls_psa_crypto_free();
	return failures != 0;
}
