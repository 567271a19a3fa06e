/* The Pipeline class for XS: see pipeline.ts. The ring and its thread are in pipeline.c. */
#include "xs_pipeline.h"
#include "mc.xs.h"

#include "block.h"
#include "file-source.h"
#include "pipeline.h"
#include "xs_port.h"
#include "xs_storage.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct {
	pipeline *core;
	xsMachine *the;
	uint8_t *block;         /* held: a collection may free the host buffer before it closes this */
	pipeline_layout layout;
	file_source file;
	int reading;            /* a read is going on, and the event loop knows */
	int waiting;            /* take() found nothing */
	int kept;               /* object is a root */
	xsSlot object;          /* the Pipeline */
	xsSlot onFilled;
	xsSlot memory;          /* the whole block's host buffer */
} record;

static void mark(xsMachine *the, void *it, xsMarkRoot markRoot)
{
	record *pipeline = it;
	if (pipeline) {
		(*markRoot)(the, &pipeline->onFilled);
		(*markRoot)(the, &pipeline->memory);
	}
}

void xs_pipeline_destructor(void *it);
static const xsHostHooks hooks = { xs_pipeline_destructor, mark, NULL };

/*
 * Who waits for onFilled() may be reachable from it alone: so the pipeline, and with it onFilled(), is kept from collection while
 * there is something to tell. At other times an abandoned pipeline can be collected.
 */
static void expect(record *it, int reading, int waiting)
{
	xsMachine *the = it->the;
	if (reading != it->reading)
		port_hold(the, reading ? 1 : -1);
	it->reading = reading;
	it->waiting = waiting;
	if ((reading || waiting) == it->kept)
		return;
	it->kept = !it->kept;
	if (it->kept)
		xsRemember(it->object);
	else
		xsForget(it->object);
}

/* Runs on XS's thread: the reader had something to say. */
static void deliver(xsMachine *machine, void *context)
{
	record *it = context;
	if (!pipeline_heard(it->core))
		return; /* closed meanwhile, and it may be gone */
	xsBeginHost(machine);
	{
		xsmcVars(2);
		/* Copies, for onFilled() may close the pipeline. */
		xsVar(0) = xsAccess(it->object);
		xsVar(1) = it->onFilled;
		xsCallFunction0(xsVar(1), xsVar(0));
	}
	xsEndHost(machine);
}

static int notify(void *context)
{
	record *it = context;
	return port_post(it->the, deliver, it);
}

static void gone(void *context) { free(context); }

/* Also called for the prototype, with NULL. */
void xs_pipeline_destructor(void *data)
{
	record *it = data;
	if (it) {
		uint8_t *block = it->block;
		expect(it, 0, 0);
		pipeline_close(it->core);
		block_release(block); /* only now: the reader wrote to it */
	}
}

static void destroyBlock(void *block)
{
	if (block)
		block_release(block);
}

static record *getRecord(xsMachine *the, xsSlot *slot)
{
	record *it = xsmcGetHostDataValidate(*slot, (void *)&hooks);
	if (!it)
		xsUnknownError("pipeline is closed");
	return it;
}

xsSlot *xs_pipeline_memory_of(xsMachine *the, xsSlot *slot) { return &getRecord(the, slot)->memory; }
uint8_t *xs_pipeline_block_of(xsMachine *the, xsSlot *slot) { return xsmcGetHostDataValidate(*slot, (void *)destroyBlock); }

double xs_pipeline_number(xsMachine *the, xsSlot *slot, const char *name, double least, double most)
{
	double value = xsmcToNumber(*slot);
	if (!((value >= least) && (value <= most) && (value == (double)(uint64_t)value)))
		xsRangeError("%s is no whole number from %.0f to %.0f", name, least, most);
	return value;
}

static uint32_t getLength(xsMachine *the, xsSlot *slot, const char *name, double least)
{
	return (uint32_t)xs_pipeline_number(the, slot, name, least, INT32_MAX);
}

/* Leaves the block's host buffer in variable 0 and returns the block. */
static uint8_t *createBlock(xsMachine *the, uint32_t length)
{
	uint8_t *block;
	xsVar(0) = xsNewHostObject(destroyBlock);
	/* XS allocates what a host buffer needs here, so that no exception comes between the block and its owner. */
	xsmcSetHostBuffer(xsVar(0), NULL, 0);
	xsmcSetInteger(xsVar(1), (xsIntegerValue)length);
	xsmcDefine(xsVar(0), xsID_byteLength, xsVar(1), xsDontDelete | xsDontEnum | xsDontSet);
	block = block_create(length);
	if (!block) {
		xsCollectGarbage(); /* a closed pipeline's block may wait for that */
		block = block_create(length);
	}
	if (block)
		xsmcSetHostBuffer(xsVar(0), block, (xsIntegerValue)length);
	return block;
}

void xs_pipeline(xsMachine *the)
{
	uint32_t slots = (uint32_t)xs_pipeline_number(the, &xsArg(0), "slots", 1, PIPELINE_SLOTS_LIMIT);
	uint32_t slotLength = getLength(the, &xsArg(1), "slotLength", 1);
	uint32_t headRoom = getLength(the, &xsArg(2), "headRoom", 0);
	uint32_t controlLength = getLength(the, &xsArg(3), "controlLength", 0);
	uint32_t receiveLength = getLength(the, &xsArg(4), "receiveLength", 0);
	pipeline_layout layout;
	uint8_t *block;
	record *it;

	if (!xsmcIsCallable(xsArg(5)))
		xsTypeError("onFilled is no function");
	if (!pipeline_lay_out(&layout, slots, slotLength, headRoom, controlLength, receiveLength))
		xsRangeError("a write pipeline of 2 GiB or more");
	xsmcVars(2);
	block = createBlock(the, layout.length);
	it = block ? calloc(1, sizeof(record)) : NULL;
	if (it) {
		it->the = the;
		it->layout = layout;
		it->object = xsThis;
		it->onFilled = xsArg(5);
		it->memory = xsVar(0);
		it->core = pipeline_create(&layout, block, notify, gone, it);
		if (!it->core) {
			free(it);
			it = NULL;
		}
	}
	if (!it)
		xsUnknownError("no memory for the write pipeline: %u bytes", (unsigned)layout.length);
	it->block = block_hold(block);
	xsmcSetHostData(xsThis, it);
	xsSetHostHooks(xsThis, &hooks);
}

void xs_pipeline_memory(xsMachine *the) { xsResult = getRecord(the, &xsThis)->memory; }
void xs_pipeline_get_receiveAt(xsMachine *the) { getRecord(the, &xsThis); xsmcSetInteger(xsResult, 0); }
void xs_pipeline_get_controlAt(xsMachine *the) { xsmcSetInteger(xsResult, (xsIntegerValue)getRecord(the, &xsThis)->layout.controlAt); }
void xs_pipeline_get_slotLength(xsMachine *the) { xsmcSetInteger(xsResult, (xsIntegerValue)getRecord(the, &xsThis)->layout.slotLength); }
void xs_pipeline_get_slotsFree(xsMachine *the) { xsmcSetInteger(xsResult, (xsIntegerValue)pipeline_slots_free(getRecord(the, &xsThis)->core)); }

void xs_pipeline_take(xsMachine *the)
{
	record *it = getRecord(the, &xsThis);
	int32_t at = pipeline_take(it->core);
	expect(it, it->reading, at < 0);
	xsmcSetInteger(xsResult, at);
}

static uint32_t getAt(xsMachine *the, record *it)
{
	return (uint32_t)xs_pipeline_number(the, &xsArg(0), "at", 0, it->layout.length);
}

void xs_pipeline_release(xsMachine *the)
{
	record *it = getRecord(the, &xsThis);
	uint32_t at = getAt(the, it);
	if (pipeline_release(it->core, at) < 0)
		xsRangeError("no slot at %u was taken", (unsigned)at);
}

void xs_pipeline_lengthAt(xsMachine *the)
{
	record *it = getRecord(the, &xsThis);
	uint32_t at = getAt(the, it);
	int32_t length = pipeline_length_at(it->core, at);
	if (length < 0)
		xsRangeError("no slot at %u was taken", (unsigned)at);
	xsmcSetInteger(xsResult, length);
}

void xs_pipeline_read(xsMachine *the)
{
	record *it = getRecord(the, &xsThis);
	double offset = xs_pipeline_number(the, &xsArg(1), "offset", 0, (double)PIPELINE_OFFSET_LIMIT);
	double length = xs_pipeline_number(the, &xsArg(2), "length", 0, (double)PIPELINE_OFFSET_LIMIT - offset);
	double shift = xs_pipeline_number(the, &xsArg(3), "shift", 0, it->layout.slotLength - 1);
	file_source file;
	int error;

	if (it->reading)
		xsUnknownError("a read is still going on");
	error = file_source_open(&file, xs_storage_path(the, "open", &xsArg(0)));
	if (error)
		xs_storage_throw(the, "open", &xsArg(0), error);
	it->file = file;
	expect(it, 1, it->waiting);
	pipeline_read(it->core, &file_source_calls, &it->file, (uint64_t)offset, (uint64_t)length, (uint32_t)shift);
}

void xs_pipeline_next(xsMachine *the)
{
	record *it = getRecord(the, &xsThis);
	pipeline_failure failure;
	int32_t at = pipeline_next(it->core, &failure);
	if (at < PIPELINE_NOTHING)
		expect(it, 0, it->waiting);
	if (PIPELINE_FAILED == at) {
		if (failure.error)
			xs_storage_throw(the, "read", NULL, failure.error);
		xsUnknownError("file ended at %.0f of %.0f bytes", (double)failure.endedAt, (double)failure.end);
	}
	xsmcSetInteger(xsResult, at);
}

void xs_pipeline_stop(xsMachine *the)
{
	record *it = getRecord(the, &xsThis);
	pipeline_stop(it->core);
	expect(it, 0, it->waiting);
}

void xs_pipeline_close(xsMachine *the)
{
	record *it = xsmcGetHostDataValidate(xsThis, (void *)&hooks);
	xsmcSetHostData(xsThis, NULL);
	xs_pipeline_destructor(it);
}
