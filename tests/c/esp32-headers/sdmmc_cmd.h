/* Stand-in: see README.md. */
#ifndef SDMMC_CMD_H
#define SDMMC_CMD_H
#include "sd_protocol_types.h"
esp_err_t sdmmc_card_init(const sdmmc_host_t *host, sdmmc_card_t *card);
esp_err_t sdmmc_get_status(sdmmc_card_t *card);
#endif
