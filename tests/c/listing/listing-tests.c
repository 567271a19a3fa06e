/** hosts/storage/listing.c under sanitizers, over folders that exist only here: any order, equal times, long names, failures at every call. */
#include "../scratch.h"
#include "../../../hosts/storage/listing.h"
#include "../../../hosts/storage/storage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tests, failures;

static void check(int right, const char *name)
{
	printf("%s %d - %s\n", right ? "ok" : "not ok", ++tests, name);
	fflush(stdout);
	failures += !right;
}

typedef struct { char name[260]; double size, mtime; int taken; } fake;
static fake files[3000];
static int fileCount, at, opened, failAt = -1, calls;

static int fails(void) { return failAt == calls++; }
static int openFake(void **directory, const char *path)
{
	(void)path;
	if (fails())
		return EACCES;
	*directory = files;
	opened++;
	at = 0;
	return 0;
}
static int nextFake(void *directory, const char **name, double *size, double *mtime)
{
	(void)directory;
	if (fails())
		return EIO;
	*name = NULL;
	if (at < fileCount) {
		*name = files[at].name;
		*size = files[at].size;
		*mtime = files[at].mtime;
		at++;
	}
	return 0;
}
static void closeFake(void *directory)
{
	(void)directory;
	opened--;
}
static const listing_reader fakes = { openFake, nextFake, closeFake };
static int beginFake(listing *it, const char *ignored, void *memory, uint32_t capacity)
{
	int error = listing_begin(it, "fake", ignored, memory, capacity);
	it->reader = &fakes;
	return error;
}

static int before(const fake *a, const fake *b)
{
	return (a->mtime < b->mtime) || ((a->mtime == b->mtime) && (strcmp(a->name, b->name) < 0));
}

/* Makes a folder of count files; names of up to longest bytes, times out of few. */
static void make(int count, int longest, int times)
{
	int i;
	fileCount = count;
	for (i = 0; i < count; i++) {
		int length = snprintf(files[i].name, sizeof(files[i].name), "%d-", (i * 7919) % 10007), whole = length + rand() % (longest - length + 1);
		while (length < whole)
			files[i].name[length++] = (char)(1 + rand() % 255);
		files[i].name[length] = 0;
		files[i].size = i;
		files[i].mtime = rand() % times;
		files[i].taken = 0;
	}
}

/* Whether a listing of capacity hands every file out, once, in order. */
static int isComplete(uint32_t capacity, int *passes)
{
	listing it;
	listing_file found;
	fake last = { { 0 }, 0, -1, 0 };
	double *memory = malloc(capacity);
	uint32_t count, handed = 0;
	int right = 0 == beginFake(&it, "", memory, capacity);
	*passes = 0;
	while (right && (0 == listing_read(&it, &count)) && count) {
		(*passes)++;
		while (right && listing_next(&it, &found)) {
			fake *file = &files[(int)found.size];
			right = !strcmp(file->name, found.name) && (file->mtime == found.mtime) && !file->taken && before(&last, file);
			file->taken = 1;
			strcpy(last.name, found.name);
			last.mtime = found.mtime;
			handed++;
		}
	}
	free(memory);
	return right && !opened && ((int)handed == fileCount);
}

static void everyFile(void)
{
	int n, right = 1, passes, most = 0;
	srand(1);
	for (n = 0; right && (n < 200); n++) {
		make(rand() % 400, 8 + rand() % 248, 1 + rand() % 50);
		right = isComplete(LISTING_LEAST + (uint32_t)(rand() % 20000), &passes);
		if (passes > most)
			most = passes;
	}
	check(right && (most > 5), "every file is handed out once, in order, in any memory");
	make(3000, 20, 5);
	check(isComplete(8192, &passes) && (passes > 5) && (passes < 60), "3000 files in 8 KiB: a few readings");
}

static void longNames(void)
{
	listing it;
	listing_file found;
	static double memory[LISTING_LEAST / sizeof(double)];
	uint32_t count;
	int i, right = 1;
	make(20, 259, 1);
	for (i = 0; i < 20; i++) {
		memset(files[i].name, 'a' + i, 259);
		files[i].name[259] = 0;
	}
	beginFake(&it, "", memory, sizeof(memory));
	for (i = 0; right && (0 == listing_read(&it, &count)) && count; )
		while (right && listing_next(&it, &found))
			right = (int)found.size == i++;
	check(right && (20 == i), "names as long as a file system takes");
}

static void laterOnes(void)
{
	listing it;
	listing_file found;
	static double memory[LISTING_LEAST / sizeof(double)];
	uint32_t count;
	int handed = 0, late = 0;
	make(300, 30, 100);
	beginFake(&it, "", memory, sizeof(memory));
	while ((0 == listing_read(&it, &count)) && count) {
		while (listing_next(&it, &found)) {
			handed++;
			late += found.size == 5000;
		}
		/* Comes, with a time later than all. */
		if (300 == fileCount) {
			strcpy(files[300].name, "new");
			files[300].size = 5000;
			files[300].mtime = 101;
			fileCount = 301;
		}
	}
	check((300 == handed) && !late, "what comes during a look is left out");
}

static void failingCalls(void)
{
	listing it;
	listing_file found;
	static double memory[LISTING_LEAST / sizeof(double)];
	uint32_t count;
	int n, right = 1, error, handed;
	for (n = 0; right && (n < 130); n++) {
		make(200, 30, 10);
		calls = handed = 0;
		failAt = n * 7;
		beginFake(&it, "", memory, sizeof(memory));
		for (;;) {
			error = listing_read(&it, &count);
			if (error) {
				right = right && ((EACCES == error) || (EIO == error)) && !opened && !listing_next(&it, &found);
				failAt = -1; /* and once more: goes on where it was */
				continue;
			}
			if (!count)
				break;
			while (listing_next(&it, &found))
				handed++;
		}
		right = right && (200 == handed);
	}
	failAt = -1;
	check(right, "a call that fails is told, and the next reading goes on where it was");
}

static void patterns(void)
{
	static const char *const names[] = { "a.pdf", ".a", "A.TMP", "x.tmp", "tmp", "~", "~a", "a~", "*", "" };
	listing it;
	listing_file found;
	static double memory[LISTING_LEAST / sizeof(double)];
	char all[200] = "";
	uint32_t count;
	int i;
	fileCount = 10;
	for (i = 0; i < fileCount; i++) {
		strcpy(files[i].name, names[i]);
		files[i].mtime = i;
	}
	beginFake(&it, "  .*  *.tmp ~* * *~ ", memory, sizeof(memory));
	listing_read(&it, &count);
	while (listing_next(&it, &found)) {
		strcat(all, found.name);
		strcat(all, "|");
	}
	check(!strcmp(all, "a.pdf|tmp|*||"), "patterns");
	check(EINVAL == beginFake(&it, "", memory, LISTING_LEAST - 1), "too little memory");
}

static void ofTheSystem(void)
{
	char folder[300], path[340];
	listing it;
	listing_file found;
	static double memory[LISTING_LEAST / sizeof(double)];
	uint32_t count = 9;
	storage_file file;
	int created, right;
	size_t put;
	scratch_folder(folder, sizeof(folder));
	snprintf(path, sizeof(path), "%s/folder", folder);
	right = 0 == storage_create_directory(path, &created);
	listing_begin(&it, folder, "", memory, sizeof(memory));
	right = right && (0 == listing_read(&it, &count)) && (0 == count) && (0 == storage_remove(path));
	listing_begin(&it, folder, "", memory, sizeof(memory));
	snprintf(path, sizeof(path), "%s/file", folder);
	right = right && (0 == storage_open(&file, path, "w+")) && (0 == storage_write(file, "abc", 3, 0, &put));
	storage_close(file);
	right = right && (0 == listing_read(&it, &count)) && (1 == count) && listing_next(&it, &found) && !strcmp(found.name, "file") && (3 == found.size) && (found.mtime > 1.5e12);
	check(right, "a folder of the system");
	storage_remove(path);
	storage_remove(folder);
	check(ENOENT == listing_read((listing_begin(&it, folder, "", memory, sizeof(memory)), &it), &count), "no such folder");
}

int main(void)
{
	everyFile();
	longNames();
	laterOnes();
	failingCalls();
	patterns();
	ofTheSystem();
	printf("1..%d\n", tests);
	return failures ? 1 : 0;
}
