/** In words for the log: why the device started, and how much memory it has. chip.ts has the figures. */

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
