/*
 * Loaded before a program (LD_PRELOAD), it writes down each of the program's calls that change files below one folder, and, where
 * asked, its turns on the network, and ends the program at the one that power is to be lost at. tests/support/power.ts reads what was written down.
 *
 *   POWER_ROOT     the folder, as a path without symbolic links
 *   POWER_LOG      the file that the calls go to; it lies elsewhere
 *   POWER_AT       the number of the call before which the program is ended: 1 is the first; 0 never
 *   POWER_NETWORK  1: successful send() and recv() on connected sockets count as well; the program is ended after a recv()
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* One record: this, then path, then other, then data. */
typedef struct {
	uint32_t size;          /* of all of it */
	char kind;
	char lost;              /* the program was ended before this call */
	uint16_t flags;
	int32_t file;           /* number of an open file, from open to close */
	uint32_t pathLength, otherLength, dataLength;
	uint64_t position;
} record;

enum { CREATED = 1, EMPTIED = 2, REPLACES = 4 };

#define FILES 1024
static int files[FILES];        /* fd → number, 0 for what is none of ours */
static char sockets[FILES];
static int lastFile, log_ = -1;
static long count, at;
static int network;
static char root[PATH_MAX];
static size_t rootLength;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void)
{
	const char *folder = getenv("POWER_ROOT"), *path = getenv("POWER_LOG"), *number = getenv("POWER_AT"), *turns = getenv("POWER_NETWORK");
	if (!folder || !path)
		return;
	log_ = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (log_ < 0) {
		fprintf(stderr, "power: %s: %s\n", path, strerror(errno));
		_exit(99);
	}
	at = number ? atol(number) : 0;
	network = turns && ('1' == *turns);
	rootLength = strlen(folder);
	memcpy(root, folder, rootLength + 1);
	unsetenv("LD_PRELOAD");
}

/* The path of a call below the root, relative to it; NULL where it is none of ours. "" is the root itself. */
static const char *below(const char *path)
{
	static __thread char whole[2][PATH_MAX];
	static __thread int which;
	char *to = whole[which ^= 1];
	if (log_ < 0)
		return NULL;
	if ('/' == *path)
		snprintf(to, PATH_MAX, "%s", path);
	else {
		char here[PATH_MAX];
		if (!getcwd(here, sizeof(here)))
			return NULL;
		if (snprintf(to, PATH_MAX, "%s/%s", here, path) >= PATH_MAX)
			return NULL;
	}
	/* "a/./b", "a/." */
	for (char *dot = strstr(to, "/."); dot; ) {
		if (!dot[2] || ('/' == dot[2])) {
			memmove(dot, dot + 2, strlen(dot + 2) + 1);
			dot = strstr(dot, "/.");
		}
		else
			dot = strstr(dot + 1, "/.");
	}
	if (strncmp(to, root, rootLength) || (to[rootLength] && ('/' != to[rootLength])))
		return NULL;
	to += rootLength;
	while ('/' == *to)
		to++;
	return to;
}

static void put(char kind, int lost, int flags, int file, const char *path, const char *other, uint64_t position, const void *data, size_t length)
{
	record it = { 0, kind, (char)lost, (uint16_t)flags, file, path ? (uint32_t)strlen(path) : 0, other ? (uint32_t)strlen(other) : 0, (uint32_t)length, position };
	struct iovec parts[4] = { { &it, sizeof(it) }, { (void *)path, it.pathLength }, { (void *)other, it.otherLength }, { (void *)data, length } };
	it.size = (uint32_t)(sizeof(it) + it.pathLength + it.otherLength + it.dataLength);
	if (syscall(SYS_writev, log_, parts, 4) != (long)it.size)
		_exit(98);
}

/* Before a call that counts. */
static void operation(char kind, int flags, int file, const char *path, const char *other, uint64_t position, const void *data, size_t length)
{
	int lost = ++count == at;
	put(kind, lost, flags, file, path, other, position, data, length);
	if (lost) {
		kill(getpid(), SIGKILL);
		for (;;)
			pause();
	}
}

static int fileOf(int fd) { return (log_ >= 0) && (fd >= 0) && (fd < FILES) ? files[fd] : 0; }

static int opening(const char *path, int flags, mode_t mode)
{
	const char *name = below(path);
	int fd, what = 0;
	if (!name)
		return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	pthread_mutex_lock(&mutex);
	if (flags & (O_CREAT | O_TRUNC)) {
		struct stat status;
		int there = 0 == stat(path, &status);
		if (!there && (flags & O_CREAT))
			what |= CREATED;
		/* Emptying what is empty changes nothing. */
		if (there && (flags & O_TRUNC) && S_ISREG(status.st_mode) && (status.st_size > 0))
			what |= EMPTIED;
	}
	lastFile++;
	if (what)
		operation('o', what, lastFile, name, NULL, 0, NULL, 0);
	fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	if ((fd >= 0) && (fd < FILES)) {
		files[fd] = lastFile;
		if (!what)
			put('o', 0, 0, lastFile, name, NULL, 0, NULL, 0);
	}
	else if (what)
		put('x', 0, 0, lastFile, NULL, NULL, 0, NULL, 0); /* it failed: nothing was changed */
	pthread_mutex_unlock(&mutex);
	return fd;
}

#define MODE \
	mode_t mode = 0; \
	if (flags & (O_CREAT | O_TMPFILE)) { \
		va_list rest; \
		va_start(rest, flags); \
		mode = va_arg(rest, mode_t); \
		va_end(rest); \
	}

int open(const char *path, int flags, ...) { MODE return opening(path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE return opening(path, flags | O_LARGEFILE, mode); }

int close(int fd)
{
	if (fileOf(fd)) {
		pthread_mutex_lock(&mutex);
		put('c', 0, 0, files[fd], NULL, NULL, 0, NULL, 0);
		files[fd] = 0;
		pthread_mutex_unlock(&mutex);
	}
	if ((fd >= 0) && (fd < FILES))
		sockets[fd] = 0;
	return (int)syscall(SYS_close, fd);
}

/* What the call did not do, in whole or in part, is taken back from the record by a second one. */
static ssize_t writing(int fd, const void *bytes, size_t length, off_t position, int moves)
{
	ssize_t done;
	pthread_mutex_lock(&mutex);
	operation('w', 0, files[fd], NULL, NULL, (uint64_t)position, bytes, length);
	done = moves ? syscall(SYS_write, fd, bytes, length) : syscall(SYS_pwrite64, fd, bytes, length, position);
	if (done != (ssize_t)length)
		put('x', 0, 0, files[fd], NULL, NULL, (uint64_t)(done < 0 ? 0 : done), NULL, 0);
	pthread_mutex_unlock(&mutex);
	return done;
}

static void turn(char kind, int fd)
{
	pthread_mutex_lock(&mutex);
	operation(kind, 0, fd, NULL, NULL, 0, NULL, 0);
	pthread_mutex_unlock(&mutex);
}

static int isTurn(int fd) { return (log_ >= 0) && network && (fd >= 0) && (fd < FILES) && sockets[fd]; }

ssize_t write(int fd, const void *bytes, size_t length)
{
	if (fileOf(fd))
		return writing(fd, bytes, length, lseek(fd, 0, SEEK_CUR), 1);
	if (isTurn(fd))
		turn('t', fd);
	return syscall(SYS_write, fd, bytes, length);
}
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t position)
{
	return fileOf(fd) ? writing(fd, bytes, length, position, 0) : syscall(SYS_pwrite64, fd, bytes, length, position);
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t position) { return pwrite(fd, bytes, length, position); }

int ftruncate(int fd, off_t length)
{
	int result;
	if (!fileOf(fd))
		return (int)syscall(SYS_ftruncate, fd, length);
	pthread_mutex_lock(&mutex);
	operation('s', 0, files[fd], NULL, NULL, (uint64_t)length, NULL, 0);
	result = (int)syscall(SYS_ftruncate, fd, length);
	if (result < 0)
		put('x', 0, 0, files[fd], NULL, NULL, 0, NULL, 0);
	pthread_mutex_unlock(&mutex);
	return result;
}
int ftruncate64(int fd, off64_t length) { return ftruncate(fd, length); }

/* The flush counts as done once the call was made: it is written down behind it. */
static int flushing(int fd, long number)
{
	int result;
	if (!fileOf(fd))
		return (int)syscall(number, fd);
	pthread_mutex_lock(&mutex);
	operation('f', 0, files[fd], NULL, NULL, 0, NULL, 0);
	result = (int)syscall(number, fd);
	if (result < 0)
		put('x', 0, 0, files[fd], NULL, NULL, 0, NULL, 0);
	pthread_mutex_unlock(&mutex);
	return result;
}
int fsync(int fd) { return flushing(fd, SYS_fsync); }
int fdatasync(int fd) { return flushing(fd, SYS_fdatasync); }

/* Calls on names: done where both lie below the root, and refused where one does: no test moves files across. */
static int renaming(const char *from, const char *to, unsigned flags)
{
	const char *a = below(from), *b = below(to);
	int result;
	if (!a && !b)
		return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
	if (!a || !b) {
		errno = EXDEV;
		return -1;
	}
	pthread_mutex_lock(&mutex);
	operation('r', flags ? 0 : REPLACES, 0, a, b, 0, NULL, 0);
	result = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
	if (result < 0)
		put('x', 0, 0, 0, NULL, NULL, 0, NULL, 0);
	pthread_mutex_unlock(&mutex);
	return result;
}
int rename(const char *from, const char *to) { return renaming(from, to, 0); }
int renameat2(int fromFolder, const char *from, int toFolder, const char *to, unsigned flags)
{
	if ((AT_FDCWD != fromFolder) || (AT_FDCWD != toFolder))
		return (int)syscall(SYS_renameat2, fromFolder, from, toFolder, to, flags);
	return renaming(from, to, flags);
}

static int naming(char kind, const char *path, int (*call)(const char *))
{
	const char *name = below(path);
	int result;
	if (!name)
		return call(path);
	pthread_mutex_lock(&mutex);
	operation(kind, 0, 0, name, NULL, 0, NULL, 0);
	result = call(path);
	if (result < 0)
		put('x', 0, 0, 0, NULL, NULL, 0, NULL, 0);
	pthread_mutex_unlock(&mutex);
	return result;
}
static int realUnlink(const char *path) { return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0); }
static int realRmdir(const char *path) { return (int)syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR); }
static int realMkdir(const char *path) { return (int)syscall(SYS_mkdirat, AT_FDCWD, path, 0777); }
int unlink(const char *path) { return naming('u', path, realUnlink); }
int rmdir(const char *path) { return naming('d', path, realRmdir); }
int mkdir(const char *path, mode_t mode)
{
	(void)mode;
	return naming('m', path, realMkdir);
}

/* THE NETWORK */

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	if ((log_ >= 0) && (fd >= 0) && (fd < FILES) && (AF_UNIX != address->sa_family))
		sockets[fd] = 1;
	return (int)syscall(SYS_connect, fd, address, length);
}
ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
	if (isTurn(fd))
		turn('t', fd);
	return syscall(SYS_sendto, fd, bytes, length, flags, NULL, 0);
}
ssize_t recv(int fd, void *bytes, size_t length, int flags)
{
	ssize_t done = syscall(SYS_recvfrom, fd, bytes, length, flags, NULL, NULL);
	if ((done > 0) && isTurn(fd))
		turn('t', fd);
	return done;
}
