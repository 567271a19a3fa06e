/** rc4.c and kdf.c. */
#include "crypto-tests.h"

#include "../../../hosts/crypto/digest.h"
#include "../../../hosts/crypto/kdf.h"
#include "../../../hosts/crypto/rc4.h"
#include "other-vectors.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

void rc4_tests(void)
{
	enum { LENGTH = 4112 };
	uint8_t message[600], whole[600], parts[600], key[16];
	rc4_state state;
	int right = 1;

	for (size_t i = 0; i < COUNT(rc4_vectors); i++) {
		size_t keyLength, position = rc4_vectors[i].position;
		uint8_t *vectorKey = unhex(rc4_vectors[i].key, &keyLength), *stream = calloc(1, LENGTH);
		rc4_begin(&state, vectorKey, keyLength);
		rc4_apply(&state, stream, stream, LENGTH);
		right = right && same_hex(stream + position, 16, rc4_vectors[i].stream);
		// Byte by byte.
		memset(stream, 0, LENGTH);
		rc4_begin(&state, vectorKey, keyLength);
		for (size_t at = 0; at < LENGTH; at++)
			rc4_apply(&state, stream + at, stream + at, 1);
		right = right && same_hex(stream + position, 16, rc4_vectors[i].stream);
		free(vectorKey);
		free(stream);
	}
	check(right, "RFC 6229: whole and byte by byte");
	number(key, sizeof(key));
	number(message, sizeof(message));
	rc4_begin(&state, key, sizeof(key));
	rc4_apply(&state, message, whole, sizeof(whole));
	right = 1;
	for (size_t at = 0; at <= sizeof(message); at++) {
		memcpy(parts, message, sizeof(parts));
		rc4_begin(&state, key, sizeof(key));
		rc4_apply(&state, parts, parts, at);
		rc4_apply(&state, parts + at, parts + at, sizeof(parts) - at);
		right = right && !memcmp(parts, whole, sizeof(parts));
	}
	check(right, "in place, split at every position, gives the same bytes");
	right = 1;
	for (size_t i = 0; i < COUNT(rc4_lengths); i++) {
		uint8_t *bytes = numbered(rc4_lengths[i].length), digest[DIGEST_MAX_LENGTH];
		digest_state sha256 = { .algorithm = DIGEST_SHA256 };
		rc4_begin(&state, key, sizeof(key));
		rc4_apply(&state, bytes, bytes, rc4_lengths[i].length);
		digest_add(&sha256, bytes, rc4_lengths[i].length);
		digest_end(&sha256, digest);
		right = right && same_hex(digest, 32, rc4_lengths[i].digest);
		free(bytes);
	}
	check(right, "every length to 80 and around 64 KiB: as a second implementation has it");
}

void kdf_tests(void)
{
	static const uint8_t session[16] = { 0x7C, 0xD4, 0x51, 0x82, 0x5D, 0x04, 0x50, 0xD2, 0x35, 0x42, 0x4E, 0x44, 0xBA, 0x6E, 0x78, 0xCC };
	const kdf_part label = { (const uint8_t *)"SMB2AESCMAC", 12 }, context = { (const uint8_t *)"SmbSign", 8 }, none = { NULL, 0 };
	uint8_t key[16], derived[KDF_MAX_LENGTH + 1];
	int right = 1, calls;

	for (size_t i = 0; i < COUNT(kdf_vectors); i++) {
		size_t keyLength, labelLength, contextLength;
		uint8_t *from = unhex(kdf_vectors[i].key, &keyLength), *about = unhex(kdf_vectors[i].label, &labelLength), *in = unhex(kdf_vectors[i].context, &contextLength);
		right = right && !kdf_derive((kdf_part){ from, keyLength }, (kdf_part){ about, labelLength }, (kdf_part){ in, contextLength }, derived, 16).call
			&& same_hex(derived, 16, kdf_vectors[i].derived);
		free(from);
		free(about);
		free(in);
	}
	check(right, "the keys of SMB 3.0 and 3.1.1, as Windows derives them");
	memcpy(key, session, 16);
	check(!kdf_derive((kdf_part){ key, 16 }, label, context, key, 16).call && same_hex(key, 16, "0b7e9c5cac36c0f6ea9ab275298cedce"),
		"an SMB 3.0 signing key, derived over the session key");
	for (size_t length = 1; length <= KDF_MAX_LENGTH; length++) {
		memset(derived, 0xA5, sizeof(derived));
		right = right && !kdf_derive((kdf_part){ session, 16 }, none, none, derived, length).call && derived[length] == 0xA5;
	}
	check(right, "1 to 32 bytes are written and no more, with empty label and context");
	for (calls = 0;; calls++) {
		crypto_outcome outcome;
		memset(derived, 0xA5, sizeof(derived));
		fail_at(calls);
		outcome = kdf_derive((kdf_part){ session, 16 }, label, context, derived, 16);
		if (!stop_failing())
			break;
		// psa_import_key() and its like call calloc() themselves: that, too, may be the one.
		right = right && outcome.call && derived[0] == 0xA5 && derived[15] == 0xA5;
	}
	check(right && calls > 7, "whichever call fails, no key is written");
}
