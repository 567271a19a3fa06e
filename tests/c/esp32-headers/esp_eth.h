/* Stand-in: see README.md. */
#ifndef ESP_ETH_H
#define ESP_ETH_H
#include "esp_err.h"
typedef struct esp_eth_mac_s esp_eth_mac_t;
typedef struct esp_eth_phy_s esp_eth_phy_t;
typedef struct { uint32_t rx_task_stack_size; uint32_t rx_task_prio; } eth_mac_config_t;
typedef struct { int32_t phy_addr; uint32_t reset_timeout_ms; uint32_t autonego_timeout_ms; int reset_gpio_num; } eth_phy_config_t;
typedef struct { esp_eth_mac_t *mac; esp_eth_phy_t *phy; uint32_t check_link_period_ms; } esp_eth_config_t;
typedef void *esp_eth_handle_t;
#define ETH_MAC_DEFAULT_CONFIG() { 4096, 15 }
#define ETH_PHY_DEFAULT_CONFIG() { -1, 100, 4000, 5 }
#define ETH_DEFAULT_CONFIG(emac, ephy) { emac, ephy, 2000 }
esp_eth_phy_t *esp_eth_phy_new_generic(const eth_phy_config_t *configuration);
#endif
