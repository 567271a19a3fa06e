/* Stand-in: see README.md. */
#ifndef DRIVER_SDSPI_HOST_H
#define DRIVER_SDSPI_HOST_H
#include "driver/spi_common.h"
#include "sd_protocol_types.h"
#include "soc/gpio_num.h"
typedef int sdspi_dev_handle_t;
typedef struct { spi_host_device_t host_id; gpio_num_t gpio_cs, gpio_cd, gpio_wp, gpio_int; } sdspi_device_config_t;
#define SDSPI_DEVICE_CONFIG_DEFAULT() { SPI2_HOST, GPIO_NUM_13, GPIO_NUM_NC, GPIO_NUM_NC, GPIO_NUM_NC }
#define SDSPI_HOST_DEFAULT() { SDMMC_HOST_FLAG_SPI, SPI2_HOST, 20000 }
esp_err_t sdspi_host_init(void);
esp_err_t sdspi_host_init_device(const sdspi_device_config_t *device, sdspi_dev_handle_t *handle);
esp_err_t sdspi_host_remove_device(sdspi_dev_handle_t handle);
#endif
