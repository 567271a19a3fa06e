/** Secret bytes in C's heap. Knows no XS. */
#ifndef CRYPTO_KEY_H
#define CRYPTO_KEY_H

#include <stddef.h>
#include <stdint.h>

enum { KEY_MAX_LENGTH = 64 };

typedef struct {
	uint8_t length; // 1 to KEY_MAX_LENGTH
	uint8_t bytes[];
} secret_key;

/** A key of length zero bytes, or NULL where there is no memory for it. */
secret_key *secret_key_create(size_t length);
/** Wipes and frees. NULL is fine. */
void secret_key_delete(secret_key *key);
/** Takes from[0, length), cut to the key's length or followed by zero bytes. from may be the key's own bytes. */
void secret_key_set(secret_key *key, const uint8_t *from, size_t length);

#endif
