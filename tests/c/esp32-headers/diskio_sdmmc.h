/* Stand-in: see README.md. */
#ifndef DISKIO_SDMMC_H
#define DISKIO_SDMMC_H
#include "sd_protocol_types.h"
void ff_diskio_register_sdmmc(unsigned char drive, sdmmc_card_t *card);
#endif
