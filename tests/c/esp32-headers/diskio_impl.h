/* Stand-in: see README.md. */
#ifndef DISKIO_IMPL_H
#define DISKIO_IMPL_H
#include "esp_err.h"
#include "ff.h"
typedef struct { int unused; } ff_diskio_impl_t;
void ff_diskio_register(BYTE drive, const ff_diskio_impl_t *calls);
#define ff_diskio_unregister(drive) ff_diskio_register(drive, NULL)
esp_err_t ff_diskio_get_drive(BYTE *drive);
#endif
