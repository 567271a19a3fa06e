/* Files and folders, over POSIX or Win32 calls (system/). Functions that can fail return 0 or an errno, unless they say otherwise. */
#ifndef STORAGE_H
#define STORAGE_H

#include <stddef.h>
#include <stdint.h>

/* An open file: a descriptor, or a HANDLE of Windows. Never -1. */
typedef intptr_t storage_file;

/* The part of a mode that says what it is, and its values: POSIX's, on every system. */
#define STORAGE_TYPE 0170000
#define STORAGE_FILE 0100000
#define STORAGE_FOLDER 0040000

typedef struct {
	double size;            /* bytes */
	double mtime;           /* milliseconds since 1970-01-01 UTC */
	uint32_t mode;          /* 0: there is nothing of that name */
} storage_status_result;

/* mode "r", "r+", "w+"; anything else is EINVAL. Folders are refused (EISDIR). */
int storage_open(storage_file *file, const char *path, const char *mode);
void storage_close(storage_file file);
/* Both go on until all was moved; *count falls short of length only at the file's end, or where an errno is returned. */
int storage_read(storage_file file, void *bytes, size_t length, uint64_t position, size_t *count);
int storage_write(storage_file file, const void *bytes, size_t length, uint64_t position, size_t *count);
int storage_set_size(storage_file file, uint64_t length);
int storage_length(storage_file file, double *length);
int storage_flush(storage_file file);

/*
 * Takes the lock that the file at path stands for, which is made where it is missing; EBUSY: another program has it. storage_unlock() gives it back, and so does the system when
 * the program ends, however it ends. Where the file system knows no locks, and on a device, where nobody else is, it is always had.
 */
int storage_lock(storage_file *lock, const char *path);
void storage_unlock(storage_file lock);

int storage_status(const char *path, storage_status_result *result);
int storage_remove(const char *path);
int storage_move(const char *from, const char *to);
/*
 * Puts the file from in the place of to, which may be there or not. POSIX and Windows rename, in one step. ESP-IDF: storage_replace_by_copy(), for FatFs renames onto no
 * taken name, and while it renames, two names lead to the same clusters: power lost in between, and deleting one of them frees the other's.
 */
int storage_replace(const char *from, const char *to);
/* Copies from over to, flushes, then deletes from: until then from is whole. */
int storage_replace_by_copy(const char *from, const char *to);
/* Returns when what was created, renamed and deleted in the folder is on the medium. Nothing to be done on FAT: FatFs has written it by then. */
int storage_flush_folder(const char *path);
/* *created: 0 where there was such a folder already. */
int storage_create_directory(const char *path, int *created);

/* An open folder, whose names come in no order; "." and ".." are left out. */
typedef struct storage_folder storage_folder;
int storage_open_folder(storage_folder **folder, const char *path);
/* *name is good until the next call; NULL at the end, and where an errno is returned. */
int storage_next_name(storage_folder *folder, const char **name);
/* storage_status() of what storage_next_name() gave last. */
int storage_next_status(storage_folder *folder, storage_status_result *result);
void storage_close_folder(storage_folder *folder);

/* "ENOENT"; NULL for what has no name here. */
const char *storage_error_name(int error);
/* "No such file or directory"; never NULL. */
const char *storage_error_text(int error);

/*
 * Bytes, without the ending 0, of text as well-formed UTF-8: every sequence that is none becomes U+FFFD, as decoders of the
 * WHATWG have it. Writes them, and a 0, to out unless that is NULL.
 */
size_t storage_to_utf8(const char *text, char *out);

/* CRC-32 (IEEE 802.3, as in gzip, RFC 1952 8) of bytes, going on from seed: 0, or that of the bytes before. */
uint32_t storage_crc32(uint32_t seed, const void *bytes, size_t length);

#endif
