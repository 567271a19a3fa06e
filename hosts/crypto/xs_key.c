/** Glue for key.ts. */
#include "xs_crypto.h"
#include "mc.xs.h"

void xs_key_destructor(void *data);

static const xsHostHooks hooks = { xs_key_destructor, NULL, NULL };

secret_key *xs_crypto_key(xsMachine *the, xsSlot *slot)
{
	return xs_crypto_data(the, slot, &hooks, "key");
}

void xs_key_destructor(void *data)
{
	secret_key_delete(data);
}

void xs_key(xsMachine *the)
{
	xsNumberValue length = xs_crypto_size(the, &xsArg(0));
	secret_key *key;

	if (length < 1 || length > KEY_MAX_LENGTH)
		xsRangeError("crypto: a key has 1 to %d bytes", KEY_MAX_LENGTH);
	key = secret_key_create((size_t)length);
	if (!key)
		xs_crypto_no_memory(the);
	xsmcSetHostData(xsThis, key);
	xsSetHostHooks(xsThis, (xsHostHooks *)&hooks);
}

void xs_key_get_length(xsMachine *the)
{
	secret_key *key = xs_crypto_key(the, &xsThis);

	xsmcSetInteger(xsResult, key->length);
}

void xs_key_load(xsMachine *the)
{
	xsNumberValue at = xs_crypto_size(the, &xsArg(1));
	secret_key *key = xs_crypto_key(the, &xsThis);

	secret_key_set(key, xs_crypto_range(the, &xsArg(0), at, key->length, 0), key->length);
}

void xs_key_random(xsMachine *the)
{
	secret_key *key = xs_crypto_key(the, &xsThis);

	xs_crypto_check(the, backend_random(key->bytes, key->length));
}

void xs_key_copy(xsMachine *the)
{
	secret_key *key = xs_crypto_key(the, &xsThis);
	secret_key *other = xs_crypto_key(the, &xsArg(0));

	secret_key_set(key, other->bytes, other->length);
}

void xs_key_close(xsMachine *the)
{
	secret_key_delete(xsmcGetHostDataValidate(xsThis, (void *)&hooks));
	xsmcSetHostData(xsThis, NULL);
}
