/** The time according to the KDC: this machine's, and what it was found to be off by. */
import type { Stamp } from "./requests.js";

/** KDCs and servers tolerate five minutes (RFC 4120 8.2); less than this is not worth a word. */
const WORTH_A_WORD = 60000;

export class Clock {
	readonly #now: () => number;
	readonly #log: (line: string) => void;
	#offset = 0;
	/** The latest stamp, in microseconds. */
	#latest = 0;

	/** now: milliseconds since 1970 according to this machine, or since it was started, where nobody has set its clock. */
	constructor(now: () => number, log: (line: string) => void) {
		this.#now = now;
		this.#log = log;
	}

	/** Milliseconds since 1970. */
	get time(): number { return this.#now() + this.#offset; }

	/** Takes over what a KDC says that its time is, where ours differs by a minute or more. Whether it did. */
	correct(time: number): boolean {
		const off = time - this.time;
		if (Math.abs(off) < WORTH_A_WORD)
			return false;
		this.#offset += off;
		this.#log(`Kerberos: this machine's clock and the KDC's differ by ${Math.round(Math.abs(off) / 1000)} s: the KDC's time is used`);
		return true;
	}

	/** The time, or a microsecond after the last stamp: no two are alike (RFC 4120 5.5.1). */
	stamp(): Stamp { return this.stampOf(this.time); }

	/** The same for another clock's time. */
	stampOf(milliseconds: number): Stamp {
		const now = Math.floor(milliseconds) * 1000;
		this.#latest = now <= this.#latest && this.#latest - now < 1e6 ? this.#latest + 1 : now;
		const time = Math.floor(this.#latest / 1000);
		return { time, micros: this.#latest % 1e6 };
	}
}
