/* See card.h. */
#include "card.h"

#include <stdlib.h>
#include <string.h>

#include "diskio_impl.h"
#include "diskio_sdmmc.h"
#include "diskio_wl.h"
#include "driver/sdspi_host.h"
#include "driver/spi_common.h"
#include "esp_partition.h"
#include "sdkconfig.h"
#include "soc/soc_caps.h"

#if SOC_SDMMC_HOST_SUPPORTED
	#include "driver/sdmmc_host.h"
#endif

/* The scan that is sent, and two that the application opens beside it. FatFs takes a sector's buffer for each file that is open. */
#define MAX_FILES 3
/* f_mkfs() works in this: a sector of the flash at least. */
#define FORMAT_WORK 4096

void card_prepare(card *it, const char *path, const char *partition, const card_wiring *wiring)
{
	memset(it, 0, sizeof(*it));
	strncpy(it->path, path, sizeof(it->path) - 1);
	strncpy(it->partition, partition, sizeof(it->partition) - 1);
	it->wiring = *wiring;
}

/* What a driver says while it is set up. */
static int setupFailure(card *it, esp_err_t error)
{
	it->code = error;
	return ESP_ERR_NO_MEM == error ? CARD_NO_MEMORY : CARD_BUS;
}

#if SOC_SDMMC_HOST_SUPPORTED

/* An ESP32 has its SDMMC lines at fixed pins, and its driver wants to hear of none then. */
static bool fixedPins(const card_wiring *wiring, sdmmc_slot_config_t *slot)
{
#if CONFIG_IDF_TARGET_ESP32
	static const int32_t data[4] = { 2, 4, 12, 13 };
	int i;
	if ((14 != wiring->clock) || (15 != wiring->command))
		return false;
	for (i = 0; i < wiring->lines; i++) {
		if (data[i] != wiring->data[i])
			return false;
	}
	slot->clk = slot->cmd = slot->d0 = slot->d1 = slot->d2 = slot->d3 = GPIO_NUM_NC;
#else
	(void)wiring;
	(void)slot;
#endif
	return true;
}

static int takeSlot(card *it, sdmmc_host_t *host)
{
	const card_wiring *wiring = &it->wiring;
	sdmmc_slot_config_t slot = { 0 };
	esp_err_t error;

	*host = (sdmmc_host_t)SDMMC_HOST_DEFAULT();
	host->slot = it->slot = SDMMC_HOST_SLOT_1; /* slot 0 of an ESP32 is at the pins of its flash */
	host->flags &= ~SDMMC_HOST_FLAG_DDR; /* for eMMC */
	slot.clk = wiring->clock;
	slot.cmd = wiring->command;
	slot.d0 = wiring->data[0];
	slot.d1 = wiring->data[1];
	slot.d2 = wiring->data[2];
	slot.d3 = wiring->data[3];
	slot.d4 = slot.d5 = slot.d6 = slot.d7 = GPIO_NUM_NC;
	slot.cd = wiring->detect;
	slot.wp = GPIO_NUM_NC;
	slot.width = (uint8_t)wiring->lines;
	slot.flags = SDMMC_SLOT_FLAG_INTERNAL_PULLUP; /* weak, but many modules for SPI bring none of their own */
	if (!fixedPins(wiring, &slot))
		return setupFailure(it, ESP_ERR_INVALID_ARG);
	error = sdmmc_host_init();
	if (ESP_OK != error)
		return setupFailure(it, error);
	it->busTaken = true;
	error = sdmmc_host_init_slot(it->slot, &slot);
	if (ESP_OK != error)
		return setupFailure(it, error);
	it->slotTaken = true;
	return CARD_MOUNTED;
}

/* The last slot to go takes the host along. */
static void releaseSlot(card *it)
{
	if (it->slotTaken)
		sdmmc_host_deinit_slot(it->slot);
	else if (it->busTaken)
		sdmmc_host_deinit();
}

#else

static int takeSlot(card *it, sdmmc_host_t *host) { (void)host; return setupFailure(it, ESP_ERR_NOT_SUPPORTED); }
static void releaseSlot(card *it) { (void)it; }

#endif

/* SPI2 and SPI3 are IDF's hosts 1 and 2; the driver refuses the one that a chip has not. */
static spi_host_device_t spiHost(const card_wiring *wiring) { return (spi_host_device_t)(wiring->port - 1); }

static int takeSPI(card *it, sdmmc_host_t *host)
{
	const card_wiring *wiring = &it->wiring;
	spi_bus_config_t bus = { 0 };
	sdspi_device_config_t device = SDSPI_DEVICE_CONFIG_DEFAULT();
	spi_host_device_t port = spiHost(wiring);
	esp_err_t error;

	*host = (sdmmc_host_t)SDSPI_HOST_DEFAULT();
	bus.sclk_io_num = wiring->clock;
	bus.mosi_io_num = wiring->command;
	bus.miso_io_num = wiring->data[0];
	bus.quadwp_io_num = bus.quadhd_io_num = -1;
	error = spi_bus_initialize(port, &bus, SPI_DMA_CH_AUTO);
	/* Not ours to free, where somebody else (an Ethernet chip) has set the bus up already. */
	if (ESP_ERR_INVALID_STATE != error) {
		if (ESP_OK != error)
			return setupFailure(it, error);
		it->busTaken = true;
	}
	device.host_id = port;
	device.gpio_cs = wiring->data[3];
	device.gpio_cd = wiring->detect;
	error = sdspi_host_init();
	if (ESP_OK == error)
		error = sdspi_host_init_device(&device, &it->slot);
	if (ESP_OK != error)
		return setupFailure(it, error);
	it->slotTaken = true;
	host->slot = it->slot;
	return CARD_MOUNTED;
}

static void releaseSPI(card *it)
{
	if (it->slotTaken)
		sdspi_host_remove_device(it->slot);
	if (it->busTaken)
		spi_bus_free(spiHost(&it->wiring));
}

/* What the first commands to a card come to where there is none: silence on SDMMC, and on SPI sometimes a line that floats. */
static int cardFailure(card *it, esp_err_t error)
{
	it->code = error;
	switch (error) {
		case ESP_ERR_NO_MEM: return CARD_NO_MEMORY;
		case ESP_ERR_TIMEOUT:
		case ESP_ERR_NOT_FOUND: return CARD_ABSENT;
		default: return CARD_UNREADABLE;
	}
}

static int takeCard(card *it)
{
	sdmmc_host_t host;
	esp_err_t error;
	int failure = CARD_SPI == it->wiring.bus ? takeSPI(it, &host) : takeSlot(it, &host);
	if (CARD_MOUNTED != failure)
		return failure;
	host.max_freq_khz = it->wiring.kilohertz;
	error = sdmmc_card_init(&host, &it->card);
	return ESP_OK == error ? CARD_MOUNTED : cardFailure(it, error);
}

static int takeFlash(card *it)
{
	const esp_partition_t *partition = esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_ANY, it->partition);
	esp_err_t error;
	if (!partition)
		return CARD_NO_PARTITION;
	error = wl_mount(partition, &it->wl);
	if (ESP_OK != error) {
		it->code = error;
		return ESP_ERR_NO_MEM == error ? CARD_NO_MEMORY : CARD_DAMAGED;
	}
	it->wlTaken = true;
	return CARD_MOUNTED;
}

static int volumeFailure(card *it, FRESULT result)
{
	it->code = (int32_t)result;
	switch (result) {
		case FR_OK: return CARD_MOUNTED;
		case FR_NO_FILESYSTEM: return CARD_NO_FAT;
		case FR_NOT_ENOUGH_CORE: return CARD_NO_MEMORY;
		case FR_DISK_ERR:
		case FR_NOT_READY: return CARD_UNREADABLE;
		default: return CARD_DAMAGED;
	}
}

/* FatFs's name of the drive. */
static void driveName(const card *it, char *name)
{
	name[0] = (char)('0' + it->drive);
	name[1] = ':';
	name[2] = 0;
}

static FRESULT format(const char *drive)
{
	const MKFS_PARM parameters = { (BYTE)(FM_ANY | FM_SFD), 2, 0, 0, 0 };
	void *work = malloc(FORMAT_WORK);
	FRESULT result;
	if (!work)
		return FR_NOT_ENOUGH_CORE;
	result = f_mkfs(drive, &parameters, work, FORMAT_WORK);
	free(work);
	return result;
}

/* Reads the root folder's first entry: a chain of clusters that leads nowhere shows here and not first in the middle of a look. */
static FRESULT tryRoot(const char *drive)
{
	FF_DIR folder;
	FRESULT result = f_opendir(&folder, drive);
	if (FR_OK == result) {
		FILINFO *entry = malloc(sizeof(FILINFO));
		result = entry ? f_readdir(&folder, entry) : FR_NOT_ENOUGH_CORE;
		free(entry);
		f_closedir(&folder);
	}
	return result;
}

static int takeVolume(card *it)
{
	esp_vfs_fat_conf_t configuration = { 0 };
	char drive[3];
	esp_err_t error;
	FRESULT result;

	error = ff_diskio_get_drive(&it->drive);
	if (ESP_OK != error) {
		it->code = error;
		return CARD_NO_MEMORY;
	}
	if (CARD_FLASH == it->wiring.bus) {
		error = ff_diskio_register_wl_partition(it->drive, it->wl);
		if (ESP_OK != error) {
			it->code = error;
			return CARD_NO_MEMORY;
		}
	}
	else
		ff_diskio_register_sdmmc(it->drive, &it->card);
	it->driveTaken = true;

	driveName(it, drive);
	configuration.base_path = it->path;
	configuration.fat_drive = drive;
	configuration.max_files = MAX_FILES;
	error = esp_vfs_fat_register_cfg(&configuration, &it->volume);
	if (ESP_OK != error) {
		it->code = error;
		return ESP_ERR_NO_MEM == error ? CARD_NO_MEMORY : CARD_TAKEN;
	}
	it->pathTaken = true;

	it->volumeTaken = true; /* FatFs keeps the volume's address even where it finds no file system */
	result = f_mount(it->volume, drive, 1);
	if ((FR_NO_FILESYSTEM == result) && (CARD_FLASH == it->wiring.bus) && it->wiring.format) {
		result = format(drive);
		if (FR_OK == result)
			result = f_mount(it->volume, drive, 1);
	}
	if (FR_OK == result)
		result = tryRoot(drive);
	return volumeFailure(it, result);
}

int card_mount(card *it)
{
	int failure;
	it->code = 0;
	failure = CARD_FLASH == it->wiring.bus ? takeFlash(it) : takeCard(it);
	if (CARD_MOUNTED == failure)
		failure = takeVolume(it);
	if (CARD_MOUNTED != failure)
		card_unmount(it);
	return failure;
}

bool card_answers(card *it)
{
	if (!it->volumeTaken)
		return false;
	if (CARD_FLASH == it->wiring.bus)
		return true;
	it->code = sdmmc_get_status(&it->card);
	return ESP_OK == it->code;
}

void card_unmount(card *it)
{
	if (it->volumeTaken) {
		char drive[3];
		driveName(it, drive);
		f_mount(NULL, drive, 0);
	}
	if (it->pathTaken)
		esp_vfs_fat_unregister_path(it->path);
	if (it->driveTaken) {
		ff_diskio_unregister(it->drive);
		if (CARD_FLASH == it->wiring.bus)
			ff_diskio_clear_pdrv_wl(it->wl);
	}
	if (CARD_SDMMC == it->wiring.bus)
		releaseSlot(it);
	else if (CARD_SPI == it->wiring.bus)
		releaseSPI(it);
	else if (it->wlTaken)
		wl_unmount(it->wl);
	it->volumeTaken = it->pathTaken = it->driveTaken = it->wlTaken = it->slotTaken = it->busTaken = false;
}
