/** Glue for rc4.ts. */
#include "xs_crypto.h"
#include "mc.xs.h"

#include "rc4.h"

#include <stdlib.h>

void xs_rc4_destructor(void *data);

static const xsHostHooks hooks = { xs_rc4_destructor, NULL, NULL };

static rc4_state *self(xsMachine *the)
{
	return xs_crypto_data(the, &xsThis, &hooks, "RC4");
}

void xs_rc4_destructor(void *data)
{
	if (!data)
		return;
	secret_wipe(data, sizeof(rc4_state));
	free(data);
}

void xs_rc4(xsMachine *the)
{
	secret_key *key = xs_crypto_key(the, &xsArg(0));
	rc4_state *state = calloc(1, sizeof(*state));

	if (!state)
		xs_crypto_no_memory(the);
	rc4_begin(state, key->bytes, key->length);
	xsmcSetHostData(xsThis, state);
	xsSetHostHooks(xsThis, (xsHostHooks *)&hooks);
}

void xs_rc4_apply(xsMachine *the)
{
	xsNumberValue at = xs_crypto_size(the, &xsArg(1)), length = xs_crypto_size(the, &xsArg(2));
	rc4_state *state = self(the);
	uint8_t *bytes = xs_crypto_range(the, &xsArg(0), at, length, 1);

	rc4_apply(state, bytes, bytes, (size_t)length);
}

void xs_rc4_applyKey(xsMachine *the)
{
	xsNumberValue at = xs_crypto_size(the, &xsArg(2));
	rc4_state *state = self(the);
	secret_key *key = xs_crypto_key(the, &xsArg(0));
	uint8_t *bytes = xs_crypto_range(the, &xsArg(1), at, key->length, 1);

	rc4_apply(state, key->bytes, bytes, key->length);
}

void xs_rc4_close(xsMachine *the)
{
	xs_rc4_destructor(xsmcGetHostDataValidate(xsThis, (void *)&hooks));
	xsmcSetHostData(xsThis, NULL);
}
