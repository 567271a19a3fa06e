/** A small file of JSON that says how the uploads stand, for a page or a program to show. docs/JOURNAL.md has its fields. */
import { File, flushFolder, putText, replace } from "../../hosts/storage/storage.js";
import type { Scan } from "./spool.js";
import type { UploadListener } from "./uploader.js";

export interface StateOptions {
	readonly path: string;
	/** Hears all that this hears. */
	readonly next: UploadListener;
	/** Milliseconds since 1970, undefined where the clock is not set; and any count of milliseconds that only goes up. */
	now(): number | undefined;
	ticks(): number;
	log(line: string): void;
}

interface FileState {
	name: string;
	state: "sending" | "arrived" | "stayed";
	size: number;
	confirmed: number;
	bytesPerSecond: number;
	/** Attempts after the first. */
	retries: number;
	/** Where it stands on the share. */
	as?: string;
	reason?: string;
}

/** How many scans it tells of, and how much of a text. */
const filesMax = 5;
const nameLength = 80;
const reasonLength = 160;
/** A line: two such texts, each character up to six bytes, and the rest. */
const lineLength = 2048;
/** Between two writings, for the medium wears. The end of a run is always written. */
const restMs = 10_000;

export class StateFile implements UploadListener {
	#options: StateOptions;
	#next: UploadListener;
	/** The latest first. */
	#files: FileState[] = [];
	#scan: Scan | undefined;
	#began = 0;
	#confirmed = 0;
	#arrived = 0;
	#bytes = 0;
	#before = 0;
	#stayed = 0;
	#troubles = 0;
	#written = -Infinity;
	#broken = false;
	/** Whether there is something to be told that the file does not say. */
	#news = false;

	constructor(options: StateOptions) {
		this.#options = options;
		this.#next = options.next;
	}

	started(scan: Scan): void {
		const again = this.#scan?.name === scan.name && this.#scan.mtime === scan.mtime;
		this.#scan = scan;
		this.#began = this.#options.ticks();
		this.#confirmed = 0;
		if (again)
			this.#files[0].retries++;
		else
			this.#add({ name: cut(scan.name, nameLength), state: "sending", size: scan.size, confirmed: 0, bytesPerSecond: 0, retries: 0 });
		this.#write(false);
		this.#next.started(scan);
	}

	// A property, so that it can be handed on without a closure. Nothing is written while a scan is on its way, here or when the one before it arrives: a device can open but three files at a time.
	readonly progressed = (confirmed: number): void => {
		this.#confirmed = confirmed;
		this.#next.progressed(confirmed);
	};

	arrived(scan: Scan, name: string, elapsedMs: number, trouble: Error | undefined): void {
		this.#arrived++;
		this.#bytes += scan.size;
		if (trouble)
			this.#troubles++;
		const file = this.#settle(scan, "arrived", trouble);
		file.as = cut(name, nameLength);
		file.confirmed = scan.size;
		file.bytesPerSecond = Math.round(scan.size * 1000 / Math.max(1, elapsedMs));
		if (this.#scan === scan)
			this.#write(false);
		else
			this.#news = true;
		this.#next.arrived(scan, name, elapsedMs, trouble);
	}

	remembered(scan: Scan, trouble: Error | undefined): void {
		this.#before++;
		if (trouble)
			this.#troubles++;
		this.#next.remembered(scan, trouble);
	}

	interrupted(scan: Scan, reason: Error, waitMs: number): void {
		const file = this.#underWay(scan);
		if (file)
			file.retries++;
		this.#write(false);
		this.#next.interrupted(scan, reason, waitMs);
	}

	waited(scan: Scan, reason: Error): void {
		this.#stayed++;
		this.#next.waited(scan, reason);
	}

	stayed(scan: Scan, reason: Error): void {
		this.#stayed++;
		const file = this.#settle(scan, "stayed", reason);
		if (this.#scan === scan) {
			file.confirmed = this.#confirmed;
			file.bytesPerSecond = Math.round(this.#confirmed * 1000 / Math.max(1, this.#options.ticks() - this.#began));
		}
		this.#write(false);
		this.#next.stayed(scan, reason);
	}

	warned(reason: Error): void {
		this.#troubles++;
		this.#write(false);
		this.#next.warned(reason);
	}

	/** The run has ended. Where nothing has happened nothing is written. */
	finish(): void { this.#write(true); }

	#add(file: FileState): void {
		this.#files.unshift(file);
		if (this.#files.length > filesMax)
			this.#files.pop();
	}

	#underWay(scan: Scan): FileState | undefined {
		const name = cut(scan.name, nameLength);
		return this.#files.find(file => file.state === "sending" && file.name === name);
	}

	#settle(scan: Scan, state: "arrived" | "stayed", reason: Error | undefined): FileState {
		let file = this.#underWay(scan);
		if (!file) {
			file = { name: cut(scan.name, nameLength), state, size: scan.size, confirmed: 0, bytesPerSecond: 0, retries: 0 };
			this.#add(file);
		}
		file.state = state;
		if (reason)
			file.reason = cut(reason.message, reasonLength);
		return file;
	}

	/** Writes the file beside itself and puts it in its place: readers see the old one or the new one. */
	#write(ended: boolean): void {
		const { path, log, now, ticks } = this.#options;
		this.#news ||= !ended;
		if (this.#broken || !this.#news || (!ended && ticks() - this.#written < restMs))
			return;
		this.#written = ticks();
		this.#news = !ended;
		try {
			const file = new File(`${path}.new`, "w+");
			try {
				const line = new Uint8Array(lineLength);
				let at = 0;
				const put = (text: string): void => {
					const length = putText(text, line, 0);
					file.writeFrom(line, 0, length, at);
					at += length;
				};
				const totals = { arrived: this.#arrived, bytes: this.#bytes, before: this.#before, stayed: this.#stayed, troubles: this.#troubles };
				put(`{"version":1,"time":${now() ?? null},"running":${!ended},"totals":${JSON.stringify(totals)},"files":[`);
				this.#files.forEach((each, i) => put(`${i > 0 ? "," : ""}\n${JSON.stringify(each)}`));
				put("\n]}\n");
				file.flush();
			}
			finally {
				file.close();
			}
			replace(`${path}.new`, path);
			if (ended)
				flushFolder(path.slice(0, Math.max(1, path.lastIndexOf("/"))));
		}
		catch (error) {
			this.#broken = true;
			log(`state=${path}: ${(error as Error).message}`);
		}
	}
}

function cut(text: string, length: number): string {
	return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
