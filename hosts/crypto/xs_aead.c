/** Glue for aead.ts. */
#include "xs_crypto.h"
#include "mc.xs.h"

#include "aead.h"

#include <stdlib.h>

/** Far below where GCM or CCM wear a key out (SP 800-38D 8.3), and more than a device sends in a session. */
#define DEFAULT_LIMIT 4294967296.0

void xs_aead_destructor(void *data);

static const xsHostHooks hooks = { xs_aead_destructor, NULL, NULL };

static aead_context *self(xsMachine *the)
{
	return xs_crypto_data(the, &xsThis, &hooks, "AEAD");
}

void xs_aead_destructor(void *data)
{
	if (!data)
		return;
	aead_close(data);
	free(data);
}

void xs_aead(xsMachine *the)
{
	xsNumberValue cipher = xs_crypto_size(the, &xsArg(0));
	xsNumberValue limit = xsmcArgc > 2 && xsmcTypeOf(xsArg(2)) != xsUndefinedType ? xs_crypto_count(the, &xsArg(2)) : DEFAULT_LIMIT;
	secret_key *key = xs_crypto_key(the, &xsArg(1));
	int wanted = (int)aead_key_length((int)cipher);
	aead_context *context;
	crypto_outcome outcome;

	if (!wanted)
		xsRangeError("crypto: no cipher %d", (int)cipher);
	if (key->length != wanted)
		xsRangeError("crypto: cipher %d wants a key of %d bytes, not %d", (int)cipher, wanted, key->length);
	if (limit < 1)
		xsRangeError("crypto: the limit is a whole number of messages, 1 or more");
	context = calloc(1, sizeof(*context));
	if (!context)
		xs_crypto_no_memory(the);
	outcome = aead_begin(context, (int)cipher, key->bytes, (uint64_t)limit);
	if (xs_crypto_made_room(the, outcome))
		outcome = aead_begin(context, (int)cipher, key->bytes, (uint64_t)limit);
	if (outcome.call) {
		free(context);
		xs_crypto_check(the, outcome);
	}
	xsmcSetHostData(xsThis, context);
	xsSetHostHooks(xsThis, (xsHostHooks *)&hooks);
}

/** The arguments of seal() and open(). */
typedef struct {
	aead_context *context;
	uint8_t *bytes, *tag;
	size_t associatedLength, length;
} arguments;

static arguments take(xsMachine *the)
{
	xsNumberValue tagAt = xs_crypto_size(the, &xsArg(1)), at = xs_crypto_size(the, &xsArg(2));
	xsNumberValue associatedLength = xs_crypto_size(the, &xsArg(3)), length = xs_crypto_size(the, &xsArg(4));
	arguments it = { .context = self(the), .associatedLength = (size_t)associatedLength, .length = (size_t)length };
	void *buffer;
	xsUnsignedValue size;

	it.bytes = xs_crypto_range(the, &xsArg(0), at, associatedLength, 1);
	xs_crypto_range(the, &xsArg(0), at + associatedLength, length, 1);
	it.tag = xs_crypto_range(the, &xsArg(0), tagAt, AEAD_TAG_LENGTH, 1);
	xsmcGetBufferWritable(xsArg(0), &buffer, &size);
	if (at + associatedLength + length + AEAD_ROOM > size)
		xsRangeError("crypto: a message to seal or open needs %d bytes of room behind it in its buffer", AEAD_ROOM);
	if (associatedLength < AEAD_NONCE_FIELD)
		xsRangeError("crypto: the associated bytes begin with a nonce of %d bytes", AEAD_NONCE_FIELD);
	if (tagAt < at + associatedLength + length && at < tagAt + AEAD_TAG_LENGTH)
		xsRangeError("crypto: the tag lies in what it is over");
	return it;
}

void xs_aead_seal(xsMachine *the)
{
	arguments it = take(the);

	if (aead_used_up(it.context)) {
		// Not by %f or %llu: the device's printf may have neither.
		xsmcSetNumber(xsResult, (xsNumberValue)it.context->limit);
		xsUnknownError("crypto: the key is used up: %s messages were sealed with it", xsmcToString(xsResult));
	}
	xs_crypto_check(the, aead_seal(it.context, it.bytes, it.associatedLength, it.length, it.tag));
}

void xs_aead_open(xsMachine *the)
{
	arguments it = take(the);
	int right;

	xs_crypto_check(the, aead_open(it.context, it.bytes, it.associatedLength, it.length, it.tag, &right));
	xsmcSetBoolean(xsResult, right);
}

void xs_aead_close(xsMachine *the)
{
	xs_aead_destructor(xsmcGetHostDataValidate(xsThis, (void *)&hooks));
	xsmcSetHostData(xsThis, NULL);
}
