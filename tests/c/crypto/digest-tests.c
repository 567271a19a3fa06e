/** digest.c and md4.c. */
#include "crypto-tests.h"

#include "../../../hosts/crypto/digest.h"
#include "digest-vectors.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/** That a message has that digest: whole, byte by byte, and split in two at every position, or at every step-th. */
static int digests_as(int algorithm, const uint8_t *message, size_t length, size_t step, const char *hex)
{
	digest_state state = { .algorithm = (uint8_t)algorithm };
	uint8_t digest[DIGEST_MAX_LENGTH];
	int right = 1;

	digest_add(&state, message, length);
	digest_end(&state, digest);
	right = right && same_hex(digest, digest_length(algorithm), hex);
	for (size_t at = 0; at < length; at++)
		digest_add(&state, message + at, 1);
	digest_end(&state, digest);
	right = right && same_hex(digest, digest_length(algorithm), hex);
	for (size_t at = 0; right && at <= length; at += step) {
		digest_add(&state, message, at);
		digest_add(&state, message + at, length - at);
		digest_end(&state, digest);
		right = right && same_hex(digest, digest_length(algorithm), hex);
	}
	return right;
}

static void vector_tests(void)
{
	int right = 1;

	for (size_t i = 0; i < COUNT(digest_vectors); i++) {
		size_t length;
		uint8_t *message = unhex(digest_vectors[i].message, &length);
		right = right && digests_as(digest_vectors[i].algorithm, message, length, 1, digest_vectors[i].digest);
		free(message);
	}
	check(right, "RFC 1320, RFC 1321, FIPS 180-4: whole, byte by byte, split at every position");
	right = 1;
	for (size_t i = 0; i < COUNT(digest_millions); i++) {
		digest_state state = { .algorithm = (uint8_t)digest_millions[i].algorithm };
		uint8_t digest[DIGEST_MAX_LENGTH], part[1000];
		memset(part, 'a', sizeof(part));
		for (int n = 0; n < 1000; n++)
			digest_add(&state, part, sizeof(part));
		digest_end(&state, digest);
		right = right && same_hex(digest, digest_length(digest_millions[i].algorithm), digest_millions[i].digest);
	}
	check(right, "FIPS 180-4: a million times \"a\"");
	right = 1;
	for (size_t i = 0; i < COUNT(digest_lengths); i++) {
		size_t length = digest_lengths[i].length;
		uint8_t *message = numbered(length);
		right = right && digests_as(digest_lengths[i].algorithm, message, length, length > 300 ? 8191 : 1, digest_lengths[i].digest);
		free(message);
	}
	check(right, "every length to 80, around blocks and around 64 KiB: as node:crypto has it");
}

/** Every call fails in turn; afterwards nothing is left of the message, and the state is as new. */
static void fault_tests(void)
{
	digest_state state = { .algorithm = DIGEST_SHA256 };
	uint8_t digest[DIGEST_MAX_LENGTH];
	int right = 1;

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
	for (int algorithm = DIGEST_MD5; algorithm < DIGEST_ALGORITHMS; algorithm++) {
		for (int call = 0;; call++) {
			crypto_outcome outcome;
			state = (digest_state){ .algorithm = (uint8_t)algorithm };
			fail_at(call);
			outcome = digest_add(&state, rfcKey, 16);
			if (!outcome.call)
				outcome = digest_add(&state, rfcKey, 16);
			if (!outcome.call)
				outcome = digest_end(&state, digest);
			if (!stop_failing())
				break;
			right = right && outcome.call && !state.active && wiped((uint8_t *)&state.by, sizeof(state.by));
		}
		right = right && !state.active && wiped((uint8_t *)&state.by, sizeof(state.by));
	}
	check(right, "whichever call fails, it is said, and the state is wiped");
}

void digest_tests(void)
{
	vector_tests();
	for (int algorithm = 0; algorithm < DIGEST_ALGORITHMS; algorithm++) {
		digest_state state = { .algorithm = (uint8_t)algorithm }, other = { .algorithm = (uint8_t)algorithm };
		uint8_t digest[DIGEST_MAX_LENGTH], expected[DIGEST_MAX_LENGTH];

		digest_end(&other, expected);
		digest_add(&state, rfcKey, 16);
		digest_abort(&state);
		check(wiped((uint8_t *)&state.by, sizeof(state.by)), "an abort wipes");
		digest_end(&state, digest);
		check(!memcmp(digest, expected, digest_length(algorithm)), "after an abort the state is as new");
		digest_abort(&state);
	}
	fault_tests();
}
