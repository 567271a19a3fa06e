/** The base of the journal's files, docs/JOURNAL.md: how it is laid out, and who writes it. Who reads it is journal.ts, in the memory that it has already. */
import { crc32, type File } from "../../../hosts/storage/storage.js";
import { recordMin } from "./record.js";

/** What is written in one step is a multiple of this, and lies in no sector of what was written before. */
export const sector = 512;
/** The header, twice. */
export const baseAt = 2 * sector;
/** A block of the base: its records begin at Records and end at Used, FirstIndex counts those of the blocks before. */
export const Block = Object.freeze({ Checksum: 0, Used: 4, Count: 6, FirstIndex: 8, Records: 12 } as const);
/** Records in a block at the most. */
export const recordsMost = Math.floor((sector - Block.Records) / recordMin);

/** A set of numbers below records, in 2 KB at the most: with more than fit, one bit stands for several neighbours. */
export class Marks {
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
export class Merger {
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
