/** NIST SP 800-108 5.1: key derivation in counter mode, with HMAC-SHA256, r = 32 and a 32-bit L, as [MS-SMB2] 3.1.4.2 has it. Knows no XS. */
#ifndef CRYPTO_KDF_H
#define CRYPTO_KDF_H

#include "backend.h"

/** One iteration's worth: no SMB key is longer. */
enum { KDF_MAX_LENGTH = 32 };

typedef struct {
	const uint8_t *bytes;
	size_t length;
} kdf_part;

/** Derives derivedLength <= 32 bytes, written to derived, which may be the key's memory. Label and context are taken as they are. */
crypto_outcome kdf_derive(kdf_part key, kdf_part label, kdf_part context, uint8_t *derived, size_t derivedLength);

#endif
