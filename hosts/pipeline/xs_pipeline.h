/* What xs_pipeline.c and xs_window.c share. */
#ifndef XS_PIPELINE_H
#define XS_PIPELINE_H

#include <stddef.h>
#include <stdint.h>
#include "xsmc.h"

/* The slot of the host buffer that is pipeline's whole block, or an exception where it is none or was closed. */
xsSlot *xs_pipeline_memory_of(xsMachine *the, xsSlot *pipeline);
/* The block that such a host buffer stands for. */
uint8_t *xs_pipeline_block_of(xsMachine *the, xsSlot *memory);
/* A whole number in [least, most], or a RangeError that names it. */
double xs_pipeline_number(xsMachine *the, xsSlot *slot, const char *name, double least, double most);

#endif
