#include "xs_crypto.h"

void xs_crypto_check(xsMachine *the, crypto_outcome outcome)
{
	if (outcome.call)
		xsUnknownError("crypto: %s failed: %d (%s)", outcome.call, (int)outcome.code, backend_reason(outcome.code));
}

void xs_crypto_no_memory(xsMachine *the)
{
	xsUnknownError("crypto: no memory");
}

int xs_crypto_made_room(xsMachine *the, crypto_outcome outcome)
{
	if (!backend_exhausted(outcome))
		return 0;
	xsCollectGarbage();
	return 1;
}

void *xs_crypto_data(xsMachine *the, xsSlot *slot, const xsHostHooks *hooks, const char *what)
{
	void *data = xsmcGetHostDataValidate(*slot, (void *)hooks);

	if (!data)
		xsTypeError("%s is closed", what);
	return data;
}

xsNumberValue xs_crypto_size(xsMachine *the, xsSlot *slot)
{
	xsNumberValue number = xsmcToNumber(*slot);

	// Also where it is not a number; the conversion to an integer below must not overflow.
	if (!(number >= 0 && number <= 0x7FFFFFFF) || number != (xsNumberValue)(xsIntegerValue)number)
		return -1;
	return number;
}

xsNumberValue xs_crypto_count(xsMachine *the, xsSlot *slot)
{
	xsNumberValue number = xsmcToNumber(*slot);

	if (!(number >= 0 && number < 9007199254740992.0) || number != (xsNumberValue)(uint64_t)number)
		return -1;
	return number;
}

uint8_t *xs_crypto_range(xsMachine *the, xsSlot *buffer, xsNumberValue at, xsNumberValue length, xsBooleanValue writable)
{
	void *bytes;
	xsUnsignedValue size;

	if (writable)
		xsmcGetBufferWritable(*buffer, &bytes, &size);
	else
		xsmcGetBufferReadable(*buffer, &bytes, &size);
	if (at < 0 || length < 0)
		xsRangeError("crypto: a position or length is not a number of bytes");
	if (at + length > size)
		xsRangeError("crypto: %d bytes at %d do not fit a buffer of %d", (int)length, (int)at, (int)size);
	return (uint8_t *)bytes + (size_t)at;
}

const uint8_t *xs_crypto_whole(xsMachine *the, xsSlot *buffer, size_t *length)
{
	void *bytes;
	xsUnsignedValue size;

	xsmcGetBufferReadable(*buffer, &bytes, &size);
	*length = size;
	return bytes;
}
