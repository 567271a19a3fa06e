/** The search: inputs that reach what none has reached before are kept, and new ones are made of them. Node only. */
import { Random } from "../../support/random.js";
import { type Coverage, TooLong } from "./coverage.js";
import { Mutator } from "./mutator.js";
import type { Target } from "./target.js";
import type { Watchdog } from "./watchdog.js";

export interface Entry { readonly bytes: Uint8Array; readonly features: Uint32Array }

/** What an input has broken. */
export class Broken extends Error {
	readonly input: Uint8Array;
	constructor(input: Uint8Array, cause: unknown) {
		super(String(cause), { cause });
		this.input = input;
	}
}

const slowMs = 2000;

export class Fuzzer {
	readonly corpus: Entry[] = [];
	runs = 0;
	readonly #target: Target;
	readonly #coverage: Coverage;
	readonly #watchdog: Watchdog;
	readonly #random: Random;
	readonly #mutator: Mutator;
	readonly #seen: Uint8Array;
	readonly #length: number;
	readonly #steps: readonly [number, number];
	reached = 0;
	/** What was thrown where nobody could catch it, while the last input ran. */
	stray: unknown;
	#outcome = "";

	constructor(target: Target, coverage: Coverage, watchdog: Watchdog, seed: number) {
		this.#target = target;
		this.#coverage = coverage;
		this.#watchdog = watchdog;
		this.#random = new Random(seed);
		this.#length = target.length ?? 2000;
		this.#steps = target.steps ?? [2000, 64];
		this.#mutator = new Mutator(this.#random, this.#length);
		this.#seen = new Uint8Array(coverage.featuresMax);
		for (const word of [...target.words ?? [], ...coverage.words]) this.#mutator.learn(word);
	}

	/** Runs one input and returns what came of it; throws Broken. */
	async run(bytes: Uint8Array): Promise<string> {
		const coverage = this.#coverage, [first, each] = this.#steps;
		this.runs++;
		this.#watchdog.started(bytes);
		coverage.reset(first + each * bytes.length);
		// Processor time: a busy machine and a slow disk are nobody's fault.
		const start = process.cpuUsage();
		try {
			// A copy: nobody may count on what was changed in place.
			const result = this.#target.run(bytes.slice());
			this.#outcome = typeof result === "string" ? result : await result;
		}
		catch (error) { this.stray ??= error; }
		const { stray } = this;
		this.stray = undefined;
		if (stray !== undefined) throw new Broken(bytes, stray);
		if (coverage.steps > coverage.stepsMax) throw new Broken(bytes, new TooLong(`${coverage.steps} turns of loops for ${bytes.length} bytes`));
		const ms = process.cpuUsage(start).user / 1000;
		if (ms > slowMs && this.runs > 100) throw new Broken(bytes, new TooLong(`${Math.round(ms)} ms for ${bytes.length} bytes`));
		return this.#outcome;
	}

	/** Runs an input; one that reached something new, or the first of all, joins the corpus. Whether it did. */
	async try(bytes: Uint8Array): Promise<boolean> {
		await this.run(bytes);
		let fresh = 0;
		this.#coverage.features(feature => {
			if (this.#seen[feature] === 0) {
				this.#seen[feature] = 1;
				fresh++;
			}
		});
		if (fresh === 0 && this.corpus.length > 0) return false;
		this.reached += fresh;
		const features: number[] = [];
		this.#coverage.features(feature => features.push(feature));
		this.corpus.push({ bytes, features: Uint32Array.from(features) });
		return true;
	}

	/** Tries what would make compared values of an input alike. */
	async #match(bytes: Uint8Array): Promise<void> {
		const coverage = this.#coverage;
		coverage.noting = true;
		try { await this.run(bytes); }
		finally { coverage.noting = false; }
		for (const made of this.#mutator.matched(bytes, coverage.pairs.splice(0))) {
			if (made.length <= this.#length) await this.try(made);
		}
	}

	/** Begins with those inputs, then searches until the time is over. Throws Broken. */
	async search(inputs: readonly Uint8Array[], seconds: number): Promise<void> {
		const end = performance.now() + seconds * 1000;
		await this.try(new Uint8Array(0));
		for (const bytes of inputs) await this.try(bytes);
		for (let matched = 0; performance.now() < end;) {
			if (matched < this.corpus.length) {
				await this.#match(this.corpus[matched++]!.bytes);
				continue;
			}
			await this.try(this.mutant());
		}
	}

	mutant(): Uint8Array { return this.#mutator.mutate(this.#chosen(), this.corpus[this.#random.below(this.corpus.length)]!.bytes); }

	/** One of the corpus; every second time one of its newest. */
	#chosen(): Uint8Array {
		const { length } = this.corpus, newest = Math.ceil(length / 4);
		return this.corpus[this.#random.below(2) === 0 ? length - 1 - this.#random.below(newest) : this.#random.below(length)]!.bytes;
	}

	/** The fewest and shortest entries that reach all that the corpus does. */
	minimal(): Entry[] {
		const covered = new Uint8Array(this.#seen.length), kept: Entry[] = [];
		for (const entry of [...this.corpus].sort((a, b) => a.bytes.length - b.bytes.length)) {
			if (!entry.features.some(feature => covered[feature] === 0)) continue;
			for (const feature of entry.features) covered[feature] = 1;
			kept.push(entry);
		}
		return kept;
	}

	/** A shorter and plainer input that breaks the target in the same way. */
	async reduced(broken: Broken): Promise<Broken> {
		let smallest = broken;
		const kind = (error: unknown): string => `${error instanceof Error ? error.name : ""}${String(error).replace(/\d+/g, "").slice(0, 40)}`;
		const breaks = async (bytes: Uint8Array): Promise<boolean> => {
			try { await this.run(bytes); }
			catch (error) {
				if (!(error instanceof Broken) || kind(error.cause) !== kind(broken.cause)) return false;
				smallest = error;
				return true;
			}
			return false;
		};
		const end = performance.now() + 5000;
		for (let size = Math.max(1, broken.input.length >> 1); size >= 1; size >>= 1) {
			for (let at = 0; at < smallest.input.length && performance.now() < end;) {
				const { input } = smallest;
				const cut = new Uint8Array(input.length - Math.min(size, input.length - at));
				cut.set(input.subarray(0, at));
				cut.set(input.subarray(Math.min(input.length, at + size)), at);
				if (!await breaks(cut)) at += size;
			}
		}
		for (let at = 0; at < smallest.input.length && performance.now() < end; at++) {
			if (smallest.input[at] === 0) continue;
			const plainer = smallest.input.slice();
			plainer[at] = 0;
			await breaks(plainer);
		}
		return smallest;
	}
}
