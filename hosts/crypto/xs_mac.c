/** Glue for hmac.ts, cmac.ts and gmac.ts, which share mac.c. */
#include "xs_crypto.h"
#include "mc.xs.h"

#include "digest.h"
#include "mac.h"

#include <stdlib.h>
#include <string.h>

void xs_hmac_destructor(void *data);
void xs_cmac_destructor(void *data);
void xs_gmac_destructor(void *data);

// A class's hooks are also what tells its objects from those of others: hence three of them.
static const xsHostHooks hmac = { xs_hmac_destructor, NULL, NULL };
static const xsHostHooks cmac = { xs_cmac_destructor, NULL, NULL };
static const xsHostHooks gmac = { xs_gmac_destructor, NULL, NULL };

static void delete(mac_context *context)
{
	if (!context)
		return;
	mac_close(context);
	free(context);
}

static mac_context *create(xsMachine *the)
{
	mac_context *context = calloc(1, sizeof(*context));

	if (!context)
		xs_crypto_no_memory(the);
	return context;
}

/** Ties an opened context to the object; frees one that could not be opened and throws. */
static void attach(xsMachine *the, const xsHostHooks *hooks, mac_context *context, crypto_outcome outcome)
{
	if (outcome.call) {
		free(context);
		xs_crypto_check(the, outcome);
	}
	xsmcSetHostData(xsThis, context);
	xsSetHostHooks(xsThis, (xsHostHooks *)hooks);
}

static void sign(xsMachine *the, const xsHostHooks *hooks, const char *what, const uint8_t *nonce)
{
	xsNumberValue at = xs_crypto_size(the, &xsArg(1)), length = xs_crypto_size(the, &xsArg(2)), tagAt = xs_crypto_size(the, &xsArg(3));
	mac_context *context = xs_crypto_data(the, &xsThis, hooks, what);
	uint8_t *span = xs_crypto_range(the, &xsArg(0), at, length, 1);
	uint8_t *tag = xs_crypto_range(the, &xsArg(0), tagAt, MAC_TAG_LENGTH, 1);

	xs_crypto_check(the, mac_sign(context, nonce, span, (size_t)length, tag));
}

static void verify(xsMachine *the, const xsHostHooks *hooks, const char *what, const uint8_t *nonce)
{
	xsNumberValue at = xs_crypto_size(the, &xsArg(1)), length = xs_crypto_size(the, &xsArg(2)), tagAt = xs_crypto_size(the, &xsArg(3));
	mac_context *context = xs_crypto_data(the, &xsThis, hooks, what);
	// Writable, for the tag is zeroed and put back.
	uint8_t *span = xs_crypto_range(the, &xsArg(0), at, length, 1);
	uint8_t *tag = xs_crypto_range(the, &xsArg(0), tagAt, MAC_TAG_LENGTH, 1);
	int right;

	xs_crypto_check(the, mac_verify(context, nonce, span, (size_t)length, tag, &right));
	xsmcSetBoolean(xsResult, right);
}

static void end(xsMachine *the, const xsHostHooks *hooks)
{
	delete(xsmcGetHostDataValidate(xsThis, (void *)hooks));
	xsmcSetHostData(xsThis, NULL);
}

void xs_hmac_destructor(void *data)
{
	delete(data);
}

void xs_hmac(xsMachine *the)
{
	xsNumberValue algorithm = xs_crypto_size(the, &xsArg(0));
	secret_key *key = xs_crypto_key(the, &xsArg(1));
	mac_context *context;
	crypto_outcome outcome;

	if (algorithm != DIGEST_MD5 && algorithm != DIGEST_SHA1 && algorithm != DIGEST_SHA256 && algorithm != DIGEST_SHA384)
		xsRangeError("crypto: no HMAC with digest algorithm %d", (int)algorithm);
	context = create(the);
	outcome = mac_open_hmac(context, digest_psa_algorithm((int)algorithm), key->bytes, key->length);
	if (xs_crypto_made_room(the, outcome))
		outcome = mac_open_hmac(context, digest_psa_algorithm((int)algorithm), key->bytes, key->length);
	attach(the, &hmac, context, outcome);
}

void xs_hmac_update(xsMachine *the)
{
	xsNumberValue at = xs_crypto_size(the, &xsArg(1)), length = xs_crypto_size(the, &xsArg(2));
	mac_context *context = xs_crypto_data(the, &xsThis, &hmac, "HMAC");
	const uint8_t *bytes = xs_crypto_range(the, &xsArg(0), at, length, 0);

	xs_crypto_check(the, mac_add(context, bytes, (size_t)length));
}

void xs_hmac_finish(xsMachine *the)
{
	xsNumberValue at = xs_crypto_size(the, &xsArg(1));
	mac_context *context = xs_crypto_data(the, &xsThis, &hmac, "HMAC");
	uint8_t *bytes = xs_crypto_range(the, &xsArg(0), at, context->length, 1);
	uint8_t tag[MAC_MAX_LENGTH];
	crypto_outcome outcome = mac_end(context, tag);

	if (!outcome.call)
		memcpy(bytes, tag, context->length);
	secret_wipe(tag, sizeof(tag));
	xs_crypto_check(the, outcome);
}

void xs_hmac_finishKey(xsMachine *the)
{
	mac_context *context = xs_crypto_data(the, &xsThis, &hmac, "HMAC");
	secret_key *key = xs_crypto_key(the, &xsArg(0));
	uint8_t tag[MAC_MAX_LENGTH];
	crypto_outcome outcome;

	if (key->length > context->length)
		xsRangeError("crypto: a tag of %d bytes for a key of %d", context->length, key->length);
	outcome = mac_end(context, tag);
	if (!outcome.call)
		secret_key_set(key, tag, key->length);
	secret_wipe(tag, sizeof(tag));
	xs_crypto_check(the, outcome);
}

void xs_hmac_sign(xsMachine *the)
{
	sign(the, &hmac, "HMAC", NULL);
}

void xs_hmac_verify(xsMachine *the)
{
	verify(the, &hmac, "HMAC", NULL);
}

void xs_hmac_close(xsMachine *the)
{
	end(the, &hmac);
}

void xs_cmac_destructor(void *data)
{
	delete(data);
}

void xs_cmac(xsMachine *the)
{
	secret_key *key = xs_crypto_key(the, &xsArg(0));
	mac_context *context;
	crypto_outcome outcome;

	if (key->length != 16)
		xsRangeError("crypto: AES-CMAC wants a key of 16 bytes, not %d", key->length);
	context = create(the);
	outcome = mac_open_cmac(context, key->bytes);
	if (xs_crypto_made_room(the, outcome))
		outcome = mac_open_cmac(context, key->bytes);
	attach(the, &cmac, context, outcome);
}

void xs_cmac_sign(xsMachine *the)
{
	sign(the, &cmac, "CMAC", NULL);
}

void xs_cmac_verify(xsMachine *the)
{
	verify(the, &cmac, "CMAC", NULL);
}

void xs_cmac_close(xsMachine *the)
{
	end(the, &cmac);
}

void xs_gmac_destructor(void *data)
{
	delete(data);
}

void xs_gmac(xsMachine *the)
{
	secret_key *key = xs_crypto_key(the, &xsArg(0));
	mac_context *context;
	crypto_outcome outcome;

	if (key->length != 16)
		xsRangeError("crypto: AES-GMAC wants a key of 16 bytes, not %d", key->length);
	context = create(the);
	outcome = mac_open_gmac(context, key->bytes);
	if (xs_crypto_made_room(the, outcome))
		outcome = mac_open_gmac(context, key->bytes);
	attach(the, &gmac, context, outcome);
}

/** The last two arguments of GMAC's sign() and verify(). */
static void take_nonce(xsMachine *the, uint8_t nonce[GMAC_NONCE_LENGTH])
{
	xsNumberValue counter = xs_crypto_count(the, &xsArg(4)), flags = xs_crypto_count(the, &xsArg(5));

	if (counter < 0 || flags < 0 || flags > 0xFFFFFFFF)
		xsRangeError("crypto: a nonce is a counter below 2^53 and flags below 2^32, both whole numbers");
	gmac_nonce((uint64_t)counter, (uint32_t)flags, nonce);
}

void xs_gmac_sign(xsMachine *the)
{
	uint8_t nonce[GMAC_NONCE_LENGTH];

	take_nonce(the, nonce);
	sign(the, &gmac, "GMAC", nonce);
}

void xs_gmac_verify(xsMachine *the)
{
	uint8_t nonce[GMAC_NONCE_LENGTH];

	take_nonce(the, nonce);
	verify(the, &gmac, "GMAC", nonce);
}

void xs_gmac_close(xsMachine *the)
{
	end(the, &gmac);
}
