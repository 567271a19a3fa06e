/** "desktop/heap": the figures of memory.c. */
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

void xs_heap_stress(xsMachine *the)
{
#if mxStress
	extern int gxStress;
	gxStress = xsmcTest(xsArg(0)) ? 1 : 0;
#endif
}
