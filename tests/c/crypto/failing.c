/** PSA Crypto's calls and calloc() as the cores meet them here: each can be made to fail. The linker puts these in front of the real ones (build.json). */
#include "crypto-tests.h"

#include <stdlib.h>
#include <string.h>

static const char *failing; // the name of the call
static int passes; // how many of them succeed before; -1 once it has failed
static int late;
static int countdown = -1; // of all calls
static int struck;

static int fails(const char *call)
{
	int now = (failing && !strcmp(failing, call) && passes-- == 0) || countdown == 0;

	if (countdown >= 0)
		countdown--;
	struck |= now;
	return now;
}

void fail_next(const char *call, int after)
{
	failing = call;
	passes = after;
	late = struck = 0;
}

void fail_late(const char *call)
{
	fail_next(call, 0);
	late = 1;
}

void fail_at(int number)
{
	failing = NULL;
	countdown = number;
	late = struck = 0;
}

int stop_failing(void)
{
	failing = NULL;
	countdown = -1;
	return struck;
}

int failed(crypto_outcome outcome, const char *call, int32_t code)
{
	stop_failing();
	return outcome.call && !strcmp(outcome.call, call) && outcome.code == code;
}

#define WRAP(type, call, failure, parameters, values) \
	type __real_##call parameters; \
	type __wrap_##call parameters; \
	type __wrap_##call parameters \
	{ \
		if (!fails(#call)) \
			return __real_##call values; \
		if (late) \
			__real_##call values; \
		return failure; \
	}

WRAP(psa_status_t, psa_crypto_init, PSA_ERROR_INSUFFICIENT_ENTROPY, (void), ())
WRAP(psa_status_t, psa_generate_random, PSA_ERROR_HARDWARE_FAILURE, (uint8_t *b, size_t n), (b, n))
WRAP(psa_status_t, psa_import_key, PSA_ERROR_NOT_SUPPORTED,
	(const psa_key_attributes_t *a, const uint8_t *b, size_t n, mbedtls_svc_key_id_t *k), (a, b, n, k))
WRAP(psa_status_t, psa_hash_setup, PSA_ERROR_NOT_SUPPORTED, (psa_hash_operation_t *o, psa_algorithm_t a), (o, a))
WRAP(psa_status_t, psa_hash_update, PSA_ERROR_HARDWARE_FAILURE, (psa_hash_operation_t *o, const uint8_t *b, size_t n), (o, b, n))
WRAP(psa_status_t, psa_hash_finish, PSA_ERROR_HARDWARE_FAILURE, (psa_hash_operation_t *o, uint8_t *b, size_t n, size_t *w), (o, b, n, w))
WRAP(psa_status_t, psa_mac_sign_setup, PSA_ERROR_INSUFFICIENT_MEMORY, (psa_mac_operation_t *o, mbedtls_svc_key_id_t k, psa_algorithm_t a), (o, k, a))
WRAP(psa_status_t, psa_mac_update, PSA_ERROR_HARDWARE_FAILURE, (psa_mac_operation_t *o, const uint8_t *b, size_t n), (o, b, n))
WRAP(psa_status_t, psa_mac_sign_finish, PSA_ERROR_HARDWARE_FAILURE, (psa_mac_operation_t *o, uint8_t *b, size_t n, size_t *w), (o, b, n, w))
WRAP(psa_status_t, psa_mac_compute, PSA_ERROR_HARDWARE_FAILURE,
	(mbedtls_svc_key_id_t k, psa_algorithm_t a, const uint8_t *b, size_t n, uint8_t *m, size_t s, size_t *w), (k, a, b, n, m, s, w))
WRAP(psa_status_t, psa_aead_encrypt, PSA_ERROR_HARDWARE_FAILURE,
	(mbedtls_svc_key_id_t k, psa_algorithm_t a, const uint8_t *e, size_t l, const uint8_t *d, size_t g, const uint8_t *b, size_t n, uint8_t *c, size_t s, size_t *w),
	(k, a, e, l, d, g, b, n, c, s, w))
WRAP(psa_status_t, psa_aead_decrypt, PSA_ERROR_HARDWARE_FAILURE,
	(mbedtls_svc_key_id_t k, psa_algorithm_t a, const uint8_t *e, size_t l, const uint8_t *d, size_t g, const uint8_t *b, size_t n, uint8_t *c, size_t s, size_t *w),
	(k, a, e, l, d, g, b, n, c, s, w))
WRAP(void *, calloc, NULL, (size_t n, size_t s), (n, s))
