/* storage.h on Win32 calls, from Windows Vista on. Paths are UTF-8 here and UTF-16 there; / and \ both part their names. */
#include "../storage.h"
#include "paths-win.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* One call moves at most this: lengths are 32-bit. */
#define CALL_LIMIT ((size_t)1 << 30)
/* Others may read, write, rename and delete what is open here, as on POSIX. */
#define SHARED (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)
/* Milliseconds from 1601, where a FILETIME counts from, to 1970. */
#define EPOCH_MS 11644473600000.0

/* FILES */

static HANDLE handleOf(storage_file file) { return (HANDLE)file; }

int storage_open(storage_file *file, const char *path, const char *mode)
{
	DWORD access = GENERIC_READ | GENERIC_WRITE, creation = OPEN_EXISTING;
	wchar_t *wide;
	HANDLE handle;
	int error;
	if (!strcmp(mode, "r"))
		access = GENERIC_READ;
	else if (!strcmp(mode, "w+"))
		creation = OPEN_ALWAYS;
	else if (strcmp(mode, "r+"))
		return EINVAL;
	error = win_path(&wide, path, 0);
	if (error)
		return error;
	handle = CreateFileW(wide, access, SHARED, NULL, creation, FILE_ATTRIBUTE_NORMAL, NULL);
	if (INVALID_HANDLE_VALUE == handle) {
		error = win_error();
		if ((EACCES == error) && win_is_folder(wide))
			error = EISDIR;
	}
	free(wide);
	if (error)
		return error;
	*file = (storage_file)handle;
	/* Emptied here, not by CREATE_ALWAYS, which refuses hidden files and takes the attributes of others. */
	if (OPEN_ALWAYS == creation)
		error = storage_set_size(*file, 0);
	if (error)
		storage_close(*file);
	return error;
}

void storage_close(storage_file file) { CloseHandle(handleOf(file)); }

/* Where a call reads or writes: no seek is needed. EOVERFLOW past what a file can have. */
static int aim(OVERLAPPED *where, uint64_t position)
{
	memset(where, 0, sizeof(*where));
	where->Offset = (DWORD)position;
	where->OffsetHigh = (DWORD)(position >> 32);
	return position > INT64_MAX ? EOVERFLOW : 0;
}

int storage_read(storage_file file, void *bytes, size_t length, uint64_t position, size_t *count)
{
	OVERLAPPED where;
	int error = aim(&where, position);
	*count = 0;
	while (!error && (*count < length)) {
		size_t rest = length - *count;
		DWORD got = 0;
		if (!ReadFile(handleOf(file), (char *)bytes + *count, (DWORD)(rest < CALL_LIMIT ? rest : CALL_LIMIT), &got, &where) && (ERROR_HANDLE_EOF != GetLastError()))
			error = win_error();
		else if (0 == got)
			break;
		*count += got;
		if (!error)
			error = aim(&where, position + *count);
	}
	return error;
}

int storage_write(storage_file file, const void *bytes, size_t length, uint64_t position, size_t *count)
{
	OVERLAPPED where;
	int error = aim(&where, position);
	*count = 0;
	while (!error && (*count < length)) {
		size_t rest = length - *count;
		DWORD put = 0;
		if (!WriteFile(handleOf(file), (const char *)bytes + *count, (DWORD)(rest < CALL_LIMIT ? rest : CALL_LIMIT), &put, &where))
			error = win_error();
		else if (0 == put)
			error = ENOSPC;
		*count += put;
		if (!error)
			error = aim(&where, position + *count);
	}
	return error;
}

int storage_set_size(storage_file file, uint64_t length)
{
	FILE_END_OF_FILE_INFO end;
	if (length > INT64_MAX)
		return EOVERFLOW;
	end.EndOfFile.QuadPart = (LONGLONG)length;
	return SetFileInformationByHandle(handleOf(file), FileEndOfFileInfo, &end, sizeof(end)) ? 0 : win_error();
}

int storage_length(storage_file file, double *length)
{
	LARGE_INTEGER size;
	if (!GetFileSizeEx(handleOf(file), &size))
		return win_error();
	*length = (double)size.QuadPart;
	return 0;
}

int storage_flush(storage_file file)
{
	/* Refused where the file was opened to be read only: nothing was written by it, then. */
	return FlushFileBuffers(handleOf(file)) || (ERROR_ACCESS_DENIED == GetLastError()) ? 0 : win_error();
}

/* Open to nobody else: that is the lock. */
int storage_lock(storage_file *lock, const char *path)
{
	wchar_t *wide;
	HANDLE handle;
	int error = win_path(&wide, path, 0);
	if (error)
		return error;
	handle = CreateFileW(wide, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
	if (INVALID_HANDLE_VALUE == handle)
		error = ERROR_SHARING_VIOLATION == GetLastError() ? EBUSY : win_error();
	free(wide);
	*lock = (storage_file)handle;
	return error;
}

void storage_unlock(storage_file lock) { CloseHandle(handleOf(lock)); }

/* NAMES */

/* Asks the file itself: what its folder says of it may be older, and of a link it is the link's. */
static int statusOf(const wchar_t *path, storage_status_result *result)
{
	BY_HANDLE_FILE_INFORMATION found;
	HANDLE handle;
	int error = 0;
	memset(result, 0, sizeof(*result));
	handle = CreateFileW(path, FILE_READ_ATTRIBUTES, SHARED, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
	if (INVALID_HANDLE_VALUE == handle) {
		error = win_error();
		return (ENOENT == error) || (ENOTDIR == error) ? 0 : error;
	}
	if (GetFileInformationByHandle(handle, &found)) {
		ULARGE_INTEGER time;
		time.LowPart = found.ftLastWriteTime.dwLowDateTime;
		time.HighPart = found.ftLastWriteTime.dwHighDateTime;
		result->mtime = (double)(time.QuadPart / 10000) - EPOCH_MS;
		if (found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)
			result->mode = STORAGE_FOLDER | 0777;
		else {
			result->mode = STORAGE_FILE | (found.dwFileAttributes & FILE_ATTRIBUTE_READONLY ? 0444 : 0666);
			result->size = (double)found.nFileSizeHigh * 4294967296.0 + (double)found.nFileSizeLow;
		}
	}
	else
		error = win_error();
	CloseHandle(handle);
	return error;
}

int storage_status(const char *path, storage_status_result *result)
{
	wchar_t *wide;
	int error = win_path(&wide, path, 0);
	if (error) {
		memset(result, 0, sizeof(*result));
		return ENOENT == error ? 0 : error;
	}
	error = statusOf(wide, result);
	free(wide);
	return error;
}

int storage_remove(const char *path)
{
	wchar_t *wide;
	int error = win_path(&wide, path, 0);
	if (error)
		return error;
	if (win_is_folder(wide) ? !RemoveDirectoryW(wide) : !DeleteFileW(wide))
		error = win_error();
	free(wide);
	return error;
}

int storage_move(const char *from, const char *to)
{
	wchar_t *wideFrom, *wideTo;
	int error = win_two_paths(&wideFrom, &wideTo, from, to);
	if (error)
		return error;
	/* Onto itself nothing is moved, and Windows does not mind; onto itself in other letters it is. */
	if (!wcscmp(wideFrom, wideTo))
		error = INVALID_FILE_ATTRIBUTES == GetFileAttributesW(wideFrom) ? win_error() : EEXIST;
	else if (!MoveFileExW(wideFrom, wideTo, 0))
		error = win_error();
	free(wideFrom);
	free(wideTo);
	return error;
}

int storage_replace(const char *from, const char *to)
{
	wchar_t *wideFrom, *wideTo;
	int error = win_two_paths(&wideFrom, &wideTo, from, to);
	if (error)
		return error;
	if (!MoveFileExW(wideFrom, wideTo, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH))
		error = win_error();
	free(wideFrom);
	free(wideTo);
	return error;
}

int storage_flush_folder(const char *path)
{
	wchar_t *wide;
	HANDLE handle;
	int error = win_path(&wide, path, 0);
	if (error)
		return error;
	handle = CreateFileW(wide, GENERIC_WRITE, SHARED, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
	free(wide);
	if (INVALID_HANDLE_VALUE == handle)
		return win_error();
	/* Some file systems have no such call for folders, and say so. */
	if (!FlushFileBuffers(handle)) {
		error = win_error();
		if ((ENOSYS == error) || (EINVAL == error))
			error = 0;
	}
	CloseHandle(handle);
	return error;
}

int storage_create_directory(const char *path, int *created)
{
	wchar_t *wide;
	int error = win_path(&wide, path, 0);
	*created = 0;
	if (error)
		return error;
	if (CreateDirectoryW(wide, NULL))
		*created = 1;
	else {
		error = win_error();
		if ((EEXIST == error) && win_is_folder(wide))
			error = 0;
	}
	free(wide);
	return error;
}

/* FOLDERS */

struct storage_folder {
	HANDLE search;
	int found;              /* entry is to be handed out next */
	WIN32_FIND_DATAW entry;
	char name[3 * MAX_PATH];
	size_t length;          /* of the folder's own part of the path */
	wchar_t *path;
};

int storage_open_folder(storage_folder **folder, const char *path)
{
	storage_folder *it = calloc(1, sizeof(storage_folder));
	storage_status_result status;
	int error;
	if (!it)
		return ENOMEM;
	error = win_path(&it->path, path, 1 + MAX_PATH);
	if (error) {
		free(it);
		return error;
	}
	it->length = wcslen(it->path);
	if ((L'\\' != it->path[it->length - 1]) && (L'/' != it->path[it->length - 1]))
		it->path[it->length++] = L'\\';
	wcscpy(it->path + it->length, L"*");
	it->search = FindFirstFileW(it->path, &it->entry);
	it->found = INVALID_HANDLE_VALUE != it->search;
	if (!it->found) {
		error = win_error();
		/* The top of a drive has no "." and "..", so that it may hold nothing at all. */
		if (ERROR_FILE_NOT_FOUND == GetLastError()) {
			it->path[it->length] = 0;
			if (!statusOf(it->path, &status) && status.mode)
				error = 0;
		}
	}
	if (error) {
		free(it->path);
		free(it);
		return error;
	}
	*folder = it;
	return 0;
}

int storage_next_name(storage_folder *folder, const char **name)
{
	*name = NULL;
	for (;;) {
		const wchar_t *found = folder->entry.cFileName;
		if (!folder->found) {
			if (INVALID_HANDLE_VALUE == folder->search)
				return 0;
			if (!FindNextFileW(folder->search, &folder->entry))
				return ERROR_NO_MORE_FILES == GetLastError() ? 0 : win_error();
		}
		folder->found = 0;
		if (!wcscmp(found, L".") || !wcscmp(found, L".."))
			continue;
		wcscpy(folder->path + folder->length, found);
		/* Half a surrogate pair becomes U+FFFD. */
		if (!WideCharToMultiByte(CP_UTF8, 0, found, -1, folder->name, sizeof(folder->name), NULL, NULL))
			return win_error();
		*name = folder->name;
		return 0;
	}
}

int storage_next_status(storage_folder *folder, storage_status_result *result) { return statusOf(folder->path, result); }

void storage_close_folder(storage_folder *folder)
{
	if (INVALID_HANDLE_VALUE != folder->search)
		FindClose(folder->search);
	free(folder->path);
	free(folder);
}
