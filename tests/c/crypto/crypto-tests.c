/**
 * The cores of hosts/crypto under sanitizers: vectors of every algorithm whole, byte by byte, split at every position and in place; bounds, overlap, key slots;
 * and what remains after each call of PSA Crypto that fails.
 */
#include "crypto-tests.h"

#include "../../../hosts/crypto/key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tests, failures;

const uint8_t rfcKey[16] = { 0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c };

void check(int right, const char *name)
{
	printf("%s %d - %s\n", right ? "ok" : "not ok", ++tests, name);
	failures += !right;
}

int same_hex(const uint8_t *bytes, size_t length, const char *hex)
{
	size_t expected;
	uint8_t *other = unhex(hex, &expected);
	int same = length == expected && !memcmp(bytes, other, length);

	free(other);
	return same;
}

uint8_t *exactly(const void *bytes, size_t length)
{
	uint8_t *copy = malloc(length);

	if (!copy)
		abort();
	return length ? memcpy(copy, bytes, length) : copy;
}

uint8_t *unhex(const char *hex, size_t *length)
{
	uint8_t *bytes;

	*length = strlen(hex) / 2;
	bytes = malloc(*length);
	if (!bytes)
		abort();
	for (size_t i = 0; i < *length; i++) {
		unsigned byte;
		if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
			abort();
		bytes[i] = (uint8_t)byte;
	}
	return bytes;
}

void number(uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		bytes[i] = (uint8_t)(i * 7 + 3);
}

uint8_t *numbered(size_t length)
{
	uint8_t *bytes = malloc(length);

	if (!bytes)
		abort();
	number(bytes, length);
	return bytes;
}

int wiped(const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (bytes[i])
			return 0;
	}
	return 1;
}

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
	stop_failing();
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

int main(void)
{
	start_tests();
	secret_tests();
	key_tests();
	digest_tests();
	rc4_tests();
	mac_tests();
	aead_tests();
	slot_tests();
	kdf_tests();
	slot_tests();
	printf("1..%d\n", tests);
	// What PSA itself holds is not a leak of ours.
	mbedtls_psa_crypto_free();
	return failures != 0;
}
