#include "backend.h"

#include <psa/crypto.h>

#if defined(_MSC_VER)
	// Where Mbed TLS takes random bytes from on Windows: its static library does not bring that along.
	#pragma comment(lib, "bcrypt.lib")
#endif

crypto_outcome backend_outcome(const char *call, int32_t code)
{
	if (code == PSA_SUCCESS)
		return CRYPTO_SUCCESS;
	return (crypto_outcome){ call, code };
}

crypto_outcome backend_start(void)
{
	static int started;

	// All natives run in the task of the machine that calls them, and PSA itself allows a second call.
	if (!started) {
		psa_status_t status = psa_crypto_init();
		if (status != PSA_SUCCESS)
			return backend_outcome("psa_crypto_init", status);
		started = 1;
	}
	return CRYPTO_SUCCESS;
}

crypto_outcome backend_random(uint8_t *bytes, size_t length)
{
	crypto_outcome outcome = backend_start();
	if (outcome.call || !length)
		return outcome;
	return backend_outcome("psa_generate_random", psa_generate_random(bytes, length));
}

int backend_exhausted(crypto_outcome outcome)
{
	return outcome.call && outcome.code == PSA_ERROR_INSUFFICIENT_MEMORY;
}

const char *backend_reason(int32_t code)
{
	switch (code) {
	case PSA_ERROR_NOT_SUPPORTED: return "not in this build of the crypto library";
	case PSA_ERROR_NOT_PERMITTED: return "not permitted for this key";
	case PSA_ERROR_INVALID_ARGUMENT: return "invalid argument";
	case PSA_ERROR_INVALID_HANDLE: return "no such key";
	case PSA_ERROR_BAD_STATE: return "bad state";
	case PSA_ERROR_BUFFER_TOO_SMALL: return "buffer too small";
	case PSA_ERROR_INSUFFICIENT_MEMORY: return "no memory or no key slot";
	case PSA_ERROR_INSUFFICIENT_ENTROPY: return "no entropy";
	case PSA_ERROR_HARDWARE_FAILURE: return "hardware failure";
	case PSA_ERROR_CORRUPTION_DETECTED: return "corruption detected";
	default: return "see psa/crypto_values.h";
	}
}

void secret_wipe(void *bytes, size_t length)
{
	volatile uint8_t *at = bytes;

	while (length--)
		*at++ = 0;
}

int secret_equal(const uint8_t *a, const uint8_t *b, size_t length)
{
	// Volatile, so that the compiler may not stop at the first difference.
	volatile uint8_t difference = 0;

	for (size_t i = 0; i < length; i++)
		difference |= a[i] ^ b[i];
	return difference == 0;
}
