#include "md4.h"

#include "backend.h"

#include <string.h>

static uint32_t rotate(uint32_t word, int bits)
{
	return word << bits | word >> (32 - bits);
}

static uint32_t load(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void store(uint8_t *bytes, uint32_t word)
{
	for (int i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(word >> 8 * i);
}

/** One step of round 0, 1 or 2: which of RFC 1320's F, G, H, and its constant. */
static uint32_t mix(int round, uint32_t b, uint32_t c, uint32_t d)
{
	switch (round) {
	case 0: return (b & c) | (~b & d);
	case 1: return ((b & c) | (b & d) | (c & d)) + 0x5A827999;
	default: return (b ^ c ^ d) + 0x6ED9EBA1;
	}
}

static void transform(uint32_t chain[4], const uint8_t block[64])
{
	static const uint8_t order[3][16] = {
		{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
		{ 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15 },
		{ 0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15 },
	};
	static const uint8_t shifts[3][4] = { { 3, 7, 11, 19 }, { 3, 5, 9, 13 }, { 3, 9, 11, 15 } };
	uint32_t word[4] = { chain[0], chain[1], chain[2], chain[3] };

	for (int round = 0; round < 3; round++) {
		for (int step = 0; step < 16; step++) {
			// The four words change places with each step: a b c d, d a b c, c d a b, b c d a.
			uint32_t *a = &word[(16 - step) & 3];
			uint32_t b = word[(17 - step) & 3], c = word[(18 - step) & 3], d = word[(19 - step) & 3];
			*a = rotate(*a + mix(round, b, c, d) + load(block + 4 * order[round][step]), shifts[round][step & 3]);
		}
	}
	for (int i = 0; i < 4; i++)
		chain[i] += word[i];
	secret_wipe(word, sizeof(word));
}

void md4_begin(md4_state *state)
{
	static const uint32_t start[4] = { 0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476 };

	memcpy(state->chain, start, sizeof(start));
	state->length = 0;
}

void md4_add(md4_state *state, const uint8_t *bytes, size_t length)
{
	while (length) {
		size_t at = state->length % 64;
		size_t part = 64 - at < length ? 64 - at : length;
		memcpy(state->block + at, bytes, part);
		state->length += part;
		bytes += part;
		length -= part;
		if (at + part == 64)
			transform(state->chain, state->block);
	}
}

void md4_end(md4_state *state, uint8_t digest[MD4_LENGTH])
{
	static const uint8_t padding[64] = { 0x80 };
	uint64_t bits = state->length * 8;
	uint8_t length[8];

	md4_add(state, padding, 1 + (119 - state->length % 64) % 64);
	store(length, (uint32_t)bits);
	store(length + 4, (uint32_t)(bits >> 32));
	md4_add(state, length, sizeof(length));
	for (int i = 0; i < 4; i++)
		store(digest + 4 * i, state->chain[i]);
	secret_wipe(state, sizeof(*state));
}
