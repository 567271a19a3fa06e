/**
 * The journal: what has become of each scan, kept on the device's storage so that power may fail at any instant. docs/JOURNAL.md has its format, docs/DESIGN.md why
 * it is so. Two files take turns (files.ts): each holds a base (base.ts), sorted as the spool sorts, and a tail (tail.ts) of records (record.ts) in the order of events; a full tail is merged
 * with the base into the other file (rewriting.ts), whose header comes last and makes it the one that counts. Nothing that counts is ever written over, renamed or deleted.
 */
import { Lock } from "../../../hosts/storage/storage.js";
import { StorageError } from "../../errors/errors.js";
import { Base, Look } from "./base.js";
import { Files, type JournalOptions } from "./files.js";
import { recordAt, scansMax } from "./memory.js";
import { getEntry, type JournalEntry, JournalState, putEntry, putKey, type ScanKey } from "./record.js";
import { rewrite } from "./rewriting.js";
import { Tail } from "./tail.js";

export class Journal {
	/** Whoever has it may write. */
	#lock: Lock | undefined;
	#files: Files;
	#base: Base;
	#tail: Tail;

	/** Opens the journal, or begins one. Throws StorageError where it can't be read or written, with what to do. */
	constructor(options: JournalOptions) {
		this.#files = new Files(options);
		this.#base = new Base(this.#files);
		this.#tail = new Tail(this.#files);
		this.#guarded(this.#open, undefined);
	}

	/** 16 bytes, made once: [MS-SMB2] 2.2.3 ClientGuid. */
	get clientGuid(): Uint8Array { return this.#files.clientGuid; }

	/** A number for a temporary file that none of this device's had before. It is remembered with the entry that names it. */
	nextTemporary(): number { return ++this.#files.temporaries; }

	/** Whether a temporary file of this device was ever given a number that is remembered. */
	get hasTemporaries(): boolean { return this.#files.temporaries > 0; }

	/** What is known of the scan, undefined where that is nothing. In a look, in the spool's order, it reads each block of the base once. */
	find(scan: ScanKey): JournalEntry | undefined { return this.#guarded(this.#find, scan); }

	/** The nth of the scans that are neither done nor forgotten, undefined when there are no more. record() of the entry may change which is the nth. */
	unfinished(nth: number): JournalEntry | undefined { return this.#guarded(this.#unfinished, nth); }

	/** Sees to it that there is room to remember another scan: to be called before what is to be remembered is done. */
	prepare(): void { this.#guarded(this.#prepare, undefined); }

	/** Remembers entry. Returns when it is on the medium; an error says that it may or may not be, and nothing more can be written. */
	record(entry: JournalEntry): void { this.#guarded(this.#record, entry); }

	/** A look at the folder begins: find() notes from now on what is still there. */
	beginLook(): void {
		for (let i = 0; i < this.#tail.count; i++)
			this.#tail.setMet(i, false);
		this.#base.look = new Look(this.#files.baseRecords);
	}

	/**
	 * The look has ended. complete: every scan of the folder was asked for by find(): what is done and was not met is not remembered any longer, when it is worth a rewriting; and what was
	 * under way of such a scan. Returns whether of that a temporary file may be left on the share.
	 */
	endLook(complete: boolean): boolean {
		const left = complete && this.#base.look ? this.#guarded(this.#forgetGone, this.#base.look) : false;
		this.#base.look = undefined;
		return left;
	}

	/** Merges the tail into the base. It happens by itself when the tail is full. */
	compact(): void { this.#guarded(this.#compact, undefined); }

	/** Whether close() was called, or an error has closed it. */
	get closed(): boolean { return this.#files.closed; }

	/** Safe to call twice. */
	close(): void {
		this.#files.close();
		this.#lock?.close();
		this.#lock = undefined;
	}

	/** Storage's own errors become StorageErrors that name the journal; after one of them it is closed, for nobody knows what is on the medium. run: a method of this class, for a closure is garbage. */
	#guarded<A, T>(run: (argument: A) => T, argument: A): T {
		try {
			return run.call(this, argument);
		}
		catch (error) {
			if (error instanceof RangeError || error instanceof TypeError)
				throw error;
			this.close();
			throw error instanceof StorageError ? error : new StorageError(`journal ${this.#path}: ${(error as Error).message}`, { cause: error });
		}
	}

	get #path(): string { return this.#files.options.path; }

	#open(): void {
		this.#lock = this.#lockIt();
		if (this.#files.open()) {
			this.#base.begin(undefined);
			this.#tail.open();
			return;
		}
		this.#files.options.random(this.clientGuid, 0, 16);
		this.#rewrite();
	}

	#lockIt(): Lock {
		try {
			return new Lock(`${this.#path}-lock`);
		}
		catch (error) {
			if ((error as { code?: string }).code !== "EBUSY")
				throw error;
			throw new StorageError(`journal ${this.#path}: another uploader is at work with it: two would send the same scans. Nothing is sent until it has ended`, { cause: error });
		}
	}

	#find(scan: ScanKey): JournalEntry | undefined {
		this.#files.need();
		const { memory } = this.#files;
		putKey(scan, memory.bytes, memory.view, recordAt);
		const i = this.#tail.find();
		// Its place in the base is passed all the same.
		const at = this.#base.seek();
		if (i >= 0) {
			this.#tail.setMet(i, true);
			const entry = this.#tail.entry(i);
			return entry === undefined || entry.state === JournalState.FORGOTTEN ? undefined : entry;
		}
		return at < 0 || !memory.sameSize(at) ? undefined : getEntry(memory.bytes, memory.view, at);
	}

	#unfinished(nth: number): JournalEntry | undefined {
		for (let i = 0; i < this.#tail.count; i++) {
			const entry = this.#tail.entry(i);
			if (entry && entry.state < JournalState.DONE && nth-- === 0)
				return entry;
		}
		return undefined;
	}

	#prepare(): void {
		this.#files.need();
		if (this.#tail.nearlyFull)
			this.#rewrite();
		this.#tail.reserve();
	}

	#record(entry: JournalEntry): void {
		this.#files.need();
		const bytes = this.#files.memory.bytes;
		const view = this.#files.memory.view;
		let length = putEntry(entry, bytes, view, recordAt);
		if (this.#tail.isFull()) {
			// It works where the record is.
			this.#rewrite();
			length = putEntry(entry, bytes, view, recordAt);
		}
		this.#files.temporaries = Math.max(this.#files.temporaries, entry.temporary);
		this.#tail.append(length);
	}

	#compact(): void {
		this.#files.need();
		this.#rewrite();
	}

	#rewrite(): void { rewrite(this.#files, this.#base, this.#tail); }

	#forgetGone(look: Look): boolean {
		const { baseRecords } = this.#files;
		look.passTo(baseRecords);
		const gone = this.#base.countGone(look);
		// All of them: that is rather another folder, or a medium that is not there.
		if (gone > scansMax && gone > baseRecords >> 2 && gone < baseRecords)
			this.#compact();
		return this.#forgetUnfinished();
	}

	/** What was under way of scans that the look has not met: moved or deleted when power failed, or taken away half sent. Returns whether the share may hold the half of one. */
	#forgetUnfinished(): boolean {
		const tail = this.#tail;
		let left = false;
		for (let i = 0, { count } = tail; i < tail.count; i++) {
			const entry = tail.metAt(i) ? undefined : tail.entry(i);
			if (!entry || entry.state >= JournalState.DONE)
				continue;
			left ||= entry.state < JournalState.PUBLISHED && entry.temporary > 0;
			entry.state = JournalState.FORGOTTEN;
			this.#record(entry);
			// A rewriting has put them into other places.
			if (tail.count !== count) {
				count = tail.count;
				i = -1;
			}
		}
		return left;
	}
}

/** Eight hexadecimal digits that mark a device's temporary files. */
export function deviceName(clientGuid: Uint8Array): string {
	let digits = "";
	for (let i = 0; i < 4; i++)
		digits += clientGuid[i].toString(16).padStart(2, "0");
	return digits;
}
