/** "time": milliseconds of the monotonic clock. */
#include "xsmc.h"
#include "host.h"

static int32_t ticks(void)
{
	return (int32_t)((uint64_t)host_milliseconds() & 0x7FFFFFFF);
}

void xs_time_ticks(xsMachine *the)
{
	xsmcSetInteger(xsResult, ticks());
}

void xs_time_delta(xsMachine *the)
{
	int32_t start = xsmcToInteger(xsArg(0));
	int32_t end = xsmcArgc > 1 ? xsmcToInteger(xsArg(1)) : ticks();
	xsmcSetInteger(xsResult, (int32_t)((uint32_t)(end - start) & 0x7FFFFFFF));
}
