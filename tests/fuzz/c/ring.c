/**
 * The pipeline's ring with its reader: any order of calls, with any positions, over files that end early, give little at a time, or fail; what comes out is the file,
 * in order, and nothing outside of slots is written.
 */
#include "input.h"

#include "../../../hosts/pipeline/pipeline.h"
#include "../../../hosts/pipeline/port.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

typedef struct {
	uint64_t end, faultAt;
	uint32_t most;
	int closes;
} file;

static uint8_t byte_at(uint64_t position) { return (uint8_t)(position * 131 ^ position >> 8); }

static int32_t read_file(void *it, uint8_t *bytes, uint32_t length, uint64_t offset)
{
	file *from = it;

	if (offset >= from->faultAt)
		return -EIO;
	if (length > from->most)
		length = from->most;
	if (offset >= from->end)
		return 0;
	if (length > from->end - offset)
		length = (uint32_t)(from->end - offset);
	for (uint32_t i = 0; i < length; i++)
		bytes[i] = byte_at(offset + i);
	return (int32_t)length;
}

static void close_file(void *it) { ((file *)it)->closes++; }

static const pipeline_source source = { read_file, close_file };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int told, gone;

static int notify(void *context)
{
	(void)context;
	pthread_mutex_lock(&mutex);
	MUST(!told && !gone);
	told = 1;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&mutex);
	return 0;
}

static void is_gone(void *context)
{
	(void)context;
	pthread_mutex_lock(&mutex);
	MUST(!gone);
	gone = 1;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&mutex);
}

/** Answers a notify() that is due, or comes within milliseconds. */
static int hear(pipeline *it, long milliseconds)
{
	struct timespec until;
	int was;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += milliseconds / 1000;
	pthread_mutex_lock(&mutex);
	while (milliseconds && !told && !pthread_cond_timedwait(&changed, &mutex, &until))
		;
	was = told;
	told = 0;
	pthread_mutex_unlock(&mutex);
	if (was)
		pipeline_heard(it);
	return was;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	input in = { bytes, size, 0 };
	uint32_t slots = 1 + take_below(&in, 4), slotLength = 1 + take_below(&in, 200), headRoom = take_below(&in, 40), takenCount = 0;
	uint8_t *memory, *shadow, taken[5] = { 0 };
	file from = { 0 };
	pipeline_layout layout;
	pipeline_failure failure;
	pipeline *it;
	uint64_t offset = 0, end = 0;
	uint32_t shift = 0;
	int reading = 0, opened = 0, kept = 0;

	MUST(pipeline_lay_out(&layout, slots, slotLength, headRoom, 20, 20));
	memory = aligned_alloc(PORT_BLOCK_ALIGNMENT, (layout.length + PORT_BLOCK_ALIGNMENT - 1) / PORT_BLOCK_ALIGNMENT * PORT_BLOCK_ALIGNMENT);
	memset(memory, 0xA5, layout.length);
	shadow = exactly(layout.length);
	told = gone = 0;
	it = pipeline_create(&layout, memory, notify, is_gone, NULL);
	MUST(it);
	for (int step = 0; step < 60 && left(&in); step++) {
		uint32_t slot;
		int32_t at;
		switch (take_below(&in, 8)) {
		case 0: {
			uint64_t start = take_below(&in, 4) ? take_below(&in, 3000) : take_number(&in, 8), length = take_below(&in, 8) ? take_below(&in, 2000) : take_number(&in, 8);
			file next = { .end = take_below(&in, 4) ? UINT64_MAX : start + take_below(&in, 2000), .faultAt = take_below(&in, 5) ? UINT64_MAX : start + take_below(&in, 2000),
				.most = 1 + take_below(&in, 300) };
			uint32_t shifted = take_below(&in, 220);
			int result;
			if (!reading) {
				// Who was told the end may forget the file.
				MUST(!opened || from.closes == 1);
				from = next;
				opened = 0;
			}
			result = pipeline_read(it, &source, &from, start, length, shifted);
			if (reading)
				MUST(result == PIPELINE_BUSY || result == PIPELINE_RANGE);
			else if (shifted >= slotLength || start > PIPELINE_OFFSET_LIMIT || length > PIPELINE_OFFSET_LIMIT - start)
				MUST(result == PIPELINE_RANGE);
			else {
				MUST(result == 0);
				reading = opened = 1;
				offset = start;
				end = start + length;
				shift = shifted;
			}
			break;
		}
		case 1:
		case 2:
		case 3:
			// Where no slot is ours, and none is kept for take(), it must say something: a slot, the end or a failure.
			for (;;) {
				at = pipeline_next(it, &failure);
				if (at != PIPELINE_NOTHING || takenCount || kept)
					break;
				MUST(hear(it, 10000));
			}
			if (at >= 0) {
				int32_t length = pipeline_length_at(it, (uint32_t)at);
				slot = ((uint32_t)at - layout.dataAt) / layout.stride;
				MUST(reading && (uint32_t)at == layout.dataAt + slot * layout.stride + shift && !taken[slot]);
				MUST(length > 0 && (uint32_t)length <= slotLength - shift && (uint64_t)length <= end - offset);
				for (int32_t i = 0; i < length; i++)
					MUST(memory[at + i] == byte_at(offset + (uint64_t)i));
				offset += (uint64_t)length;
				taken[slot] = 1;
				takenCount++;
			}
			else if (at == PIPELINE_END) {
				MUST(!reading || offset == end);
				reading = 0;
			}
			else if (at == PIPELINE_FAILED) {
				MUST(reading && (failure.error ? from.faultAt <= end : failure.endedAt == from.end && failure.end == end));
				reading = 0;
			}
			break;
		case 4:
			at = pipeline_take(it);
			kept = at < 0;
			if (at >= 0) {
				slot = ((uint32_t)at - layout.dataAt) / layout.stride;
				MUST((uint32_t)at == layout.dataAt + slot * layout.stride && slot < slots && !taken[slot] && pipeline_length_at(it, (uint32_t)at) == 0);
				memset(memory + at, 0x5A, slotLength);
				taken[slot] = 1;
				takenCount++;
			}
			else
				MUST(at == PIPELINE_NOTHING);
			break;
		case 5:
		case 6: {
			uint32_t position = take_below(&in, 4) ? take_below(&in, layout.length + 100) : (uint32_t)take_number(&in, 4);
			uint32_t first = layout.dataAt - headRoom;
			int inside = position >= first && (position - first) / layout.stride < slots && (position - first) % layout.stride < headRoom + slotLength;
			slot = inside ? (position - first) / layout.stride : 4;
			MUST((pipeline_length_at(it, position) == PIPELINE_NO_SLOT) == !taken[slot]);
			MUST(pipeline_release(it, position) == (taken[slot] ? 0 : PIPELINE_NO_SLOT));
			takenCount -= taken[slot];
			taken[slot] = 0;
			break;
		}
		default:
			pipeline_stop(it);
			reading = 0;
			break;
		}
		hear(it, 0);
		MUST(pipeline_slots_free(it) <= slots - takenCount);
	}
	pipeline_stop(it);
	MUST(pipeline_slots_free(it) == slots - takenCount);
	// Receive area, control area, head rooms, gaps and tail are nobody's but ours.
	memset(shadow, 0xA5, layout.length);
	for (uint32_t slot = 0; slot < slots; slot++)
		memcpy(shadow + layout.dataAt + slot * layout.stride, memory + layout.dataAt + slot * layout.stride, slotLength);
	MUST(same(memory, shadow, layout.length));
	pipeline_close(it);
	hear(it, 0);
	pthread_mutex_lock(&mutex);
	while (!gone)
		pthread_cond_wait(&changed, &mutex);
	pthread_mutex_unlock(&mutex);
	MUST(!opened || from.closes == 1);
	free(memory);
	free(shadow);
	return 0;
}
