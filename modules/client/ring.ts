/** How large the write pipeline is: as the manifest says where there is plenty of memory, smaller where there is less. */
import { controlLength, headRoom, receiveLength, tailLength } from "./layout.js";

export interface Ring {
	readonly slots: number;
	/** Bytes of file data in each. */
	readonly slotLength: number;
}

/** Bytes of the kind of memory that the pipeline takes, asked once network and storage have theirs. */
export interface FreeMemory {
	readonly free: number;
	/** In one piece. */
	readonly largest: number;
}

/** What the network takes while a window is under way: lwIP's send buffer and, where the air is busy, a copy of most of it in the Wi-Fi driver (docs/DEVICE-PATH.md). */
export const reserve: number = 56 * 1024;
/** Slots up to this take what the reserve leaves; what larger ones save is time of the processor alone (docs/DESIGN.md, "Slots by the memory at hand"). */
const modestSlotLength = 16384;
/** Below this a slot is little more than its headers and a WRITE's turn. */
const leastSlotLength = 4096;

/** Bytes of the pipeline's one block. */
export function ringLength({ slots, slotLength }: Ring): number {
	return receiveLength + controlLength + slots * (headRoom + slotLength) + tailLength;
}

/** Whether that leaves the reserve, and twice that where slots are larger than 16 KiB: those are for who has plenty. */
function fits(ring: Ring, { free, largest }: FreeMemory): boolean {
	const length = ringLength(ring);
	return length <= largest && length + (ring.slotLength > modestSlotLength ? 2 * reserve : reserve) <= free;
}

/**
 * The first that fits: most, slots half as long, and so on down to 4 KiB; then half as many of those. Error where even the smallest
 * does not. memory undefined: nobody counts, so most it is.
 */
export function chooseRing(most: Ring, memory: FreeMemory | undefined): Ring {
	let ring = most;
	while (memory && !fits(ring, memory)) {
		if (ring.slotLength >= 2 * leastSlotLength)
			ring = { slots: ring.slots, slotLength: ring.slotLength / 2 };
		else if (ring.slots >= 4)
			ring = { slots: Math.floor(ring.slots / 2), slotLength: ring.slotLength };
		else
			throw new Error(`not enough memory: the smallest write pipeline takes ${ringLength(ring)} bytes, and ${reserve} have to stay free for the network; ${memory.free} are free, ${memory.largest} in one piece`);
	}
	return ring;
}
