/** What sealing, opening and signing cost, in instructions that Valgrind's callgrind counts: each part's count goes into a dump under the part's name. cost.test.ts runs it. */
#include "../../../hosts/crypto/aead.h"
#include "../../../hosts/crypto/mac.h"

#include <valgrind/callgrind.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH = 16384, MESSAGES = 4 };

static uint8_t buffer[52 + LENGTH + AEAD_ROOM], sealed[sizeof(buffer)], key[32];

static void must(int right)
{
	if (!right)
		abort();
}

/** Counts from here on, once what is done for the first time has been done. */
static void start(void) { CALLGRIND_ZERO_STATS; }

static void end(const char *name, int number)
{
	char text[32];

	snprintf(text, sizeof(text), "%s-%d", name, number);
	CALLGRIND_DUMP_STATS_AT(text);
}

static void measure_aead(int cipher)
{
	psa_algorithm_t algorithm = cipher == AEAD_AES_128_CCM || cipher == AEAD_AES_256_CCM ? PSA_ALG_CCM : PSA_ALG_GCM;
	size_t nonceLength = algorithm == PSA_ALG_CCM ? 11 : 12, written;
	aead_context context;
	int right;

	must(!aead_begin(&context, cipher, key, 1000).call);
	must(!aead_seal(&context, buffer + 20, 32, LENGTH, buffer + 4).call);
	memcpy(sealed, buffer, sizeof(buffer));
	must(!aead_open(&context, buffer + 20, 32, LENGTH, buffer + 4, &right).call && right);
	start();
	for (int i = 0; i < MESSAGES; i++)
		must(!aead_seal(&context, buffer + 20, 32, LENGTH, buffer + 4).call);
	end("seal", cipher);
	// PSA alone, as its documentation has it: the tag behind the message.
	start();
	for (int i = 0; i < MESSAGES; i++)
		must(!psa_aead_encrypt(context.key, algorithm, buffer + 20, nonceLength, buffer + 20, 32, buffer + 52, LENGTH, buffer + 52, LENGTH + 16, &written));
	end("encrypt", cipher);
	for (int i = 0; i < MESSAGES; i++) {
		memcpy(buffer, sealed, sizeof(buffer));
		start();
		must(!aead_open(&context, buffer + 20, 32, LENGTH, buffer + 4, &right).call && right);
	}
	end("open", cipher);
	for (int i = 0; i < MESSAGES; i++) {
		memcpy(buffer, sealed, sizeof(buffer));
		memcpy(buffer + 52 + LENGTH, sealed + 4, 16);
		start();
		must(!psa_aead_decrypt(context.key, algorithm, buffer + 20, nonceLength, buffer + 20, 32, buffer + 52, LENGTH + 16, buffer + 52, LENGTH, &written));
	}
	end("decrypt", cipher);
	aead_close(&context);
}

static void measure_macs(void)
{
	uint8_t nonce[GMAC_NONCE_LENGTH], tag[MAC_MAX_LENGTH];
	mac_context mac;
	size_t written;

	must(!mac_open_gmac(&mac, key).call);
	gmac_nonce(1, 0, nonce);
	must(!mac_sign(&mac, nonce, buffer + 52, LENGTH, buffer + 100).call);
	start();
	for (int i = 0; i < MESSAGES; i++)
		must(!mac_sign(&mac, nonce, buffer + 52, LENGTH, buffer + 100).call);
	end("sign", 2);
	start();
	for (int i = 0; i < MESSAGES; i++)
		must(!psa_aead_encrypt(mac.key, PSA_ALG_GCM, nonce, 12, buffer + 52, LENGTH, buffer, 0, tag, 16, &written));
	end("mac", 2);
	mac_close(&mac);
	must(!mac_open_cmac(&mac, key).call);
	must(!mac_sign(&mac, NULL, buffer + 52, LENGTH, buffer + 100).call);
	start();
	for (int i = 0; i < MESSAGES; i++)
		must(!mac_sign(&mac, NULL, buffer + 52, LENGTH, buffer + 100).call);
	end("sign", 1);
	start();
	for (int i = 0; i < MESSAGES; i++)
		must(!psa_mac_compute(mac.key, PSA_ALG_CMAC, buffer + 52, LENGTH, tag, 16, &written));
	end("mac", 1);
	mac_close(&mac);
}

int main(void)
{
	for (int cipher = AEAD_AES_128_CCM; cipher <= AEAD_AES_256_GCM; cipher++)
		measure_aead(cipher);
	measure_macs();
	return 0;
}
