/* See file-source.h. 64-bit offsets on 32-bit systems have to be asked for before any header of the system. */
#if !defined(_FILE_OFFSET_BITS)
	#define _FILE_OFFSET_BITS 64
#endif
#if !defined(_GNU_SOURCE)
	#define _GNU_SOURCE 1
#endif
#include "file-source.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#ifndef O_CLOEXEC
	#define O_CLOEXEC 0
#endif

int file_source_open(file_source *it, const char *path)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC), error = 0;
	if (fd < 0)
		return errno;
	if (fstat(fd, &status) < 0)
		error = errno;
	else if (S_ISDIR(status.st_mode))
		error = EISDIR;
	if (error) {
		close(fd);
		return error;
	}
	it->fd = fd;
	it->position = 0;
	return 0;
}

/*
 * lseek() once and then read() in sequence, not pread(): ESP-IDF's pread() seeks back afterwards, and on FAT seeking
 * back walks the file's cluster chain from its start, each time.
 */
static int32_t readFile(void *file, uint8_t *bytes, uint32_t length, uint64_t offset)
{
	file_source *it = file;
	ssize_t count;
	if (it->position != offset) {
		off_t at = (off_t)offset;
		if ((at < 0) || ((uint64_t)at != offset))
			return -EOVERFLOW;
		if (lseek(it->fd, at, SEEK_SET) < 0)
			return -errno;
		it->position = offset;
	}
	if (length > INT32_MAX)
		length = INT32_MAX;
	do
		count = read(it->fd, bytes, length);
	while ((count < 0) && (EINTR == errno));
	if (count < 0)
		return errno ? -errno : -EIO;
	it->position += (uint64_t)count;
	return (int32_t)count;
}

static void closeFile(void *file) { close(((file_source *)file)->fd); }

const pipeline_source file_source_calls = { readFile, closeFile };
