/** The memory that a journal works in: all that is read from its files comes here, and what is written is laid out here. */
import { crc32 } from "../../../hosts/storage/storage.js";
import { compareKeys, keyAt, keyLength, sameSize } from "./record.js";

/** What is written in one step is a multiple of this, and lies in no sector of what was written before. */
export const sector = 512;
/** How many scans the tail tells of at the most. */
export const scansMax = 128;

/*
 * One after the other: a block of the base, or a header; the index of the tail, 8 bytes for each scan; two places of a sector each, the front and the back. A record stands in the front, with
 * its checksum before it, and goes on in the back; or a key alone, and in the back the first sector of another record. They come last, so that a text that is too long meets the end.
 */
export const indexAt = sector;
export const frontAt = indexAt + 8 * scansMax;
export const backAt = frontAt + sector;
export const memoryLength = backAt + sector;
/** From the checksum to the record. */
export const recordOffset = 4;
export const recordAt = frontAt + recordOffset;

export class Memory {
	readonly bytes = new Uint8Array(memoryLength);
	readonly view = new DataView(this.bytes.buffer);

	/** Compares the key in the front with that of the record at at, as the base is sorted: below 0, 0, above 0. */
	compare(at: number): number { return compareKeys(this.bytes, this.view, recordAt, at); }

	/** Whether the key in the front and the record at at, of which compare() is 0, are of one scan. */
	sameSize(at: number): boolean { return sameSize(this.view, recordAt, at); }

	/** A checksum of the key in the front. */
	hash(): number { return crc32(0, this.bytes, keyAt(recordAt), keyLength(this.view, recordAt)); }
}
