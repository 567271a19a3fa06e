/* Stand-in: see README.md. */
#ifndef SD_PROTOCOL_TYPES_H
#define SD_PROTOCOL_TYPES_H
#include "esp_err.h"
#define SDMMC_HOST_FLAG_1BIT (1u << 0)
#define SDMMC_HOST_FLAG_4BIT (1u << 1)
#define SDMMC_HOST_FLAG_SPI (1u << 3)
#define SDMMC_HOST_FLAG_DDR (1u << 4)
typedef struct { uint32_t flags; int slot; int max_freq_khz; } sdmmc_host_t;
typedef struct { sdmmc_host_t host; } sdmmc_card_t;
#endif
