/** The tail of the journal's files, docs/JOURNAL.md: records in the order of events, and the index that finds the last one of each scan. */
import { crc32, type File } from "../../../hosts/storage/storage.js";
import { StorageError } from "../../errors/errors.js";
import { type Files, seedOf } from "./files.js";
import { backAt, frontAt, indexAt, type Memory, memoryLength, recordAt, recordOffset, scansMax, sector } from "./memory.js";
import { checkRecord, getEntry, type JournalEntry, JournalState, stateAt, temporaryAt } from "./record.js";

/** Sectors at the most, and those of them that prepare() leaves for one scan. */
const sectorsMax = 1024;
const sectorsLeast = 64;

export class Tail {
	/** Scans that it tells of. */
	count = 0;
	private readonly files: Files;
	private readonly memory: Memory;
	/** Where the next record goes. */
	private end = 0;

	constructor(files: Files) {
		this.files = files;
		this.memory = files.memory;
	}

	/** Finds each scan's last record. What follows the last good one was cut short, and is written over by the next. */
	open(): void {
		const files = this.files;
		const bytes = this.memory.bytes;
		const view = this.memory.view;
		this.end = files.tailAt;
		let bad = 0;
		let lost = 0;
		for (let at = files.tailAt; at + sector <= files.length;) {
			const length = this.loadFrom(at);
			if (length === 0) {
				// With bytes that were never written nothing is lost.
				for (let i = frontAt; i < backAt; i++) {
					if (bytes[i] !== 0) {
						bad++;
						break;
					}
				}
				at += sector;
				continue;
			}
			lost += bad;
			bad = 0;
			files.temporaries = Math.max(files.temporaries, temporaryAt(view, recordAt));
			if (!this.note(at))
				throw new StorageError(`${files.name}: it tells of more than ${scansMax} scans`);
			at += wholeLength(length);
			this.end = at;
		}
		if (lost > 0)
			files.options.log(`${files.name}: ${lost} of its sectors can't be read: what became of a scan lately may be lost with them`);
	}

	// THE INDEX

	private hashAt(i: number): number { return this.memory.view.getUint32(indexOf(i), true); }
	positionAt(i: number): number { return this.files.tailAt + this.memory.view.getUint16(indexOf(i) + 4, true) * sector; }
	metAt(i: number): boolean { return this.memory.bytes[indexOf(i) + 6] !== 0; }
	setMet(i: number, met: boolean): void { this.memory.bytes[indexOf(i) + 6] = met ? 1 : 0; }

	private setIndex(i: number, hash: number, sectorNumber: number, met: boolean): void {
		this.memory.view.setUint32(indexOf(i), hash, true);
		this.memory.view.setUint16(indexOf(i) + 4, sectorNumber, true);
		this.setMet(i, met);
	}

	/** Has the index show the record in the front, which lies at that position. False where there is no room. */
	private note(position: number): boolean {
		let i = this.find();
		if (i < 0) {
			if (this.count === scansMax)
				return false;
			i = this.count++;
		}
		this.setIndex(i, this.memory.hash(), (position - this.files.tailAt) / sector, true);
		return true;
	}

	// READING

	/** The number of the scan whose key is in the front, or -1. Takes the back. Keys are compared, not only their checksums. */
	find(): number {
		const memory = this.memory;
		const hash = memory.hash();
		for (let i = 0; i < this.count; i++) {
			if (this.hashAt(i) === hash && this.loadKey(i) && memory.compare(backAt + recordOffset) === 0 && memory.sameSize(backAt + recordOffset))
				return i;
		}
		return -1;
	}

	/** Reads the first sector of a scan's record, which holds all of the key, into the back. */
	loadKey(i: number): boolean { return this.files.read(backAt, sector, this.positionAt(i)); }

	/** Reads a scan's record into front and back and returns its length; 0 where it can't be read. */
	load(i: number): number { return this.loadFrom(this.positionAt(i)); }

	/** Reads the record at the position and returns its length; 0 where there is none that is whole. */
	private loadFrom(position: number): number {
		const files = this.files;
		const bytes = this.memory.bytes;
		const view = this.memory.view;
		bytes.fill(0, frontAt, memoryLength);
		// The last one of a file may have but one sector.
		if (!files.read(frontAt, 2 * sector, position) && !files.read(frontAt, sector, position))
			return 0;
		const length = checkRecord(view, recordAt, memoryLength);
		return length > 0 && view.getUint32(frontAt, true) === crc32(files.seed(position), bytes, recordAt, length) ? length : 0;
	}

	/** What is known of a scan; undefined where it can't be read. */
	entry(i: number): JournalEntry | undefined {
		return this.load(i) > 0 ? getEntry(this.memory.bytes, this.memory.view, recordAt) : undefined;
	}

	// WRITING

	/** Whether another scan may find no room. */
	get nearlyFull(): boolean { return this.count === scansMax || this.sectors + sectorsLeast > sectorsMax; }

	private get sectors(): number { return (this.end - this.files.tailAt) / sector; }

	/** Whether the record in the front finds no room. */
	isFull(): boolean {
		if (this.sectors + 2 > sectorsMax)
			return true;
		if (this.count < scansMax)
			return false;
		const { bytes } = this.memory;
		// Looking for it takes the back, where the record may go on.
		const rest = bytes.slice(backAt);
		const known = this.find() >= 0;
		bytes.set(rest, backAt);
		return !known;
	}

	/** Sees to it that a record finds room in the file. */
	reserve(): void { this.files.reach(this.end, false); }

	/** Appends the record in front and back, and returns when it is on the medium. */
	append(length: number): void {
		const files = this.files;
		const bytes = this.memory.bytes;
		const view = this.memory.view;
		const at = this.end;
		const whole = wholeLength(length);
		bytes.fill(0, recordAt + length, frontAt + whole);
		view.setUint32(frontAt, crc32(files.seed(at), bytes, recordAt, length), true);
		files.reach(at + whole, stateAt(view, recordAt) >= JournalState.PUBLISHED);
		files.write(frontAt, whole, at);
		this.end = at + whole;
		if (!this.note(at))
			throw new StorageError(`${files.name}: no room for another scan`);
	}

	/** What is not done yet goes, as it is, into the tail of another file, which begins at tailAt: the index is of that one from then on. */
	moveUnfinished(to: File, salt: number, tailAt: number): void {
		const bytes = this.memory.bytes;
		const view = this.memory.view;
		let end = tailAt;
		let count = 0;
		for (let i = 0; i < this.count; i++) {
			const length = this.load(i);
			if (length === 0 || stateAt(view, recordAt) >= JournalState.DONE)
				continue;
			// A tail of nothing but these would leave no room.
			if (count === scansMax / 2) {
				const { options } = this.files;
				options.log(`journal ${options.path}: more than ${count} scans are half sent: of some the temporary files on the share are not known any more`);
				break;
			}
			const whole = wholeLength(length);
			view.setUint32(frontAt, crc32(seedOf(salt, end), bytes, recordAt, length), true);
			to.writeFrom(bytes, frontAt, whole, end);
			this.setIndex(count++, this.hashAt(i), (end - tailAt) / sector, this.metAt(i));
			end += whole;
		}
		this.count = count;
		this.end = end;
	}
}

/** Where the index has of a scan: a checksum of its key (4 bytes), the sector of its last record, counted from where the tail begins (2), and whether the look has met it (1). */
function indexOf(i: number): number { return indexAt + 8 * i; }

/** What a record of that length takes. */
function wholeLength(length: number): number { return Math.ceil((recordOffset + length) / sector) * sector; }
