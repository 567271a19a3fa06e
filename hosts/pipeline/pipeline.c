/* The ring and its reader: see pipeline.h. */
#include "pipeline.h"
#include "port.h"

#include <stdlib.h>
#include <string.h>

typedef enum { FREE, FILLING, FILLED, TAKEN } slot_state;

typedef struct {
	slot_state state;
	uint32_t length;        /* bytes of file data */
} slot;

struct pipeline {
	pipeline_layout layout;
	uint8_t *memory;
	int (*notify)(void *context);
	void (*gone)(void *context);
	void *context;
	port_thread thread;

	port_mutex mutex;       /* guards all that follows */
	port_event wake;        /* the reader waits for something to do */
	port_event idle;        /* stop() waits for the reader to let go */
	unsigned references;    /* owner, thread, and a notify() that was not heard yet */
	int quit;
	int announced;          /* notify() was called and not heard */
	int announceAgain;      /* notify() had no room: the reader calls it again */

	int open;               /* a read is going on for the owner: next() has not said the end */
	int active;             /* the reader holds the source */
	int stopping;
	int wanted;             /* take() found nothing: one free slot is kept for it */
	pipeline_source source;
	void *file;
	uint64_t offset, end;
	uint32_t shift;
	int failed;
	pipeline_failure failure;

	uint32_t slotsFree;
	uint32_t first, filled; /* the filled slots, in file order: order[first], … */
	uint8_t order[PIPELINE_SLOTS_LIMIT];
	slot slots[];
};

static uint64_t align(uint64_t at) { return (at + PORT_ALIGNMENT - 1) / PORT_ALIGNMENT * PORT_ALIGNMENT; }

int pipeline_lay_out(pipeline_layout *layout, uint32_t slots, uint32_t slotLength, uint32_t headRoom, uint32_t controlLength, uint32_t receiveLength)
{
	uint64_t controlAt = align(receiveLength);
	uint64_t dataAt = align(controlAt + controlLength + headRoom);
	uint64_t stride = align((uint64_t)slotLength + headRoom);
	/* Below 2^33 each, and at most 255 slots: none of this wraps. */
	uint64_t length = dataAt - headRoom + stride * slots + PIPELINE_TAIL;

	if ((slots < 1) || (slots > PIPELINE_SLOTS_LIMIT) || (slotLength < 1) || (length > INT32_MAX))
		return 0;
	layout->slots = slots;
	layout->slotLength = slotLength;
	layout->headRoom = headRoom;
	layout->controlAt = (uint32_t)controlAt;
	layout->dataAt = (uint32_t)dataAt;
	layout->stride = (uint32_t)stride;
	layout->length = (uint32_t)length;
	return 1;
}

/* Called with the mutex, gives it up for good. */
static void drop(pipeline *it)
{
	int last = 0 == --it->references;
	port_unlock(&it->mutex);
	if (!last)
		return;
	port_event_delete(&it->wake);
	port_event_delete(&it->idle);
	port_mutex_delete(&it->mutex);
	it->gone(it->context);
	free(it);
}

/* Called with the mutex, and not with it held calls notify(): that may wait for the thread that wants the mutex. */
static void announce(pipeline *it)
{
	int refused;
	if (it->announced || it->quit)
		return;
	it->announced = 1;
	it->references++;
	port_unlock(&it->mutex);
	refused = it->notify(it->context);
	port_lock(&it->mutex);
	if (refused) {
		it->references--; /* not the last: the caller has one */
		it->announced = 0;
		it->announceAgain = 1;
		port_signal(&it->wake);
	}
}

/* The reader */

static uint32_t dataAt(const pipeline *it, uint32_t index) { return it->layout.dataAt + index * it->layout.stride; }

/* A free slot, unless the only one is kept for take(); -1 when there is none. */
static int findFree(const pipeline *it)
{
	uint32_t index;
	if (it->slotsFree <= (it->wanted ? 1u : 0u))
		return -1;
	for (index = 0; index < it->layout.slots; index++) {
		if (FREE == it->slots[index].state)
			return (int)index;
	}
	return -1;
}

/* Reads one slot's worth. Called with the mutex, gives it up while it reads. */
static void fill(pipeline *it, uint32_t index)
{
	uint8_t *bytes = it->memory + dataAt(it, index) + it->shift;
	uint32_t room = it->layout.slotLength - it->shift, length, got = 0;
	int32_t count = 0;
	int done;

	length = it->end - it->offset < room ? (uint32_t)(it->end - it->offset) : room;
	it->slots[index].state = FILLING;
	it->slotsFree--;
	port_unlock(&it->mutex);

	while (got < length) {
		count = it->source.read(it->file, bytes + got, length - got, it->offset + got);
		if (count <= 0)
			break;
		got += (uint32_t)count;
	}
	/* Closed before the last slot is handed out: who has it may at once delete or rename the file. */
	done = (got < length) || (it->offset + got == it->end);
	if (done)
		it->source.close(it->file);

	port_lock(&it->mutex);
	it->offset += got;
	if (got) {
		it->slots[index].state = FILLED;
		it->slots[index].length = got;
		it->order[(it->first + it->filled++) % it->layout.slots] = (uint8_t)index;
	}
	else {
		it->slots[index].state = FREE;
		it->slotsFree++;
	}
	if (got < length) {
		it->failed = 1;
		it->failure.error = -count;
		it->failure.endedAt = it->offset;
		it->failure.end = it->end;
	}
	if (done) {
		it->active = 0;
		port_signal(&it->idle);
	}
	if (!it->stopping)
		announce(it);
}

static void run(void *context)
{
	pipeline *it = context;
	port_lock(&it->mutex);
	while (!it->quit) {
		int index = it->active && !it->stopping ? findFree(it) : -1;
		if (it->announceAgain) {
			it->announceAgain = 0;
			announce(it);
			if (it->announceAgain) {
				port_unlock(&it->mutex);
				port_sleep(5);
				port_lock(&it->mutex);
			}
		}
		else if (index >= 0)
			fill(it, (uint32_t)index);
		else if (it->active && it->stopping) {
			port_unlock(&it->mutex);
			it->source.close(it->file);
			port_lock(&it->mutex);
			it->active = 0;
			port_signal(&it->idle);
		}
		else
			port_wait(&it->wake, &it->mutex);
	}
	drop(it);
}

/* The owner */

pipeline *pipeline_create(const pipeline_layout *layout, uint8_t *memory, int (*notify)(void *context), void (*gone)(void *context), void *context)
{
	pipeline *it = calloc(1, sizeof(pipeline) + layout->slots * sizeof(slot));
	if (!it)
		return NULL;
	it->layout = *layout;
	it->memory = memory;
	it->notify = notify;
	it->gone = gone;
	it->context = context;
	it->slotsFree = layout->slots;
	it->references = 2;
	port_mutex_create(&it->mutex);
	port_event_create(&it->wake);
	port_event_create(&it->idle);
	if (0 != port_thread_start(&it->thread, run, it)) {
		port_event_delete(&it->wake);
		port_event_delete(&it->idle);
		port_mutex_delete(&it->mutex);
		free(it);
		return NULL;
	}
	return it;
}

void pipeline_close(pipeline *it)
{
	pipeline_stop(it);
	port_lock(&it->mutex);
	it->quit = 1;
	port_signal(&it->wake);
	port_unlock(&it->mutex);
	port_thread_join(&it->thread);
	port_lock(&it->mutex);
	drop(it);
}

int pipeline_heard(pipeline *it)
{
	int alive;
	port_lock(&it->mutex);
	it->announced = 0;
	alive = !it->quit;
	drop(it);
	return alive;
}

/* The slot around a position, head room included; -1 for none. */
static int slotAround(const pipeline *it, uint32_t at)
{
	uint32_t from = it->layout.dataAt - it->layout.headRoom, index;
	if (at < from)
		return -1;
	index = (at - from) / it->layout.stride;
	return (index < it->layout.slots) && ((at - from) % it->layout.stride < it->layout.headRoom + it->layout.slotLength) ? (int)index : -1;
}

int32_t pipeline_take(pipeline *it)
{
	int32_t result = PIPELINE_NOTHING;
	uint32_t index;
	port_lock(&it->mutex);
	for (index = 0; index < it->layout.slots; index++) {
		if (FREE == it->slots[index].state) {
			it->slots[index].state = TAKEN;
			it->slots[index].length = 0;
			it->slotsFree--;
			result = (int32_t)dataAt(it, index);
			break;
		}
	}
	it->wanted = result < 0;
	port_unlock(&it->mutex);
	return result;
}

int pipeline_release(pipeline *it, uint32_t at)
{
	int index = slotAround(it, at), result = PIPELINE_NO_SLOT;
	port_lock(&it->mutex);
	if ((index >= 0) && (TAKEN == it->slots[index].state)) {
		it->slots[index].state = FREE;
		it->slotsFree++;
		result = 0;
		if (it->wanted)
			announce(it);
		if (it->active)
			port_signal(&it->wake);
	}
	port_unlock(&it->mutex);
	return result;
}

int32_t pipeline_length_at(pipeline *it, uint32_t at)
{
	int index = slotAround(it, at);
	int32_t result = PIPELINE_NO_SLOT;
	port_lock(&it->mutex);
	if ((index >= 0) && (TAKEN == it->slots[index].state))
		result = (int32_t)it->slots[index].length;
	port_unlock(&it->mutex);
	return result;
}

uint32_t pipeline_slots_free(pipeline *it)
{
	uint32_t result;
	port_lock(&it->mutex);
	result = it->slotsFree;
	port_unlock(&it->mutex);
	return result;
}

int pipeline_read(pipeline *it, const pipeline_source *source, void *file, uint64_t offset, uint64_t length, uint32_t shift)
{
	int result = 0;
	if ((shift >= it->layout.slotLength) || (offset > PIPELINE_OFFSET_LIMIT) || (length > PIPELINE_OFFSET_LIMIT - offset))
		return PIPELINE_RANGE;
	port_lock(&it->mutex);
	if (it->open)
		result = PIPELINE_BUSY;
	else {
		it->open = 1;
		it->source = *source;
		it->file = file;
		it->offset = offset;
		it->end = offset + length;
		it->shift = shift;
		it->failed = 0;
		it->active = length > 0;
		if (it->active)
			port_signal(&it->wake);
		else {
			port_unlock(&it->mutex);
			source->close(file); /* nothing to read: the thread is not asked */
			port_lock(&it->mutex);
			announce(it);
		}
	}
	port_unlock(&it->mutex);
	return result;
}

int32_t pipeline_next(pipeline *it, pipeline_failure *failure)
{
	int32_t result;
	port_lock(&it->mutex);
	if (it->filled) {
		uint32_t index = it->order[it->first];
		it->first = (it->first + 1) % it->layout.slots;
		it->filled--;
		it->slots[index].state = TAKEN;
		result = (int32_t)(dataAt(it, index) + it->shift);
	}
	else if (it->active)
		result = PIPELINE_NOTHING;
	else {
		result = it->failed ? PIPELINE_FAILED : PIPELINE_END;
		*failure = it->failure;
		it->failed = 0;
		it->open = 0;
	}
	port_unlock(&it->mutex);
	return result;
}

void pipeline_stop(pipeline *it)
{
	port_lock(&it->mutex);
	if (it->active) {
		it->stopping = 1;
		port_signal(&it->wake);
		while (it->active)
			port_wait(&it->idle, &it->mutex);
		it->stopping = 0;
	}
	while (it->filled) {
		it->slots[it->order[it->first]].state = FREE;
		it->first = (it->first + 1) % it->layout.slots;
		it->filled--;
		it->slotsFree++;
	}
	it->failed = 0;
	it->open = 0;
	if (it->wanted && it->slotsFree)
		announce(it);
	port_unlock(&it->mutex);
}
