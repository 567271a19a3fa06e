/** What the chip and its memory say of themselves: the native face of xs_chip.c. */

/** Bytes free in internal memory. */
export function freeMemory(this: void): number { return native("xs_chip_freeMemory").call(this); }
/** Bytes of the largest piece that can be had of it. */
export function largestBlock(this: void): number { return native("xs_chip_largestBlock").call(this); }
/** The least that was ever free since start. */
export function leastMemory(this: void): number { return native("xs_chip_leastMemory").call(this); }
/** esp_reset_reason(): see startReason() of condition.ts. */
export function resetReason(this: void): number { return native("xs_chip_resetReason").call(this); }
/** Starts anew; does not return. */
export function restart(this: void): void { native("xs_chip_restart").call(this); }
