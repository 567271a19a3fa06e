/* Files and folders for XS: see storage.ts. What they do is in storage.c. */
#include "xs_storage.h"
#include "mc.xs.h"

#include "storage.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* xsUnknownError() cuts messages at 127 bytes and adds its place to them in debug builds; a path has to arrive whole. */
void xs_storage_throw(xsMachine *the, const char *call, xsSlot *path, int error)
{
	const char *reason = storage_error_text(error), *code = storage_error_name(error);
	size_t size = strlen(call) + strlen(reason) + 4 + (path ? strlen(xsmcToString(*path)) : 0);
	char *text;

	xsmcVars(2);
	xsmcSetStringBuffer(xsVar(0), NULL, (xsIntegerValue)size);
	text = xsmcToString(xsVar(0));
	/* The path is fetched again: the line before may have moved it. */
	snprintf(text, size, "%s%s%s: %s", call, path ? " " : "", path ? xsmcToString(*path) : "", reason);
	xsmcNew(xsVar(1), xsGlobal, xsID_Error, &xsVar(0), NULL);
	if (code) {
		xsmcSetString(xsVar(0), (char *)code);
		xsmcSet(xsVar(1), xsID_code, xsVar(0));
	}
	xsThrow(xsVar(1));
}

const char *xs_storage_path(xsMachine *the, const char *call, xsSlot *path)
{
	const char *text = xsmcToString(*path);
	if (strstr(text, "\xC0\x80")) /* XS's U+0000 */
		xs_storage_throw(the, call, path, EINVAL);
	return text;
}

/* A whole number that a Number counts exactly up to. */
static uint64_t getPosition(xsMachine *the, xsSlot *slot, const char *name)
{
	double value = xsmcToNumber(*slot);
	if (!((value >= 0) && (value <= 9007199254740992.0) && (value == (double)(uint64_t)value)))
		xsRangeError("%s is no whole number of bytes", name);
	return (uint64_t)value;
}

static void setNumber(xsMachine *the, xsSlot *slot, double value)
{
	if ((value >= INT32_MIN) && (value <= INT32_MAX) && (value == (double)(int32_t)value))
		xsmcSetInteger(*slot, (xsIntegerValue)value);
	else
		xsmcSetNumber(*slot, value);
}

/* File: the host data is the storage_file + 1, so that NULL means closed. */

void xs_storage_file_destructor(void *data)
{
	if (data)
		storage_close((storage_file)data - 1);
}

static storage_file getFile(xsMachine *the, const char *call)
{
	void *data = xsmcGetHostDataValidate(xsThis, (void *)xs_storage_file_destructor);
	if (!data)
		xs_storage_throw(the, call, NULL, EBADF);
	return (storage_file)data - 1;
}

void xs_storage_file(xsMachine *the)
{
	const char *path, *mode;
	storage_file file;
	int error;
	xs_storage_path(the, "open", &xsArg(0));
	mode = xsmcToString(xsArg(1));
	if (strcmp(mode, "r") && strcmp(mode, "r+") && strcmp(mode, "w+"))
		xsRangeError("mode is none of r, r+, w+");
	path = xsmcToString(xsArg(0)); /* both are strings by now: nothing moves any more */
	error = storage_open(&file, path, mode);
	if (error)
		xs_storage_throw(the, "open", &xsArg(0), error);
	xsmcSetHostData(xsThis, (void *)(file + 1));
}

void xs_storage_file_read(xsMachine *the)
{
	storage_file file = getFile(the, "read");
	uint64_t position = getPosition(the, &xsArg(1), "position");
	void *bytes;
	xsUnsignedValue length;
	size_t count;
	int error;
	xsmcGetBufferWritable(xsArg(0), &bytes, &length);
	error = storage_read(file, bytes, length, position, &count);
	if (error)
		xs_storage_throw(the, "read", NULL, error);
	setNumber(the, &xsResult, (double)count);
}

void xs_storage_file_write(xsMachine *the)
{
	storage_file file = getFile(the, "write");
	uint64_t position = getPosition(the, &xsArg(1), "position");
	void *bytes;
	xsUnsignedValue length;
	size_t count;
	int error;
	xsmcGetBufferReadable(xsArg(0), &bytes, &length);
	error = storage_write(file, bytes, length, position, &count);
	if (error)
		xs_storage_throw(the, "write", NULL, error);
}

/* bytes[at, at + length): the arguments first to first + 2. Fetched last: nothing that may collect comes after it. */
static uint8_t *getRange(xsMachine *the, int first, int writable, size_t *length)
{
	uint64_t at = getPosition(the, &xsArg(first + 1), "at"), count = getPosition(the, &xsArg(first + 2), "length");
	void *bytes;
	xsUnsignedValue size;
	if (writable)
		xsmcGetBufferWritable(xsArg(first), &bytes, &size);
	else
		xsmcGetBufferReadable(xsArg(first), &bytes, &size);
	if ((at > size) || (count > size - at))
		xsRangeError("at and length leave the buffer");
	*length = (size_t)count;
	return (uint8_t *)bytes + at;
}

void xs_storage_file_readInto(xsMachine *the)
{
	storage_file file = getFile(the, "read");
	uint64_t position = getPosition(the, &xsArg(3), "position");
	size_t length, count;
	int error;
	uint8_t *bytes = getRange(the, 0, 1, &length);
	error = storage_read(file, bytes, length, position, &count);
	if (error)
		xs_storage_throw(the, "read", NULL, error);
	setNumber(the, &xsResult, (double)count);
}

void xs_storage_file_writeFrom(xsMachine *the)
{
	storage_file file = getFile(the, "write");
	uint64_t position = getPosition(the, &xsArg(3), "position");
	size_t length, count;
	int error;
	uint8_t *bytes = getRange(the, 0, 0, &length);
	error = storage_write(file, bytes, length, position, &count);
	if (error)
		xs_storage_throw(the, "write", NULL, error);
}

void xs_storage_file_get_length(xsMachine *the)
{
	double length;
	int error = storage_length(getFile(the, "length"), &length);
	if (error)
		xs_storage_throw(the, "length", NULL, error);
	setNumber(the, &xsResult, length);
}

void xs_storage_file_setSize(xsMachine *the)
{
	storage_file file = getFile(the, "setSize");
	int error = storage_set_size(file, getPosition(the, &xsArg(0), "length"));
	if (error)
		xs_storage_throw(the, "setSize", NULL, error);
}

void xs_storage_file_flush(xsMachine *the)
{
	int error = storage_flush(getFile(the, "flush"));
	if (error)
		xs_storage_throw(the, "flush", NULL, error);
}

void xs_storage_file_close(xsMachine *the)
{
	xs_storage_file_destructor(xsmcGetHostDataValidate(xsThis, (void *)xs_storage_file_destructor));
	xsmcSetHostData(xsThis, NULL);
}

/* Lock: the host data is the storage_file + 1. */

void xs_storage_lock_destructor(void *data)
{
	if (data)
		storage_unlock((storage_file)data - 1);
}

void xs_storage_lock(xsMachine *the)
{
	storage_file lock;
	int error = storage_lock(&lock, xs_storage_path(the, "lock", &xsArg(0)));
	if (error)
		xs_storage_throw(the, EBUSY == error ? "lock" : "open", &xsArg(0), error);
	xsmcSetHostData(xsThis, (void *)(lock + 1));
}

void xs_storage_lock_close(xsMachine *the)
{
	xs_storage_lock_destructor(xsmcGetHostDataValidate(xsThis, (void *)xs_storage_lock_destructor));
	xsmcSetHostData(xsThis, NULL);
}

/* Scan: the host data is the storage_folder. */

void xs_storage_scan_destructor(void *data)
{
	if (data)
		storage_close_folder(data);
}

void xs_storage_scan(xsMachine *the)
{
	storage_folder *folder;
	int error = storage_open_folder(&folder, xs_storage_path(the, "scan", &xsArg(0)));
	if (error)
		xs_storage_throw(the, "scan", &xsArg(0), error);
	xsmcSetHostData(xsThis, folder);
}

void xs_storage_scan_next(xsMachine *the)
{
	storage_folder *folder = xsmcGetHostDataValidate(xsThis, (void *)xs_storage_scan_destructor);
	const char *name;
	int error;
	if (!folder)
		xs_storage_throw(the, "scan", NULL, EBADF);
	error = storage_next_name(folder, &name);
	if (name) {
		/* The name is C's memory: nothing here moves it. XS takes UTF-8 as it is, four bytes for what is a surrogate pair in UTF-16. */
		xsmcSetStringBuffer(xsResult, NULL, (xsIntegerValue)storage_to_utf8(name, NULL) + 1);
		storage_to_utf8(name, xsmcToString(xsResult));
	}
	else if (error)
		xs_storage_throw(the, "scan", NULL, error);
}

void xs_storage_scan_close(xsMachine *the)
{
	xs_storage_scan_destructor(xsmcGetHostDataValidate(xsThis, (void *)xs_storage_scan_destructor));
	xsmcSetHostData(xsThis, NULL);
}

/* Free functions */

void xs_storage_status(xsMachine *the)
{
	storage_status_result result;
	int error = storage_status(xs_storage_path(the, "status", &xsArg(0)), &result);
	if (error)
		xs_storage_throw(the, "status", &xsArg(0), error);
	xsmcVars(1);
	setNumber(the, &xsVar(0), result.size);
	xsmcSet(xsArg(1), xsID_size, xsVar(0));
	setNumber(the, &xsVar(0), result.mtime);
	xsmcSet(xsArg(1), xsID_mtime, xsVar(0));
	setNumber(the, &xsVar(0), (double)result.mode);
	xsmcSet(xsArg(1), xsID_mode, xsVar(0));
}

void xs_storage_remove(xsMachine *the)
{
	int error = storage_remove(xs_storage_path(the, "remove", &xsArg(0)));
	if (error)
		xs_storage_throw(the, "remove", &xsArg(0), error);
}

void xs_storage_move(xsMachine *the)
{
	const char *from, *to;
	int error;
	/* Both become strings, and are checked, before either pointer is kept. */
	xs_storage_path(the, "move", &xsArg(0));
	xs_storage_path(the, "move", &xsArg(1));
	from = xsmcToString(xsArg(0));
	to = xsmcToString(xsArg(1));
	error = storage_move(from, to);
	if (error)
		xs_storage_throw(the, "move", &xsArg(EEXIST == error ? 1 : 0), error);
}

void xs_storage_replace(xsMachine *the)
{
	const char *from, *to;
	int error;
	xs_storage_path(the, "replace", &xsArg(0));
	xs_storage_path(the, "replace", &xsArg(1));
	from = xsmcToString(xsArg(0));
	to = xsmcToString(xsArg(1));
	error = storage_replace(from, to);
	if (error)
		xs_storage_throw(the, "replace", &xsArg(1), error);
}

void xs_storage_flushFolder(xsMachine *the)
{
	int error = storage_flush_folder(xs_storage_path(the, "flushFolder", &xsArg(0)));
	if (error)
		xs_storage_throw(the, "flushFolder", &xsArg(0), error);
}

void xs_storage_crc32(xsMachine *the)
{
	double seed = xsmcToNumber(xsArg(0));
	size_t length;
	uint8_t *bytes = getRange(the, 1, 0, &length);
	setNumber(the, &xsResult, (double)storage_crc32((uint32_t)seed, bytes, length));
}

void xs_storage_putText(xsMachine *the)
{
	uint64_t at = getPosition(the, &xsArg(2), "at");
	size_t length = strlen(xsmcToString(xsArg(0)));
	void *bytes;
	xsUnsignedValue size;
	xsmcGetBufferWritable(xsArg(1), &bytes, &size);
	if ((at > size) || (length > size - at))
		xsRangeError("the text does not fit");
	memcpy((uint8_t *)bytes + at, xsmcToString(xsArg(0)), length);
	setNumber(the, &xsResult, (double)length);
}

void xs_storage_getText(xsMachine *the)
{
	size_t length;
	uint8_t *bytes;
	char raw[512];
	bytes = getRange(the, 0, 0, &length);
	if (length >= sizeof(raw))
		xsRangeError("a text of %u bytes, expected less than 512", (unsigned)length);
	memcpy(raw, bytes, length);
	raw[length] = 0;
	xsmcSetStringBuffer(xsResult, NULL, (xsIntegerValue)storage_to_utf8(raw, NULL) + 1);
	storage_to_utf8(raw, xsmcToString(xsResult));
}

void xs_storage_createDirectory(xsMachine *the)
{
	int created, error = storage_create_directory(xs_storage_path(the, "createDirectory", &xsArg(0)), &created);
	if (error)
		xs_storage_throw(the, "createDirectory", &xsArg(0), error);
	xsmcSetBoolean(xsResult, created);
}
