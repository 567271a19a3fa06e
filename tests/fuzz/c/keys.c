/** Keys, key derivation and RC4: cut and filled up as told; the formula of SP 800-108 5.1 in one call of PSA; parts of a key stream are parts of the whole. */
#include "input.h"

#include "../../../hosts/crypto/kdf.h"
#include "../../../hosts/crypto/key.h"
#include "../../../hosts/crypto/rc4.h"

#include <psa/crypto.h>

static void keys(input *in)
{
	size_t length = 1 + take_below(in, KEY_MAX_LENGTH), fromLength = take_below(in, KEY_MAX_LENGTH + 1);
	uint8_t *from = take_bytes(in, fromLength);
	secret_key *key = secret_key_create(length);

	secret_key_set(key, from, fromLength);
	for (size_t i = 0; i < length; i++)
		MUST(key->bytes[i] == (i < fromLength ? from[i] : 0));
	// Parts of itself.
	secret_key_set(key, key->bytes, take_below(in, (uint32_t)length + 1));
	MUST(key->length == length);
	secret_key_delete(key);
	free(from);
}

static void derivation(input *in)
{
	size_t keyLength = 1 + take_below(in, KEY_MAX_LENGTH), labelLength = take_below(in, 100), contextLength = take_below(in, 100), length = 1 + take_below(in, KDF_MAX_LENGTH);
	size_t total = 4 + labelLength + 1 + contextLength + 4, written;
	uint8_t *key = take_bytes(in, keyLength), *label = take_bytes(in, labelLength), *context = take_bytes(in, contextLength), *derived = exactly(length), *fixed = exactly(total), whole[32];
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_key_id_t id;

	MUST(!kdf_derive((kdf_part){ key, keyLength }, (kdf_part){ label, labelLength }, (kdf_part){ context, contextLength }, derived, length).call);
	memset(fixed, 0, total);
	fixed[3] = 1;
	memcpy(fixed + 4, label, labelLength);
	memcpy(fixed + 5 + labelLength, context, contextLength);
	fixed[total - 2] = (uint8_t)(length * 8 >> 8);
	fixed[total - 1] = (uint8_t)(length * 8);
	psa_set_key_type(&attributes, PSA_KEY_TYPE_HMAC);
	psa_set_key_algorithm(&attributes, PSA_ALG_HMAC(PSA_ALG_SHA_256));
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_MESSAGE);
	MUST(psa_import_key(&attributes, key, keyLength, &id) == PSA_SUCCESS);
	MUST(psa_mac_compute(id, PSA_ALG_HMAC(PSA_ALG_SHA_256), fixed, total, whole, sizeof(whole), &written) == PSA_SUCCESS && same(derived, whole, length));
	psa_destroy_key(id);
	free(key);
	free(label);
	free(context);
	free(derived);
	free(fixed);
}

static void stream(input *in)
{
	size_t keyLength = 1 + take_below(in, 256), length = take_below(in, 700);
	uint8_t *key = take_bytes(in, keyLength), *message = take_bytes(in, length), *whole = exactly(length), *parts = copy_of(message, length);
	rc4_state state;

	rc4_begin(&state, key, keyLength);
	rc4_apply(&state, message, whole, length);
	rc4_begin(&state, key, keyLength);
	for (size_t done = 0; done < length;) {
		size_t part = take_part(in, length - done);
		rc4_apply(&state, parts + done, parts + done, part);
		done += part;
	}
	MUST(same(parts, whole, length));
	rc4_begin(&state, key, keyLength);
	rc4_apply(&state, whole, whole, length);
	MUST(same(whole, message, length));
	free(key);
	free(message);
	free(whole);
	free(parts);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	input in = { bytes, size, 0 };

	switch (take_below(&in, 3)) {
	case 0: keys(&in); break;
	case 1: derivation(&in); break;
	default: stream(&in);
	}
	return 0;
}
