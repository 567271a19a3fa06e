/** The base of the journal's files, docs/JOURNAL.md: scans that are done, sorted as the spool sorts, in blocks of which one is in memory. rewriting.ts writes it. */
import { crc32 } from "../../../hosts/storage/storage.js";
import { baseAt, type Files } from "./files.js";
import { type Memory, sector } from "./memory.js";
import { checkRecord, lengthAt, recordMin } from "./record.js";

/** A block: its records begin at Records and end at Used, FirstIndex counts those of the blocks before. */
export const Block = Object.freeze({ Checksum: 0, Used: 4, Count: 6, FirstIndex: 8, Records: 12 } as const);
/** Records in a block at the most. */
const recordsMost = Math.floor((sector - Block.Records) / recordMin);

/** During a look: which of the base's records were met, in 2 KB at the most: with more than fit, one bit stands for several neighbours. */
export class Look {
	/** Records that it has passed, met or not. */
	reached = 0;
	private shift = 0;
	private readonly bits: Uint8Array;

	/** records: how many there are. */
	constructor(records: number) {
		while (records >> this.shift >= bitsMax)
			this.shift++;
		this.bits = new Uint8Array((records >> this.shift >> 3) + 1);
	}

	add(number: number): void {
		const bit = number >> this.shift;
		this.bits[bit >> 3] |= 1 << (bit & 7);
	}

	has(number: number): boolean {
		const bit = number >> this.shift;
		return (this.bits[bit >> 3] & 1 << (bit & 7)) !== 0;
	}

	passTo(records: number): void { this.reached = Math.max(this.reached, records); }
}

const bitsMax = 16384;

export class Base {
	look: Look | undefined;
	private readonly files: Files;
	private readonly memory: Memory;
	/** Which block is in memory, -1 for none, and where its last record begins. */
	private loaded = -1;
	lastOffset = 0;
	private unreadable = 0;

	constructor(files: Files) {
		this.files = files;
		this.memory = files.memory;
	}

	/** The file was opened, or another one counts now, of which the look goes on. */
	begin(look: Look | undefined): void {
		const files = this.files;
		this.look = look;
		this.loaded = -1;
		this.unreadable = 0;
		// A header may promise more than the file still has: that is gone, and not looked for.
		files.baseBlocks = Math.min(files.baseBlocks, Math.max(0, Math.floor((files.length - baseAt) / sector)));
		files.baseRecords = Math.min(files.baseRecords, files.baseBlocks * recordsMost);
	}

	/** How many of its records the look, which is through, has not met. */
	countGone(look: Look): number {
		let gone = 0;
		for (let i = 0; i < this.files.baseRecords; i++) {
			if (!look.has(i))
				gone++;
		}
		return gone;
	}

	/** Offset in the memory of the record whose time and name are those of the key in the front, or -1. Notes that it was met, and how far the look has come. */
	seek(): number {
		if (!this.seekBlock())
			return -1;
		const memory = this.memory;
		const view = memory.view;
		let index = view.getUint32(Block.FirstIndex, true);
		let found = -1;
		for (let at: number = Block.Records; at <= this.lastOffset; at += lengthAt(view, at), index++) {
			const order = memory.compare(at);
			if (order > 0)
				continue;
			if (order === 0) {
				found = at;
				// Of another size it is another scan, under the same name: what is remembered is of one that is gone.
				if (memory.sameSize(at))
					this.look?.add(index);
			}
			break;
		}
		this.look?.passTo(index);
		return found;
	}

	/** Loads the block that holds the key in the front, if any does: the one at hand or the next to it in a look, else by halving. */
	private seekBlock(): boolean {
		const blocks = this.files.baseBlocks;
		const memory = this.memory;
		if (blocks === 0)
			return false;
		if (this.loaded >= 0 && memory.compare(Block.Records) >= 0) {
			if (memory.compare(this.lastOffset) <= 0)
				return true;
			const next = this.loaded + 1;
			if (next === blocks)
				return true;
			if (this.load(next) && memory.compare(this.lastOffset) <= 0)
				return true;
		}
		let low = 0;
		let high = blocks - 1;
		while (low < high) {
			const middle = (low + high) >> 1;
			let readable = middle;
			while (readable <= high && !this.load(readable))
				readable++;
			if (readable > high)
				high = middle;
			else if (memory.compare(this.lastOffset) > 0)
				low = readable + 1;
			else if (readable === middle || memory.compare(Block.Records) < 0)
				high = middle;
			else
				return true;
			// Behind the last block: its end is where it would be.
			if (low > high)
				low = high;
		}
		return this.load(low);
	}

	/** Loads a block; false where it can't be read, which is told once. */
	load(index: number): boolean {
		if (this.loaded === index)
			return true;
		this.loaded = -1;
		const files = this.files;
		const bytes = this.memory.bytes;
		const view = this.memory.view;
		const position = baseAt + index * sector;
		if (files.read(0, sector, position) && view.getUint32(Block.Checksum, true) === crc32(files.seed(position), bytes, 4, sector - 4)) {
			const used = view.getUint16(Block.Used, true);
			let at: number = Block.Records;
			while (used <= sector && at < used) {
				const length = checkRecord(view, at, used);
				if (length === 0)
					break;
				this.lastOffset = at;
				at += length;
			}
			if (at === used && at > Block.Records) {
				this.loaded = index;
				return true;
			}
		}
		if (this.unreadable++ === 0)
			files.options.log(`${files.name}: a part of it can't be read: some scans that have arrived may be sent once more`);
		return false;
	}
}
