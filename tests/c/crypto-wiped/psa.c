#include "psa.h"

#include <psa/crypto.h>

#include <string.h>

void (*psa_stand_in_wrote)(uint8_t *bytes, size_t length);
int psa_stand_in_status;
const char *psa_stand_in_failing;

void psa_stand_in_secret(uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		((volatile uint8_t *)bytes)[i] = (uint8_t)(0xC3 ^ (i * 37));
}

static psa_status_t write(const char *call, uint8_t *bytes, size_t length, size_t *written)
{
	psa_stand_in_secret(bytes, length);
	if (psa_stand_in_wrote)
		psa_stand_in_wrote(bytes, length);
	if (written)
		*written = length;
	return psa_stand_in_failing && !strcmp(psa_stand_in_failing, call) ? PSA_ERROR_HARDWARE_FAILURE : psa_stand_in_status;
}

static psa_status_t answer(const char *call)
{
	return psa_stand_in_failing && !strcmp(psa_stand_in_failing, call) ? PSA_ERROR_HARDWARE_FAILURE : PSA_SUCCESS;
}

psa_status_t psa_crypto_init(void) { return PSA_SUCCESS; }
psa_status_t psa_generate_random(uint8_t *bytes, size_t length) { return write(__func__, bytes, length, NULL); }

psa_status_t psa_import_key(const psa_key_attributes_t *attributes, const uint8_t *bytes, size_t length, mbedtls_svc_key_id_t *key)
{
	(void)attributes, (void)bytes, (void)length;
	*key = 1;
	return answer(__func__);
}

// The header of Mbed TLS 2.28 calls it from an inline function.
psa_status_t psa_set_key_domain_parameters(psa_key_attributes_t *attributes, psa_key_type_t type, const uint8_t *bytes, size_t length)
{
	(void)attributes, (void)type, (void)bytes, (void)length;
	return PSA_SUCCESS;
}

psa_status_t psa_destroy_key(mbedtls_svc_key_id_t key) { (void)key; return PSA_SUCCESS; }

psa_status_t psa_hash_setup(psa_hash_operation_t *operation, psa_algorithm_t algorithm) { (void)operation, (void)algorithm; return answer(__func__); }

psa_status_t psa_hash_update(psa_hash_operation_t *operation, const uint8_t *bytes, size_t length)
{
	(void)bytes, (void)length;
	// The state of a hash is as secret as what went in.
	psa_stand_in_secret((uint8_t *)operation, sizeof(*operation));
	return answer(__func__);
}

psa_status_t psa_hash_finish(psa_hash_operation_t *operation, uint8_t *bytes, size_t length, size_t *written) { (void)operation; return write(__func__, bytes, length, written); }
psa_status_t psa_hash_compute(psa_algorithm_t algorithm, const uint8_t *from, size_t fromLength, uint8_t *bytes, size_t length, size_t *written)
{
	(void)algorithm, (void)from, (void)fromLength;
	return write(__func__, bytes, length, written);
}

psa_status_t psa_hash_clone(const psa_hash_operation_t *source, psa_hash_operation_t *target)
{
	(void)source;
	psa_stand_in_secret((uint8_t *)target, sizeof(*target));
	return answer(__func__);
}

psa_status_t psa_hash_abort(psa_hash_operation_t *operation) { (void)operation; return PSA_SUCCESS; }

psa_status_t psa_mac_sign_setup(psa_mac_operation_t *operation, mbedtls_svc_key_id_t key, psa_algorithm_t algorithm)
{
	(void)key, (void)algorithm;
	psa_stand_in_secret((uint8_t *)operation, sizeof(*operation));
	return answer(__func__);
}

psa_status_t psa_mac_update(psa_mac_operation_t *operation, const uint8_t *bytes, size_t length) { (void)operation, (void)bytes, (void)length; return answer(__func__); }
psa_status_t psa_mac_sign_finish(psa_mac_operation_t *operation, uint8_t *bytes, size_t length, size_t *written) { (void)operation; return write(__func__, bytes, length, written); }
psa_status_t psa_mac_abort(psa_mac_operation_t *operation) { (void)operation; return PSA_SUCCESS; }

psa_status_t psa_mac_compute(mbedtls_svc_key_id_t key, psa_algorithm_t algorithm, const uint8_t *from, size_t length, uint8_t *tag, size_t size, size_t *written)
{
	(void)key, (void)algorithm, (void)from, (void)length;
	return write(__func__, tag, size, written);
}

psa_status_t psa_cipher_encrypt_setup(psa_cipher_operation_t *operation, mbedtls_svc_key_id_t key, psa_algorithm_t algorithm) { (void)operation, (void)key, (void)algorithm; return answer(__func__); }
psa_status_t psa_cipher_decrypt_setup(psa_cipher_operation_t *operation, mbedtls_svc_key_id_t key, psa_algorithm_t algorithm) { (void)operation, (void)key, (void)algorithm; return answer(__func__); }
psa_status_t psa_cipher_set_iv(psa_cipher_operation_t *operation, const uint8_t *bytes, size_t length) { (void)operation, (void)bytes, (void)length; return answer(__func__); }
psa_status_t psa_cipher_abort(psa_cipher_operation_t *operation) { (void)operation; return PSA_SUCCESS; }

psa_status_t psa_cipher_update(psa_cipher_operation_t *operation, const uint8_t *from, size_t length, uint8_t *to, size_t size, size_t *written)
{
	(void)operation, (void)from, (void)size;
	return write(__func__, to, length, written);
}

psa_status_t psa_aead_encrypt(mbedtls_svc_key_id_t key, psa_algorithm_t algorithm, const uint8_t *nonce, size_t nonceLength, const uint8_t *associated, size_t associatedLength,
	const uint8_t *from, size_t length, uint8_t *to, size_t size, size_t *written)
{
	(void)key, (void)algorithm, (void)nonce, (void)nonceLength, (void)associated, (void)associatedLength, (void)from, (void)length;
	return write(__func__, to, size, written);
}

psa_status_t psa_aead_decrypt(mbedtls_svc_key_id_t key, psa_algorithm_t algorithm, const uint8_t *nonce, size_t nonceLength, const uint8_t *associated, size_t associatedLength,
	const uint8_t *from, size_t length, uint8_t *to, size_t size, size_t *written)
{
	(void)key, (void)algorithm, (void)nonce, (void)nonceLength, (void)associated, (void)associatedLength, (void)from, (void)length;
	return write(__func__, to, size, written);
}
