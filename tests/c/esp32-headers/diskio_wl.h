/* Stand-in: see README.md. */
#ifndef DISKIO_WL_H
#define DISKIO_WL_H
#include "wear_levelling.h"
esp_err_t ff_diskio_register_wl_partition(unsigned char drive, wl_handle_t handle);
void ff_diskio_clear_pdrv_wl(wl_handle_t handle);
#endif
