/* Stand-in: see README.md. */
#ifndef ESP_ETH_DRIVER_H
#define ESP_ETH_DRIVER_H
#include "esp_eth.h"
esp_err_t esp_eth_driver_install(const esp_eth_config_t *configuration, esp_eth_handle_t *handle);
esp_err_t esp_eth_start(esp_eth_handle_t handle);
#endif
