/* storage.h on POSIX calls: Linux, macOS and ESP-IDF. 64-bit sizes and times on 32-bit systems have to be asked for before any header of the system. */
#if !defined(_FILE_OFFSET_BITS)
	#define _FILE_OFFSET_BITS 64
#endif
#if !defined(_TIME_BITS)
	#define _TIME_BITS 64
#endif
#if !defined(_GNU_SOURCE)
	#define _GNU_SOURCE 1 /* renameat2 */
#endif
#include "../storage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if !defined(ESP_PLATFORM)
	#include <sys/file.h>
#endif
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#ifndef O_CLOEXEC
	#define O_CLOEXEC 0
#endif
/* One call moves at most this: read() and write() of some systems take an int. */
#define CALL_LIMIT ((size_t)1 << 30)

int storage_open(storage_file *file, const char *path, const char *mode)
{
	struct stat status;
	int fd, flags, error = 0;
	if (!strcmp(mode, "r"))
		flags = O_RDONLY;
	else if (!strcmp(mode, "r+"))
		flags = O_RDWR;
	else if (!strcmp(mode, "w+"))
		flags = O_RDWR | O_CREAT | O_TRUNC;
	else
		return EINVAL;
	fd = open(path, flags | O_CLOEXEC, 0666);
	if (fd < 0)
		return errno;
	/* A folder opens for reading, and only its read() would say so. */
	if (fstat(fd, &status) < 0)
		error = errno;
	else if (S_ISDIR(status.st_mode))
		error = EISDIR;
	if (error)
		close(fd);
	else
		*file = fd;
	return error;
}

void storage_close(storage_file file) { close((int)file); }

/* The whole position, or not at all: off_t has 32 bits on some devices. */
static int seek(storage_file file, uint64_t position)
{
	off_t at = (off_t)position;
	if ((at < 0) || ((uint64_t)at != position))
		return EOVERFLOW;
	return lseek((int)file, at, SEEK_SET) < 0 ? errno : 0;
}

/*
 * lseek() and read(), not pread(): ESP-IDF's pread() seeks back afterwards, which on FAT walks the cluster chain once more. To where the file stands
 * anyway FatFs seeks within the cluster that it knows.
 */
int storage_read(storage_file file, void *bytes, size_t length, uint64_t position, size_t *count)
{
	int error = seek(file, position);
	*count = 0;
	while (!error && (*count < length)) {
		size_t rest = length - *count;
		ssize_t got = read((int)file, (char *)bytes + *count, rest < CALL_LIMIT ? rest : CALL_LIMIT);
		if (0 == got)
			break;
		if (got > 0)
			*count += (size_t)got;
		else if (EINTR != errno)
			error = errno;
	}
	return error;
}

int storage_write(storage_file file, const void *bytes, size_t length, uint64_t position, size_t *count)
{
	int error = seek(file, position);
	*count = 0;
	while (!error && (*count < length)) {
		size_t rest = length - *count;
		ssize_t put = write((int)file, (const char *)bytes + *count, rest < CALL_LIMIT ? rest : CALL_LIMIT);
		if (0 == put)
			error = ENOSPC; /* FAT takes what fits, and then nothing, without an errno */
		else if (put > 0)
			*count += (size_t)put;
		else if (EINTR != errno)
			error = errno;
	}
	return error;
}

int storage_set_size(storage_file file, uint64_t length)
{
	off_t size = (off_t)length;
	if ((size < 0) || ((uint64_t)size != length))
		return EOVERFLOW;
	return ftruncate((int)file, size) < 0 ? errno : 0;
}

int storage_length(storage_file file, double *length)
{
	struct stat status;
	if (fstat((int)file, &status) < 0)
		return errno;
	*length = (double)status.st_size;
	return 0;
}

int storage_flush(storage_file file) { return fsync((int)file) < 0 ? errno : 0; }

int storage_lock(storage_file *lock, const char *path)
{
#if defined(ESP_PLATFORM)
	(void)path;
	*lock = 0;
#else
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return errno;
	/* Other errors: a file system without locks. */
	if ((flock(fd, LOCK_EX | LOCK_NB) < 0) && (EWOULDBLOCK == errno)) {
		close(fd);
		return EBUSY;
	}
	*lock = fd;
#endif
	return 0;
}

void storage_unlock(storage_file lock)
{
#if defined(ESP_PLATFORM)
	(void)lock;
#else
	close((int)lock);
#endif
}

static void takeStatus(const struct stat *status, storage_status_result *result)
{
	result->size = (double)status->st_size;
	result->mode = (uint32_t)status->st_mode;
#if defined(__linux__)
	result->mtime = (double)status->st_mtim.tv_sec * 1000 + (double)(status->st_mtim.tv_nsec / 1000000);
#elif defined(__APPLE__)
	result->mtime = (double)status->st_mtimespec.tv_sec * 1000 + (double)(status->st_mtimespec.tv_nsec / 1000000);
#else
	result->mtime = (double)status->st_mtime * 1000;
#endif
}

int storage_status(const char *path, storage_status_result *result)
{
	struct stat status;
	memset(result, 0, sizeof(*result));
	if (stat(path, &status) < 0)
		return (ENOENT == errno) || (ENOTDIR == errno) ? 0 : errno;
	takeStatus(&status, result);
	return 0;
}

int storage_remove(const char *path)
{
	int error;
	if (0 == unlink(path))
		return 0;
	error = errno;
	/* What unlink() says of a folder differs between systems; rmdir() knows one. */
	if ((EISDIR == error) || (EPERM == error)) {
		if (0 == rmdir(path))
			return 0;
		if (ENOTDIR != errno)
			error = errno;
	}
	return error;
}

int storage_move(const char *from, const char *to)
{
	struct stat status;
#if defined(__linux__)
	if (0 == renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE))
		return 0;
	/* Old kernels and some file systems do not know the flag: then as below. */
	if ((EINVAL != errno) && (ENOSYS != errno))
		return errno;
#elif defined(__APPLE__)
	if (0 == renamex_np(from, to, RENAME_EXCL))
		return 0;
	if ((EINVAL != errno) && (ENOTSUP != errno))
		return errno;
#endif
	/*
	 * rename() of POSIX replaces, and nothing portable asks and renames in one step. Nobody but this program writes to
	 * a device's card, and FAT's rename refuses a taken name by itself.
	 */
	if (0 == stat(to, &status))
		return EEXIST;
	return rename(from, to) < 0 ? errno : 0;
}

int storage_replace(const char *from, const char *to)
{
#if defined(ESP_PLATFORM)
	return storage_replace_by_copy(from, to);
#else
	return rename(from, to) < 0 ? errno : 0;
#endif
}

int storage_flush_folder(const char *path)
{
#if defined(ESP_PLATFORM)
	(void)path;
	return 0;
#else
	int fd = open(path, O_RDONLY | O_CLOEXEC), error = 0;
	if (fd < 0)
		return errno;
	/* Some file systems have no such call for folders, and say so. */
	if ((fsync(fd) < 0) && (EINVAL != errno) && (ENOTSUP != errno))
		error = errno;
	close(fd);
	return error;
#endif
}

int storage_create_directory(const char *path, int *created)
{
	struct stat status;
	*created = 0 == mkdir(path, 0777);
	if (*created)
		return 0;
	if ((EEXIST == errno) && (0 == stat(path, &status)))
		return S_ISDIR(status.st_mode) ? 0 : EEXIST;
	return errno;
}

/* Where the system looks a name up in an open folder, that is what is asked; elsewhere the path of each name is put together. */
#if defined(__linux__) || defined(__APPLE__)
	#define LOOKS_UP_IN_FOLDER 1
#endif

struct storage_folder {
	DIR *directory;
	const char *name;       /* the last one */
#if !LOOKS_UP_IN_FOLDER
	size_t length;
	char path[256 + 2 + 1023];
#endif
};

int storage_open_folder(storage_folder **folder, const char *path)
{
	storage_folder *it = calloc(1, sizeof(storage_folder));
	int error = 0;
	if (!it)
		return ENOMEM;
#if !LOOKS_UP_IN_FOLDER
	it->length = strlen(path);
	if (it->length > 256)
		error = ENAMETOOLONG;
	else {
		memcpy(it->path, path, it->length);
		it->path[it->length++] = '/';
	}
#endif
	it->directory = error ? NULL : opendir(path);
	if (!error && !it->directory)
		error = errno ? errno : EIO;
	if (error)
		free(it);
	else
		*folder = it;
	return error;
}

int storage_next_name(storage_folder *folder, const char **name)
{
	struct dirent *entry;
	do {
		errno = 0; /* only so an end differs from a failure */
		entry = readdir(folder->directory);
	} while (entry && (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")));
	*name = folder->name = entry ? entry->d_name : NULL;
	return entry ? 0 : errno;
}

int storage_next_status(storage_folder *folder, storage_status_result *result)
{
#if LOOKS_UP_IN_FOLDER
	struct stat status;
	memset(result, 0, sizeof(*result));
	if (fstatat(dirfd(folder->directory), folder->name, &status, 0) < 0)
		return (ENOENT == errno) || (ENOTDIR == errno) ? 0 : errno;
	takeStatus(&status, result);
	return 0;
#else
	/* A look-up by path reads a FAT folder from its start. ESP-IDF's VFS keeps what readdir() found for the stat() that follows it, if the path is the same. */
	size_t length = strlen(folder->name);
	if (length >= sizeof(folder->path) - folder->length)
		return ENAMETOOLONG;
	memcpy(folder->path + folder->length, folder->name, length + 1);
	return storage_status(folder->path, result);
#endif
}

void storage_close_folder(storage_folder *folder)
{
	closedir(folder->directory);
	free(folder);
}
