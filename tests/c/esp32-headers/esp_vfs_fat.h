/* Stand-in: see README.md. */
#ifndef ESP_VFS_FAT_H
#define ESP_VFS_FAT_H
#include "esp_err.h"
#include "ff.h"
typedef struct { const char *base_path; const char *fat_drive; size_t max_files; } esp_vfs_fat_conf_t;
esp_err_t esp_vfs_fat_register_cfg(const esp_vfs_fat_conf_t *configuration, FATFS **volume);
esp_err_t esp_vfs_fat_unregister_path(const char *path);
#endif
