/** A fuzzer's input as numbers and bytes: it never runs out, for zeros follow its end. */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** What has to hold. The fuzzer keeps the input that breaks it. */
#define MUST(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

typedef struct {
	const uint8_t *bytes;
	size_t length, at;
} input;

static inline uint64_t take_number(input *it, int bytes)
{
	uint64_t number = 0;

	while (bytes--)
		number = number << 8 | (it->at < it->length ? it->bytes[it->at++] : 0);
	return number;
}

/** 0 to limit - 1. */
static inline uint32_t take_below(input *it, uint32_t limit)
{
	return (uint32_t)(take_number(it, limit > 256 ? limit > 65536 ? 4 : 2 : 1) % limit);
}

static inline size_t left(const input *it)
{
	return it->length - it->at;
}

/** How much of the rest to take next: something; all of it once the input has nothing more to say. */
static inline size_t take_part(input *it, size_t rest)
{
	return left(it) ? 1 + take_below(it, (uint32_t)rest) : rest;
}

/** Memory that ends where its last byte is, so that the sanitizer sees one more. */
static inline uint8_t *exactly(size_t length)
{
	uint8_t *bytes = malloc(length);

	if (!bytes)
		abort();
	return bytes;
}

static inline uint8_t *take_bytes(input *it, size_t length)
{
	uint8_t *bytes = exactly(length);

	for (size_t at = 0; at < length; at++)
		bytes[at] = (uint8_t)take_number(it, 1);
	return bytes;
}

static inline uint8_t *copy_of(const uint8_t *bytes, size_t length)
{
	uint8_t *copy = exactly(length);

	return length ? memcpy(copy, bytes, length) : copy;
}

static inline int same(const uint8_t *a, const uint8_t *b, size_t length)
{
	return !length || !memcmp(a, b, length);
}

#endif
