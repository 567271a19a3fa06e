/** Chance that repeats itself: the same numbers from the same seed, on Node and in XS. */
export class Dice {
	#state: number;
	constructor(seed: number) { this.#state = Math.imul(seed + 1, 0x9E3779B1) >>> 0 || 1; }

	/** 32 bits. xorshift32, whose low bits are as good as the others. */
	#next(): number {
		let state = this.#state;
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		this.#state = state >>> 0;
		return Math.imul(this.#state, 0x9E3779B1) >>> 0;
	}

	/** A whole number from 0 to limit - 1. */
	below(limit: number): number { return Math.floor(this.#next() / 2 ** 32 * limit); }

	fill(bytes: Uint8Array, at: number, length: number): void {
		for (let i = at; i < at + length; i++) bytes[i] = this.below(256);
	}
}
