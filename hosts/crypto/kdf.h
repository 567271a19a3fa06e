/** NIST SP 800-108 5.1: key derivation in counter mode, with HMAC, r = 32 and a 32-bit L, as [MS-SMB2] 3.1.4.2 (SHA-256) and RFC 8009 3 (SHA-256, SHA-384) have it. Knows no XS. */
#ifndef CRYPTO_KDF_H
#define CRYPTO_KDF_H

#include "backend.h"

#include <psa/crypto.h>

/** One iteration's worth: no key of SMB or Kerberos is longer. */
enum { KDF_MAX_LENGTH = 32 };

typedef struct {
	const uint8_t *bytes;
	size_t length;
} kdf_part;

/** Derives derivedLength <= 32 bytes, written to derived, which may be the key's memory. Label and context are taken as they are. */
crypto_outcome kdf_derive(kdf_part key, kdf_part label, kdf_part context, uint8_t *derived, size_t derivedLength);
/** The same with another hash than SHA-256: PSA_ALG_SHA_384. */
crypto_outcome kdf_derive_by(psa_algorithm_t hash, kdf_part key, kdf_part label, kdf_part context, uint8_t *derived, size_t derivedLength);

#endif
