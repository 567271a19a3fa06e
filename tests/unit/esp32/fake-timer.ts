/** The SDK's "timer" over a clock that tests turn. Its one-shot timers are gone once they fired, as there: schedule() throws then. */
import type Timer from "timer";

type Callback = (timer: Timer) => void;
interface Entry { callback: Callback; at: number; repeat: number }

export class FakeTimer {
	now = 0;
	#entries: Entry[] = [];

	readonly set = (callback: Callback, interval = 0, repeat = 0): Timer => {
		const entry = { callback, at: this.now + interval, repeat };
		this.#entries.push(entry);
		return entry as unknown as Timer;
	};
	readonly repeat = (callback: Callback, interval: number): Timer => this.set(callback, interval, interval);
	readonly schedule = (timer: Timer, interval = 0, repeat = 0): void => {
		const entry = timer as unknown as Entry;
		if (!this.#entries.includes(entry))
			throw new TypeError("this timer is gone");
		entry.at = this.now + interval;
		entry.repeat = repeat;
	};
	readonly clear = (timer: Timer | undefined | null): void => {
		this.#entries = this.#entries.filter(entry => entry !== timer as unknown as Entry);
	};

	/** How many timers are set. */
	get count(): number { return this.#entries.length; }

	/** Lets that many milliseconds go by. */
	pass(ms: number): void {
		const end = this.now + ms;
		for (;;) {
			const next = this.#entries.reduce<Entry | undefined>((soonest, entry) => entry.at <= end && (soonest === undefined || entry.at < soonest.at) ? entry : soonest, undefined);
			if (next === undefined)
				break;
			this.now = next.at;
			if (next.repeat > 0) {
				next.at += next.repeat;
				next.callback(next as unknown as Timer);
			}
			else {
				next.callback(next as unknown as Timer);
				if (next.at <= this.now)
					this.clear(next as unknown as Timer);
			}
		}
		this.now = end;
	}
}
