/* See storage.h. 64-bit sizes and times on 32-bit systems have to be asked for before any header of the system. */
#if !defined(_FILE_OFFSET_BITS)
	#define _FILE_OFFSET_BITS 64
#endif
#if !defined(_TIME_BITS)
	#define _TIME_BITS 64
#endif
#if !defined(_GNU_SOURCE)
	#define _GNU_SOURCE 1 /* renameat2 */
#endif
#include "storage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#ifndef O_CLOEXEC
	#define O_CLOEXEC 0
#endif
/* One call moves at most this: read() and write() of some systems take an int. */
#define CALL_LIMIT ((size_t)1 << 30)

int storage_open(int *fd, const char *path, const char *mode)
{
	struct stat status;
	int flags, error = 0;
	if (!strcmp(mode, "r"))
		flags = O_RDONLY;
	else if (!strcmp(mode, "r+"))
		flags = O_RDWR;
	else if (!strcmp(mode, "w+"))
		flags = O_RDWR | O_CREAT | O_TRUNC;
	else
		return EINVAL;
	*fd = open(path, flags | O_CLOEXEC, 0666);
	if (*fd < 0)
		return errno;
	/* A folder opens for reading, and only its read() would say so. */
	if (fstat(*fd, &status) < 0)
		error = errno;
	else if (S_ISDIR(status.st_mode))
		error = EISDIR;
	if (error)
		close(*fd);
	return error;
}

/* The whole position, or not at all: off_t has 32 bits on some devices. */
static int seek(int fd, uint64_t position)
{
	off_t at = (off_t)position;
	if ((at < 0) || ((uint64_t)at != position))
		return EOVERFLOW;
	return lseek(fd, at, SEEK_SET) < 0 ? errno : 0;
}

/* lseek() and read(), not pread(): ESP-IDF's pread() seeks back afterwards, which on FAT walks the cluster chain once more. */
int storage_read(int fd, void *bytes, size_t length, uint64_t position, size_t *count)
{
	int error = seek(fd, position);
	*count = 0;
	while (!error && (*count < length)) {
		size_t rest = length - *count;
		ssize_t got = read(fd, (char *)bytes + *count, rest < CALL_LIMIT ? rest : CALL_LIMIT);
		if (0 == got)
			break;
		if (got > 0)
			*count += (size_t)got;
		else if (EINTR != errno)
			error = errno;
	}
	return error;
}

int storage_write(int fd, const void *bytes, size_t length, uint64_t position, size_t *count)
{
	int error = seek(fd, position);
	*count = 0;
	while (!error && (*count < length)) {
		size_t rest = length - *count;
		ssize_t put = write(fd, (const char *)bytes + *count, rest < CALL_LIMIT ? rest : CALL_LIMIT);
		if (0 == put)
			error = ENOSPC; /* FAT takes what fits, and then nothing, without an errno */
		else if (put > 0)
			*count += (size_t)put;
		else if (EINTR != errno)
			error = errno;
	}
	return error;
}

int storage_set_size(int fd, uint64_t length)
{
	off_t size = (off_t)length;
	if ((size < 0) || ((uint64_t)size != length))
		return EOVERFLOW;
	return ftruncate(fd, size) < 0 ? errno : 0;
}

int storage_length(int fd, double *length)
{
	struct stat status;
	if (fstat(fd, &status) < 0)
		return errno;
	*length = (double)status.st_size;
	return 0;
}

int storage_flush(int fd) { return fsync(fd) < 0 ? errno : 0; }

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

int storage_status_in(int folder, const char *name, storage_status_result *result)
{
#if defined(__linux__) || defined(__APPLE__)
	struct stat status;
	memset(result, 0, sizeof(*result));
	if (fstatat(folder, name, &status, 0) < 0)
		return (ENOENT == errno) || (ENOTDIR == errno) ? 0 : errno;
	takeStatus(&status, result);
	return 0;
#else
	(void)folder;
	(void)name;
	memset(result, 0, sizeof(*result));
	return ENOSYS;
#endif
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

int storage_replace_by_copy(const char *from, const char *to)
{
	char bytes[512];
	uint64_t at = 0;
	size_t count, put;
	int in, out, error = storage_open(&in, from, "r");
	if (error)
		return error;
	/* Written over and cut afterwards, not emptied first: where it has its clusters already, a full medium is no obstacle. */
	error = storage_open(&out, to, "r+");
	if (ENOENT == error)
		error = storage_open(&out, to, "w+");
	if (!error) {
		do {
			error = storage_read(in, bytes, sizeof(bytes), at, &count);
			if (!error && count)
				error = storage_write(out, bytes, count, at, &put);
			at += count;
		} while (!error && (sizeof(bytes) == count));
		if (!error)
			error = storage_set_size(out, at);
		if (!error)
			error = storage_flush(out);
		close(out);
	}
	close(in);
	return error ? error : storage_remove(from);
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

const char *storage_error_name(int error)
{
	static const struct { int error; char name[14]; } names[] = {
		{ EACCES, "EACCES" }, { EBADF, "EBADF" }, { EBUSY, "EBUSY" }, { EEXIST, "EEXIST" }, { EFBIG, "EFBIG" },
		{ EINVAL, "EINVAL" }, { EIO, "EIO" }, { EISDIR, "EISDIR" }, { ELOOP, "ELOOP" }, { EMFILE, "EMFILE" },
		{ ENAMETOOLONG, "ENAMETOOLONG" }, { ENFILE, "ENFILE" }, { ENODEV, "ENODEV" }, { ENOENT, "ENOENT" },
		{ ENOMEM, "ENOMEM" }, { ENOSPC, "ENOSPC" }, { ENOSYS, "ENOSYS" }, { ENOTDIR, "ENOTDIR" },
		{ ENOTEMPTY, "ENOTEMPTY" }, { ENXIO, "ENXIO" }, { EOVERFLOW, "EOVERFLOW" }, { EPERM, "EPERM" },
		{ EROFS, "EROFS" }, { ETIMEDOUT, "ETIMEDOUT" }, { ETXTBSY, "ETXTBSY" }, { EXDEV, "EXDEV" },
	};
	size_t i;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (error == names[i].error)
			return names[i].name;
	}
	return NULL;
}

const char *storage_error_text(int error)
{
	const char *text = strerror(error);
	return text && *text ? text : "unknown error";
}

const char *storage_next_name(void *directory, int *error)
{
	struct dirent *entry;
	do {
		errno = 0; /* only so an end differs from a failure */
		entry = readdir(directory);
	} while (entry && (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")));
	*error = entry ? 0 : errno;
	return entry ? entry->d_name : NULL;
}

/* Bytes of the well-formed sequence at text; or minus those of the ill-formed one that one U+FFFD stands for. */
static int sequence(const unsigned char *text)
{
	unsigned char first = text[0], low = 0x80, high = 0xBF;
	int length, i;
	if (first < 0x80)
		return 1;
	if ((first < 0xC2) || (first > 0xF4))
		return -1;
	length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
	if (0xE0 == first) low = 0xA0; /* overlong */
	if (0xED == first) high = 0x9F; /* surrogate */
	if (0xF0 == first) low = 0x90; /* overlong */
	if (0xF4 == first) high = 0x8F; /* past U+10FFFF */
	for (i = 1; i < length; i++) {
		if ((text[i] < low) || (text[i] > high)) /* the ending 0 as well */
			return -i;
		low = 0x80;
		high = 0xBF;
	}
	return length;
}

size_t storage_to_utf8(const char *text, char *out)
{
	const unsigned char *from = (const unsigned char *)text;
	size_t at = 0;
	while (*from) {
		int length = sequence(from);
		if (length > 0) {
			if (out)
				memcpy(out + at, from, (size_t)length);
			at += (size_t)length;
			from += length;
		}
		else {
			if (out)
				memcpy(out + at, "\xEF\xBF\xBD", 3);
			at += 3;
			from -= length;
		}
	}
	if (out)
		out[at] = 0;
	return at;
}

/* Four bits at a time: 64 bytes of table, which stay in flash. */
uint32_t storage_crc32(uint32_t seed, const void *bytes, size_t length)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
		0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
	};
	const uint8_t *at = bytes;
	uint32_t crc = ~seed;
	while (length--) {
		crc ^= *at++;
		crc = (crc >> 4) ^ table[crc & 15];
		crc = (crc >> 4) ^ table[crc & 15];
	}
	return ~crc;
}
