/** What the chip and its memory say of themselves: the native face of xs_chip.c. */

/** Bytes free in internal memory. */
export function freeMemory(this: void): number { return native("xs_chip_freeMemory").call(this); }
/** Bytes of the largest piece that can be had of it. */
export function largestBlock(this: void): number { return native("xs_chip_largestBlock").call(this); }
/** The least that was ever free since start. */
export function leastMemory(this: void): number { return native("xs_chip_leastMemory").call(this); }
/** esp_reset_reason(): see startReason(). */
export function resetReason(this: void): number { return native("xs_chip_resetReason").call(this); }
/** Starts anew; does not return. */
export function restart(this: void): void { native("xs_chip_restart").call(this); }

/** By esp_reset_reason_t. */
const reasons = Object.freeze([
	"for an unknown reason", "by power", "by the reset pin", "by the application", "after a crash", "by the interrupt watchdog", "by the task watchdog",
	"by a watchdog", "from deep sleep", "after a dip of the supply voltage: check the power supply", "over SDIO",
] as const);

/** Why the device started, as the end of a sentence. */
export function startReason(reason: number): string { return reasons[reason] ?? reasons[0]; }

export function memoryText(free: number, largest: number, least: number): string {
	return `free memory ${kilobytes(free)} KB, largest block ${kilobytes(largest)} KB, least so far ${kilobytes(least)} KB`;
}

function kilobytes(bytes: number): number { return Math.floor(bytes / 1024); }
