/* Stand-in: see README.md. */
#ifndef DRIVER_SPI_COMMON_H
#define DRIVER_SPI_COMMON_H
#include "esp_err.h"
typedef enum { SPI1_HOST = 0, SPI2_HOST = 1, SPI3_HOST = 2 } spi_host_device_t;
typedef enum { SPI_DMA_DISABLED = 0, SPI_DMA_CH_AUTO = 3 } spi_common_dma_t;
typedef struct { int mosi_io_num, miso_io_num, sclk_io_num, quadwp_io_num, quadhd_io_num, max_transfer_sz; } spi_bus_config_t;
esp_err_t spi_bus_initialize(spi_host_device_t host, const spi_bus_config_t *bus, spi_common_dma_t dma);
esp_err_t spi_bus_free(spi_host_device_t host);
#endif
