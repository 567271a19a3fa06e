/* ESP-IDF's drivers as card.c meets them: each call can be made to fail, and what was taken is counted until it is given back. */
#ifndef IDF_H
#define IDF_H

#include "driver/sdmmc_host.h"
#include "driver/sdspi_host.h"
#include "esp_vfs_fat.h"

typedef struct {
	/* What is taken at present. */
	int host, slot, bus, device, drive, registered, path, volume, wl, folder;
	/* What was given back without having been taken. */
	int wrong;
	/* The last ones that were asked for. */
	sdmmc_slot_config_t slotConfiguration;
	spi_bus_config_t busConfiguration;
	sdspi_device_config_t deviceConfiguration;
	sdmmc_host_t cardHost;
	spi_host_device_t port;
	size_t maxFiles;
	char drivePath[8];
	int formats;
	/* Answers: 0 is success. */
	esp_err_t cardInit, status, busInit, vfs;
	FRESULT mount, opendir, readdir;
	int noPartition, formatHelps;
	/* Calls that can fail, counted; the one of that number does. */
	int calls, failAt;
} idf_state;

extern idf_state idf;
/* Everything back to a chip that has just started, and a good card in it. */
void idf_reset(void);
/* What is taken in all. */
int idf_taken(void);

#endif
