/**
 * What the primitives here share: PSA Crypto's start, the outcome of its calls, and care for secrets. Knows no XS.
 * The backend is PSA Crypto as both Mbed TLS 2.28 and TF-PSA-Crypto have it.
 */
#ifndef CRYPTO_BACKEND_H
#define CRYPTO_BACKEND_H

#include <stddef.h>
#include <stdint.h>

/** How a call went: call is NULL for success, otherwise the name of the function that failed with code. */
typedef struct {
	const char *call;
	int32_t code;
} crypto_outcome;

#define CRYPTO_SUCCESS ((crypto_outcome){ NULL, 0 })

/** Readies PSA Crypto. To be called before anything else of PSA, as often as one likes. */
crypto_outcome backend_start(void);

/** Fills bytes[0, length) from PSA's random generator. */
crypto_outcome backend_random(uint8_t *bytes, size_t length);

/** A failure, named; success where code is 0. */
crypto_outcome backend_outcome(const char *call, int32_t code);

/** Whether the failure is one of memory or key slots. */
int backend_exhausted(crypto_outcome outcome);

/** A few words for the code of an outcome. */
const char *backend_reason(int32_t code);

/** Zeroes bytes[0, length) in a way that the compiler keeps even where nothing reads them again. */
void secret_wipe(void *bytes, size_t length);

/** Whether a[0, length) equals b[0, length); the time depends on length alone. */
int secret_equal(const uint8_t *a, const uint8_t *b, size_t length);

#endif
