/* See scratch.h. */
#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>

#if defined(_WIN32)

#include <direct.h>
#include <errno.h>
#include <process.h>

static int make(char *path, size_t size)
{
	const char *base = getenv("TEMP");
	int number = 0, error;
	do {
		snprintf(path, size, "%s/scratch-%d-%d", base ? base : ".", (int)_getpid(), number++);
		error = _mkdir(path) < 0 ? errno : 0;
	} while ((EEXIST == error) && (number < 1000));
	return !error;
}

#else

static int make(char *path, size_t size)
{
	const char *base = getenv("TMPDIR");
	snprintf(path, size, "%s/scratch-XXXXXX", base ? base : "/tmp");
	return NULL != mkdtemp(path);
}

#endif

void scratch_folder(char *path, size_t size)
{
	if (!make(path, size)) {
		printf("not ok - no folder %s\n", path);
		exit(1);
	}
}
