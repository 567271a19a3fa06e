/** hosts/storage/system/paths-win.c, as a program for Windows (wine.mjs): Wine takes long paths as they stand, so that only the text shows what Windows would get. */
#include "../../../hosts/storage/system/paths-win.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static int tests, failures;

static void check(int right, const char *name)
{
	printf("%s %d - %s\n", right ? "ok" : "not ok", ++tests, name);
	failures += !right;
}

static int becomes(const char *text, size_t more, const wchar_t *expected)
{
	wchar_t *path;
	int right;
	if (win_path(&path, text, more))
		return 0;
	right = !wcscmp(path, expected);
	/* Room for what is to be appended: the heap would notice. */
	wmemset(path + wcslen(path), L'x', more);
	free(path);
	return right;
}

static int isError(DWORD system, int error)
{
	SetLastError(system);
	return win_error() == error;
}

int main(void)
{
	char text[600];
	wchar_t expected[600], *path, *other;
	size_t i;

	check(becomes("C:\\scans\\a.pdf", 0, L"C:\\scans\\a.pdf") && becomes("scans/\xC3\x9C \xF0\x9F\x98\x80.pdf", 20, L"scans/\u00DC \U0001F600.pdf"), "a short path stays as it is");
	strcpy(text, "C:/scans/../");
	wcscpy(expected, L"\\\\?\\C:\\");
	for (i = 0; i < 300; i++) {
		strcat(text, "n");
		wcscat(expected, L"n");
	}
	check(becomes(text, 0, expected), "a long one becomes absolute, behind the prefix");
	check(becomes("C:\\scans", 261, L"\\\\?\\C:\\scans"), "and so does one that will be long");
	check(becomes("\\\\nas\\share/scans", 261, L"\\\\?\\UNC\\nas\\share\\scans"), "on a server too");
	check(becomes("\\\\?\\C:\\scans", 261, L"\\\\?\\C:\\scans"), "a prefix that is there is enough");
	text[6 + 200] = 0;
	check(becomes(text, 0, L"") == 0 && win_path(&path, text, 0) == 0 && wcsncmp(path, L"\\\\?\\", 4), "200 characters are not long");
	free(path);
	check((ENOENT == win_path(&path, "", 0)) && (EINVAL == win_path(&path, "M\xE4rz.pdf", 0)) && (EINVAL == win_two_paths(&path, &other, "a", "\xED\xA0\xBD")), "what is empty or no UTF-8 is no path");
	check(isError(ERROR_PATH_NOT_FOUND, ENOENT) && isError(ERROR_SHARING_VIOLATION, EBUSY) && isError(ERROR_DISK_FULL, ENOSPC) && isError(ERROR_HANDLE_DISK_FULL, ENOSPC) && isError(ERROR_ALREADY_EXISTS, EEXIST)
		&& isError(ERROR_FILE_EXISTS, EEXIST) && isError(ERROR_WRITE_PROTECT, EROFS) && isError(ERROR_NOT_SAME_DEVICE, EXDEV) && isError(ERROR_CRC, EIO) && isError(0, EIO), "errors are errnos, and never none");
	printf("1..%d\n", tests);
	return failures ? 1 : 0;
}
