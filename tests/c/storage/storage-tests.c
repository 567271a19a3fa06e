/** hosts/storage in C, under sanitizers, and as a program for Windows (wine.mjs): what only C shows. The rest is in tests/unit/storage. */
#include "../scratch.h"
#include "../../../hosts/storage/storage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if !defined(_WIN32)
	#include <signal.h>
	#include <sys/resource.h>
	#include <sys/wait.h>
	#include <unistd.h>
#endif

static int tests, failures;

static void check(int right, const char *name)
{
	printf("%s %d - %s\n", right ? "ok" : "not ok", ++tests, name);
	fflush(stdout);
	failures += !right;
}

static int becomes(const char *text, const char *expected)
{
	size_t length = storage_to_utf8(text, NULL);
	/* From malloc, exactly as long, both: the sanitizer sees a byte too far. */
	char *from = strdup(text), *to = malloc(length + 1);
	int right = (length == strlen(expected)) && (length == storage_to_utf8(from, to)) && !strcmp(to, expected);
	free(from);
	free(to);
	return right;
}

static void names(void)
{
	unsigned n, i;
	int right = 1;
	check(becomes("", "") && becomes("scan.pdf", "scan.pdf") && becomes("\xC3\x9C", "\xC3\x9C") && becomes("\xE6\x96\x87", "\xE6\x96\x87") && becomes("scan \xF0\x9F\x98\x80.pdf", "scan \xF0\x9F\x98\x80.pdf"), "UTF-8 stays as it is");
	check(becomes("\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", "\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"), "the first and last of each length too");
	check(becomes("M\xE4rz.pdf", "M\xEF\xBF\xBDrz.pdf") && becomes("\x80", "\xEF\xBF\xBD") && becomes("\xFF\xFE", "\xEF\xBF\xBD\xEF\xBF\xBD"), "Latin-1 becomes U+FFFD");
	check(becomes("\xF0\x9F\x98", "\xEF\xBF\xBD") && becomes("\xF0\x9F\x98x", "\xEF\xBF\xBDx") && becomes("\xE6", "\xEF\xBF\xBD") && becomes("\xC3", "\xEF\xBF\xBD"), "a sequence cut off becomes one");
	check(becomes("\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD") && becomes("\xE0\x80\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD") && becomes("\xF5\x80", "\xEF\xBF\xBD\xEF\xBF\xBD"), "overlong forms and what is past U+10FFFF become one for each byte");
	check(becomes("\xED\xA0\xBD\xED\xB8\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"), "surrogates too");
	srand(1);
	for (n = 0; right && (n < 20000); n++) {
		char text[13], out[40], again[120];
		size_t length = (size_t)rand() % 13;
		for (i = 0; i < length; i++)
			text[i] = (char)(rand() % 3 ? 0x80 | rand() % 0x80 : 1 + rand() % 255);
		text[length] = 0;
		storage_to_utf8(text, out);
		right = becomes(text, out) && (storage_to_utf8(out, again) == strlen(out)) && !strcmp(out, again);
	}
	check(right, "any bytes become UTF-8, which stays as it is");
}

static void errors(void)
{
	int error, right = 1;
	for (error = -1; error < 200; error++)
		right = right && storage_error_text(error)[0];
	check(right && !strcmp(storage_error_name(ENOENT), "ENOENT") && !strcmp(storage_error_name(ENAMETOOLONG), "ENAMETOOLONG") && !storage_error_name(0) && !storage_error_name(9999), "errors have names and texts");
}

#if !defined(_WIN32)
/* A file may grow to 1000 bytes: write() takes what fits, and then fails. */
static void fullMedium(const char *path)
{
	struct rlimit limit = { 1000, 1000 };
	char bytes[1500] = { 1 };
	size_t count;
	storage_file file;
	int error;
	pid_t child = fork();
	if (0 == child) {
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		error = storage_open(&file, path, "w+");
		if (!error)
			error = storage_write(file, bytes, sizeof(bytes), 0, &count);
		_exit((EFBIG == error) && (1000 == count) ? 0 : 1);
	}
	waitpid(child, &error, 0);
	check(0 == error, "write: says what did not fit");
}
#endif

static int put(const char *path, const char *text, size_t length)
{
	size_t count;
	storage_file file;
	int error = storage_open(&file, path, "w+");
	if (!error) {
		error = storage_write(file, text, length, 0, &count);
		storage_close(file);
	}
	return error;
}

static int has(const char *path, const char *text, size_t length)
{
	static char bytes[4000];
	size_t count = 0;
	double size = -1;
	storage_file file;
	if (storage_open(&file, path, "r"))
		return 0;
	storage_length(file, &size);
	storage_read(file, bytes, sizeof(bytes), 0, &count);
	storage_close(file);
	return (count == length) && (size == (double)length) && !memcmp(bytes, text, length);
}

static void replacing(const char *folder)
{
	static char text[3000];
	static const size_t lengths[] = { 0, 1, 511, 512, 513, 1024, 3000 };
	int (*const ways[2])(const char *, const char *) = { storage_replace, storage_replace_by_copy };
	char from[330], to[330];
	storage_status_result status;
	size_t i, j, way;
	int right = 1;
	for (i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 31 + i / 256);
	snprintf(from, sizeof(from), "%s/from", folder);
	snprintf(to, sizeof(to), "%s/to", folder);
	for (way = 0; way < 2; way++) {
		for (i = 0; right && (i < 7); i++) {
			for (j = 0; right && (j < 8); j++) {
				right = !put(from, text, lengths[i]) && ((j < 7) ? !put(to, text + 1, lengths[j] ? lengths[j] - 1 : 0) : 1)
					&& !ways[way](from, to) && has(to, text, lengths[i]) && !storage_status(from, &status) && !status.mode;
			}
		}
		right = right && (ENOENT == ways[way](from, to));
		storage_remove(to);
	}
	check(right && (0 == storage_flush_folder(folder)) && (ENOENT == storage_flush_folder(to)), "replace: by rename and by copy, from and onto any length");
}

/* Names as the folder gives them, and everything that can be done with them: also below folders whose path is longer than Windows takes as it stands. */
static void spelling(const char *folder)
{
	static const char *const names[] = { "\xC3\x9C" "bersicht \xE6\x96\x87.pdf", "\xF0\x9F\x98\x80", " leading", "a.b.c", "UPPER and lower" };
	char deep[300 + 5 * 90], path[300 + 6 * 90], other[300 + 6 * 90];
	size_t length = strlen(folder), i, level;
	int right = 1, created;
	strcpy(deep, folder);
	for (level = 0; right && (level <= 4); level++) {
		storage_folder *directory = NULL;
		storage_status_result status;
		const char *name = NULL;
		for (i = 0; right && (i < sizeof(names) / sizeof(names[0])); i++) {
			snprintf(path, sizeof(path), "%s/%s", deep, names[i]);
			snprintf(other, sizeof(other), "%s/%s-2", deep, names[i]);
			right = !put(path, "abc", 3) && !storage_open_folder(&directory, deep);
			while (right && !storage_next_name(directory, &name) && name && strcmp(name, names[i]))
				;
			right = right && name && !storage_next_status(directory, &status) && (3 == status.size) && (STORAGE_FILE == (status.mode & STORAGE_TYPE)) && (status.mtime > 1.5e12);
			if (directory)
				storage_close_folder(directory);
			directory = NULL;
			right = right && !storage_move(path, other) && !storage_status(path, &status) && !status.mode && has(other, "abc", 3) && !put(path, "de", 2) && (EEXIST == storage_move(other, path))
				&& !storage_replace(path, other) && has(other, "de", 2) && (ENOENT == storage_remove(path)) && !storage_flush_folder(deep) && !storage_remove(other);
		}
		snprintf(deep + strlen(deep), sizeof(deep) - strlen(deep), "/%089d", (int)level);
		right = right && !storage_create_directory(deep, &created) && created && !storage_create_directory(deep, &created) && !created;
	}
	for (; level > 0; level--) {
		deep[length + level * 90] = 0;
		right = right && !storage_remove(deep);
	}
	check(right && (sizeof(deep) > length + 5 * 90), "names of any language, in paths of any length");
	check((ENOENT == storage_open_folder(&(storage_folder *){ NULL }, "")) && (ENOENT == storage_remove("")), "an empty path is none");
}

#if !defined(_WIN32)
/* Another process has the lock, until it dies. */
static void locking(const char *path)
{
	int had[2], error = -1, freed = -1;
	char byte;
	storage_file lock;
	pid_t child;
	if (pipe(had) < 0)
		exit(1);
	child = fork();
	if (0 == child) {
		byte = (char)storage_lock(&lock, path);
		if (write(had[1], &byte, 1) == 1)
			pause();
		_exit(0);
	}
	if (read(had[0], &byte, 1) == 1 && !byte)
		error = storage_lock(&lock, path);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	freed = storage_lock(&lock, path);
	if (!freed)
		storage_unlock(lock);
	close(had[0]);
	close(had[1]);
	check((EBUSY == error) && !freed && !storage_remove(path), "a lock is another program's until that dies");
}
#endif

int main(void)
{
	char folder[300], path[320], other[320], bytes[16];
	storage_status_result status;
	const char *name;
	size_t count;
	storage_file file;
	storage_folder *directory;
	int error, created, entries = 0;

	names();
	errors();
	scratch_folder(folder, sizeof(folder));
	snprintf(path, sizeof(path), "%s/a", folder);
	snprintf(other, sizeof(other), "%s/b", folder);
#if !defined(_WIN32)
	fullMedium(path);
	locking(path);
#endif
	check((0 == storage_open(&file, path, "w+")) && (0 == storage_set_size(file, 6000000000u)) && (0 == storage_write(file, "xyz", 3, 5999999999u, &count)) && (3 == count)
		&& (0 == storage_read(file, bytes, sizeof(bytes), 5999999999u, &count)) && (3 == count) && !memcmp(bytes, "xyz", 3) && (0 == storage_flush(file)), "positions past 4 GiB");
	check((EOVERFLOW == storage_read(file, bytes, 1, UINT64_MAX, &count)) && (EOVERFLOW == storage_write(file, bytes, 1, (uint64_t)1 << 63, &count)) && (EOVERFLOW == storage_set_size(file, UINT64_MAX)), "positions past off_t");
	storage_close(file);
	check((0 == storage_status(path, &status)) && (6000000002.0 == status.size) && (status.mtime > 1.5e12) && (STORAGE_FILE == (status.mode & STORAGE_TYPE)), "status: sizes past 4 GiB, milliseconds");
	check((EINVAL == storage_open(&file, path, "x")) && (EISDIR == storage_open(&file, folder, "r")), "open: wrong modes and folders");
	check((0 == storage_move(path, other)) && (ENOENT == storage_move(path, other)) && (EEXIST == storage_move(other, other)), "move: once, and never over something");
	check((0 == storage_create_directory(path, &created)) && created && (0 == storage_create_directory(path, &created)) && !created && (EEXIST == storage_create_directory(other, &created))
		&& (EEXIST == storage_move(other, path)), "createDirectory, and no move onto it");
	error = storage_open_folder(&directory, folder);
	while (!error && !(error = storage_next_name(directory, &name)) && name)
		entries += (!strcmp(name, "a") || !strcmp(name, "b")) ? 1 : 100;
	storage_close_folder(directory);
	check((2 == entries) && (0 == error), "names without . and ..");
	replacing(folder);
	spelling(folder);
	check((0x00000000 == storage_crc32(0, "", 0)) && (0xCBF43926 == storage_crc32(0, "123456789", 9)) && (0xCBF43926 == storage_crc32(storage_crc32(0, "1234", 4), "56789", 5)), "crc32");
	check((0 == storage_remove(path)) && (0 == storage_remove(other)) && (ENOENT == storage_remove(other)) && (0 == storage_remove(folder)), "remove: files and folders");
	printf("1..%d\n", tests);
	return failures ? 1 : 0;
}
