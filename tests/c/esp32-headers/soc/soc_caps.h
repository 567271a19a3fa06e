/* Stand-in: see README.md. -DSTANDIN_NO_SDMMC is a chip without that host, as the ESP32-C3 is. */
#ifndef SOC_CAPS_H
#define SOC_CAPS_H
#if !defined(STANDIN_NO_SDMMC)
	#define SOC_SDMMC_HOST_SUPPORTED 1
#endif
#endif
