/* See paths-win.h. */
#include "paths-win.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* From here on a path needs the prefix that lifts Win32's limit: MAX_PATH less a name of 8.3, which CreateDirectory() keeps free. */
#define PLAIN_PATH (MAX_PATH - 12)

int win_error(void)
{
	static const struct { DWORD system; int error; } errors[] = {
		{ ERROR_INVALID_FUNCTION, ENOSYS }, { ERROR_FILE_NOT_FOUND, ENOENT }, { ERROR_PATH_NOT_FOUND, ENOENT }, { ERROR_TOO_MANY_OPEN_FILES, EMFILE },
		{ ERROR_ACCESS_DENIED, EACCES }, { ERROR_INVALID_HANDLE, EBADF }, { ERROR_NOT_ENOUGH_MEMORY, ENOMEM }, { ERROR_OUTOFMEMORY, ENOMEM },
		{ ERROR_INVALID_DRIVE, ENOENT }, { ERROR_NOT_SAME_DEVICE, EXDEV }, { ERROR_WRITE_PROTECT, EROFS }, { ERROR_BAD_UNIT, ENODEV },
		{ ERROR_NOT_READY, ENODEV }, { ERROR_SHARING_VIOLATION, EBUSY }, { ERROR_LOCK_VIOLATION, EBUSY }, { ERROR_HANDLE_DISK_FULL, ENOSPC },
		{ ERROR_NOT_SUPPORTED, ENOSYS }, { ERROR_BAD_NETPATH, ENOENT }, { ERROR_NETWORK_BUSY, EBUSY }, { ERROR_DEV_NOT_EXIST, ENODEV },
		{ ERROR_BAD_NET_NAME, ENOENT }, { ERROR_FILE_EXISTS, EEXIST }, { ERROR_INVALID_PARAMETER, EINVAL }, { ERROR_DISK_FULL, ENOSPC },
		{ ERROR_SEM_TIMEOUT, ETIMEDOUT }, { ERROR_INVALID_NAME, EINVAL }, { ERROR_DIR_NOT_EMPTY, ENOTEMPTY }, { ERROR_BAD_PATHNAME, ENOENT },
		{ ERROR_BUSY, EBUSY }, { ERROR_ALREADY_EXISTS, EEXIST }, { ERROR_FILENAME_EXCED_RANGE, ENAMETOOLONG }, { ERROR_FILE_TOO_LARGE, EFBIG },
		{ ERROR_DIRECTORY, ENOTDIR }, { ERROR_DELETE_PENDING, EBUSY }, { ERROR_NO_UNICODE_TRANSLATION, EINVAL }, { ERROR_DEVICE_NOT_CONNECTED, ENODEV },
		{ ERROR_NOT_ENOUGH_QUOTA, ENOSPC }, { ERROR_CANT_RESOLVE_FILENAME, ELOOP },
	};
	DWORD system = GetLastError();
	size_t i;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (system == errors[i].system)
			return errors[i].error;
	}
	return EIO;
}

int win_path(wchar_t **path, const char *text, size_t more)
{
	int length = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, NULL, 0);
	const wchar_t *prefix = L"", *from;
	wchar_t *plain, *whole = NULL, *result;
	DWORD size;

	if (!length)
		return win_error();
	if (1 == length)
		return ENOENT; /* as POSIX has it of "" */
	plain = malloc((size_t)length * sizeof(wchar_t));
	if (!plain)
		return ENOMEM;
	MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, plain, length);
	from = plain;
	size = GetFullPathNameW(plain, 0, NULL, NULL);
	if ((size + more >= PLAIN_PATH) && wcsncmp(plain, L"\\\\?\\", 4)) {
		whole = malloc(size * sizeof(wchar_t));
		if (!whole || (GetFullPathNameW(plain, size, whole, NULL) >= size)) {
			int error = whole ? EIO /* the current folder has changed meanwhile */ : ENOMEM;
			free(whole);
			free(plain);
			return error;
		}
		/* \\server\share becomes \\?\UNC\server\share. */
		prefix = wcsncmp(whole, L"\\\\", 2) ? L"\\\\?\\" : L"\\\\?\\UNC";
		from = wcsncmp(whole, L"\\\\", 2) ? whole : whole + 1;
	}
	result = malloc((wcslen(prefix) + wcslen(from) + more + 1) * sizeof(wchar_t));
	if (result) {
		wcscpy(result, prefix);
		wcscat(result, from);
	}
	*path = result;
	free(whole);
	free(plain);
	return result ? 0 : ENOMEM;
}

int win_two_paths(wchar_t **a, wchar_t **b, const char *aText, const char *bText)
{
	int error = win_path(a, aText, 0);
	if (!error) {
		error = win_path(b, bText, 0);
		if (error)
			free(*a);
	}
	return error;
}

int win_is_folder(const wchar_t *path)
{
	DWORD attributes = GetFileAttributesW(path);
	return (INVALID_FILE_ATTRIBUTES != attributes) && (attributes & FILE_ATTRIBUTE_DIRECTORY);
}
