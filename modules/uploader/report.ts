/** Tells a person what becomes of each scan: a bar or plain lines while it goes up, one line when it is settled, a sum at the end. */
import type { Scan } from "./spool.js";
import type { UploadListener } from "./uploader.js";

export interface ReportOptions {
	print(line: string): void;
	/** Draws over the last line; "" takes it away. */
	progress(line: string): void;
	/** Whether lines may be drawn over. */
	readonly terminal: boolean;
	/** Milliseconds that only go up. */
	ticks(): number;
	/** Called now and then while there is progress. */
	alive?(): void;
	/** Folder in the share. */
	readonly path: string;
}

/** Milliseconds between two pictures of the bar, and between two plain lines. */
const barMs = 100;
const lineMs = 5000;
const barWidth = 24;
/** Characters of a name that the bar leaves room for on a line of 80. */
const barNameLength = 24;

export class Report implements UploadListener {
	#options: ReportOptions;
	#scan: Scan | undefined;
	#began = 0;
	#drawn = 0;
	#arrived = 0;
	#before = 0;
	#stayed = 0;
	#troubles = 0;
	#bytes = 0;
	#lastReason: Error | undefined;

	constructor(options: ReportOptions) {
		this.#options = options;
	}

	/** Whether every scan arrived and was dealt with here. */
	get complete(): boolean { return this.#stayed === 0 && this.#troubles === 0; }

	started(scan: Scan): void {
		this.#scan = scan;
		this.#began = this.#drawn = this.#options.ticks();
		this.#options.alive?.();
	}

	// A property, so that it can be handed on without a closure.
	readonly progressed = (confirmed: number): void => {
		const { ticks, terminal, progress, print } = this.#options;
		const now = ticks();
		if (now - this.#drawn < (terminal ? barMs : lineMs) || !this.#scan)
			return;
		this.#drawn = now;
		this.#options.alive?.();
		const { name, size: whole } = this.#scan;
		const share = whole > 0 ? confirmed / whole : 1;
		const speed = `${size(confirmed)} of ${size(whole)}, ${size(confirmed * 1000 / Math.max(1, now - this.#began))}/s`;
		if (terminal) {
			const full = Math.round(share * barWidth);
			progress(`  ${name.length > barNameLength ? `${name.slice(0, barNameLength - 1)}…` : name} [${"#".repeat(full)}${"-".repeat(barWidth - full)}] ${speed}`);
		}
		else
			print(`  ${name}: ${Math.floor(share * 100)} %, ${speed}`);
	};

	arrived(scan: Scan, name: string, elapsedMs: number, trouble: Error | undefined): void {
		this.#clear(scan);
		this.#arrived++;
		this.#bytes += scan.size;
		const { path, print } = this.#options;
		print(`  ${scan.name}: ${size(scan.size)}, ${size(scan.size * 1000 / Math.max(1, elapsedMs))}/s, arrived as ${path ? `${path}/` : ""}${name}`);
		if (trouble) {
			this.#troubles++;
			print(`  ! ${trouble.message}`);
		}
	}

	remembered(scan: Scan, trouble: Error | undefined): void {
		this.#before++;
		if (trouble) {
			this.#troubles++;
			this.#options.print(`  ! ${scan.name}: ${trouble.message}`);
		}
	}

	warned(reason: Error): void {
		this.#clear(this.#scan);
		this.#troubles++;
		this.#lastReason = reason;
		this.#options.print(`  ! ${reason.message}`);
	}

	interrupted(scan: Scan, reason: Error, waitMs: number): void {
		const { print, terminal, progress } = this.#options;
		if (terminal)
			progress("");
		print(`  ${scan.name}: ${reason.message}; going on in ${(waitMs / 1000).toFixed(1)} s`);
	}

	waited(_scan: Scan, reason: Error): void {
		this.#stayed++;
		this.#lastReason = reason;
	}

	stayed(scan: Scan, reason: Error): void {
		this.#clear(scan);
		this.#stayed++;
		this.#options.print(`  ! ${scan.name} stays here: ${reason === this.#lastReason ? "for the same reason" : reason.message}`);
		this.#lastReason = reason;
	}

	/** The sum. note: what else a person may want to know. */
	finish(source: string, note: string): void {
		const { print } = this.#options;
		const tail = note ? `; ${note}` : "";
		const before = this.#before ? `${count(this.#before)} had arrived before` : "";
		if (this.#arrived + this.#stayed === 0)
			return print(`${before ? `Nothing new in ${source}: ${before}` : `No scans in ${source}`}${tail}`);
		print(`${this.#arrived ? `${count(this.#arrived)} arrived (${size(this.#bytes)})` : "Nothing arrived"}${this.#stayed ? `, ${count(this.#stayed)} stayed here` : ""}${before ? `, ${before}` : ""}${tail}`);
	}

	/** No more progress of that scan is shown, and none is on the line. */
	#clear(settled: Scan | undefined): void {
		if (this.#scan === settled)
			this.#scan = undefined;
		if (this.#options.terminal)
			this.#options.progress("");
	}
}

function count(scans: number): string {
	return scans === 1 ? "1 scan" : `${scans} scans`;
}

/** "1.2 MB". */
export function size(bytes: number): string {
	if (bytes < 1000)
		return `${Math.round(bytes)} bytes`;
	if (bytes < 999500)
		return `${Math.round(bytes / 1000)} KB`;
	return `${(bytes / 1e6).toFixed(1)} MB`;
}
