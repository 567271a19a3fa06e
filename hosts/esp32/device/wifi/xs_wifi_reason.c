/** Why ESP-IDF's Wi-Fi was last disconnected, which the SDK's interface does not tell: the C of disconnect-reason.ts. */
#include "xsmc.h"
#include "mc.xs.h"

#include "esp_event.h"
#include "esp_wifi.h"

/* Written by the event task, read by XS's: one byte. */
static volatile uint8_t wifi_reason;

static void wifi_disconnected(void *context, esp_event_base_t base, int32_t id, void *data)
{
	(void)context;
	(void)base;
	(void)id;
	wifi_reason = ((wifi_event_sta_disconnected_t *)data)->reason;
}

void xs_wifi_watchDisconnects(xsMachine *the)
{
	/* The SDK's interface has made the loop before. */
	if (esp_event_handler_register(WIFI_EVENT, WIFI_EVENT_STA_DISCONNECTED, wifi_disconnected, NULL) != ESP_OK)
		xsUnknownError("no memory to watch the Wi-Fi");
}

void xs_wifi_disconnectReason(xsMachine *the)
{
	xsmcSetInteger(xsResult, wifi_reason);
}
