/* Stand-in: see README.md. */
#ifndef DRIVER_SDMMC_HOST_H
#define DRIVER_SDMMC_HOST_H
#include "sd_protocol_types.h"
#include "soc/gpio_num.h"
#define SDMMC_HOST_SLOT_0 0
#define SDMMC_HOST_SLOT_1 1
#define SDMMC_HOST_DEFAULT() { SDMMC_HOST_FLAG_4BIT | SDMMC_HOST_FLAG_1BIT | SDMMC_HOST_FLAG_DDR, SDMMC_HOST_SLOT_1, 20000 }
#define SDMMC_SLOT_FLAG_INTERNAL_PULLUP (1u << 0)
typedef struct {
	gpio_num_t clk, cmd, d0, d1, d2, d3, d4, d5, d6, d7, cd, wp;
	uint8_t width;
	uint32_t flags;
} sdmmc_slot_config_t;
esp_err_t sdmmc_host_init(void);
esp_err_t sdmmc_host_init_slot(int slot, const sdmmc_slot_config_t *configuration);
esp_err_t sdmmc_host_deinit_slot(int slot);
esp_err_t sdmmc_host_deinit(void);
#endif
