/* Stand-in: see README.md. */
#ifndef WEAR_LEVELLING_H
#define WEAR_LEVELLING_H
#include "esp_err.h"
#include "esp_partition.h"
typedef int32_t wl_handle_t;
esp_err_t wl_mount(const esp_partition_t *partition, wl_handle_t *handle);
esp_err_t wl_unmount(wl_handle_t handle);
#endif
