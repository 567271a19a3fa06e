/** xorshift32: the same numbers everywhere, so that a failure can be seen again. */
export class Random {
	#state: number;
	/** seed: any whole number but 0. */
	constructor(seed: number) { this.#state = seed; }
	/** A whole number in [0, below). */
	below(below: number): number {
		let x = this.#state;
		x ^= x << 13;
		x ^= x >>> 17;
		x ^= x << 5;
		this.#state = x;
		return (x >>> 0) % below;
	}
}

/** Numbers that break sums and comparisons, or are nearly right. */
export const WILD: readonly number[] = Object.freeze([
	0, 1, 2, 3, 4, 7, 8, 9, 16, 24, 63, 64, 65, 72, 80, 96, 112, 128, 152, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF8, 0xFFFFFFFF,
]);
