/* See file-source.h. */
#include "file-source.h"

int file_source_open(file_source *it, const char *path) { return storage_open(it, path, "r"); }

static int32_t readFile(void *file, uint8_t *bytes, uint32_t length, uint64_t offset)
{
	size_t count;
	int error = storage_read(*(file_source *)file, bytes, length < INT32_MAX ? length : INT32_MAX, offset, &count);
	/* What was read before a failure counts: the next call meets it again. */
	return count || !error ? (int32_t)count : -error;
}

static void closeFile(void *file) { storage_close(*(file_source *)file); }

const pipeline_source file_source_calls = { readFile, closeFile };
