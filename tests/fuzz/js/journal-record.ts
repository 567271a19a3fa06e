/** A record of the journal. */
import { checkRecord, compareKeys, getEntry, keyAt, keyLength, lengthAt, putEntry, recordMax, sameSize, stateAt, temporaryAt, trimRecord } from "../../../modules/uploader/journal/record.js";
import { deepEqual, equal, ok } from "../../support/assert.js";
import { hex } from "../../support/hex.js";
import { outcome, sumOf } from "../guide/target.js";

/** A record stands between other bytes, and has room behind it, as in the journal's memory. */
const before = 12;
/** docs/JOURNAL.md: the length of the name, and the name. */
const nameLengthAt = 20, nameAt = 21;

export function run(bytes: Uint8Array): string {
	const end = before + bytes.length, memory = new Uint8Array(end + 2 * recordMax).fill(0xA5), view = new DataView(memory.buffer);
	memory.set(bytes, before);
	const length = checkRecord(view, before, end);
	ok(length >= 0 && length <= bytes.length, "longer than what is there");
	if (length === 0) return "none";
	equal(lengthAt(view, before), length);
	ok(keyAt(before) + keyLength(view, before) <= before + length, "a key outside of its record");
	equal(compareKeys(memory, view, before, before), 0);
	const entry = getEntry(memory, view, before), again = new Uint8Array(2 * recordMax + end), other = new DataView(again.buffer);
	ok(sameSize(view, before, before) || Number.isNaN(entry.size), "not the size of itself");
	equal(entry.state, stateAt(view, before));
	equal(entry.temporary, temporaryAt(view, before));
	// No file is named with NUL, where texts of C end: XS and Node need not agree on what follows.
	const nameEnd = nameAt + bytes[nameLengthAt]!;
	if (bytes.subarray(nameAt, nameEnd).includes(0)) return "NUL";
	// A name that is no UTF-8 is longer with U+FFFD in it than a record can hold.
	return outcome([RangeError], () => {
		const { target } = entry;
		entry.target = undefined;
		const targetAt = nameEnd + putEntry(entry, again, other, 0) - nameAt - again[nameLengthAt]! + 2;
		entry.target = target;
		if (bytes.subarray(targetAt, length).includes(0)) return "NUL";
		const written = putEntry(entry, again, other, 0);
		equal(checkRecord(other, 0, written), written, "what was written");
		const reread = getEntry(again, other, 0);
		equal(reread.name, entry.name);
		for (const part of ["size", "mtime", "state", "fingerprint", "temporary", "target"] as const) deepEqual(reread[part], entry[part], part);
		const trimmed = trimRecord(again, other, 0, 100);
		ok(trimmed <= written && checkRecord(other, 0, trimmed) === trimmed, "longer when cut");
		equal(getEntry(again, other, 0).name, entry.name);
		return `${written} ${trimmed} ${sumOf(again.subarray(0, trimmed))} ${entry.target}`;
	});
}

export const length = 700;
export const seeds = (): Uint8Array[] => [
	`01001a00${"00".repeat(8)}0000000000003c40${"05"}612e706466`, `047f6c00${"0000000000407f40"}${"0000e8a7e5bc7742"}05612e706466${"11".repeat(8)}0700000008000000${"22".repeat(32)}${"0000000000005940"}${"33".repeat(16)}`,
	`04202300${"0000000000407f40"}${"0000e8a7e5bc7742"}05612e7064660700696e2f612e7064`,
].map(hex);
