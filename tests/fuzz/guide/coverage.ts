/** What instrumented modules (tools/instrument.mjs) call: counters, steps, and what was compared. Loaded before any of them. */

export interface Pair { readonly left: unknown; readonly right: unknown }

/** An input took so many turns of loops that its length does not explain them. */
export class TooLong extends Error {
	override get name(): string { return "TooLong"; }
}

/** One place for each counter, and one for each of the magnitudes of a count: 1, 2, 3, 4, 8, 16, 32, 128 and more. */
const magnitudes = 8;

const magnitudeOf = new Uint8Array(129).map((_, count) => count < 4 ? count - 1 : count < 8 ? 3 : count < 16 ? 4 : count < 32 ? 5 : count < 128 ? 6 : 7);

export class Coverage {
	readonly hits: Uint32Array;
	/** Numbers and texts that stand in the sources of what was loaded. */
	readonly words = new Set<number | string>();
	/** What was found unlike, while noting is on. */
	readonly pairs: Pair[] = [];
	noting = false;
	steps = 0;
	stepsMax = Infinity;

	constructor(counters: number) { this.hits = new Uint32Array(counters); }

	reset(stepsMax: number): void {
		this.hits.fill(0);
		this.steps = 0;
		this.stepsMax = stepsMax;
	}

	/** Calls visit with the number of every counter and magnitude that was reached, below features. */
	features(visit: (feature: number) => void): void {
		const { hits } = this;
		for (let i = 0; i < hits.length; i++) {
			const count = hits[i]!;
			if (count > 0) visit(i * magnitudes + magnitudeOf[count > 128 ? 128 : count]!);
		}
	}
	get featuresMax(): number { return this.hits.length * magnitudes; }

	/** What a module takes at its start; words are those of its source. */
	module(words: readonly (number | string)[]) {
		for (const word of words) this.words.add(word);
		const note = (left: unknown, right: unknown): void => {
			if (this.noting && typeof left === typeof right && this.pairs.length < 512) this.pairs.push({ left, right });
		};
		return {
			hits: this.hits,
			same: (left: unknown, right: unknown): boolean => {
				if (left === right) return true;
				if (this.noting) note(left, right);
				return false;
			},
			less: (left: any, right: any): boolean => {
				if (this.noting) note(left, right);
				return left < right;
			},
			more: (left: any, right: any): boolean => {
				if (this.noting) note(left, right);
				return left > right;
			},
			most: (left: any, right: any): boolean => {
				if (this.noting) note(left, right);
				return left <= right;
			},
			least: (left: any, right: any): boolean => {
				if (this.noting) note(left, right);
				return left >= right;
			},
			step: (): void => {
				if (++this.steps > this.stepsMax) throw new TooLong(`more than ${this.stepsMax} turns of loops`);
			},
		};
	}
}
