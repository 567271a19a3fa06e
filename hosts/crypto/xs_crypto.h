/** What the glue files of hosts/crypto share. Numbers are converted first, pointers into buffers fetched last: a conversion may run JavaScript. */
#ifndef XS_CRYPTO_H
#define XS_CRYPTO_H

// Before xsmc.h, which wants size_t and does not ask for it.
#include "backend.h"
#include "key.h"

#include "xsmc.h"

/** Throws an Error that names the call, where the outcome is a failure. */
void xs_crypto_check(xsMachine *the, crypto_outcome outcome);

/** Throws the Error for a calloc() that failed. */
void xs_crypto_no_memory(xsMachine *the);

/**
 * Whether a failure for want of memory or of a key slot may be tried again: garbage is collected first. PSA has few slots (32 unless
 * configured), and an object that was dropped but not closed holds one until then.
 */
int xs_crypto_made_room(xsMachine *the, crypto_outcome outcome);

/** The C data of a host object of ours. TypeError "<what> is closed" after close(); XS throws for objects of another class. */
void *xs_crypto_data(xsMachine *the, xsSlot *slot, const xsHostHooks *hooks, const char *what);

/** The key behind a Key object. */
secret_key *xs_crypto_key(xsMachine *the, xsSlot *slot);

/** A number of bytes or a position, or -1 for whatever is none, which xs_crypto_range() turns down. */
xsNumberValue xs_crypto_size(xsMachine *the, xsSlot *slot);

/** A whole number below 2^53, or -1 for whatever is none. */
xsNumberValue xs_crypto_count(xsMachine *the, xsSlot *slot);

/**
 * The address of buffer[at, at + length). TypeError for what is no buffer, RangeError where the range does not fit.
 * Valid until XS allocates next.
 */
uint8_t *xs_crypto_range(xsMachine *the, xsSlot *buffer, xsNumberValue at, xsNumberValue length, xsBooleanValue writable);

/** The address of a whole buffer that is only read, and its length. */
const uint8_t *xs_crypto_whole(xsMachine *the, xsSlot *buffer, size_t *length);

#endif
