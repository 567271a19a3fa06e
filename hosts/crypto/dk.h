/** RFC 3961 5.1: keys derived from AES keys. Knows no XS. */
#ifndef CRYPTO_DK_H
#define CRYPTO_DK_H

#include "backend.h"

enum { DK_MAX_LENGTH = 32 };

/** n-fold of from[0, fromLength), which is not empty, to to[0, toLength) (RFC 3961 5.1). */
void dk_fold(const uint8_t *from, size_t fromLength, uint8_t *to, size_t toLength);

/** DK(key, constant): length bytes (16 or 32), as many as the key has, written to derived, which may be the key's memory. */
crypto_outcome dk_derive(const uint8_t *key, size_t length, const uint8_t *constant, size_t constantLength, uint8_t *derived);

#endif
