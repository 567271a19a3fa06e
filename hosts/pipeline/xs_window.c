/* The Window class for XS: see window.ts. */
#include "xs_pipeline.h"
#include "mc.xs.h"

#include "block.h"

/* The memory belongs to the host buffer of the whole block, which the window refers to: there is nothing to free. */
void xs_window_destructor(void *data) { (void)data; }

void xs_window(xsMachine *the)
{
	xsmcVars(1);
	xsVar(0) = *xs_pipeline_memory_of(the, &xsArg(0));
	xsmcDefine(xsThis, xsID_memory, xsVar(0), xsDontEnum);
	xsmcSetHostBuffer(xsThis, xs_pipeline_block_of(the, &xsVar(0)), 0);
}

void xs_window_aim(xsMachine *the)
{
	uint8_t *block;
	uint32_t at, length;
	if (!xsmcGetHostDataValidate(xsThis, (void *)xs_window_destructor))
		xsUnknownError("window is closed");
	xsmcVars(1);
	xsmcGet(xsVar(0), xsThis, xsID_memory);
	block = xs_pipeline_block_of(the, &xsVar(0));
	at = (uint32_t)xs_pipeline_number(the, &xsArg(0), "at", 0, block_length(block));
	length = (uint32_t)xs_pipeline_number(the, &xsArg(1), "length", 0, block_length(block) - at);
	xsmcSetHostBuffer(xsThis, block + at, (xsIntegerValue)length);
}

void xs_window_close(xsMachine *the)
{
	xsmcGetHostDataValidate(xsThis, (void *)xs_window_destructor);
	xsmcVars(1);
	xsmcDelete(xsThis, xsID_memory);
	xsmcSetHostBuffer(xsThis, NULL, 0);
}
