/* Stand-in: the project's configuration, as ESP-IDF generates it. */
#ifndef SDKCONFIG_H
#define SDKCONFIG_H
#define CONFIG_FREERTOS_HZ 1000
#endif
