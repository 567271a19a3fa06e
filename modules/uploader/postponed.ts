/** Scans that did not go up, and when each may be tried again: few of them, for the memory of a device is small. */
import { BackOff } from "./retry.js";
import type { Scan } from "./spool.js";

interface Postponed {
	readonly name: string;
	readonly mtime: number;
	readonly size: number;
	readonly backOff: BackOff;
	reason: Error;
}

/** More than these are tried at each look. */
const most = 8;

export class PostponedScans {
	readonly #random: () => number;
	/** The one that failed last comes first. */
	readonly #scans: Postponed[] = [];

	/** random: numbers from 0 to below 1. */
	constructor(random: () => number) { this.#random = random; }

	/** Why scan is not to be tried at that time, undefined where it may be. A scan that was changed is another scan. */
	reason(scan: Scan, now: number): Error | undefined {
		const found = this.#scans[this.#indexOf(scan)];
		return found !== undefined && found.backOff.waitMs(now) > 0 ? found.reason : undefined;
	}

	failed(scan: Scan, reason: Error, now: number): void {
		const i = this.#indexOf(scan);
		const [found = { name: scan.name, mtime: scan.mtime, size: scan.size, backOff: new BackOff(this.#random), reason }] = i < 0 ? [] : this.#scans.splice(i, 1);
		found.backOff.failed(reason, now);
		found.reason = reason;
		this.#scans.unshift(found);
		if (this.#scans.length > most)
			this.#scans.pop();
	}

	arrived(scan: Scan): void {
		const i = this.#indexOf(scan);
		if (i >= 0)
			this.#scans.splice(i, 1);
	}

	/** -1 where it is not among them. */
	#indexOf({ name, mtime, size }: Scan): number {
		for (let i = 0; i < this.#scans.length; i++) {
			const each = this.#scans[i];
			if (each.name === name && each.mtime === mtime && each.size === size)
				return i;
		}
		return -1;
	}
}
