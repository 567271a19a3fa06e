#include "rc4.h"

static void swap(uint8_t *a, uint8_t *b)
{
	uint8_t kept = *a;

	*a = *b;
	*b = kept;
}

void rc4_begin(rc4_state *state, const uint8_t *key, size_t length)
{
	uint8_t j = 0;

	for (int i = 0; i < 256; i++)
		state->s[i] = (uint8_t)i;
	for (int i = 0; i < 256; i++) {
		j = (uint8_t)(j + state->s[i] + key[(size_t)i % length]);
		swap(&state->s[i], &state->s[j]);
	}
	state->i = state->j = 0;
}

void rc4_apply(rc4_state *state, const uint8_t *from, uint8_t *to, size_t length)
{
	uint8_t *s = state->s;

	for (size_t at = 0; at < length; at++) {
		state->i = (uint8_t)(state->i + 1);
		state->j = (uint8_t)(state->j + s[state->i]);
		swap(&s[state->i], &s[state->j]);
		to[at] = from[at] ^ s[(uint8_t)(s[state->i] + s[state->j])];
	}
}
