/** Chance for scripts and media, where seeds are counted up: neighbours among them have nothing in common. */
import { Random } from "./random.js";

export class Dice extends Random {
	constructor(seed: number) { super(Math.imul(seed + 1, 0x9E3779B1) | 1); }

	/** A whole number from 0 to limit - 1. The high bits, for those of the first few are the better ones. */
	override below(limit: number): number { return Math.floor((Math.imul(super.below(2 ** 32), 0x9E3779B1) >>> 0) / 2 ** 32 * limit); }

	fill(bytes: Uint8Array, at: number, length: number): void {
		for (let i = at; i < at + length; i++) bytes[i] = this.below(256);
	}
}
