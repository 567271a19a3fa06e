#include "kdf.h"

#include "mac.h"

#include <string.h>

crypto_outcome kdf_derive_by(psa_algorithm_t hash, kdf_part key, kdf_part label, kdf_part context, uint8_t *derived, size_t derivedLength)
{
	static const uint8_t i[4] = { 0, 0, 0, 1 };
	static const uint8_t separator[1] = { 0 };
	const uint8_t L[4] = { 0, 0, (uint8_t)(derivedLength * 8 >> 8), (uint8_t)(derivedLength * 8) };
	const kdf_part parts[] = { { i, sizeof(i) }, label, { separator, sizeof(separator) }, context, { L, sizeof(L) } };
	uint8_t whole[MAC_MAX_LENGTH];
	mac_context mac;
	crypto_outcome outcome = mac_open_hmac(&mac, hash, key.bytes, key.length);

	if (outcome.call)
		return outcome;
	for (size_t at = 0; at < sizeof(parts) / sizeof(*parts) && !outcome.call; at++)
		outcome = mac_add(&mac, parts[at].bytes, parts[at].length);
	if (!outcome.call)
		outcome = mac_end(&mac, whole);
	if (!outcome.call)
		memcpy(derived, whole, derivedLength);
	mac_close(&mac);
	secret_wipe(whole, sizeof(whole));
	return outcome;
}

crypto_outcome kdf_derive(kdf_part key, kdf_part label, kdf_part context, uint8_t *derived, size_t derivedLength)
{
	return kdf_derive_by(PSA_ALG_SHA_256, key, label, context, derived, derivedLength);
}
