/** The spool: which files of the source folder are scans to be sent, oldest first, in bounded memory. */
import { Listing } from "../../hosts/storage/listing.js";
import { Status, status } from "../../hosts/storage/storage.js";

export interface Scan {
	/** File name within the source folder. */
	readonly name: string;
	readonly path: string;
	/** Bytes. */
	readonly size: number;
	/** Last modification, milliseconds since 1970. */
	readonly mtime: number;
}

/** When a file counts as complete; see Spool.unsettledMs(). */
export interface Settling {
	/** How long its size and time must stay as they are. */
	readonly settleMs: number;
	/** Milliseconds since 1970, undefined where the clock is not set; and any count of milliseconds. */
	now(): number | undefined;
	ticks(): number;
}

/** 2000-01-01: what is older was written by something without a clock. */
export const leastTime = 946684800000;

/** Hidden files and what programs leave while they write are no scans. */
const ignored = ".* ~* *~ *.tmp *.temp *.part *.partial *.crdownload *.filepart";

/** Memory of C for the scans that are known at a time, some 200: with more in the folder, it is read again for the next ones. */
const batchBytes = 8192;

export class Spool {
	#folder: string;
	#listing: Listing;
	/** Of the batch, those that are still to come. */
	#rest = 0;
	#found: { size: number; mtime: number } = { size: 0, mtime: 0 };
	#settling: Settling | undefined;
	/** The ticks when the batch was read. */
	#foundAt = 0;

	/** settling: not given, every file counts as complete. Throws the storage's error where there is no such folder. */
	constructor(folder: string, settling?: Settling) {
		this.#folder = folder;
		this.#settling = settling;
		this.#listing = new Listing(folder, ignored, batchBytes);
		this.#read();
	}

	/**
	 * The next scan in the order of time, then name; undefined when all were handed out. Each is handed out once, whatever became of it;
	 * what comes, or changes, after the spool was made is not.
	 */
	next(): Scan | undefined {
		if (this.#rest === 0)
			this.#read();
		const name = this.#listing.next(this.#found);
		if (name === undefined)
			return undefined;
		this.#rest--;
		const { size, mtime } = this.#found;
		return { name, path: `${this.#folder}/${name}`, size, mtime };
	}

	/** Gives its memory back. Safe to call twice. */
	close(): void { this.#listing.close(); }

	/**
	 * Milliseconds until isUnchanged(scan) shows that nobody writes to scan, the last one that next() gave, any more. 0 where its time is that long ago.
	 * Otherwise it must have been seen twice: a time in the future (a scanner's clock, or FAT's local time in another zone) or in FAT's first years says nothing
	 * about its age, nor does a clock here that is not set.
	 */
	unsettledMs(scan: Scan): number {
		if (this.#settling === undefined)
			return 0;
		const { settleMs } = this.#settling;
		const now = this.#settling.now();
		if (now !== undefined && scan.mtime >= leastTime && now - scan.mtime >= settleMs)
			return 0;
		return Math.max(0, settleMs - (this.#settling.ticks() - this.#foundAt));
	}

	#read(): void {
		this.#rest = this.#listing.read();
		// Now that all of them were seen: none for longer than this.
		if (this.#settling !== undefined)
			this.#foundAt = this.#settling.ticks();
	}
}

/** Whether the file on the storage is still the one that scan describes. */
export function isUnchanged(scan: Scan): boolean {
	const now = new Status();
	status(scan.path, now);
	return now.isFile() && now.size === scan.size && now.mtime === scan.mtime;
}
