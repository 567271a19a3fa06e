/* Stand-in: see README.md. */
#ifndef ESP_WIFI_H
#define ESP_WIFI_H
#include <stdint.h>
#include "esp_event.h"
extern esp_event_base_t const WIFI_EVENT;
enum { WIFI_EVENT_STA_DISCONNECTED = 5 };
typedef struct {
	uint8_t ssid[32];
	uint8_t ssid_len;
	uint8_t bssid[6];
	uint8_t reason;
	int8_t rssi;
} wifi_event_sta_disconnected_t;
#endif
