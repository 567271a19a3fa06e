/* What storage.h on Win32 is made of: its errors as errnos, and its paths, which are UTF-16. */
#ifndef STORAGE_PATHS_WIN_H
#define STORAGE_PATHS_WIN_H

#include <stddef.h>

#if !defined(WIN32_LEAN_AND_MEAN)
	#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

/* The errno of what GetLastError() says: never 0. */
int win_error(void);

/*
 * text (UTF-8) as a path for Win32, to be freed, with room for so many characters more: 0 or an errno. Where it may become too long it is made absolute and
 * gets the prefix behind which Win32 takes up to 32767 characters, as they stand.
 */
int win_path(wchar_t **path, const char *text, size_t more);
/* Both, or neither. */
int win_two_paths(wchar_t **a, wchar_t **b, const char *aText, const char *bText);
int win_is_folder(const wchar_t *path);

#endif
