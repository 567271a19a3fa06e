/* Stand-in: see README.md. */
#ifndef FF_H
#define FF_H
#include <stdint.h>
typedef unsigned char BYTE;
typedef unsigned int UINT;
typedef uint32_t DWORD;
typedef char TCHAR;
typedef struct { int mounted; } FATFS;
typedef struct { int open; } FF_DIR;
typedef struct { TCHAR fname[256]; } FILINFO;
typedef struct { BYTE fmt; BYTE n_fat; UINT align; UINT n_root; DWORD au_size; } MKFS_PARM;
typedef enum {
	FR_OK = 0, FR_DISK_ERR, FR_INT_ERR, FR_NOT_READY, FR_NO_FILE, FR_NO_PATH, FR_INVALID_NAME, FR_DENIED, FR_EXIST, FR_INVALID_OBJECT,
	FR_WRITE_PROTECTED, FR_INVALID_DRIVE, FR_NOT_ENABLED, FR_NO_FILESYSTEM, FR_MKFS_ABORTED, FR_TIMEOUT, FR_LOCKED, FR_NOT_ENOUGH_CORE,
} FRESULT;
#define FM_ANY 0x07
#define FM_SFD 0x08
FRESULT f_mount(FATFS *volume, const TCHAR *drive, BYTE now);
FRESULT f_mkfs(const TCHAR *drive, const MKFS_PARM *parameters, void *work, UINT length);
FRESULT f_opendir(FF_DIR *folder, const TCHAR *path);
FRESULT f_readdir(FF_DIR *folder, FILINFO *entry);
FRESULT f_closedir(FF_DIR *folder);
#endif
