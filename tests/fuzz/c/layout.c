/** pipeline_lay_out(): whatever the numbers, areas lie one behind the other, aligned and inside, or are refused; by 128-bit sums, which can't wrap. */
#include "input.h"

#include "../../../hosts/pipeline/pipeline.h"
#include "../../../hosts/pipeline/port.h"

/** Numbers of all sizes are as likely. */
static uint32_t any(input *in)
{
	uint32_t bits = take_below(in, 33), number = (uint32_t)take_number(in, 4);

	return bits == 32 ? number : number & (((uint32_t)1 << bits) - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	input in = { bytes, size, 0 };
	uint32_t slots = any(&in), slotLength = any(&in), headRoom = any(&in), control = any(&in), receive = any(&in);
	unsigned __int128 least = (unsigned __int128)slots * ((uint64_t)slotLength + headRoom) + control + receive + PIPELINE_TAIL;
	unsigned __int128 most = least + ((uint64_t)slots + 2) * PORT_ALIGNMENT;
	pipeline_layout it;

	if (!pipeline_lay_out(&it, slots, slotLength, headRoom, control, receive)) {
		MUST(!slots || slots > PIPELINE_SLOTS_LIMIT || !slotLength || most > INT32_MAX);
		return 0;
	}
	MUST(slots && slots <= PIPELINE_SLOTS_LIMIT && slotLength && least <= INT32_MAX);
	MUST(it.slots == slots && it.slotLength == slotLength && it.headRoom == headRoom);
	MUST(it.controlAt >= receive && it.controlAt % PORT_ALIGNMENT == 0 && it.dataAt % PORT_ALIGNMENT == 0 && it.stride % PORT_ALIGNMENT == 0);
	MUST(it.dataAt >= (uint64_t)it.controlAt + control + headRoom && it.stride >= (uint64_t)slotLength + headRoom);
	MUST(it.length >= it.dataAt + (uint64_t)(slots - 1) * it.stride + slotLength + PIPELINE_TAIL && it.length <= most);
	return 0;
}
