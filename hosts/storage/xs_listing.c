/* Listings of a folder for XS: see listing.ts. What they do is in listing.c. */
#include "xs_storage.h"
#include "mc.xs.h"

#include "listing.h"
#include "storage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Behind it: its memory, path and patterns. All of that is C's, so that the heap of XS stays as it is however long the folder. */
typedef struct {
	listing it;
	double memory[];
} host_listing;

void xs_listing_destructor(void *data) { free(data); }

static host_listing *getListing(xsMachine *the)
{
	host_listing *host = xsmcGetHostDataValidate(xsThis, (void *)xs_listing_destructor);
	if (!host)
		xs_storage_throw(the, "listing", NULL, EBADF);
	return host;
}

void xs_listing(xsMachine *the)
{
	xsIntegerValue capacity = xsmcToInteger(xsArg(2));
	size_t pathSize, ignoredSize;
	host_listing *host;
	char *texts;

	if ((capacity < LISTING_LEAST) || (capacity > 0x1000000))
		xsRangeError("capacity is none of %d to 16777216 bytes", LISTING_LEAST);
	capacity &= ~7;
	xs_storage_path(the, "listing", &xsArg(0));
	ignoredSize = strlen(xsmcToString(xsArg(1))) + 1;
	pathSize = strlen(xsmcToString(xsArg(0))) + 1;
	host = malloc(sizeof(host_listing) + (size_t)capacity + pathSize + ignoredSize);
	if (!host)
		xs_storage_throw(the, "listing", &xsArg(0), ENOMEM);
	texts = (char *)host->memory + capacity;
	memcpy(texts, xsmcToString(xsArg(0)), pathSize);
	memcpy(texts + pathSize, xsmcToString(xsArg(1)), ignoredSize);
	listing_begin(&host->it, texts, texts + pathSize, host->memory, (uint32_t)capacity);
	xsmcSetHostData(xsThis, host);
}

void xs_listing_read(xsMachine *the)
{
	host_listing *host = getListing(the);
	uint32_t count;
	int error = listing_read(&host->it, &count);
	if (error) {
		xsmcSetString(xsResult, (char *)host->it.path);
		xs_storage_throw(the, "scan", &xsResult, error);
	}
	xsmcSetInteger(xsResult, (xsIntegerValue)count);
}

void xs_listing_next(xsMachine *the)
{
	host_listing *host = getListing(the);
	listing_file file;
	if (!listing_next(&host->it, &file))
		return;
	xsmcVars(1);
	xsmcSetNumber(xsVar(0), file.size);
	xsmcSet(xsArg(0), xsID_size, xsVar(0));
	xsmcSetNumber(xsVar(0), file.mtime);
	xsmcSet(xsArg(0), xsID_mtime, xsVar(0));
	xsmcSetStringBuffer(xsResult, NULL, (xsIntegerValue)storage_to_utf8(file.name, NULL) + 1);
	storage_to_utf8(file.name, xsmcToString(xsResult));
}

void xs_listing_close(xsMachine *the)
{
	xs_listing_destructor(xsmcGetHostDataValidate(xsThis, (void *)xs_listing_destructor));
	xsmcSetHostData(xsThis, NULL);
}
