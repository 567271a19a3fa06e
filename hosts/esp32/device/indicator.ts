/** One LED that tells a person who stands before the device what it does. */
import type Timer from "timer";

/** Milliseconds on, off, on, off …, from the start again after the last; a lone 0 is dark, a lone other number lit for good. */
export const patterns = Object.freeze({
	/** There is no network (yet): slow. */
	offline: Object.freeze([1000, 1000]),
	/** All is well, nothing to do: a short flash now and then, so that a person sees that it lives. */
	waiting: Object.freeze([50, 2950]),
	/** Scans are going up: fast. */
	uploading: Object.freeze([100, 100]),
	/** Something stayed behind, and the log says why: two flashes. */
	problem: Object.freeze([150, 150, 150, 1550]),
	/** The settings are wrong: lit. */
	settings: Object.freeze([1]),
} as const);

export type Pattern = keyof typeof patterns;

export interface IndicatorOptions {
	/** ECMA-419's Digital, as an output. */
	output: { write(value: 0 | 1): void };
	/** Whether 0 lights the LED. */
	activeLow?: boolean;
	Timer: Pick<typeof Timer, "repeat" | "schedule" | "clear">;
}

export class Indicator {
	readonly #options: IndicatorOptions;
	#timer: Timer | undefined;
	#shown: Pattern | undefined;
	#at = 0;

	constructor(options: IndicatorOptions) {
		this.#options = options;
		this.#light(false);
	}

	/** Shows a pattern until the next call; the same one again goes on undisturbed, and allocates nothing. */
	show(pattern: Pattern): void {
		if (pattern === this.#shown)
			return;
		this.#shown = pattern;
		this.#at = 0;
		const { Timer } = this.#options;
		Timer.clear(this.#timer);
		this.#timer = undefined;
		const times = patterns[pattern];
		this.#light(times[0] > 0);
		if (times.length > 1)
			// Repeating, although each step has a length of its own: the SDK's timers can be set to another time only if they do.
			this.#timer = Timer.repeat(timer => this.#step(timer), times[0]);
	}

	#step(timer: Timer): void {
		const times = patterns[this.#shown!];
		this.#at = (this.#at + 1) % times.length;
		const ms = times[this.#at]!;
		this.#light(this.#at % 2 === 0);
		this.#options.Timer.schedule(timer, ms, ms);
	}

	#light(lit: boolean): void { this.#options.output.write(lit !== (this.#options.activeLow ?? false) ? 1 : 0); }
}
