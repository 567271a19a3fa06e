/** The emulator's Ethernet card over ESP-IDF's esp_eth: the C of ethernet.ts. */
#include "xsmc.h"
#include "mc.xs.h"

#include "esp_eth.h"
#include "esp_eth_driver.h"
#include "esp_eth_mac_openeth.h"
#include "esp_eth_netif_glue.h"
#include "esp_event.h"
#include "esp_netif.h"

/* One card, opened once: ESP-IDF keeps what belongs to it until the device is switched off. */
static esp_netif_t *openeth_netif;

void xs_openeth_destructor(void *data)
{
	(void)data;
}

static esp_err_t openeth_start(void)
{
	eth_mac_config_t mac_config = ETH_MAC_DEFAULT_CONFIG();
	eth_phy_config_t phy_config = ETH_PHY_DEFAULT_CONFIG();
	esp_netif_config_t netif_config = ESP_NETIF_DEFAULT_ETH();
	esp_eth_handle_t card = NULL;
	esp_netif_t *netif;
	esp_err_t error;

	error = esp_netif_init();
	if (error == ESP_OK)
		error = esp_event_loop_create_default();
	/* Somebody else has made the loop. */
	if (error == ESP_ERR_INVALID_STATE)
		error = ESP_OK;
	if (error != ESP_OK)
		return error;

	/* The emulated PHY is number 1, has no reset line and nobody to negotiate with. */
	phy_config.phy_addr = 1;
	phy_config.reset_gpio_num = -1;
	phy_config.autonego_timeout_ms = 100;
	esp_eth_config_t config = ETH_DEFAULT_CONFIG(esp_eth_mac_new_openeth(&mac_config), esp_eth_phy_new_generic(&phy_config));
	if (!config.mac || !config.phy)
		return ESP_ERR_NO_MEM;
	error = esp_eth_driver_install(&config, &card);
	if (error != ESP_OK)
		return error;
	netif = esp_netif_new(&netif_config);
	if (!netif)
		return ESP_ERR_NO_MEM;
	error = esp_netif_attach(netif, esp_eth_new_netif_glue(card));
	if (error == ESP_OK)
		error = esp_eth_start(card);
	if (error == ESP_OK)
		openeth_netif = netif;
	return error;
}

void xs_openeth(xsMachine *the)
{
	esp_err_t error = openeth_netif ? ESP_OK : openeth_start();

	if (error != ESP_OK)
		xsUnknownError("open_eth: error 0x%x", (unsigned int)error);
}

static int openeth_ip(esp_netif_ip_info_t *info)
{
	return openeth_netif && esp_netif_get_ip_info(openeth_netif, info) == ESP_OK && info->ip.addr != 0;
}

void xs_openeth_connection(xsMachine *the)
{
	esp_netif_ip_info_t info;

	xsmcSetInteger(xsResult, openeth_ip(&info) ? 500 : 300);
}

void xs_openeth_address(xsMachine *the)
{
	esp_netif_ip_info_t info;
	char text[16];

	if (openeth_ip(&info))
		xsmcSetString(xsResult, esp_ip4addr_ntoa(&info.ip, text, sizeof(text)));
}

void xs_openeth_nothing(xsMachine *the)
{
	(void)the;
}
