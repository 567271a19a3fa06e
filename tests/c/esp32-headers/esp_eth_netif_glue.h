/* Stand-in: see README.md. */
#ifndef ESP_ETH_NETIF_GLUE_H
#define ESP_ETH_NETIF_GLUE_H
#include "esp_eth.h"
typedef struct esp_eth_netif_glue_t *esp_eth_netif_glue_handle_t;
esp_eth_netif_glue_handle_t esp_eth_new_netif_glue(esp_eth_handle_t handle);
#endif
