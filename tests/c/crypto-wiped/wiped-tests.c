/**
 * That hosts/crypto leaves no secret behind in memory: each function runs on a stack of its own, which is searched afterwards, as is each piece of the heap
 * that is given back; whether PSA (a stand-in, psa.c) succeeds, finds a wrong tag, or fails at any of its calls. Optimized, as what is shipped is.
 */
#define _GNU_SOURCE 1
#include "psa.h"

#include "../../../hosts/crypto/aead.h"
#include "../../../hosts/crypto/cts.h"
#include "../../../hosts/crypto/digest.h"
#include "../../../hosts/crypto/dk.h"
#include "../../../hosts/crypto/kdf.h"
#include "../../../hosts/crypto/key.h"
#include "../../../hosts/crypto/mac.h"
#include "../../../hosts/crypto/md4.h"
#include "../../../hosts/crypto/pbkdf2.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

enum { STACK = 65536, WINDOW = 8, SECRETS = 64, BLOCKS = 16, BLOCK = 1024 };

static int tests, failures;

static void check(int right, const char *name, const char *how)
{
	printf("%s %d - %s%s%s\n", right ? "ok" : "not ok", ++tests, name, how ? ", " : "", how ? how : "");
	failures += !right;
}

/** The stand-in's outputs; what the tests put in: keys, messages, what lies in the room; and what MD4 has in its words at last. */
static uint8_t secrets[3][SECRETS];
static uint8_t *const outputs = secrets[0], *const inputs = secrets[1], *const words = secrets[2];

/** Whether any WINDOW bytes in a row of a secret lie there. */
static int holds_secret(const uint8_t *bytes, size_t length)
{
	for (int i = 0; i < 3; i++) {
		for (size_t at = 0; at + WINDOW <= (i < 2 ? SECRETS : 16); at++) {
			if (memmem(bytes, length, secrets[i] + at, WINDOW))
				return 1;
		}
	}
	return 0;
}

static struct { void *block; size_t size; } blocks[BLOCKS];
static uint8_t freed[BLOCKS * BLOCK]; // as it was given back; searched later, lest the search hide what is on the stack
static size_t freedLength;

void *__real_calloc(size_t count, size_t size);
void __real_free(void *block);
void *__wrap_calloc(size_t count, size_t size);
void __wrap_free(void *block);

void *__wrap_calloc(size_t count, size_t size)
{
	void *block = __real_calloc(count, size);

	for (int i = 0; i < BLOCKS; i++) {
		if (!blocks[i].block) {
			blocks[i].block = block;
			blocks[i].size = count * size;
			return block;
		}
	}
	abort();
}

void __wrap_free(void *block)
{
	for (int i = 0; block && i < BLOCKS; i++) {
		if (blocks[i].block != block)
			continue;
		if (freedLength + blocks[i].size > sizeof(freed))
			abort();
		for (size_t at = 0; at < blocks[i].size; at++)
			freed[freedLength++] = ((uint8_t *)block)[at];
		blocks[i].block = NULL;
	}
	__real_free(block);
}

static ucontext_t caller, callee;
static uint8_t stack[STACK];
static void (*running)(void);

static void trampoline(void)
{
	running();
}

/** Runs it on a fresh stack, and tells whether that, or what was freed, holds a secret afterwards. */
static int leaves_nothing(void (*run)(void))
{
	memset(stack, 0, sizeof(stack));
	freedLength = 0;
	running = run;
	getcontext(&callee);
	callee.uc_stack.ss_sp = stack;
	callee.uc_stack.ss_size = sizeof(stack);
	callee.uc_link = &caller;
	makecontext(&callee, trampoline, 0);
	swapcontext(&caller, &callee);
	return !holds_secret(stack, sizeof(stack)) && !holds_secret(freed, freedLength);
}

/** [ tag 16 | associated 32 | message 64 | room 16 ] */
static uint8_t buffer[16 + 32 + 64 + 16];
static secret_key *key;
static md4_state md4;
static digest_state digest;
static mac_context mac;
static aead_context aead;
static cts_context cts;
static pbkdf2_context pbkdf2;
static const uint8_t *nonce;
static crypto_outcome outcome;
static int right;

/** What the tests are good for: copies that nobody wipes. */
static void leak_stack(void)
{
	// Larger than what comes on the way back.
	uint8_t copy[1024];

	for (size_t i = 0; i < sizeof(copy); i++)
		((volatile uint8_t *)copy)[i] = inputs[i % SECRETS];
}

static void leak_heap(void)
{
	uint8_t *copy = calloc(1, 16);

	for (int i = 0; i < 16; i++)
		((volatile uint8_t *)copy)[i] = outputs[i];
	free(copy);
}

static void nothing(void) {}

static void key_life(void)
{
	secret_key *other = secret_key_create(32);

	secret_key_set(other, inputs, 32);
	secret_key_set(key, other->bytes, other->length);
	secret_key_delete(other);
}

static void key_random(void) { backend_random(key->bytes, key->length); }

static void md4_started(void)
{
	uint32_t before[4], after[4];
	md4_state copy;

	md4_begin(&md4);
	md4_add(&md4, inputs, 40);
	md4_add(&md4, inputs, 60);
	copy = md4;
	memcpy(before, copy.chain, 16);
	md4_end(&copy, (uint8_t *)after);
	for (int i = 0; i < 4; i++)
		after[i] -= before[i];
	memcpy(words, after, 16);
}

static void md4_more(void) { md4_add(&md4, inputs, 64); }
static void md4_last(void) { md4_end(&md4, buffer); }

static void digest_started(void)
{
	digest_add(&digest, inputs, 40);
	digest_add(&digest, inputs, 64);
}

static void digest_md4(void) { digest.algorithm = DIGEST_MD4; digest_started(); }
static void digest_sha256(void) { digest.algorithm = DIGEST_SHA256; digest_started(); }
static void digest_more(void) { digest_add(&digest, inputs, 64); }
static void digest_last(void) { digest_end(&digest, buffer); }
static void digest_drop(void) { digest_abort(&digest); }

static void open_cmac(void) { outcome = mac_open_cmac(&mac, inputs); }
static void open_hmac(void) { outcome = mac_open_hmac(&mac, PSA_ALG_SHA_256, inputs, 32); }

static void open_gmac(void)
{
	nonce = (const uint8_t *)"twelve bytes";
	outcome = mac_open_gmac(&mac, inputs);
}

static void hmac_started(void) { open_hmac(); mac_add(&mac, inputs, 64); }
static void sign(void) { mac_sign(&mac, nonce, buffer + 16, 96, buffer + 20); }
static void verify(void) { mac_verify(&mac, nonce, buffer + 16, 96, buffer + 20, &right); }
static void mac_more(void) { mac_add(&mac, inputs, 64); }
static void mac_last(void) { mac_end(&mac, buffer); }
static void mac_gone(void) { mac_close(&mac); }
static void derive(void) { kdf_derive((kdf_part){ inputs, 16 }, (kdf_part){ (const uint8_t *)"label", 5 }, (kdf_part){ NULL, 0 }, key->bytes, 16); }
static void derive_sha384(void) { kdf_derive_by(PSA_ALG_SHA_384, (kdf_part){ inputs, 32 }, (kdf_part){ (const uint8_t *)"label", 5 }, (kdf_part){ NULL, 0 }, key->bytes, 24); }
static void derive_dk(void) { dk_derive(inputs, 32, (const uint8_t *)"kerberos", 8, key->bytes); }
static void open_cts(void) { outcome = cts_open(&cts, inputs, 32); }
static void cts_there(void) { cts_encrypt(&cts, buffer + 16, 90); }
static void cts_back(void) { cts_decrypt(&cts, buffer + 16, 90); }
static void cts_gone(void) { cts_close(&cts); }
static void open_pbkdf2(void) { outcome = pbkdf2_open(&pbkdf2, PSA_ALG_SHA_1, inputs, 40); }
/** A password longer than a block is hashed first. */
static void open_pbkdf2_long(void) { outcome = pbkdf2_open(&pbkdf2, PSA_ALG_SHA_1, secrets[0], 2 * SECRETS); }
static void pbkdf2_started(void) { open_pbkdf2(); pbkdf2_begin(&pbkdf2, (const uint8_t *)"salt", 4, 3, 32); }
static void pbkdf2_starts(void) { pbkdf2_begin(&pbkdf2, (const uint8_t *)"salt", 4, 3, 32); }
static void pbkdf2_more(void) { pbkdf2_step(&pbkdf2, 9); }
static void pbkdf2_last(void) { pbkdf2_end(&pbkdf2, key->bytes, 32); }
static void pbkdf2_gone(void) { pbkdf2_close(&pbkdf2); }
static void begin_aead(void) { outcome = aead_begin(&aead, AEAD_AES_128_CCM, inputs, 10); }
static void seal(void) { aead_seal(&aead, buffer + 16, 32, 64, buffer); }
static void unseal(void) { aead_open(&aead, buffer + 16, 32, 64, buffer, &right); }
static void aead_gone(void) { aead_close(&aead); }

/** Each step with what comes before it, which is done elsewhere and does not fail. */
static const struct { const char *name; void (*before)(void), (*run)(void); } steps[] = {
	{ "key", nothing, key_life }, { "random", nothing, key_random },
	{ "md4_add", md4_started, md4_more }, { "md4_end", md4_started, md4_last },
	{ "digest_add, MD4", digest_md4, digest_more }, { "digest_end, MD4", digest_md4, digest_last }, { "digest_abort, MD4", digest_md4, digest_drop },
	{ "digest_add, SHA-256", digest_sha256, digest_more }, { "digest_end, SHA-256", digest_sha256, digest_last }, { "digest_abort, SHA-256", digest_sha256, digest_drop },
	{ "mac_open_cmac", nothing, open_cmac }, { "mac_open_hmac", nothing, open_hmac }, { "mac_open_gmac", nothing, open_gmac },
	{ "mac_sign, CMAC", open_cmac, sign }, { "mac_sign, HMAC", open_hmac, sign }, { "mac_sign, GMAC", open_gmac, sign },
	{ "mac_verify, CMAC", open_cmac, verify }, { "mac_verify, HMAC", open_hmac, verify }, { "mac_verify, GMAC", open_gmac, verify },
	{ "mac_add", hmac_started, mac_more }, { "mac_end", hmac_started, mac_last }, { "mac_close", hmac_started, mac_gone },
	{ "kdf_derive", nothing, derive }, { "kdf_derive_by", nothing, derive_sha384 }, { "dk_derive", nothing, derive_dk },
	{ "cts_open", nothing, open_cts }, { "cts_encrypt", open_cts, cts_there }, { "cts_decrypt", open_cts, cts_back }, { "cts_close", open_cts, cts_gone },
	{ "pbkdf2_open", nothing, open_pbkdf2 }, { "pbkdf2_open, a long password", nothing, open_pbkdf2_long }, { "pbkdf2_begin", open_pbkdf2, pbkdf2_starts },
	{ "pbkdf2_step", pbkdf2_started, pbkdf2_more }, { "pbkdf2_end", pbkdf2_started, pbkdf2_last }, { "pbkdf2_close", pbkdf2_started, pbkdf2_gone },
	{ "aead_begin", nothing, begin_aead }, { "aead_seal", begin_aead, seal }, { "aead_open", begin_aead, unseal }, { "aead_close", begin_aead, aead_gone },
};

static void prepare(void (*before)(void))
{
	memset(buffer, 0, sizeof(buffer));
	memcpy(buffer + 48, inputs, 64);
	memcpy(buffer + 112, inputs + 16, 16);
	memset(&md4, 0, sizeof(md4));
	memset(&digest, 0, sizeof(digest));
	memset(&mac, 0, sizeof(mac));
	memset(&aead, 0, sizeof(aead));
	memset(&cts, 0, sizeof(cts));
	memset(&pbkdf2, 0, sizeof(pbkdf2));
	memset(blocks, 0, sizeof(blocks));
	nonce = NULL;
	before();
}

int main(void)
{
	static const char *const calls[] = {
		NULL, "psa_import_key", "psa_hash_setup", "psa_hash_update", "psa_hash_finish", "psa_mac_sign_setup", "psa_mac_update", "psa_mac_sign_finish", "psa_mac_compute",
		"psa_aead_encrypt", "psa_aead_decrypt", "psa_generate_random", "psa_hash_compute", "psa_hash_clone", "psa_cipher_encrypt_setup", "psa_cipher_decrypt_setup",
		"psa_cipher_set_iv", "psa_cipher_update",
	};

	key = secret_key_create(32);
	for (int i = 0; i < SECRETS; i++)
		inputs[i] = (uint8_t)(0x5A ^ (i * 91));
	psa_stand_in_secret(outputs, SECRETS);
	md4_started();
	check(!leaves_nothing(leak_stack), "a secret left on the stack is found", NULL);
	check(!leaves_nothing(leak_heap), "a secret left in the heap is found", NULL);
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		for (size_t call = 0; call < sizeof(calls) / sizeof(*calls); call++) {
			prepare(steps[i].before);
			psa_stand_in_failing = calls[call];
			check(leaves_nothing(steps[i].run), steps[i].name, calls[call] ? calls[call] : "all well");
			psa_stand_in_failing = NULL;
		}
		prepare(steps[i].before);
		psa_stand_in_status = PSA_ERROR_INVALID_SIGNATURE;
		check(leaves_nothing(steps[i].run), steps[i].name, "a wrong tag");
		psa_stand_in_status = PSA_SUCCESS;
	}
	secret_key_delete(key);
	printf("1..%d\n", tests);
	return failures != 0;
}
