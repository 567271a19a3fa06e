/** What ESP-IDF tells of the chip and its memory: the C of chip.ts. */
#include "xsmc.h"
#include "mc.xs.h"

#include "esp_heap_caps.h"
#include "esp_system.h"

/* The pipeline's ring and the network's buffers come from here: neither external memory nor what DMA can't reach does for them. */
#define CHIP_MEMORY (MALLOC_CAP_DMA | MALLOC_CAP_INTERNAL)

void xs_chip_freeMemory(xsMachine *the)
{
	xsmcSetNumber(xsResult, (xsNumberValue)heap_caps_get_free_size(CHIP_MEMORY));
}

void xs_chip_largestBlock(xsMachine *the)
{
	xsmcSetNumber(xsResult, (xsNumberValue)heap_caps_get_largest_free_block(CHIP_MEMORY));
}

void xs_chip_leastMemory(xsMachine *the)
{
	xsmcSetNumber(xsResult, (xsNumberValue)heap_caps_get_minimum_free_size(CHIP_MEMORY));
}

void xs_chip_resetReason(xsMachine *the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)esp_reset_reason());
}

void xs_chip_restart(xsMachine *the)
{
	(void)the;
	esp_restart();
}
