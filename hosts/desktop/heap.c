/** "desktop/heap": the figures of memory.c. */
#define _GNU_SOURCE
#include <pthread.h>
#include "machine.h"
#include "xsmc.h"

#define FIGURE(NAME) \
	void xs_heap_get_##NAME(xsMachine *the) \
	{ \
		HeapFigures figures; \
		memory_figures(the, &figures); \
		xsmcSetInteger(xsResult, figures.NAME); \
	}

FIGURE(slotSize)
FIGURE(slots)
FIGURE(slotsPeak)
FIGURE(chunks)
FIGURE(chunksPeak)
FIGURE(stackPeak)
FIGURE(staticSize)
FIGURE(staticUsed)
FIGURE(collections)

void xs_heap_collect(xsMachine *the)
{
	xsCollectGarbage();
}

void xs_heap_resetPeaks(xsMachine *the)
{
	memory_resetPeaks(the);
}

enum { PAINT = 0xA5, PAINTED = 256 * 1024 };

/* Where the paint begins. */
static uintptr_t painted;

/* Its own frame is what it paints: whoever is called afterwards writes over that. */
static __attribute__((noinline)) void paint(void)
{
	uint8_t bytes[PAINTED];
	memset(bytes, PAINT, sizeof bytes);
	__asm__ volatile("" : "=r"(painted) : "0"(bytes) : "memory");
}

void xs_heap_paintStack(xsMachine *the)
{
	paint();
}

/* 0 where it was not painted, or the system does not tell where the stack begins. */
void xs_heap_get_nativeStackPeak(xsMachine *the)
{
	xsmcSetInteger(xsResult, 0);
#ifdef __linux__
	pthread_attr_t attributes;
	void *lowest;
	size_t size;
	if (!painted || pthread_getattr_np(pthread_self(), &attributes) != 0)
		return;
	pthread_attr_getstack(&attributes, &lowest, &size);
	pthread_attr_destroy(&attributes);
	const volatile uint8_t *used = (const uint8_t *)painted;
	while (used < (const uint8_t *)painted + PAINTED && *used == PAINT)
		used++;
	xsmcSetInteger(xsResult, (xsIntegerValue)((const uint8_t *)lowest + size - used));
#endif
}

void xs_heap_stress(xsMachine *the)
{
#if mxStress
	extern int gxStress;
	gxStress = xsmcTest(xsArg(0)) ? 1 : 0;
#endif
}
