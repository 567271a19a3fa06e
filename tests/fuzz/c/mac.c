/** CMAC, HMAC, GMAC: the tag's bytes count as zero wherever they lie; parts add up to the whole; what was changed is refused, and verify() changes nothing. */
#include "input.h"

#include "../../../hosts/crypto/mac.h"

enum { CMAC, HMAC_MD5, HMAC_SHA256, GMAC };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	input in = { bytes, size, 0 };
	int kind = (int)take_below(&in, 4), right = -1;
	size_t keyLength = kind == CMAC || kind == GMAC ? 16 : 1 + take_below(&in, 64), total = 16 + take_below(&in, 700);
	size_t at = take_below(&in, (uint32_t)total + 1), length = take_below(&in, (uint32_t)(total - at) + 1), tagAt = take_below(&in, (uint32_t)total - 15);
	uint8_t *key = take_bytes(&in, keyLength), numbers[GMAC_NONCE_LENGTH], tag[16], whole[MAC_MAX_LENGTH], *buffer, *plain, *zeroed;
	const uint8_t *nonce = NULL;
	mac_context mac;

	if (kind == GMAC) {
		uint64_t counter = take_number(&in, 8);
		gmac_nonce(counter, (uint32_t)take_number(&in, 4), numbers);
		nonce = numbers;
	}
	switch (kind) {
	case CMAC: MUST(!mac_open_cmac(&mac, key).call); break;
	case GMAC: MUST(!mac_open_gmac(&mac, key).call); break;
	default: MUST(!mac_open_hmac(&mac, kind == HMAC_MD5 ? PSA_ALG_MD5 : PSA_ALG_SHA_256, key, keyLength).call);
	}
	buffer = take_bytes(&in, total);
	plain = copy_of(buffer, total);
	zeroed = copy_of(buffer, total);
	memset(zeroed + tagAt, 0, 16);

	// The tag somewhere else altogether, over what counts.
	MUST(!mac_sign(&mac, nonce, zeroed + at, length, tag).call);
	MUST(!mac_sign(&mac, nonce, buffer + at, length, buffer + tagAt).call);
	memcpy(plain + tagAt, tag, 16);
	MUST(same(buffer, plain, total));
	MUST(!mac_verify(&mac, nonce, buffer + at, length, buffer + tagAt, &right).call && right == 1 && same(buffer, plain, total));
	{
		size_t bit = take_below(&in, 128 + 8 * (uint32_t)length), byte = bit < 128 ? tagAt + bit / 8 : at + bit / 8 - 16;
		// A bit of the message that the tag does not lie over, or of the tag.
		if (bit < 128 || byte < tagAt || byte >= tagAt + 16) {
			buffer[byte] ^= 1 << bit % 8;
			plain[byte] ^= 1 << bit % 8;
			MUST(!mac_verify(&mac, nonce, buffer + at, length, buffer + tagAt, &right).call && right == 0 && same(buffer, plain, total));
		}
	}
	if (kind != GMAC) {
		for (size_t done = 0; done < length;) {
			size_t part = take_part(&in, length - done);
			uint8_t *alone = copy_of(zeroed + at + done, part);
			MUST(!mac_add(&mac, alone, part).call);
			free(alone);
			done += part;
		}
		MUST(!mac_end(&mac, whole).call && !memcmp(whole, tag, 16));
		if (take_below(&in, 2))
			mac_add(&mac, key, keyLength);
	}
	mac_close(&mac);
	free(key);
	free(buffer);
	free(plain);
	free(zeroed);
	return 0;
}
