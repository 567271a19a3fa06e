/* Stand-in: see README.md. */
#ifndef ESP_NETIF_H
#define ESP_NETIF_H
#include "esp_err.h"
typedef struct esp_netif_obj esp_netif_t;
typedef struct { const void *base, *driver, *stack; } esp_netif_config_t;
typedef struct { uint32_t addr; } esp_ip4_addr_t;
typedef struct { esp_ip4_addr_t ip, netmask, gw; } esp_netif_ip_info_t;
#define ESP_NETIF_DEFAULT_ETH() { NULL, NULL, NULL }
esp_err_t esp_netif_init(void);
esp_netif_t *esp_netif_new(const esp_netif_config_t *configuration);
esp_err_t esp_netif_attach(esp_netif_t *netif, void *driver);
esp_err_t esp_netif_get_ip_info(esp_netif_t *netif, esp_netif_ip_info_t *info);
char *esp_ip4addr_ntoa(const esp_ip4_addr_t *address, char *text, int length);
#endif
