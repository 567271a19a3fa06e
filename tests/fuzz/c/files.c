/** hosts/storage over a real folder: files hold what was written where it was written, as a model in memory does; names of any bytes come back as they were given. */
#include "input.h"

#include "../../../hosts/storage/storage.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LIMIT = 4096 };

static char folder[64];

static void clear(void)
{
	storage_folder *directory;
	const char *name;
	char path[600];

	if (storage_open_folder(&directory, folder))
		return;
	while (!storage_next_name(directory, &name) && name) {
		snprintf(path, sizeof(path), "%s/%s", folder, name);
		storage_remove(path);
	}
	storage_close_folder(directory);
	rmdir(folder);
}

static void prepare(void)
{
	if (*folder)
		return;
	snprintf(folder, sizeof(folder), "/tmp/fuzz-files-%d", (int)getpid());
	clear();
	MUST(!mkdir(folder, 0700));
	atexit(clear);
}

/** A name in the folder: any bytes but 0 and slashes, at least one, and neither "." nor "..". */
static void take_path(input *in, char *path, size_t size)
{
	size_t at = (size_t)snprintf(path, size, "%s/n", folder), length = take_below(in, 30);

	while (length-- && at + 1 < size) {
		char byte = (char)take_number(in, 1);
		path[at++] = byte == 0 || byte == '/' ? '_' : byte;
	}
	path[at] = 0;
}

static void modes(input *in)
{
	char path[128], mode[4];
	storage_file file;

	take_path(in, path, sizeof(path));
	for (size_t i = 0; i < sizeof(mode) - 1; i++)
		mode[i] = (char)take_number(in, 1);
	mode[sizeof(mode) - 1] = 0;
	if (!storage_open(&file, path, mode)) {
		MUST(!strcmp(mode, "w+"));
		storage_close(file);
		MUST(!storage_remove(path));
	}
}

static void contents(input *in)
{
	static uint8_t model[2 * LIMIT];
	char path[128], other[128];
	storage_status_result status;
	size_t length = 0, count;
	storage_file file;
	int created;

	memset(model, 0, sizeof(model));
	take_path(in, path, sizeof(path));
	MUST(!storage_open(&file, path, "w+"));
	for (int step = 0; step < 12 && left(in); step++) {
		uint64_t at = take_below(in, LIMIT);
		size_t part = take_below(in, 300);
		uint8_t *bytes = take_bytes(in, part);
		switch (take_below(in, 5)) {
		case 0:
			MUST(!storage_write(file, bytes, part, at, &count) && count == part);
			memcpy(model + at, bytes, part);
			if (part && at + part > length)
				length = at + part;
			break;
		case 1:
			MUST(!storage_read(file, bytes, part, at, &count));
			MUST(count == (at >= length ? 0 : length - at < part ? length - at : part) && same(bytes, model + at, count));
			break;
		case 2:
			MUST(!storage_set_size(file, at));
			if (at < length)
				memset(model + at, 0, length - at);
			length = at;
			break;
		case 3:
			// Positions past what a file can have: refused, or far behind the end.
			at = take_number(in, 8) | (uint64_t)1 << 62;
			MUST(storage_read(file, bytes, part, at, &count) || count == 0);
			MUST(at >> 63 ? storage_set_size(file, at) == EOVERFLOW : 1);
			break;
		default:
			MUST(!storage_flush(file));
		}
		free(bytes);
	}
	MUST(!storage_status(path, &status) && status.size == (double)length && status.mode);
	storage_close(file);
	// It moves to a free name, never onto a taken one, and no folder takes its place.
	take_path(in, other, sizeof(other));
	if (strcmp(path, other)) {
		MUST(!storage_move(path, other));
		MUST(!storage_status(path, &status) && !status.mode);
		MUST(!storage_open(&file, path, "w+"));
		storage_close(file);
		MUST(storage_move(path, other) == EEXIST);
		MUST(storage_create_directory(other, &created) == EEXIST && !created);
		MUST(!storage_status(other, &status) && status.size == (double)length);
		MUST(!storage_remove(path));
		MUST(!storage_remove(other));
	}
	else
		MUST(!storage_remove(path));
	MUST(!storage_status(path, &status) && !status.mode);
}

static void listing(input *in)
{
	char path[128];
	const char *name;
	storage_folder *directory;
	storage_file file;
	int error, found = 0;

	take_path(in, path, sizeof(path));
	MUST(!storage_open(&file, path, "w+"));
	storage_close(file);
	MUST(!storage_open_folder(&directory, folder));
	while (!(error = storage_next_name(directory, &name)) && name) {
		MUST(!strcmp(name, strrchr(path, '/') + 1));
		found++;
	}
	MUST(!error && found == 1);
	storage_close_folder(directory);
	MUST(!storage_remove(path));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	input in = { bytes, size, 0 };

	prepare();
	switch (take_below(&in, 4)) {
	case 0: modes(&in); break;
	case 1: listing(&in); break;
	default: contents(&in);
	}
	MUST(storage_error_text((int)take_number(&in, 4)));
	storage_error_name((int)take_number(&in, 4));
	return 0;
}
