/** What only the desktop host has: the figures of the heap that the app runs in, for tests of budgets. See hosts/desktop/heap.ts. */
declare module "desktop/heap" {
	/** Reading a figure allocates nothing. Garbage counts until it is collected. */
	export const heap: {
		/** Bytes of a slot. */
		readonly slotSize: number;
		/** Slots in use, and the most since resetPeaks(). */
		readonly slots: number;
		readonly slotsPeak: number;
		/** Bytes of chunks, and the most since resetPeaks(). */
		readonly chunks: number;
		readonly chunksPeak: number;
		/** The most slots on the stack since resetPeaks(). */
		readonly stackPeak: number;
		/** Bytes of the whole heap, stack included, and how many of them were ever taken; 0 without a limit. */
		readonly staticSize: number;
		readonly staticUsed: number;
		/** Collections since resetPeaks(). */
		readonly collections: number;
		/** Bytes of the C stack that were in use at most since paintStack(), or when it was called; 0 where it was not. */
		readonly nativeStackPeak: number;
		paintStack(): void;
		collect(): void;
		resetPeaks(): void;
		stress(on: boolean): void;
	};
}
