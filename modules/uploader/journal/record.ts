/** The journal's records, docs/JOURNAL.md: what is known of one scan ↔ bytes. No files here. */
import { getText, putText } from "../../../hosts/storage/storage.js";

/** How far a scan has come; each value may follow any other. */
export const JournalState = Object.freeze({
	/** It goes up under the temporary name. */
	SENDING: 1,
	/** It is whole on the share, and about to be renamed to target. */
	PUBLISHING: 2,
	/** It has arrived as target. */
	PUBLISHED: 3,
	/** It has arrived, and the local file was dealt with. */
	DONE: 4,
	/** Nothing is to be remembered any more: as if it had never been seen. */
	FORGOTTEN: 5,
} as const);

/** What tells one scan from another. */
export interface ScanKey {
	readonly name: string;
	readonly size: number;
	readonly mtime: number;
}

/** All that the journal knows of one scan. */
export class JournalEntry {
	/** File name within the source folder: 1 to 255 bytes of UTF-8. */
	name: string;
	size: number;
	/** Milliseconds since 1970. */
	mtime: number;
	/** Of JournalState. */
	state: number = JournalState.SENDING;
	/** 8 bytes that depend on the content, where the time alone proves nothing. */
	fingerprint: Uint8Array | undefined;
	/** Number in the name of the temporary file, and what marks the place (server, share, folder) that it is in; 0: none. */
	temporary = 0;
	place = 0;
	/** [MS-SMB2] 2.2.13.2.11 CreateGuid and 2.2.14.1 FileId, 16 bytes each: with them a durable open is found again. Both or none. */
	createGuid: Uint8Array | undefined;
	fileId: Uint8Array | undefined;
	/** Bytes that the server has confirmed. */
	confirmed = 0;
	/** [MS-SMB2] 2.2.14.2.9 DiskFileId and VolumeId, 16 bytes: which file it is on the server, whatever its name. */
	serverFile: Uint8Array | undefined;
	/** Path in the folder of the share, "/" between its parts, at most 400 bytes of UTF-8: under which it is to stand, or stands, there. */
	target: string | undefined;

	constructor({ name, size, mtime }: ScanKey) {
		this.name = name;
		this.size = size;
		this.mtime = mtime;
	}
}

/** Bits of Fields, in the order in which the parts follow the name. */
const Fields = Object.freeze({ FINGERPRINT: 0x01, TEMPORARY: 0x02, HANDLE: 0x04, CONFIRMED: 0x08, SERVER_FILE: 0x10, TARGET: 0x20, TARGET_IS_NAME: 0x40 } as const);
const known = 0x7F;

/** Offsets of the fixed part. */
const At = Object.freeze({ State: 0, Fields: 1, Length: 2, Size: 4, ModifiedTime: 12, NameLength: 20, Name: 21 } as const);
const nameMax = 255;
const targetMax = 400;
/** The shortest record: a name of one byte and nothing else. */
export const recordMin = At.Name + 1;
/** The longest record. */
export const recordMax = At.Name + nameMax + 8 + 8 + 32 + 8 + 16 + 2 + targetMax;

function putName(name: string, bytes: Uint8Array, view: DataView, at: number): number {
	const length = putText(name, bytes, at + At.Name);
	if (length < 1 || length > nameMax)
		throw new RangeError(`journal: a name of ${length} bytes, expected 1 to ${nameMax}`);
	view.setUint8(at + At.NameLength, length);
	return At.Name + length;
}

/** Writes what tells scan from others; returns its length. bytes must have room for recordMax. */
export function putKey(scan: ScanKey, bytes: Uint8Array, view: DataView, at: number): number {
	view.setFloat64(at + At.Size, scan.size, true);
	view.setFloat64(at + At.ModifiedTime, scan.mtime, true);
	return putName(scan.name, bytes, view, at);
}

/** Where the key begins and how long it is: for its checksum. */
export function keyAt(at: number): number { return at + At.Size; }
export function keyLength(view: DataView, at: number): number { return At.Name - At.Size + view.getUint8(at + At.NameLength); }

/** Writes entry; returns its length. bytes must have room for recordMax. RangeError for a name or target that is too long. */
export function putEntry(entry: JournalEntry, bytes: Uint8Array, view: DataView, at: number): number {
	let fields = 0;
	let end = at + putKey(entry, bytes, view, at);
	const { fingerprint, createGuid, fileId, serverFile, target } = entry;
	if (fingerprint) {
		fields |= Fields.FINGERPRINT;
		end = putBytes(fingerprint, 8, bytes, end);
	}
	if (entry.temporary > 0) {
		fields |= Fields.TEMPORARY;
		view.setUint32(end, entry.temporary, true);
		view.setUint32(end + 4, entry.place, true);
		end += 8;
	}
	if (createGuid && fileId) {
		fields |= Fields.HANDLE;
		end = putBytes(createGuid, 16, bytes, end);
		end = putBytes(fileId, 16, bytes, end);
	}
	if (entry.confirmed > 0) {
		fields |= Fields.CONFIRMED;
		view.setFloat64(end, entry.confirmed, true);
		end += 8;
	}
	if (serverFile) {
		fields |= Fields.SERVER_FILE;
		end = putBytes(serverFile, 16, bytes, end);
	}
	if (target === entry.name)
		fields |= Fields.TARGET_IS_NAME;
	else if (target !== undefined) {
		fields |= Fields.TARGET;
		const length = putText(target, bytes, end + 2);
		if (length > targetMax)
			throw new RangeError(`journal: a target of ${length} bytes, expected at most ${targetMax}`);
		view.setUint16(end, length, true);
		end += 2 + length;
	}
	view.setUint8(at + At.State, entry.state);
	view.setUint8(at + At.Fields, fields);
	view.setUint16(at + At.Length, end - at, true);
	return end - at;
}

function putBytes(from: Uint8Array, length: number, bytes: Uint8Array, at: number): number {
	if (from.length !== length)
		throw new RangeError(`journal: ${from.length} bytes, expected ${length}`);
	bytes.set(from, at);
	return at + length;
}

/** The length of the record at at if it is well formed and ends by end, else 0. To be called before anything else is read of it. */
export function checkRecord(view: DataView, at: number, end: number): number {
	if (end - at < At.Name)
		return 0;
	const state = view.getUint8(at + At.State);
	const fields = view.getUint8(at + At.Fields);
	const whole = view.getUint16(at + At.Length, true);
	const name = view.getUint8(at + At.NameLength);
	if (state < JournalState.SENDING || state > JournalState.FORGOTTEN || (fields & ~known) !== 0 || name === 0 || whole > end - at)
		return 0;
	let length = At.Name + name + fixedParts(fields);
	if ((fields & Fields.TARGET) !== 0) {
		if (length + 2 > whole)
			return 0;
		length += 2 + view.getUint16(at + length, true);
	}
	return length === whole && Number.isFinite(view.getFloat64(at + At.Size, true)) && Number.isFinite(view.getFloat64(at + At.ModifiedTime, true)) ? whole : 0;
}

/** Bytes of the parts between name and target. */
function fixedParts(fields: number): number {
	let length = 0;
	if ((fields & Fields.FINGERPRINT) !== 0)
		length += 8;
	if ((fields & Fields.TEMPORARY) !== 0)
		length += 8;
	if ((fields & Fields.HANDLE) !== 0)
		length += 32;
	if ((fields & Fields.CONFIRMED) !== 0)
		length += 8;
	if ((fields & Fields.SERVER_FILE) !== 0)
		length += 16;
	return length;
}

export function lengthAt(view: DataView, at: number): number { return view.getUint16(at + At.Length, true); }
export function stateAt(view: DataView, at: number): number { return view.getUint8(at + At.State); }

/** The number of the temporary file; 0 where there is none. */
export function temporaryAt(view: DataView, at: number): number {
	const fields = view.getUint8(at + At.Fields);
	if ((fields & Fields.TEMPORARY) === 0)
		return 0;
	return view.getUint32(at + At.Name + view.getUint8(at + At.NameLength) + fixedParts(fields & Fields.FINGERPRINT), true);
}

/**
 * Cuts the record at at, which is one of a scan that is done, to what is remembered for good: key and fingerprint, and the target where the whole stays within most. Returns its new length.
 */
export function trimRecord(bytes: Uint8Array, view: DataView, at: number, most: number): number {
	const entry = getEntry(bytes, view, at);
	entry.temporary = 0;
	entry.createGuid = entry.fileId = entry.serverFile = undefined;
	entry.confirmed = 0;
	const length = putEntry(entry, bytes, view, at);
	if (length <= most)
		return length;
	entry.target = undefined;
	return putEntry(entry, bytes, view, at);
}

/** The entry of a record that checkRecord() has passed. */
export function getEntry(bytes: Uint8Array, view: DataView, at: number): JournalEntry {
	const fields = view.getUint8(at + At.Fields);
	const nameLength = view.getUint8(at + At.NameLength);
	const entry = new JournalEntry({
		name: getText(bytes, at + At.Name, nameLength), size: view.getFloat64(at + At.Size, true), mtime: view.getFloat64(at + At.ModifiedTime, true),
	});
	entry.state = stateAt(view, at);
	let from = at + At.Name + nameLength;
	if ((fields & Fields.FINGERPRINT) !== 0) {
		entry.fingerprint = bytes.slice(from, from + 8);
		from += 8;
	}
	if ((fields & Fields.TEMPORARY) !== 0) {
		entry.temporary = view.getUint32(from, true);
		entry.place = view.getUint32(from + 4, true);
		from += 8;
	}
	if ((fields & Fields.HANDLE) !== 0) {
		entry.createGuid = bytes.slice(from, from + 16);
		entry.fileId = bytes.slice(from + 16, from + 32);
		from += 32;
	}
	if ((fields & Fields.CONFIRMED) !== 0) {
		entry.confirmed = view.getFloat64(from, true);
		from += 8;
	}
	if ((fields & Fields.SERVER_FILE) !== 0) {
		entry.serverFile = bytes.slice(from, from + 16);
		from += 16;
	}
	if ((fields & Fields.TARGET_IS_NAME) !== 0)
		entry.target = entry.name;
	else if ((fields & Fields.TARGET) !== 0)
		entry.target = getText(bytes, from + 2, view.getUint16(from, true));
	return entry;
}

/** Orders two records (or keys) by time, then by the bytes of their names, as the spool does: below 0, 0, above 0. */
export function compareKeys(bytes: Uint8Array, view: DataView, a: number, b: number): number {
	const aTime = view.getFloat64(a + At.ModifiedTime, true);
	const bTime = view.getFloat64(b + At.ModifiedTime, true);
	if (aTime !== bTime)
		return aTime < bTime ? -1 : 1;
	const aLength = view.getUint8(a + At.NameLength);
	const bLength = view.getUint8(b + At.NameLength);
	const end = At.Name + Math.min(aLength, bLength);
	for (let i: number = At.Name; i < end; i++) {
		const difference = bytes[a + i] - bytes[b + i];
		if (difference !== 0)
			return difference;
	}
	return aLength - bLength;
}

/** Whether two records, of which compareKeys() is 0, are of one scan. */
export function sameSize(view: DataView, a: number, b: number): boolean {
	return view.getFloat64(a + At.Size, true) === view.getFloat64(b + At.Size, true);
}
