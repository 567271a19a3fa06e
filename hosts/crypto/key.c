#include "key.h"

#include "backend.h"

#include <stdlib.h>
#include <string.h>

secret_key *secret_key_create(size_t length)
{
	secret_key *key = calloc(1, sizeof(*key) + length);

	if (key)
		key->length = (uint8_t)length;
	return key;
}

void secret_key_delete(secret_key *key)
{
	if (!key)
		return;
	secret_wipe(key, sizeof(*key) + key->length);
	free(key);
}

void secret_key_set(secret_key *key, const uint8_t *from, size_t length)
{
	if (length > key->length)
		length = key->length;
	memmove(key->bytes, from, length);
	memset(key->bytes + length, 0, key->length - length);
}
