/**
 * The journal: what has become of each scan, kept on the device's storage so that power may fail at any instant. docs/JOURNAL.md has its format, docs/DESIGN.md why
 * it is so. Two files take turns: each holds a base, sorted as the spool sorts, and a tail of records in the order of events; a full tail is merged with the base
 * into the other file, whose header comes last and makes it the one that counts. Nothing that counts is ever written over, renamed or deleted.
 */
import { crc32, File, flushFolder, Lock } from "../../../hosts/storage/storage.js";
import { StorageError } from "../../errors/errors.js";
import { checkRecord, compareKeys, getEntry, JournalEntry, JournalState, keyAt, keyLength, lengthAt, putEntry, putKey, sameSize, type ScanKey, stateAt, temporaryAt, trimRecord } from "./record.js";
import { baseAt, Block, Marks, Merger, recordsMost, sector } from "./base.js";

export interface JournalOptions {
	/** Its files are this path with "-a" and "-b" behind it. */
	readonly path: string;
	/** Whether it may begin anew where both files are there and neither can be read: what has arrived is not known any more then. */
	readonly anew: boolean;
	log(line: string): void;
	random(bytes: Uint8Array, at: number, length: number): void;
}

/** "SCANJRNL". */
const magic = Object.freeze([0x53, 0x43, 0x41, 0x4E, 0x4A, 0x52, 0x4E, 0x4C]);
const version = 1;
const Header = Object.freeze({
	Magic: 0, Version: 8, Length: 10, Generation: 12, Salt: 16, BaseBlocks: 20, BaseRecords: 24, Temporaries: 28, ClientGuid: 32, Checksum: 60, size: 64,
} as const);

/** How many scans the tail tells of at the most, and in how many sectors. */
const scansMax = 128;
const sectorsMax = 1024;
/** Of those, what prepare() leaves for one scan. */
const sectorsLeast = 64;
/*
 * The memory that a journal works in: a block of the base; the index, which has for each scan in the tail a checksum of the key (4), the sector of the newest record (2),
 * and whether the look has met it (1); a record with its checksum before it, or a key there and another record's first sector in the back half. The record
 * comes last, so that a text that is too long meets the end.
 */
const indexAt = sector;
const frontAt = indexAt + 8 * scansMax;
const backAt = frontAt + sector;
const memoryLength = backAt + sector;
/** From the checksum to the record. */
const recordOffset = 4;
const recordAt = frontAt + recordOffset;
/** The file is made longer by so much at a time, and when less than reserve is left: so "it has arrived" can be written even where the medium is full by then. */
const extent = 32 * sector;
const reserve = 8 * sector;
/** What #peek() says of a file that has no generation. */
const missing = -1;
const unreadable = -2;

export class Journal {
	#path: string;
	#options: JournalOptions;
	/** Whoever has it may write. */
	#lock: Lock | undefined;
	#file: File | undefined;
	#suffix = "-a";
	#generation = 0;
	#salt = 0;
	#baseBlocks = 0;
	#baseRecords = 0;
	#temporaries = 0;
	/** 16 bytes, made once: [MS-SMB2] 2.2.3 ClientGuid. */
	readonly clientGuid = new Uint8Array(16);

	/** Scans that the index has. */
	#count = 0;
	/** Where the tail begins, where the next record goes, where the file ends. */
	#tailAt = 0;
	#end = 0;
	#length = 0;

	/** A block of the base, the index of the tail, a record: one after the other, see above. */
	#bytes = new Uint8Array(memoryLength);
	#view = new DataView(this.#bytes.buffer);
	/** Which block it is, -1 for none, and where its last record begins. */
	#loaded = -1;
	#lastOffset = 0;

	/** During a look: which base records were met, and how many of them the look has passed. */
	#marks: Marks | undefined;
	#reached = 0;
	#unreadable = 0;

	/** Opens the journal, or begins one. Throws StorageError where it can't be read or written, with what to do. */
	constructor(options: JournalOptions) {
		this.#path = options.path;
		this.#options = options;
		this.#guarded(this.#start, options.anew);
	}

	/** A number for a temporary file that none of this device's had before. It is remembered with the entry that names it. */
	nextTemporary(): number { return ++this.#temporaries; }

	/** What is known of the scan, undefined where that is nothing. In a look, in the spool's order, it reads each block of the base once. */
	find(scan: ScanKey): JournalEntry | undefined { return this.#guarded(this.#find, scan); }

	/** Whether a temporary file of this device was ever given a number that is remembered. */
	get hasTemporaries(): boolean { return this.#temporaries > 0; }

	/** Sees to it that there is room to remember another scan: to be called before what is to be remembered is done. */
	prepare(): void { this.#guarded(this.#makeRoom, undefined); }

	/** Remembers entry. Returns when it is on the medium; an error says that it may or may not be, and nothing more can be written. */
	record(entry: JournalEntry): void { this.#guarded(this.#append, entry); }

	/** The nth of the scans that are neither done nor forgotten, undefined when there are no more. record() of the entry may change which is the nth. */
	unfinished(nth: number): JournalEntry | undefined { return this.#guarded(this.#unfinished, nth); }

	/** A look at the folder begins: find() notes from now on what is still there. */
	beginLook(): void {
		for (let i = 0; i < this.#count; i++)
			this.#bytes[indexAt + 8 * i + 6] = 0;
		this.#reached = 0;
		this.#marks = new Marks(this.#baseRecords);
	}

	/**
	 * The look has ended. complete: every scan of the folder was asked for by find(): what is done and was not met is not remembered any longer, when it is worth a rewriting; and what was
	 * under way of such a scan. Returns whether of that a temporary file may be left on the share.
	 */
	endLook(complete: boolean): boolean {
		let left = false;
		if (this.#marks && complete) {
			this.#reached = this.#baseRecords;
			let gone = 0;
			for (let i = 0; i < this.#baseRecords; i++) {
				if (!this.#marks.has(i))
					gone++;
			}
			// All of them: that is rather another folder, or a medium that is not there.
			if (gone > scansMax && gone > this.#baseRecords >> 2 && gone < this.#baseRecords)
				this.compact();
			left = this.#guarded(this.#forgetGone, undefined);
		}
		this.#marks = undefined;
		return left;
	}

	/** What was under way of scans that the look has not met: moved or deleted when power failed, or taken away half sent. Returns whether the share may hold the half of one. */
	#forgetGone(): boolean {
		let left = false;
		for (let i = 0, count = this.#count; i < this.#count; i++) {
			const entry = this.#metAt(i) === 0 ? this.#read(i) : undefined;
			if (!entry || entry.state >= JournalState.DONE)
				continue;
			left ||= entry.state < JournalState.PUBLISHED && entry.temporary > 0;
			entry.state = JournalState.FORGOTTEN;
			this.#append(entry);
			// A rewriting has put them into other places.
			if (this.#count !== count) {
				count = this.#count;
				i = -1;
			}
		}
		return left;
	}

	/** Whether close() was called, or an error has closed it. */
	get closed(): boolean { return this.#file === undefined; }

	/** Safe to call twice. */
	close(): void {
		this.#file?.close();
		this.#lock?.close();
		this.#file = this.#lock = undefined;
	}

	/** Merges the tail into the base. It happens by itself when the tail is full. */
	compact(): void {
		this.#needFile();
		this.#guarded(this.#compact, undefined);
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

	// OPENING

	#start(anew: boolean): void {
		this.#lock = this.#lockIt();
		this.#open(anew);
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

	#open(anew: boolean): void {
		const a = this.#peek("-a");
		const b = this.#peek("-b");
		if (a < 0 && b < 0) {
			if (a === unreadable || b === unreadable) {
				if (!anew)
					throw new StorageError(`journal ${this.#path}: neither of its files (-a, -b) can be read any more, so it is not known which scans have arrived. Nothing is sent. Delete both to have all scans sent that lie here`);
				this.#options.log(`journal ${this.#path}: neither of its files (-a, -b) can be read any more; it begins anew`);
			}
			this.#begin();
			return;
		}
		this.#suffix = a > b ? "-a" : "-b";
		this.#file = new File(this.#path + this.#suffix, "r+");
		this.#readHeader(this.#file);
		this.#readTail();
	}

	/** The generation of the file; missing, or unreadable where there was once more than a beginning. */
	#peek(suffix: string): number {
		let file: File;
		try {
			file = new File(this.#path + suffix, "r+");
		}
		catch (error) {
			if ((error as { code?: string }).code === "ENOENT")
				return missing;
			throw error;
		}
		try {
			if (this.#readHeader(file))
				return this.#generation;
			return file.length > baseAt ? unreadable : missing;
		}
		finally {
			file.close();
		}
	}

	/** Whether one of the two copies is good: its fields are taken over then. */
	#readHeader(file: File): boolean {
		for (let at = 0; at < baseAt; at += sector) {
			if (!this.#readAt(file, 0, Header.size, at))
				continue;
			const view = this.#view;
			this.#loaded = -1;
			if (view.getUint32(Header.Checksum, true) !== crc32(0, this.#bytes, 0, Header.Checksum) || magic.some((byte, i) => this.#bytes[i] !== byte))
				continue;
			if (view.getUint16(Header.Version, true) !== version)
				throw new StorageError(`journal ${this.#path}: it is of version ${view.getUint16(Header.Version, true)}, and this program knows ${version}: use the newer program, or delete both of its files (-a, -b) to have all scans sent that lie here`);
			this.#generation = view.getUint32(Header.Generation, true);
			this.#salt = view.getUint32(Header.Salt, true);
			this.#baseBlocks = view.getUint32(Header.BaseBlocks, true);
			this.#baseRecords = view.getUint32(Header.BaseRecords, true);
			this.#temporaries = view.getUint32(Header.Temporaries, true);
			this.clientGuid.set(this.#bytes.subarray(Header.ClientGuid, Header.ClientGuid + 16));
			this.#tailAt = baseAt + this.#baseBlocks * sector;
			return true;
		}
		return false;
	}

	/** Reads into the memory at at; whether all of it could be read: a sector that is worn out is like one that was not written. */
	#readAt(file: File, at: number, length: number, position: number): boolean {
		try {
			return file.readInto(this.#bytes, at, length, position) === length;
		}
		catch (error) {
			if ((error as { code?: string }).code !== "EIO")
				throw error;
			return false;
		}
	}

	/** The first file of the first journal. */
	#begin(): void {
		this.#options.random(this.clientGuid, 0, 16);
		this.#generation = this.#baseBlocks = this.#baseRecords = this.#temporaries = this.#count = 0;
		this.#suffix = "-b";
		this.#compact();
	}

	/** Finds each scan's newest record. What follows the last good one was cut short, and is written over by the next. */
	#readTail(): void {
		const file = this.#file!;
		this.#count = 0;
		this.#end = this.#tailAt;
		this.#length = file.length;
		// A header may promise more than the file still has: that is gone, and not looked for.
		this.#baseBlocks = Math.min(this.#baseBlocks, Math.max(0, Math.floor((this.#length - baseAt) / sector)));
		this.#baseRecords = Math.min(this.#baseRecords, this.#baseBlocks * recordsMost);
		let bad = 0;
		let lost = 0;
		for (let at = this.#tailAt; at + sector <= this.#length;) {
			const length = this.#load(file, at);
			if (length === 0) {
				// With bytes that were never written nothing is lost.
				for (let i = frontAt; i < backAt; i++) {
					if (this.#bytes[i] !== 0) {
						bad++;
						break;
					}
				}
				at += sector;
				continue;
			}
			lost += bad;
			bad = 0;
			this.#temporaries = Math.max(this.#temporaries, temporaryAt(this.#view, recordAt));
			if (!this.#note(at))
				throw new StorageError(`journal ${this.#path}${this.#suffix}: it tells of more than ${scansMax} scans`);
			at += wholeLength(length);
			this.#end = at;
		}
		if (lost > 0)
			this.#options.log(`journal ${this.#path}${this.#suffix}: ${lost} of its sectors can't be read: what became of a scan lately may be lost with them`);
	}

	/** Reads the record at the position and returns its length; 0 where there is none that is whole. */
	#load(file: File, position: number): number {
		this.#bytes.fill(0, frontAt, memoryLength);
		// The last one of a file may have but one sector.
		if (!this.#readAt(file, frontAt, 2 * sector, position) && !this.#readAt(file, frontAt, sector, position))
			return 0;
		const length = checkRecord(this.#view, recordAt, memoryLength);
		return length > 0 && this.#view.getUint32(frontAt, true) === crc32(this.#seed(position), this.#bytes, recordAt, length) ? length : 0;
	}

	/** Checksums begin with what is this file's and this place's: bytes of an earlier file in the same place are never believed. */
	#seed(position: number): number { return (this.#salt ^ position) >>> 0; }

	/** Has the index show the record in the front, which lies at that position. False where there is no room. */
	#note(position: number): boolean {
		const hash = this.#hash();
		let i = this.#indexOf(hash);
		if (i < 0) {
			if (this.#count === scansMax)
				return false;
			i = this.#count++;
		}
		this.#setIndex(i, hash, (position - this.#tailAt) / sector, 1);
		return true;
	}

	#setIndex(i: number, hash: number, sectorNumber: number, met: number): void {
		this.#view.setUint32(indexAt + 8 * i, hash, true);
		this.#view.setUint16(indexAt + 8 * i + 4, sectorNumber, true);
		this.#bytes[indexAt + 8 * i + 6] = met;
	}

	#hashAt(i: number): number { return this.#view.getUint32(indexAt + 8 * i, true); }
	#positionAt(i: number): number { return this.#tailAt + this.#view.getUint16(indexAt + 8 * i + 4, true) * sector; }
	#metAt(i: number): number { return this.#bytes[indexAt + 8 * i + 6]; }

	#hash(): number { return crc32(0, this.#bytes, keyAt(recordAt), keyLength(this.#view, recordAt)); }

	/** The place in the index of the scan whose key is in the front, or -1. Keys are compared, not only their checksums. */
	#indexOf(hash: number): number {
		for (let i = 0; i < this.#count; i++) {
			if (this.#hashAt(i) === hash && this.#readBack(i) && this.#compareAt(backAt + recordOffset) === 0 && sameSize(this.#view, recordAt, backAt + recordOffset))
				return i;
		}
		return -1;
	}

	/** Reads the first sector of the record, which holds all of the key, into the back. */
	#readBack(i: number): boolean { return this.#readAt(this.#needFile(), backAt, sector, this.#positionAt(i)); }

	/** Compares the key in the front with that of the record at at. */
	#compareAt(at: number): number { return compareKeys(this.#bytes, this.#view, recordAt, at); }

	// FINDING

	#find(scan: ScanKey): JournalEntry | undefined {
		this.#needFile();
		putKey(scan, this.#bytes, this.#view, recordAt);
		const i = this.#indexOf(this.#hash());
		// Its place in the base is passed all the same.
		const at = this.#seek();
		if (i >= 0) {
			this.#bytes[indexAt + 8 * i + 6] = 1;
			const entry = this.#read(i);
			return entry === undefined || entry.state === JournalState.FORGOTTEN ? undefined : entry;
		}
		return at < 0 || !sameSize(this.#view, recordAt, at) ? undefined : getEntry(this.#bytes, this.#view, at);
	}

	#unfinished(nth: number): JournalEntry | undefined {
		for (let i = 0; i < this.#count; i++) {
			const entry = this.#read(i);
			if (entry && entry.state < JournalState.DONE && nth-- === 0)
				return entry;
		}
		return undefined;
	}

	#needFile(): File {
		if (!this.#file)
			throw new StorageError(`journal ${this.#path}: it is closed`);
		return this.#file;
	}

	#read(i: number): JournalEntry | undefined {
		return this.#load(this.#needFile(), this.#positionAt(i)) > 0 ? getEntry(this.#bytes, this.#view, recordAt) : undefined;
	}

	/** Offset in the block of the base record whose time and name are those of the key in the front, or -1. Notes that it was met, and how far the look has come. */
	#seek(): number {
		if (!this.#seekBlock())
			return -1;
		const view = this.#view;
		let index = view.getUint32(Block.FirstIndex, true);
		let found = -1;
		for (let at: number = Block.Records; at <= this.#lastOffset; at += lengthAt(view, at), index++) {
			const order = this.#compareAt(at);
			if (order > 0)
				continue;
			if (order === 0) {
				found = at;
				// Of another size it is another scan, under the same name: what is remembered is of one that is gone.
				if (sameSize(view, recordAt, at))
					this.#marks?.add(index);
			}
			break;
		}
		this.#reached = Math.max(this.#reached, index);
		return found;
	}

	/** Loads the block that holds the key in the front, if any does: the one at hand or the next to it in a look, else by halving. */
	#seekBlock(): boolean {
		if (this.#baseBlocks === 0)
			return false;
		if (this.#loaded >= 0 && this.#compareAt(Block.Records) >= 0) {
			if (this.#compareAt(this.#lastOffset) <= 0)
				return true;
			const next = this.#loaded + 1;
			if (next === this.#baseBlocks)
				return true;
			if (this.#loadBlock(next) && this.#compareAt(this.#lastOffset) <= 0)
				return true;
		}
		let low = 0;
		let high = this.#baseBlocks - 1;
		while (low < high) {
			const middle = (low + high) >> 1;
			let readable = middle;
			while (readable <= high && !this.#loadBlock(readable))
				readable++;
			if (readable > high)
				high = middle;
			else if (this.#compareAt(this.#lastOffset) > 0)
				low = readable + 1;
			else if (readable === middle || this.#compareAt(Block.Records) < 0)
				high = middle;
			else
				return true;
			// Behind the last block: its end is where it would be.
			if (low > high)
				low = high;
		}
		return this.#loadBlock(low);
	}

	/** Loads a block of the base; false where it can't be read, which is told once. */
	#loadBlock(index: number): boolean {
		if (this.#loaded === index)
			return true;
		this.#loaded = -1;
		const position = baseAt + index * sector;
		const view = this.#view;
		if (this.#readAt(this.#needFile(), 0, sector, position) && view.getUint32(Block.Checksum, true) === crc32(this.#seed(position), this.#bytes, 4, sector - 4)) {
			const used = view.getUint16(Block.Used, true);
			let at: number = Block.Records;
			while (used <= sector && at < used) {
				const length = checkRecord(view, at, used);
				if (length === 0)
					break;
				this.#lastOffset = at;
				at += length;
			}
			if (at === used && at > Block.Records) {
				this.#loaded = index;
				return true;
			}
		}
		if (this.#unreadable++ === 0)
			this.#options.log(`journal ${this.#path}${this.#suffix}: a part of it can't be read: some scans that have arrived may be sent once more`);
		return false;
	}

	// WRITING

	#makeRoom(): void {
		this.#needFile();
		if (this.#count === scansMax || (this.#end - this.#tailAt) / sector + sectorsLeast > sectorsMax)
			this.#compact();
		if (this.#end + reserve > this.#length)
			this.#extend(this.#needFile(), this.#end, false);
	}

	#append(entry: JournalEntry): void {
		this.#needFile();
		let length = putEntry(entry, this.#bytes, this.#view, recordAt);
		if (this.#isFull()) {
			// It works where the record is.
			this.#compact();
			length = putEntry(entry, this.#bytes, this.#view, recordAt);
		}
		this.#temporaries = Math.max(this.#temporaries, entry.temporary);
		this.#write(this.#needFile(), length);
	}

	/** Whether the record in the front finds no room in the tail. */
	#isFull(): boolean {
		if ((this.#end - this.#tailAt) / sector + 2 > sectorsMax)
			return true;
		if (this.#count < scansMax)
			return false;
		// Looking for it takes the back, where the record may go on.
		const rest = this.#bytes.slice(backAt);
		const known = this.#indexOf(this.#hash()) >= 0;
		this.#bytes.set(rest, backAt);
		return !known;
	}

	/** Appends the record in the front. */
	#write(file: File, length: number): void {
		const at = this.#end;
		const whole = wholeLength(length);
		this.#bytes.fill(0, recordAt + length, frontAt + whole);
		this.#view.setUint32(frontAt, crc32(this.#seed(at), this.#bytes, recordAt, length), true);
		if (at + whole + reserve > this.#length)
			this.#extend(file, at + whole, stateAt(this.#view, recordAt) >= JournalState.PUBLISHED);
		file.writeFrom(this.#bytes, frontAt, whole, at);
		file.flush();
		this.#end = at + whole;
		if (!this.#note(at))
			throw new StorageError(`journal ${this.#path}${this.#suffix}: no room for another scan`);
	}

	/** Makes the file longer. needed: where it has to reach; urgent: what has arrived is written as long as there is room, whatever comes after it. */
	#extend(file: File, needed: number, urgent: boolean): void {
		const wanted = Math.ceil((needed + reserve) / extent) * extent;
		try {
			file.setSize(wanted);
			this.#length = wanted;
		}
		catch (error) {
			if (!(urgent && needed <= this.#length))
				throw error;
		}
	}

	/** Writes base and tail, merged, to the other file. */
	#compact(): void {
		const from = this.#file;
		const suffix = this.#suffix === "-a" ? "-b" : "-a";
		const to = new File(this.#path + suffix, "w+");
		try {
			flushFolder(folderOf(this.#path));
			const merger = new Merger(to, this.#newSalt(), this.#marks ? new Marks(this.#baseRecords + this.#count) : undefined);
			if (from)
				this.#merge(from, merger);
			merger.finish();
			this.#copyUnfinished(from, to, merger);
			this.#adopt(to, suffix, merger);
			from?.close();
		}
		catch (error) {
			if (this.#file !== to)
				to.close();
			throw error;
		}
	}

	/** Hands the merger all that is done, in order, without what the look has passed and not met: that is gone from the folder. */
	#merge(from: File, merger: Merger): void {
		const marks = this.#marks;
		const order = this.#sortTail();
		let next = 0;
		let length = this.#loadNth(from, order, next);
		/** Those of the tail that come before the base record at at (-1: all that are left). Returns whether one of them takes that record's place. */
		const putTail = (at: number, passed: boolean): boolean => {
			for (; next < order.length; length = this.#loadNth(from, order, ++next)) {
				const difference = at < 0 ? -1 : this.#compareAt(at);
				if (difference > 0)
					return false;
				const met = this.#metAt(order[next]) !== 0;
				if (length > 0 && stateAt(this.#view, recordAt) === JournalState.DONE && (met || !passed)) {
					length = trimRecord(this.#bytes, this.#view, recordAt, sector - Block.Records);
					merger.put(this.#bytes, recordAt, length, met, passed);
				}
				if (difference === 0) {
					length = this.#loadNth(from, order, ++next);
					return true;
				}
			}
			return false;
		};
		for (let block = 0; block < this.#baseBlocks; block++) {
			if (!this.#loadBlock(block))
				continue;
			let index = this.#view.getUint32(Block.FirstIndex, true);
			for (let at: number = Block.Records; at <= this.#lastOffset; at += lengthAt(this.#view, at), index++) {
				const passed = marks !== undefined && index < this.#reached;
				if (putTail(at, passed))
					continue;
				const met = marks?.has(index) ?? false;
				if (met || !passed)
					merger.put(this.#bytes, at, lengthAt(this.#view, at), met, passed);
			}
		}
		putTail(-1, false);
	}

	/** Loads the tail's scan that is the nth in order; its length, or 0. */
	#loadNth(from: File, order: Uint8Array, nth: number): number {
		return nth < order.length ? this.#load(from, this.#positionAt(order[nth])) : 0;
	}

	#newSalt(): number {
		this.#options.random(this.#bytes, frontAt, 4);
		return this.#view.getUint32(frontAt, true);
	}

	/** The tail's scans in the order of the base. They mostly are in order already. Of several with the same time and name only the newest is left: there can be but one such file. */
	#sortTail(): Uint8Array {
		const order = new Uint8Array(this.#count);
		let count = 0;
		for (let i = 0; i < this.#count; i++) {
			if (this.#load(this.#needFile(), this.#positionAt(i)) === 0)
				continue;
			let to = count;
			let same = false;
			while (to > 0 && this.#readBack(order[to - 1])) {
				const difference = this.#compareAt(backAt + recordOffset);
				if (difference > 0)
					break;
				to--;
				if (difference === 0) {
					same = true;
					break;
				}
			}
			if (same) {
				if (this.#positionAt(i) > this.#positionAt(order[to]))
					order[to] = i;
				continue;
			}
			order.copyWithin(to + 1, to, count);
			order[to] = i;
			count++;
		}
		return order.slice(0, count);
	}

	/** What is not done yet goes into the new tail, as it is. */
	#copyUnfinished(from: File | undefined, to: File, merger: Merger): void {
		let end = baseAt + merger.blocks * sector;
		const tailAt = end;
		let count = 0;
		for (let i = 0; from && i < this.#count; i++) {
			const length = this.#load(from, this.#positionAt(i));
			if (length === 0 || stateAt(this.#view, recordAt) >= JournalState.DONE)
				continue;
			// A tail of nothing but these would leave no room.
			if (count === scansMax / 2) {
				this.#options.log(`journal ${this.#path}: more than ${count} scans are half sent: of some the temporary files on the share are not known any more`);
				break;
			}
			const whole = wholeLength(length);
			this.#view.setUint32(frontAt, crc32((merger.salt ^ end) >>> 0, this.#bytes, recordAt, length), true);
			to.writeFrom(this.#bytes, frontAt, whole, end);
			this.#setIndex(count++, this.#hashAt(i), (end - tailAt) / sector, this.#metAt(i));
			end += whole;
		}
		this.#count = count;
		this.#end = end;
	}

	/** Makes the new file the one that counts: all of it is on the medium before its header is. */
	#adopt(to: File, suffix: string, merger: Merger): void {
		to.flush();
		// Where the block was: none of the new file is loaded yet.
		const header = this.#bytes;
		const view = this.#view;
		this.#loaded = -1;
		header.fill(0, 0, sector);
		header.set(magic);
		view.setUint16(Header.Version, version, true);
		view.setUint16(Header.Length, Header.size, true);
		view.setUint32(Header.Generation, this.#generation + 1, true);
		view.setUint32(Header.Salt, merger.salt, true);
		view.setUint32(Header.BaseBlocks, merger.blocks, true);
		view.setUint32(Header.BaseRecords, merger.records, true);
		view.setUint32(Header.Temporaries, this.#temporaries, true);
		header.set(this.clientGuid, Header.ClientGuid);
		view.setUint32(Header.Checksum, crc32(0, header, 0, Header.Checksum), true);
		// The second copy, then the first: one of them is whole at any instant from then on.
		for (let at = sector; at >= 0; at -= sector) {
			to.writeFrom(header, 0, sector, at);
			to.flush();
		}
		this.#file = to;
		this.#suffix = suffix;
		this.#generation++;
		this.#salt = merger.salt;
		this.#baseBlocks = merger.blocks;
		this.#baseRecords = merger.records;
		this.#tailAt = baseAt + merger.blocks * sector;
		this.#length = to.length;
		this.#loaded = -1;
		this.#unreadable = 0;
		this.#marks = merger.marks;
		this.#reached = merger.passed;
	}
}

/** Eight hexadecimal digits that mark a device's temporary files. */
export function deviceName(clientGuid: Uint8Array): string {
	let digits = "";
	for (let i = 0; i < 4; i++)
		digits += clientGuid[i].toString(16).padStart(2, "0");
	return digits;
}

/** What a record of that length takes in the tail. */
function wholeLength(length: number): number { return Math.ceil((recordOffset + length) / sector) * sector; }

function folderOf(path: string): string {
	const end = path.lastIndexOf("/");
	return end < 0 ? "." : end === 0 ? "/" : path.slice(0, end);
}
