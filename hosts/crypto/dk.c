#include "dk.h"

#include "cts.h"

#include <string.h>

/** Bits [at, at + 8) of bytes[0, length) taken as a ring of bits. */
static unsigned ring(const uint8_t *bytes, size_t length, size_t at)
{
	size_t byte = at / 8 % length, next = (byte + 1) % length;

	return ((unsigned)bytes[byte] << 8 | bytes[next]) >> (8 - at % 8) & 0xFF;
}

static size_t common_multiple(size_t a, size_t b)
{
	size_t x = a, y = b;

	while (y) {
		size_t rest = x % y;
		x = y;
		y = rest;
	}
	return a / x * b;
}

void dk_fold(const uint8_t *from, size_t fromLength, uint8_t *to, size_t toLength)
{
	size_t all = common_multiple(fromLength, toLength), bits = fromLength * 8;
	unsigned carry = 0;

	memset(to, 0, toLength);
	// Copies of from, each turned right by 13 bits more, are cut into pieces of toLength and added up in ones' complement: from the last byte back.
	for (size_t at = all; at-- > 0;) {
		size_t copy = at / fromLength, bit = at % fromLength * 8;

		carry += ring(from, fromLength, bit + bits - 13 * copy % bits) + to[at % toLength];
		to[at % toLength] = (uint8_t)carry;
		carry >>= 8;
	}
	for (size_t at = toLength; carry; at = at ? at : toLength) {
		carry += to[--at];
		to[at] = (uint8_t)carry;
		carry >>= 8;
	}
}

crypto_outcome dk_derive(const uint8_t *key, size_t length, const uint8_t *constant, size_t constantLength, uint8_t *derived)
{
	uint8_t block[CTS_BLOCK_LENGTH], whole[DK_MAX_LENGTH];
	cts_context cipher;
	crypto_outcome outcome = cts_open(&cipher, key, length);

	if (outcome.call)
		return outcome;
	dk_fold(constant, constantLength, block, sizeof(block));
	for (size_t at = 0; at < length && !outcome.call; at += sizeof(block)) {
		outcome = cts_encrypt(&cipher, block, sizeof(block));
		memcpy(whole + at, block, sizeof(block));
	}
	if (!outcome.call)
		memcpy(derived, whole, length);
	cts_close(&cipher);
	secret_wipe(block, sizeof(block));
	secret_wipe(whole, sizeof(whole));
	return outcome;
}
