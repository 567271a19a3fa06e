/** What the parts of this program share. The functions that PSA Crypto and calloc() are wrapped in are in failing.c. */
#ifndef CRYPTO_TESTS_H
#define CRYPTO_TESTS_H

#include "../../../hosts/crypto/backend.h"
#include "../../../hosts/crypto/mac.h"

#include <stddef.h>
#include <stdint.h>

void check(int right, const char *name);

/** The next call of that name fails, after so many that succeed. */
void fail_next(const char *call, int after);
/** The same, but the call does its work before it says that it failed. */
void fail_late(const char *call);
/** Of all calls that can fail, the one of that number from here on does, the first being 0. */
void fail_at(int number);
/** Whether one failed since it was asked for; and none fails any more. */
int stop_failing(void);
/** Whether the outcome is that failure, and stops failing. */
int failed(crypto_outcome outcome, const char *call, int32_t code);

int same_hex(const uint8_t *bytes, size_t length, const char *hex);
/** A copy that ends where its memory ends, so that the sanitizer sees one byte too many. */
uint8_t *exactly(const void *bytes, size_t length);
/** The bytes that the digits name, in memory as exactly() gives it. */
uint8_t *unhex(const char *hex, size_t *length);
/** i -> i * 7 + 3, a message with no pattern that an index error would hide behind. */
void number(uint8_t *bytes, size_t length);
uint8_t *numbered(size_t length);
/** Whether bytes[0, length) are all zero. */
int wiped(const uint8_t *bytes, size_t length);

/** As vectors.ts numbers them. */
enum { MAC_CMAC, MAC_HMAC_MD5, MAC_HMAC_SHA256, MAC_GMAC, MAC_KINDS };
crypto_outcome open_mac(mac_context *mac, int kind, const uint8_t *key, size_t length);

extern const uint8_t rfcKey[16];

void digest_tests(void);
void mac_tests(void);
void aead_tests(void);
void rc4_tests(void);
void kdf_tests(void);

#endif
