/** Glue for cts.ts and dk.ts. */
#include "xs_crypto.h"
#include "mc.xs.h"

#include "cts.h"
#include "dk.h"

#include <stdlib.h>

void xs_cts_destructor(void *data);

static const xsHostHooks hooks = { xs_cts_destructor, NULL, NULL };

static void check_length(xsMachine *the, const char *what, const secret_key *key)
{
	if (key->length != 16 && key->length != 32)
		xsRangeError("crypto: %s wants a key of 16 or 32 bytes, not %d", what, key->length);
}

void xs_cts_destructor(void *data)
{
	if (!data)
		return;
	cts_close(data);
	free(data);
}

void xs_cts(xsMachine *the)
{
	secret_key *key = xs_crypto_key(the, &xsArg(0));
	cts_context *context;
	crypto_outcome outcome;

	check_length(the, "AES-CTS", key);
	context = calloc(1, sizeof(*context));
	if (!context)
		xs_crypto_no_memory(the);
	outcome = cts_open(context, key->bytes, key->length);
	if (xs_crypto_made_room(the, outcome))
		outcome = cts_open(context, key->bytes, key->length);
	if (outcome.call) {
		free(context);
		xs_crypto_check(the, outcome);
	}
	xsmcSetHostData(xsThis, context);
	xsSetHostHooks(xsThis, (xsHostHooks *)&hooks);
}

static void apply(xsMachine *the, crypto_outcome (*cipher)(const cts_context *, uint8_t *, size_t))
{
	xsNumberValue at = xs_crypto_size(the, &xsArg(1)), length = xs_crypto_size(the, &xsArg(2));
	cts_context *context = xs_crypto_data(the, &xsThis, &hooks, "CTS");
	uint8_t *bytes = xs_crypto_range(the, &xsArg(0), at, length, 1);

	if (length < CTS_BLOCK_LENGTH)
		xsRangeError("crypto: AES-CTS wants %d bytes or more, not %d", CTS_BLOCK_LENGTH, (int)length);
	xs_crypto_check(the, cipher(context, bytes, (size_t)length));
}

void xs_cts_encrypt(xsMachine *the)
{
	apply(the, cts_encrypt);
}

void xs_cts_decrypt(xsMachine *the)
{
	apply(the, cts_decrypt);
}

void xs_cts_close(xsMachine *the)
{
	xs_cts_destructor(xsmcGetHostDataValidate(xsThis, (void *)&hooks));
	xsmcSetHostData(xsThis, NULL);
}

static crypto_outcome derive(xsMachine *the, secret_key *key, secret_key *derived)
{
	size_t length;
	const uint8_t *constant = xs_crypto_whole(the, &xsArg(1), &length);

	if (!length)
		xsRangeError("crypto: dk with an empty constant");
	return dk_derive(key->bytes, key->length, constant, length, derived->bytes);
}

void xs_dk(xsMachine *the)
{
	secret_key *key = xs_crypto_key(the, &xsArg(0));
	secret_key *derived = xs_crypto_key(the, &xsArg(2));
	crypto_outcome outcome;

	check_length(the, "dk", key);
	if (derived->length != key->length)
		xsRangeError("crypto: dk gives %d bytes, not %d", key->length, derived->length);
	outcome = derive(the, key, derived);
	// A collection moves the buffer, so that derive() asks for it anew.
	if (xs_crypto_made_room(the, outcome))
		outcome = derive(the, key, derived);
	xs_crypto_check(the, outcome);
}
