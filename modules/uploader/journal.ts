/**
 * The journal: what has become of each scan, kept on the device's storage so that power may fail at any instant. docs/JOURNAL.md has its format, docs/DESIGN.md why
 * it is so. Two files take turns: each holds a base, sorted as the spool sorts, and a tail of records in the order of events; a full tail is merged with the base
 * into the other file, whose header comes last and makes it the one that counts. Nothing that counts is ever written over, renamed or deleted.
 */
import { crc32, File, flushFolder } from "../../hosts/storage/storage.js";
import { StorageError } from "../errors/errors.js";
import { checkRecord, compareKeys, getEntry, JournalEntry, JournalState, keyAt, keyLength, lengthAt, putEntry, putKey, sameSize, type ScanKey, stateAt, temporaryAt, trimRecord } from "./journal-record.js";

export interface JournalOptions {
	/** Its files are this path with "-a" and "-b" behind it. */
	readonly path: string;
	/** Whether it may begin anew where both files are there and neither can be read: what has arrived is not known any more then. */
	readonly anew: boolean;
	log(line: string): void;
	random(bytes: Uint8Array, at: number, length: number): void;
}

/** What is written in one step is a multiple of this, and lies in no sector of what was written before. */
const sector = 512;
/** The header, twice. */
const baseAt = 2 * sector;
/** "SCANJRNL". */
const magic = Object.freeze([0x53, 0x43, 0x41, 0x4E, 0x4A, 0x52, 0x4E, 0x4C]);
const version = 1;
const Header = Object.freeze({
	Magic: 0, Version: 8, Length: 10, Generation: 12, Salt: 16, BaseBlocks: 20, BaseRecords: 24, Temporaries: 28, ClientGuid: 32, Checksum: 60, size: 64,
} as const);
const Block = Object.freeze({ Checksum: 0, Used: 4, Count: 6, FirstIndex: 8, Records: 12 } as const);
/** Of a record in the tail: its checksum, then the record. */
const recordAt = 4;

/** How many scans the tail tells of at the most, and in how many sectors. */
const scansMax = 128;
const sectorsMax = 1024;
/** Of those, what prepare() leaves for one scan. */
const sectorsLeast = 64;
/** The file is made longer by so much at a time, and when less than reserve is left: so "it has arrived" can be written even where the medium is full by then. */
const extent = 32 * sector;
const reserve = 8 * sector;
/** What #peek() says of a file that has no generation. */
const missing = -1;
const unreadable = -2;

export class Journal {
	#path: string;
	#log: (line: string) => void;
	#random: JournalOptions["random"];
	#file: File | undefined;
	#suffix = "-a";
	#generation = 0;
	#salt = 0;
	#baseBlocks = 0;
	#baseRecords = 0;
	#temporaries = 0;
	/** 16 bytes, made once: [MS-SMB2] 2.2.3 ClientGuid. */
	readonly clientGuid = new Uint8Array(16);

	/** The scans that the tail tells of: a checksum of the key, the sector of the newest record, whether the look has met it. */
	#hashes = new Uint32Array(scansMax);
	#sectors = new Uint16Array(scansMax);
	#met = new Uint8Array(scansMax);
	#count = 0;
	/** Where the tail begins, where the next record goes, where the file ends. */
	#tailAt = 0;
	#end = 0;
	#length = 0;

	/** A block of the base, and which: -1 for none. */
	#block = new Uint8Array(sector);
	#blockView = new DataView(this.#block.buffer);
	#loaded = -1;
	#lastOffset = 0;
	/** A record, or a key in the front half and a record's first sector in the other. */
	#record = new Uint8Array(2 * sector);
	#recordView = new DataView(this.#record.buffer);

	/** During a look: which base records were met, and how many of them the look has passed. */
	#marks: Marks | undefined;
	#reached = 0;
	#unreadable = 0;

	/** Opens the journal, or begins one. Throws StorageError where it can't be read or written, with what to do. */
	constructor(options: JournalOptions) {
		this.#path = options.path;
		this.#log = line => options.log(line);
		this.#random = (bytes, at, length) => options.random(bytes, at, length);
		this.#guarded(() => this.#open(options.anew));
	}

	/** A number for a temporary file that none of this device's had before. It is remembered with the entry that names it. */
	nextTemporary(): number { return ++this.#temporaries; }

	/** What is known of the scan, undefined where that is nothing. In a look, in the spool's order, it reads each block of the base once. */
	find(scan: ScanKey): JournalEntry | undefined { return this.#guarded(() => this.#find(scan)); }

	/** Sees to it that there is room to remember another scan: to be called before what is to be remembered is done. */
	prepare(): void {
		this.#guarded(() => {
			this.#needFile();
			if (this.#count === scansMax || (this.#end - this.#tailAt) / sector + sectorsLeast > sectorsMax)
				this.#compact();
			if (this.#end + reserve > this.#length)
				this.#extend(this.#needFile(), this.#end, false);
		});
	}

	/** Remembers entry. Returns when it is on the medium; an error says that it may or may not be, and nothing more can be written. */
	record(entry: JournalEntry): void { this.#guarded(() => this.#append(entry)); }

	/** The nth of the scans that are neither done nor forgotten, undefined when there are no more. record() of the entry may change which is the nth. */
	unfinished(nth: number): JournalEntry | undefined {
		return this.#guarded(() => {
			for (let i = 0; i < this.#count; i++) {
				const entry = this.#read(this.#sectors[i]);
				if (entry && entry.state < JournalState.DONE && nth-- === 0)
					return entry;
			}
			return undefined;
		});
	}

	/** A look at the folder begins: find() notes from now on what is still there. */
	beginLook(): void {
		this.#met.fill(0);
		this.#reached = 0;
		this.#marks = new Marks(this.#baseRecords);
	}

	/** The look has ended. complete: every scan of the folder was asked for by find(): what is done and was not met is not remembered any longer, when it is worth a rewriting. */
	endLook(complete: boolean): void {
		if (this.#marks && complete) {
			this.#reached = this.#baseRecords;
			let gone = 0;
			for (let i = 0; i < this.#baseRecords; i++) {
				if (!this.#marks.has(i))
					gone++;
			}
			// All of them: that is rather another folder, or a medium that is not there.
			if (gone > scansMax && gone > this.#baseRecords >> 2 && gone < this.#baseRecords)
				this.#guarded(() => this.#compact());
		}
		this.#marks = undefined;
	}

	/** Whether close() was called, or an error has closed it. */
	get closed(): boolean { return this.#file === undefined; }

	/** Safe to call twice. */
	close(): void {
		this.#file?.close();
		this.#file = undefined;
	}

	/** Merges the tail into the base. It happens by itself when the tail is full. */
	compact(): void { this.#guarded(() => this.#compact()); }

	/** Storage's own errors become StorageErrors that name the journal; after one of them it is closed, for nobody knows what is on the medium. */
	#guarded<T>(run: () => T): T {
		try {
			return run();
		}
		catch (error) {
			if (error instanceof RangeError || error instanceof TypeError)
				throw error;
			this.close();
			throw error instanceof StorageError ? error : new StorageError(`journal ${this.#path}: ${(error as Error).message}`, { cause: error });
		}
	}

	// OPENING

	#open(anew: boolean): void {
		const a = this.#peek("-a");
		const b = this.#peek("-b");
		if (a < 0 && b < 0) {
			if (a === unreadable || b === unreadable) {
				if (!anew)
					throw new StorageError(`journal ${this.#path}: neither of its files (-a, -b) can be read any more, so it is not known which scans have arrived. Nothing is sent. Delete both to have all scans sent that lie here`);
				this.#log(`journal ${this.#path}: neither of its files (-a, -b) can be read any more; it begins anew`);
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
			if (!this.#readAt(file, this.#block, 0, Header.size, at))
				continue;
			const view = this.#blockView;
			this.#loaded = -1;
			if (view.getUint32(Header.Checksum, true) !== crc32(0, this.#block, 0, Header.Checksum) || magic.some((byte, i) => this.#block[i] !== byte))
				continue;
			if (view.getUint16(Header.Version, true) !== version)
				throw new StorageError(`journal ${this.#path}: it is of version ${view.getUint16(Header.Version, true)}, and this program knows ${version}: use the newer program, or delete both of its files (-a, -b) to have all scans sent that lie here`);
			this.#generation = view.getUint32(Header.Generation, true);
			this.#salt = view.getUint32(Header.Salt, true);
			this.#baseBlocks = view.getUint32(Header.BaseBlocks, true);
			this.#baseRecords = view.getUint32(Header.BaseRecords, true);
			this.#temporaries = view.getUint32(Header.Temporaries, true);
			this.clientGuid.set(this.#block.subarray(Header.ClientGuid, Header.ClientGuid + 16));
			this.#tailAt = baseAt + this.#baseBlocks * sector;
			return true;
		}
		return false;
	}

	/** Whether all of it could be read: a sector that is worn out is like one that was not written. */
	#readAt(file: File, bytes: Uint8Array, at: number, length: number, position: number): boolean {
		try {
			return file.readInto(bytes, at, length, position) === length;
		}
		catch (error) {
			if ((error as { code?: string }).code !== "EIO")
				throw error;
			return false;
		}
	}

	/** The first file of the first journal. */
	#begin(): void {
		this.#random(this.clientGuid, 0, 16);
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
		let bad = 0;
		let lost = 0;
		for (let at = this.#tailAt; at + sector <= this.#length;) {
			const length = this.#load(file, at);
			if (length === 0) {
				// With bytes that were never written nothing is lost.
				if (this.#record.some((byte, i) => byte !== 0 && i < sector))
					bad++;
				at += sector;
				continue;
			}
			lost += bad;
			bad = 0;
			this.#temporaries = Math.max(this.#temporaries, temporaryAt(this.#recordView, recordAt));
			if (!this.#note(at))
				throw new StorageError(`journal ${this.#path}${this.#suffix}: it tells of more than ${scansMax} scans`);
			at += Math.ceil((recordAt + length) / sector) * sector;
			this.#end = at;
		}
		if (lost > 0)
			this.#log(`journal ${this.#path}${this.#suffix}: ${lost} of its sectors can't be read: what became of a scan lately may be lost with them`);
	}

	/** Reads the record at the position and returns its length; 0 where there is none that is whole. */
	#load(file: File, position: number): number {
		const bytes = this.#record;
		const view = this.#recordView;
		bytes.fill(0);
		if (!this.#readAt(file, bytes, 0, bytes.length, position) && !this.#readAt(file, bytes, 0, sector, position))
			return 0;
		const length = checkRecord(view, recordAt, bytes.length);
		return length > 0 && view.getUint32(0, true) === crc32(this.#seed(position), bytes, recordAt, length) ? length : 0;
	}

	/** Checksums begin with what is this file's and this place's: bytes of an earlier file in the same place are never believed. */
	#seed(position: number): number { return (this.#salt ^ position) >>> 0; }

	/** Has the index show the record in #record, which lies at that position. False where there is no room. */
	#note(position: number): boolean {
		const hash = this.#hash();
		let i = this.#indexOf(hash);
		if (i < 0) {
			if (this.#count === scansMax)
				return false;
			i = this.#count++;
			this.#hashes[i] = hash;
			this.#met[i] = 1;
		}
		this.#sectors[i] = (position - this.#tailAt) / sector;
		return true;
	}

	#hash(): number { return crc32(0, this.#record, keyAt(recordAt), keyLength(this.#recordView, recordAt)); }

	/** The place in the index of the scan whose key is in the front of #record, or -1. Keys are compared, not only their checksums. */
	#indexOf(hash: number): number {
		for (let i = 0; i < this.#count; i++) {
			if (this.#hashes[i] === hash && this.#readHalf(this.#sectors[i]) && this.#isSame(this.#record, this.#recordView, sector + recordAt))
				return i;
		}
		return -1;
	}

	/** Reads a record's first sector, which holds all of the key, into the back half of #record. */
	#readHalf(index: number): boolean {
		return this.#readAt(this.#file!, this.#record, sector, sector, this.#tailAt + index * sector);
	}

	/** Whether the key in the front of #record is that of the record at at. */
	#isSame(bytes: Uint8Array, view: DataView, at: number): boolean {
		return compareKeys(this.#record, this.#recordView, recordAt, bytes, view, at) === 0 && sameSize(this.#recordView, recordAt, view, at);
	}

	// FINDING

	#find(scan: ScanKey): JournalEntry | undefined {
		this.#needFile();
		putKey(scan, this.#record, this.#recordView, recordAt);
		const i = this.#indexOf(this.#hash());
		// Its place in the base is passed all the same.
		const at = this.#seek();
		if (i >= 0) {
			this.#met[i] = 1;
			const entry = this.#read(this.#sectors[i]);
			return entry === undefined || entry.state === JournalState.FORGOTTEN ? undefined : entry;
		}
		return at < 0 || !sameSize(this.#recordView, recordAt, this.#blockView, at) ? undefined : getEntry(this.#block, this.#blockView, at);
	}

	#needFile(): File {
		if (!this.#file)
			throw new StorageError(`journal ${this.#path}: it is closed`);
		return this.#file;
	}

	#read(index: number): JournalEntry | undefined {
		return this.#load(this.#needFile(), this.#tailAt + index * sector) > 0 ? getEntry(this.#record, this.#recordView, recordAt) : undefined;
	}

	/** Offset in #block of the base record whose time and name are those of the key in #record, or -1. Notes that it was met, and how far the look has come. */
	#seek(): number {
		if (!this.#seekBlock())
			return -1;
		const view = this.#blockView;
		let index = view.getUint32(Block.FirstIndex, true);
		let found = -1;
		for (let at: number = Block.Records; at <= this.#lastOffset; at += lengthAt(view, at), index++) {
			const order = compareKeys(this.#record, this.#recordView, recordAt, this.#block, view, at);
			if (order > 0)
				continue;
			if (order === 0) {
				found = at;
				// Of another size it is another scan, under the same name: what is remembered is of one that is gone.
				if (sameSize(this.#recordView, recordAt, view, at))
					this.#marks?.add(index);
			}
			break;
		}
		this.#reached = Math.max(this.#reached, index);
		return found;
	}

	/** Loads the block that holds the key in #record, if any does: the one at hand or the next to it in a look, else by halving. */
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

	/** Compares the key in #record with the record at at in the block. */
	#compareAt(at: number): number { return compareKeys(this.#record, this.#recordView, recordAt, this.#block, this.#blockView, at); }

	/** Loads a block of the base; false where it can't be read, which is told once. */
	#loadBlock(index: number): boolean {
		if (this.#loaded === index)
			return true;
		this.#loaded = -1;
		const position = baseAt + index * sector;
		const view = this.#blockView;
		if (this.#readAt(this.#needFile(), this.#block, 0, sector, position) && view.getUint32(Block.Checksum, true) === crc32(this.#seed(position), this.#block, 4, sector - 4)) {
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
			this.#log(`journal ${this.#path}${this.#suffix}: a part of it can't be read: some scans that have arrived may be sent once more`);
		return false;
	}

	// WRITING

	#append(entry: JournalEntry): void {
		this.#needFile();
		let length = putEntry(entry, this.#record, this.#recordView, recordAt);
		// Compacting may be needed first; it uses #record itself.
		if (this.#isFull()) {
			this.#compact();
			length = putEntry(entry, this.#record, this.#recordView, recordAt);
		}
		this.#temporaries = Math.max(this.#temporaries, entry.temporary);
		this.#write(this.#file!, length);
	}

	/** Whether the record in #record finds no room in the tail. */
	#isFull(): boolean {
		if ((this.#end - this.#tailAt) / sector + 2 > sectorsMax)
			return true;
		if (this.#count < scansMax)
			return false;
		const first = this.#record.slice(sector);
		const known = this.#indexOf(this.#hash()) >= 0;
		// #indexOf() has used the back half.
		this.#record.set(first, sector);
		return !known;
	}

	/** Appends the record in #record. */
	#write(file: File, length: number): void {
		const at = this.#end;
		const whole = Math.ceil((recordAt + length) / sector) * sector;
		this.#record.fill(0, recordAt + length, whole);
		this.#recordView.setUint32(0, crc32(this.#seed(at), this.#record, recordAt, length), true);
		const state = stateAt(this.#recordView, recordAt);
		if (at + whole + reserve > this.#length)
			this.#extend(file, at + whole, state >= JournalState.PUBLISHED);
		file.writeFrom(this.#record, 0, whole, at);
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
				const difference = at < 0 ? -1 : compareKeys(this.#record, this.#recordView, recordAt, this.#block, this.#blockView, at);
				if (difference > 0)
					return false;
				const met = this.#met[order[next]] !== 0;
				if (length > 0 && stateAt(this.#recordView, recordAt) === JournalState.DONE && (met || !passed)) {
					length = trimRecord(this.#record, this.#recordView, recordAt, sector - Block.Records);
					merger.put(this.#record, recordAt, length, met, passed);
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
			let index = this.#blockView.getUint32(Block.FirstIndex, true);
			for (let at: number = Block.Records; at <= this.#lastOffset; at += lengthAt(this.#blockView, at), index++) {
				const passed = marks !== undefined && index < this.#reached;
				if (putTail(at, passed))
					continue;
				const met = marks?.has(index) ?? false;
				if (met || !passed)
					merger.put(this.#block, at, lengthAt(this.#blockView, at), met, passed);
			}
		}
		putTail(-1, false);
	}

	/** Loads the tail's scan that is the nth in order; its length, or 0. */
	#loadNth(from: File, order: Uint8Array, nth: number): number {
		return nth < order.length ? this.#load(from, this.#tailAt + this.#sectors[order[nth]] * sector) : 0;
	}

	#newSalt(): number {
		this.#random(this.#record, 0, 4);
		return this.#recordView.getUint32(0, true);
	}

	/** The tail's scans in the order of the base. They mostly are in order already. Of several with the same time and name only the newest is left: there can be but one such file. */
	#sortTail(): Uint8Array {
		const order = new Uint8Array(this.#count);
		let count = 0;
		for (let i = 0; i < this.#count; i++) {
			if (this.#load(this.#file!, this.#tailAt + this.#sectors[i] * sector) === 0)
				continue;
			// #load() has filled both halves; of what is compared only the front one counts.
			let to = count;
			let same = false;
			while (to > 0 && this.#readHalf(this.#sectors[order[to - 1]])) {
				const difference = compareKeys(this.#record, this.#recordView, recordAt, this.#record, this.#recordView, sector + recordAt);
				if (difference > 0)
					break;
				to--;
				if (difference === 0) {
					same = true;
					break;
				}
			}
			if (same) {
				if (this.#sectors[i] > this.#sectors[order[to]])
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
			const length = this.#load(from, this.#tailAt + this.#sectors[i] * sector);
			if (length === 0 || stateAt(this.#recordView, recordAt) >= JournalState.DONE)
				continue;
			// A tail of nothing but these would leave no room.
			if (count === scansMax / 2) {
				this.#log(`journal ${this.#path}: more than ${count} scans are half sent: of some the temporary files on the share are not known any more`);
				break;
			}
			const whole = Math.ceil((recordAt + length) / sector) * sector;
			this.#recordView.setUint32(0, crc32((merger.salt ^ end) >>> 0, this.#record, recordAt, length), true);
			to.writeFrom(this.#record, 0, whole, end);
			this.#hashes[count] = this.#hashes[i];
			this.#met[count] = this.#met[i];
			this.#sectors[count++] = (end - tailAt) / sector;
			end += whole;
		}
		this.#count = count;
		this.#end = end;
	}

	/** Makes the new file the one that counts: all of it is on the medium before its header is. */
	#adopt(to: File, suffix: string, merger: Merger): void {
		to.flush();
		const header = this.#record;
		const view = this.#recordView;
		header.fill(0);
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

/** A set of numbers below records, in 2 KB at the most: with more than fit, one bit stands for several neighbours. */
class Marks {
	#shift = 0;
	#bits: Uint8Array;

	constructor(records: number) {
		while (records >> this.#shift >= bitsMax)
			this.#shift++;
		this.#bits = new Uint8Array((records >> this.#shift >> 3) + 1);
	}

	add(number: number): void {
		const bit = number >> this.#shift;
		this.#bits[bit >> 3] |= 1 << (bit & 7);
	}

	has(number: number): boolean {
		const bit = number >> this.#shift;
		return (this.#bits[bit >> 3] & 1 << (bit & 7)) !== 0;
	}
}

const bitsMax = 16384;

/** Writes the base of a new file, a block at a time. */
class Merger {
	readonly salt: number;
	readonly marks: Marks | undefined;
	blocks = 0;
	records = 0;
	/** Of the records, those that the look has passed. */
	passed = 0;
	#to: File;
	#block = new Uint8Array(sector);
	#view = new DataView(this.#block.buffer);
	#used: number = Block.Records;
	#count = 0;

	constructor(to: File, salt: number, marks: Marks | undefined) {
		this.#to = to;
		this.salt = salt;
		this.marks = marks;
	}

	/** Adds a record, of at most what a block holds, in order. */
	put(bytes: Uint8Array, at: number, length: number, met: boolean, passed: boolean): void {
		if (this.#used + length > sector)
			this.finish();
		if (met)
			this.marks?.add(this.records);
		for (let i = 0; i < length; i++)
			this.#block[this.#used + i] = bytes[at + i];
		this.#used += length;
		this.#count++;
		this.records++;
		if (passed)
			this.passed = this.records;
	}

	/** Writes the last block. */
	finish(): void {
		if (this.#count === 0)
			return;
		const position = baseAt + this.blocks * sector;
		this.#block.fill(0, this.#used);
		this.#view.setUint16(Block.Used, this.#used, true);
		this.#view.setUint16(Block.Count, this.#count, true);
		this.#view.setUint32(Block.FirstIndex, this.records - this.#count, true);
		this.#view.setUint32(Block.Checksum, crc32((this.salt ^ position) >>> 0, this.#block, 4, sector - 4), true);
		this.#to.writeFrom(this.#block, 0, sector, position);
		this.blocks++;
		this.#used = Block.Records;
		this.#count = 0;
	}
}

/** Eight hexadecimal digits that mark a device's temporary files. */
export function deviceName(clientGuid: Uint8Array): string {
	let digits = "";
	for (let i = 0; i < 4; i++)
		digits += clientGuid[i].toString(16).padStart(2, "0");
	return digits;
}

function folderOf(path: string): string {
	const end = path.lastIndexOf("/");
	return end < 0 ? "." : end === 0 ? "/" : path.slice(0, end);
}
