/** Digests: parts add up to the whole, as PSA computes it in one call; for MD4 as a plain reading of RFC 1320 does, that has the whole message before it. */
#include "input.h"

#include "../../../hosts/crypto/digest.h"

static uint32_t rotate(uint32_t word, unsigned bits) { return word << bits | word >> (32 - bits); }

/** RFC 1320 3.1 to 3.5, step by step, each of the 48 written as the RFC lists them: [abcd k s]. */
static void md4(const uint8_t *message, size_t length, uint8_t digest[16])
{
	static const uint8_t k[48] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15, 0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15 };
	static const uint8_t s[12] = { 3, 7, 11, 19, 3, 5, 9, 13, 3, 9, 11, 15 };
	size_t padded = (length + 9 + 63) / 64 * 64;
	uint8_t *all = calloc(1, padded);
	uint32_t a = 0x67452301, b = 0xefcdab89, c = 0x98badcfe, d = 0x10325476;

	if (length)
		memcpy(all, message, length);
	all[length] = 0x80;
	for (int i = 0; i < 8; i++)
		all[padded - 8 + i] = (uint8_t)((uint64_t)length * 8 >> 8 * i);
	for (size_t at = 0; at < padded; at += 64) {
		uint32_t aa = a, bb = b, cc = c, dd = d, x;
		for (int i = 0; i < 48; i++) {
			const uint8_t *word = all + at + 4 * k[i];
			x = word[0] | (uint32_t)word[1] << 8 | (uint32_t)word[2] << 16 | (uint32_t)word[3] << 24;
			x += a + (i < 16 ? (b & c) | (~b & d) : i < 32 ? ((b & c) | (b & d) | (c & d)) + 0x5a827999 : (b ^ c ^ d) + 0x6ed9eba1);
			a = d, d = c, c = b, b = rotate(x, s[i / 16 * 4 + i % 4]);
		}
		a += aa, b += bb, c += cc, d += dd;
	}
	for (int i = 0; i < 16; i++)
		digest[i] = (uint8_t)((i < 4 ? a : i < 8 ? b : i < 12 ? c : d) >> 8 * (i % 4));
	free(all);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	input in = { bytes, size, 0 };
	digest_state state = { .algorithm = (uint8_t)take_below(&in, DIGEST_ALGORITHMS) };
	size_t length = take_below(&in, 1000), written = 0;
	int again = (int)take_below(&in, 3);
	uint8_t *message = take_bytes(&in, length), expected[DIGEST_MAX_LENGTH], digest[DIGEST_MAX_LENGTH];

	MUST(!backend_start().call);
	if (state.algorithm == DIGEST_MD4)
		md4(message, length, expected);
	else
		MUST(psa_hash_compute(digest_psa_algorithm(state.algorithm), message, length, expected, sizeof(expected), &written) == PSA_SUCCESS);
	do {
		for (size_t done = 0; done < length;) {
			size_t part = take_part(&in, length - done);
			uint8_t *alone = copy_of(message + done, part);
			MUST(!digest_add(&state, alone, part).call);
			free(alone);
			done += part;
			if (again == 2 && !take_below(&in, 4)) {
				digest_abort(&state);
				done = 0;
				again = 1;
			}
		}
		MUST(!digest_end(&state, digest).call && same(digest, expected, digest_length(state.algorithm)));
	} while (again-- > 0);
	digest_abort(&state);
	free(message);
	return 0;
}
