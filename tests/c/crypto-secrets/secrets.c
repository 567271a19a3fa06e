/**
 * hosts/crypto for Valgrind's memcheck, with every secret marked as undefined: then memcheck tells of each branch ("conditional jump or move") and of each
 * address ("use of uninitialised value") that depends on one. ../secrets.test.ts runs it and says what may be found.
 * Each subject is a function of its own, so that memcheck's stack traces name it. PSA is the stand-in of crypto-wiped.
 */
#include "../crypto-wiped/psa.h"

#include "../../../hosts/crypto/aead.h"
#include "../../../hosts/crypto/cts.h"
#include "../../../hosts/crypto/digest.h"
#include "../../../hosts/crypto/dk.h"
#include "../../../hosts/crypto/kdf.h"
#include "../../../hosts/crypto/key.h"
#include "../../../hosts/crypto/mac.h"
#include "../../../hosts/crypto/md4.h"
#include "../../../hosts/crypto/pbkdf2.h"
#include "../../../hosts/crypto/rc4.h"

#include <valgrind/memcheck.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUBJECT __attribute__((noinline)) static void

static void secret(void *bytes, size_t length) { VALGRIND_MAKE_MEM_UNDEFINED(bytes, length); }
static void wrote(uint8_t *bytes, size_t length) { secret(bytes, length); }

static uint8_t message[200], other[200], tag[16];
static const uint8_t table[256];
static volatile int sink;

/** What shows that the test finds anything: the two ways in which a program can tell a secret by its time. */
SUBJECT subject_control_branch(void)
{
	secret(message, 16);
	for (int i = 0; i < 16; i++) {
		if (message[i] != other[i])
			break;
		sink++;
	}
}

SUBJECT subject_control_address(void)
{
	secret(message, 16);
	for (int i = 0; i < 16; i++)
		sink = ((volatile const uint8_t *)table)[message[i]];
}

SUBJECT subject_secret_equal(void)
{
	secret(message, 40);
	secret(other, 40);
	sink = secret_equal(message, other, 40);
}

SUBJECT subject_secret_wipe(void)
{
	secret(message, 100);
	secret_wipe(message, 100);
}

SUBJECT subject_key(void)
{
	secret_key *key = secret_key_create(32);

	secret(message, 64);
	secret_key_set(key, message, 64);
	secret_key_set(key, message, 16);
	secret_key_delete(key);
}

SUBJECT subject_random(void)
{
	backend_random(message, 32);
}

SUBJECT subject_md4(void)
{
	md4_state state;

	secret(message, sizeof(message));
	md4_begin(&state);
	md4_add(&state, message, 37);
	md4_add(&state, message, 150);
	md4_end(&state, tag);
}

SUBJECT subject_digest(void)
{
	for (int algorithm = 0; algorithm < DIGEST_ALGORITHMS; algorithm++) {
		digest_state state = { .algorithm = (uint8_t)algorithm };
		uint8_t digest[DIGEST_MAX_LENGTH];
		secret(message, sizeof(message));
		digest_add(&state, message, 150);
		digest_end(&state, digest);
	}
}

SUBJECT subject_mac(void)
{
	static const uint8_t nonce[GMAC_NONCE_LENGTH];

	for (int kind = 0; kind < 3; kind++) {
		mac_context mac;
		int right;
		secret(other, 16);
		kind == 0 ? mac_open_cmac(&mac, other) : kind == 1 ? mac_open_hmac(&mac, PSA_ALG_SHA_256, other, 16) : mac_open_gmac(&mac, other);
		secret(message, 150);
		mac_sign(&mac, kind == 2 ? nonce : NULL, message, 150, message + 48);
		// What came from the network is nothing secret; what it is compared with is.
		VALGRIND_MAKE_MEM_DEFINED(message, sizeof(message));
		mac_verify(&mac, kind == 2 ? nonce : NULL, message, 150, message + 48, &right);
		mac_close(&mac);
	}
}

SUBJECT subject_mac_parts(void)
{
	mac_context mac;
	uint8_t whole[MAC_MAX_LENGTH];

	secret(other, 16);
	mac_open_hmac(&mac, PSA_ALG_SHA_256, other, 16);
	secret(message, 150);
	mac_add(&mac, message, 150);
	mac_end(&mac, whole);
	mac_close(&mac);
}

SUBJECT subject_kdf(void)
{
	uint8_t derived[32];

	secret(other, 16);
	kdf_derive((kdf_part){ other, 16 }, (kdf_part){ (const uint8_t *)"label", 5 }, (kdf_part){ NULL, 0 }, derived, 16);
}

SUBJECT subject_aead(void)
{
	for (int cipher = AEAD_AES_128_CCM; cipher <= AEAD_AES_256_GCM; cipher++) {
		aead_context aead;
		int right;
		secret(other, 32);
		aead_begin(&aead, cipher, other, 10);
		// Plaintext, and what else lies in the room behind it.
		secret(message + 48, sizeof(message) - 48);
		aead_seal(&aead, message + 16, 32, 100, message);
		aead_open(&aead, message + 16, 32, 100, message, &right);
		psa_stand_in_status = PSA_ERROR_INVALID_SIGNATURE;
		aead_open(&aead, message + 16, 32, 100, message, &right);
		psa_stand_in_status = PSA_SUCCESS;
		aead_close(&aead);
	}
}

SUBJECT subject_kerberos(void)
{
	uint8_t derived[32];
	cts_context cts;
	pbkdf2_context pbkdf2;

	secret(other, 32);
	kdf_derive_by(PSA_ALG_SHA_384, (kdf_part){ other, 32 }, (kdf_part){ (const uint8_t *)"label", 5 }, (kdf_part){ NULL, 0 }, derived, 24);
	dk_derive(other, 32, (const uint8_t *)"kerberos", 8, derived);
	secret(message, sizeof(message));
	cts_open(&cts, other, 32);
	cts_encrypt(&cts, message, 150);
	cts_decrypt(&cts, message, 150);
	cts_close(&cts);
	secret(message, sizeof(message));
	// Neither a password's length nor its salt is secret.
	for (size_t length = 10; length < sizeof(message); length += 100) {
		pbkdf2_open(&pbkdf2, PSA_ALG_SHA_1, message, length);
		pbkdf2_begin(&pbkdf2, (const uint8_t *)"salt", 4, 3, 32);
		pbkdf2_step(&pbkdf2, 9);
		pbkdf2_end(&pbkdf2, derived, 32);
		pbkdf2_close(&pbkdf2);
	}
}

/** Its table is looked up where the key says: that is RC4. */
SUBJECT subject_rc4(void)
{
	rc4_state state;

	secret(other, 16);
	rc4_begin(&state, other, 16);
	secret(message, 150);
	rc4_apply(&state, message, message, 150);
	secret_wipe(&state, sizeof(state));
}

int main(void)
{
	static void (*const subjects[])(void) = {
		subject_control_branch, subject_control_address, subject_secret_equal, subject_secret_wipe, subject_key, subject_random, subject_md4, subject_digest,
		subject_mac, subject_mac_parts, subject_kdf, subject_aead, subject_kerberos, subject_rc4,
	};

	if (!RUNNING_ON_VALGRIND) {
		puts("secrets: to be run by Valgrind");
		return 1;
	}
	psa_stand_in_wrote = wrote;
	for (size_t i = 0; i < sizeof(subjects) / sizeof(*subjects); i++) {
		VALGRIND_MAKE_MEM_DEFINED(message, sizeof(message));
		VALGRIND_MAKE_MEM_DEFINED(other, sizeof(other));
		subjects[i]();
	}
	return 0;
}
