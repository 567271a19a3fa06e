/** The spool: which files of the source folder are scans to be sent, oldest first, in bounded memory. */
import { Scan as FolderScan, Status, status } from "../../hosts/storage/storage.js";

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
const leastTime = 946684800000;

/** How many scans are known at a time: with more in the folder, it is read again for the next batch. */
const batchLength = 16;

export class Spool {
	#folder: string;
	#batch: Scan[] = [];
	#last: Scan | undefined;
	/** The latest time in the folder at the start: what is newer came, or changed, since then, and is for the next look. */
	#until = -Infinity;
	#settling: Settling | undefined;
	/** The ticks when the batch was read. */
	#found = 0;

	/** settling: not given, every file counts as complete. Throws the storage's error where there is no such folder. */
	constructor(folder: string, settling?: Settling) {
		this.#folder = folder;
		this.#settling = settling;
		this.#fill(true);
	}

	/**
	 * The next scan in the order of time, then name; undefined when all were handed out. Each is handed out once, whatever became of it;
	 * what comes, or changes, after the spool was made is not.
	 */
	next(): Scan | undefined {
		if (this.#batch.length === 0 && this.#last !== undefined)
			this.#fill(false);
		this.#last = this.#batch.shift();
		return this.#last;
	}

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
		return Math.max(0, settleMs - (this.#settling.ticks() - this.#found));
	}

	/** Reads the folder for the first batchLength scans behind the last one. */
	#fill(first: boolean): void {
		const batch = this.#batch;
		const found = new Status();
		const folder = new FolderScan(this.#folder);
		try {
			for (let name = folder.next(); name !== undefined; name = folder.next()) {
				if (!isScanName(name))
					continue;
				const path = `${this.#folder}/${name}`;
				status(path, found);
				if (!found.isFile() || (this.#last !== undefined && !isBefore(this.#last, found.mtime, name)))
					continue;
				if (first)
					this.#until = Math.max(this.#until, found.mtime);
				else if (found.mtime > this.#until)
					continue;
				let i = batch.length;
				while (i > 0 && !isBefore(batch[i - 1], found.mtime, name))
					i--;
				if (i < batchLength)
					batch.splice(i, 0, { name, path, size: found.size, mtime: found.mtime });
				if (batch.length > batchLength)
					batch.pop();
			}
		}
		finally {
			folder.close();
		}
		// Now that all of them were seen: none for longer than this.
		if (this.#settling !== undefined)
			this.#found = this.#settling.ticks();
	}
}

/** Whether scan comes before a file of that time and name. */
function isBefore(scan: Scan, mtime: number, name: string): boolean {
	return scan.mtime < mtime || (scan.mtime === mtime && scan.name < name);
}

/** Hidden files and what programs leave while they write are no scans. */
export function isScanName(name: string): boolean {
	return !/^[.~]|~$|\.(tmp|temp|part|partial|crdownload|filepart)$/i.test(name);
}

/** Whether the file on the storage is still the one that scan describes. */
export function isUnchanged(scan: Scan): boolean {
	const now = new Status();
	status(scan.path, now);
	return now.isFile() && now.size === scan.size && now.mtime === scan.mtime;
}

/** "scan.pdf" and 2 → "scan (2).pdf". A leading dot does not begin an extension. */
export function numberedName(name: string, n: number): string {
	const dot = name.lastIndexOf(".");
	return dot > 0 ? `${name.slice(0, dot)} (${n})${name.slice(dot)}` : `${name} (${n})`;
}
