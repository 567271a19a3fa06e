/** What the heap of the app's machine holds, for tests of budgets. Only the desktop host has it. */

export class Heap {
	/** Bytes of a slot: 16 on the device and with 32 bits, 32 with 64 bits. */
	get slotSize(): number { return native("xs_heap_get_slotSize").call(this); }
	/** Slots in use, and the most since the last resetPeaks(). Garbage counts until it is collected: collect() first. */
	get slots(): number { return native("xs_heap_get_slots").call(this); }
	get slotsPeak(): number { return native("xs_heap_get_slotsPeak").call(this); }
	/** Bytes of chunks (strings, buffers, arrays). */
	get chunks(): number { return native("xs_heap_get_chunks").call(this); }
	get chunksPeak(): number { return native("xs_heap_get_chunksPeak").call(this); }
	/** The most slots that the stack held since the last resetPeaks(). */
	get stackPeak(): number { return native("xs_heap_get_stackPeak").call(this); }
	/** The manifest's creation.static (twice that with 64 bits), and what was taken of it; 0 without a limit. */
	get staticSize(): number { return native("xs_heap_get_staticSize").call(this); }
	get staticUsed(): number { return native("xs_heap_get_staticUsed").call(this); }
	/** Collections since the last resetPeaks(). */
	get collections(): number { return native("xs_heap_get_collections").call(this); }
	collect(): void { native("xs_heap_collect").call(this); }
	resetPeaks(): void { native("xs_heap_resetPeaks").call(this); }
	/** Bytes of the C stack, from the thread's first frame on, that were in use at most since paintStack(), or when it was called; 0 where it was not. */
	get nativeStackPeak(): number { return native("xs_heap_get_nativeStackPeak").call(this); }
	paintStack(): void { native("xs_heap_paintStack").call(this); }
	/** Whether to collect at every allocation from now on, as --stress has it from the start; in the asan variant only. */
	stress(on: boolean): void { native("xs_heap_stress").call(this, on); }
}

/** Reading a figure allocates nothing. */
export const heap = Object.freeze(new Heap());
