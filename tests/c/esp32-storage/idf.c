/* See idf.h. */
#include "idf.h"

#include <stdio.h>
#include <string.h>

#include "diskio_impl.h"
#include "diskio_sdmmc.h"
#include "diskio_wl.h"
#include "sdmmc_cmd.h"

idf_state idf;
static FATFS volume;
static const esp_partition_t partition = { "scans" };

void idf_reset(void)
{
	memset(&idf, 0, sizeof(idf));
	idf.failAt = -1;
}

int idf_taken(void)
{
	return idf.host + idf.slot + idf.bus + idf.device + idf.registered + idf.path + idf.volume + idf.wl + idf.folder;
}

static int fails(void) { return idf.calls++ == idf.failAt; }

static void take(int *count) { ++*count; }
static void give(int *count)
{
	if (*count > 0)
		--*count;
	else
		++idf.wrong;
}

esp_err_t sdmmc_host_init(void)
{
	if (fails())
		return ESP_ERR_NO_MEM;
	take(&idf.host);
	return ESP_OK;
}

esp_err_t sdmmc_host_init_slot(int slot, const sdmmc_slot_config_t *configuration)
{
	if (fails() || (SDMMC_HOST_SLOT_1 != slot))
		return ESP_ERR_INVALID_ARG;
	idf.slotConfiguration = *configuration;
	take(&idf.slot);
	return ESP_OK;
}

/* As ESP-IDF's: the last slot takes the host along. */
esp_err_t sdmmc_host_deinit_slot(int slot)
{
	(void)slot;
	give(&idf.slot);
	give(&idf.host);
	return ESP_OK;
}

esp_err_t sdmmc_host_deinit(void)
{
	give(&idf.host);
	return ESP_OK;
}

esp_err_t spi_bus_initialize(spi_host_device_t host, const spi_bus_config_t *bus, spi_common_dma_t dma)
{
	(void)dma;
	if (fails())
		return ESP_ERR_INVALID_ARG;
	if (idf.busInit)
		return idf.busInit;
	idf.port = host;
	idf.busConfiguration = *bus;
	take(&idf.bus);
	return ESP_OK;
}

esp_err_t spi_bus_free(spi_host_device_t host)
{
	if (host != idf.port)
		++idf.wrong;
	give(&idf.bus);
	return ESP_OK;
}

esp_err_t sdspi_host_init(void) { return fails() ? ESP_FAIL : ESP_OK; }

esp_err_t sdspi_host_init_device(const sdspi_device_config_t *device, sdspi_dev_handle_t *handle)
{
	if (fails())
		return ESP_ERR_NO_MEM;
	idf.deviceConfiguration = *device;
	*handle = 77;
	take(&idf.device);
	return ESP_OK;
}

esp_err_t sdspi_host_remove_device(sdspi_dev_handle_t handle)
{
	if (77 != handle)
		++idf.wrong;
	give(&idf.device);
	return ESP_OK;
}

esp_err_t sdmmc_card_init(const sdmmc_host_t *host, sdmmc_card_t *card)
{
	if (fails())
		return ESP_ERR_TIMEOUT;
	idf.cardHost = *host;
	card->host = *host;
	return idf.cardInit;
}

esp_err_t sdmmc_get_status(sdmmc_card_t *card) { (void)card; return idf.status; }

const esp_partition_t *esp_partition_find_first(esp_partition_type_t type, esp_partition_subtype_t subtype, const char *label)
{
	(void)subtype;
	if (fails() || idf.noPartition || (ESP_PARTITION_TYPE_DATA != type) || strcmp(label, partition.label))
		return NULL;
	return &partition;
}

esp_err_t wl_mount(const esp_partition_t *it, wl_handle_t *handle)
{
	if (fails() || (it != &partition))
		return ESP_ERR_NO_MEM;
	*handle = 5;
	take(&idf.wl);
	return ESP_OK;
}

esp_err_t wl_unmount(wl_handle_t handle)
{
	if (5 != handle)
		++idf.wrong;
	give(&idf.wl);
	return ESP_OK;
}

esp_err_t ff_diskio_get_drive(BYTE *drive)
{
	if (fails())
		return ESP_ERR_NOT_FOUND;
	*drive = 1;
	return ESP_OK;
}

void ff_diskio_register(BYTE drive, const ff_diskio_impl_t *calls)
{
	if ((1 != drive) || calls)
		++idf.wrong;
	give(&idf.registered);
}

void ff_diskio_register_sdmmc(unsigned char drive, sdmmc_card_t *card)
{
	if ((1 != drive) || !card)
		++idf.wrong;
	take(&idf.registered);
}

esp_err_t ff_diskio_register_wl_partition(unsigned char drive, wl_handle_t handle)
{
	if (fails() || (1 != drive) || (5 != handle))
		return ESP_FAIL;
	take(&idf.registered);
	return ESP_OK;
}

void ff_diskio_clear_pdrv_wl(wl_handle_t handle)
{
	if (5 != handle)
		++idf.wrong;
}

esp_err_t esp_vfs_fat_register_cfg(const esp_vfs_fat_conf_t *configuration, FATFS **it)
{
	if (fails())
		return ESP_ERR_NO_MEM;
	if (idf.vfs)
		return idf.vfs;
	idf.maxFiles = configuration->max_files;
	snprintf(idf.drivePath, sizeof(idf.drivePath), "%s", configuration->fat_drive);
	*it = &volume;
	take(&idf.path);
	return ESP_OK;
}

/* A volume has to be gone before the memory that this frees. */
esp_err_t esp_vfs_fat_unregister_path(const char *path)
{
	if (strcmp(path, "/scans") || idf.volume)
		++idf.wrong;
	give(&idf.path);
	return ESP_OK;
}

/* As FatFs's: it keeps the volume's address even where it finds no file system. */
FRESULT f_mount(FATFS *it, const TCHAR *drive, BYTE now)
{
	if (strcmp(drive, "1:"))
		++idf.wrong;
	if (!it) {
		idf.volume = 0;
		return FR_OK;
	}
	idf.volume = 1;
	if ((it != &volume) || !now)
		++idf.wrong;
	return fails() ? FR_DISK_ERR : idf.mount;
}

FRESULT f_mkfs(const TCHAR *drive, const MKFS_PARM *parameters, void *work, UINT length)
{
	if (strcmp(drive, "1:") || !(parameters->fmt & FM_SFD))
		++idf.wrong;
	memset(work, 0, length);
	idf.formats++;
	if (fails())
		return FR_MKFS_ABORTED;
	if (idf.formatHelps)
		idf.mount = FR_OK;
	return FR_OK;
}

FRESULT f_opendir(FF_DIR *folder, const TCHAR *path)
{
	(void)path;
	if (fails())
		return FR_DISK_ERR;
	if (idf.opendir)
		return idf.opendir;
	folder->open = 1;
	take(&idf.folder);
	return FR_OK;
}

FRESULT f_readdir(FF_DIR *folder, FILINFO *entry)
{
	if (!folder->open)
		++idf.wrong;
	entry->fname[0] = 0;
	return fails() ? FR_DISK_ERR : idf.readdir;
}

FRESULT f_closedir(FF_DIR *folder)
{
	folder->open = 0;
	give(&idf.folder);
	return FR_OK;
}
