/**
 * Structures on the wire: tables of fields become windows over a buffer that they do not own.
 *
 *   begin(memory, at)      aims a window at bytes to be sent: clears the fixed part, writes its constants
 *   open(memory, at, end)  aims it at received bytes: proves that the fixed part fits and its constants hold
 *
 * After that the accessors, named as the specification names the fields, can't go out of bounds. A variable part is
 * only reached through range(). Moving a window, reading and writing its numbers allocates nothing.
 */
import { ProtocolError } from "../errors/errors.js";

/** A buffer and its two views, made once for each buffer: every structure in it shares them. */
export class Memory {
	readonly buffer: ArrayBuffer;
	readonly view: DataView;
	readonly bytes: Uint8Array;
	/** Bytes. */
	readonly length: number;
	constructor(buffer: ArrayBuffer) {
		this.buffer = buffer;
		this.view = new DataView(buffer);
		this.bytes = new Uint8Array(buffer);
		this.length = this.bytes.length;
	}
}

/** A message body follows a header of this length, and counts its offsets from that header's first byte ([MS-SMB2] 2.2.1). */
const HEADER_LENGTH = 64;

/** What a window has beside the fields of its table. */
export abstract class Structure {
	memory!: Memory;
	/** Position of the first byte. */
	at = 0;
	/** One past the last byte: of what was laid out so far (begin), of what the peer may have meant (open). */
	end = 0;
	/** What is laid out here must not reach this position. */
	limit = 0;
	/** Bytes in the fixed part. */
	declare readonly size: number;
	/** The specification's name, for messages. */
	declare readonly title: string;
	/** @internal */
	declare readonly constants: readonly Constant[];

	/** RangeError where the fixed part does not fit before limit (the end of the memory, if not given). */
	begin(memory: Memory, at: number, limit = memory.length): this {
		const end = at + this.size;
		if (!(at >= 0 && end <= limit && limit <= memory.length))
			throw new RangeError(`${this.title}: ${this.size} bytes at ${at} do not fit before ${limit}`);
		this.memory = memory;
		this.at = at;
		this.end = end;
		this.limit = limit;
		memory.bytes.fill(0, at, end);
		const constants = this.constants;
		for (let i = 0; i < constants.length; i++)
			writeConstant(memory.view, at, constants[i]);
		return this;
	}

	/** ProtocolError where [at, end) is shorter than the fixed part or a constant differs. */
	open(memory: Memory, at: number, end: number): this {
		if (!(at >= 0 && end <= memory.length))
			throw new RangeError(`${this.title}: [${at}, ${end}) is not inside ${memory.length} bytes`);
		if (end - at < this.size)
			throw new ProtocolError(`${this.title}: ${end - at} bytes, ${this.size} needed`);
		const constants = this.constants;
		for (let i = 0; i < constants.length; i++)
			checkConstant(this.title, memory.view, at, constants[i]);
		return this.aim(memory, at, end);
	}

	/** Moves the window, unchecked, to where this codec has laid the structure out, or proved it, before. */
	aim(memory: Memory, at: number, end = at + this.size): this {
		this.memory = memory;
		this.at = at;
		this.end = end;
		this.limit = end;
		return this;
	}

	/** Position of the header that a message body belongs to: its offsets count from there. */
	get headerAt(): number { return this.at - HEADER_LENGTH; }

	/**
	 * Makes room for a variable part of length bytes behind what is laid out, at the next multiple of alignment counted
	 * from the header, with zeros in the gap. Returns its position; the caller fills it. RangeError past the limit.
	 */
	append(length: number, alignment = 1): number {
		const at = this.end + (alignment - (this.end - this.headerAt) % alignment) % alignment;
		if (!(length >= 0 && at + length <= this.limit))
			throw new RangeError(`${this.title}: ${length} bytes at ${at} do not fit before ${this.limit}`);
		this.memory.bytes.fill(0, this.end, at);
		this.end = at + length;
		return at;
	}

	/** append() and fill with bytes. */
	appendBytes(bytes: Uint8Array, alignment = 1): number {
		const at = this.append(bytes.length, alignment);
		this.memory.bytes.set(bytes, at);
		return at;
	}

	/** append() and fill with UTF-16LE: textLength(text) bytes. */
	appendText(text: string, alignment = 2): number {
		const at = this.append(textLength(text), alignment);
		writeText(this.memory, at, text);
		return at;
	}

	/** Position of a received variable part whose offset counts from the header; ProtocolError unless it lies between the fixed part and the end. */
	part(field: string, offset: number, length: number): number {
		return range(this.title, field, this.headerAt, offset, length, this.end, HEADER_LENGTH + this.size);
	}

	/** @internal */
	outOfRange(field: Accessors<any>, value: unknown, expected: string): RangeError {
		return new RangeError(`${this.title}: ${nameOf(this, field)} ${expected} expected, got ${value}`);
	}

	/** @internal Of 64 bits. */
	outOfReach(field: Accessors<number>, expected: string, high: number, low: number): ProtocolError {
		return new ProtocolError(`${this.title}: ${nameOf(this, field)} ${expected} expected, got ${hex(high, 8)}${hex(low, 8).slice(2)}`);
	}

	/** A fresh copy of a received variable part. */
	partBytes(field: string, offset: number, length: number): Uint8Array {
		const at = this.part(field, offset, length);
		return this.memory.bytes.slice(at, at + length);
	}
}

/**
 * Position of the variable part [base + offset, + length), proved to end by end and to begin no sooner than base + least.
 * The offset of an empty part means nothing and is not looked at. All are whole Numbers below 2^53: sums can't wrap.
 */
export function range(title: string, field: string, base: number, offset: number, length: number, end: number, least = 0): number {
	if (length === 0)
		return base + least;
	if (offset < least)
		throw new ProtocolError(`${title}: ${field} at offset ${offset}, ${least} or more expected`);
	if (base + offset + length > end)
		throw new ProtocolError(`${title}: ${field} ends at offset ${offset + length}, the message at ${end - base}`);
	return base + offset;
}

// ---- fields ----

interface Accessors<T> {
	get(this: Structure): T;
	set?(this: Structure, value: T): void;
}

/** How many bytes a field takes and how they are read and written. */
export interface Field<T, Kind extends "plain" | "constant" | "reserved" = "plain"> {
	readonly kind: Kind;
	readonly size: number;
	/** Where the field lies, if not behind the one before it: also(). */
	readonly offset?: number;
	/** The value of a constant: only(). */
	readonly value?: number;
	/** Of a field of this kind at this offset, in whatever structure. */
	accessors(offset: number): Accessors<T>;
}

/** What was made for all structures together, until freezeFields(). */
const caches: unknown[][] = [];

function cache<T>(): T[] {
	const made: T[] = [];
	if (!Object.isFrozen(caches))
		caches.push(made);
	return made;
}

/**
 * Makes the accessors of a kind of field once for each offset, for all structures: a pair takes 270 bytes of flash. So they don't know the
 * field's name; nameOf() finds it when there is something to say.
 *
 * What make() closes over has to be constant, no parameter: what could be assigned costs RAM in a preloaded module.
 */
function shared<T>(make: (offset: number) => Accessors<T>): (offset: number) => Accessors<T> {
	const made = cache<Accessors<T>>(), makeOne = make;
	return offset => made[offset] ?? remember(made, offset, Object.freeze(makeOne(offset)));
}

function remember<T>(made: T[], index: number, value: T): T {
	if (!Object.isFrozen(made))
		made[index] = value;
	return value;
}

/** To be called when all structures are there: what they share takes no RAM then. Later ones have accessors of their own. */
export function freezeFields(): void {
	for (const made of caches)
		Object.freeze(made);
	Object.freeze(caches);
}

interface Constant {
	readonly name: string;
	readonly offset: number;
	readonly size: number;
	readonly value: number;
}

function readConstant(view: DataView, at: number, size: number): number {
	return size === 1 ? view.getUint8(at) : size === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
}

function writeConstant(view: DataView, at: number, constant: Constant): void {
	if (constant.size === 1)
		view.setUint8(at + constant.offset, constant.value);
	else if (constant.size === 2)
		view.setUint16(at + constant.offset, constant.value, true);
	else
		view.setUint32(at + constant.offset, constant.value, true);
}

function checkConstant(title: string, view: DataView, at: number, constant: Constant): void {
	const value = readConstant(view, at + constant.offset, constant.size);
	if (value !== constant.value) {
		const expected = constant.size === 4 ? hex(constant.value, 8) : constant.value;
		throw new ProtocolError(`${title}: ${constant.name} ${expected} expected, got ${hex(value, constant.size * 2)}`);
	}
}

/** 0x and at least so many digits, as the specification prints numbers. */
export function hex(value: number, digits: number): string {
	return "0x" + value.toString(16).toUpperCase().padStart(digits, "0");
}

/** Under which name a structure has a field. */
function nameOf(structure: Structure, { get }: Accessors<any>): string {
	for (let table = Object.getPrototypeOf(structure); table !== null; table = Object.getPrototypeOf(table)) {
		for (const name of Object.getOwnPropertyNames(table)) {
			if (Object.getOwnPropertyDescriptor(table, name)!.get === get)
				return name;
		}
	}
	return "a field";
}

function plain<T>(size: number, make: (offset: number) => Accessors<T>): Field<T> {
	return Object.freeze<Field<T>>({ kind: "plain", size, accessors: shared(make) });
}

/** One byte. Setters of numbers throw RangeError for what does not fit. */
export const u8: Field<number> = plain(1, start => {
	const offset = start, its: Accessors<number> = {
		get() { return this.memory.view.getUint8(this.at + offset); },
		set(value) {
			if ((value & 0xFF) !== value)
				throw this.outOfRange(its, value, "0 … 0xFF");
			this.memory.view.setUint8(this.at + offset, value);
		},
	};
	return its;
});

/** 16 bits, little endian. */
export const u16: Field<number> = plain(2, start => {
	const offset = start, its: Accessors<number> = {
		get() { return this.memory.view.getUint16(this.at + offset, true); },
		set(value) {
			if ((value & 0xFFFF) !== value)
				throw this.outOfRange(its, value, "0 … 0xFFFF");
			this.memory.view.setUint16(this.at + offset, value, true);
		},
	};
	return its;
});

/** 32 bits, little endian. */
export const u32: Field<number> = plain(4, start => {
	const offset = start, its: Accessors<number> = {
		get() { return this.memory.view.getUint32(this.at + offset, true); },
		set(value) {
			if ((value >>> 0) !== value)
				throw this.outOfRange(its, value, "0 … 0xFFFFFFFF");
			this.memory.view.setUint32(this.at + offset, value, true);
		},
	};
	return its;
});

/** 64 bits, little endian, as a Number: a received value of 2^53 or more is a ProtocolError. */
export const u64: Field<number> = plain(8, start => {
	const offset = start, its: Accessors<number> = {
		get() {
			const view = this.memory.view, at = this.at + offset;
			const low = view.getUint32(at, true), high = view.getUint32(at + 4, true);
			if (high >= 0x200000)
				throw this.outOfReach(its, "below 2^53", high, low);
			return high * 0x100000000 + low;
		},
		set(value) {
			if (!(Number.isSafeInteger(value) && value >= 0))
				throw this.outOfRange(its, value, "0 … 2^53 - 1");
			const view = this.memory.view, at = this.at + offset, low = value >>> 0;
			view.setUint32(at, low, true);
			view.setUint32(at + 4, (value - low) / 0x100000000, true);
		},
	};
	return its;
});

/** What a filetime field holds when it holds no time ([MS-FSCC] FileBasicInformation), as milliseconds like any other. */
export const FileTime = Object.freeze({
	/** 0 on the wire: not known, or when set: leave it as it is. */
	NONE: -11644473600000,
	/** -1 on the wire, when set: leave it as it is, also on later operations with this handle. */
	KEEP: -11644473600001,
	/** The latest time that the field can hold. */
	LATEST: 910692730085477,
} as const);

/** FILETIME ([MS-DTYP] 2.3.3), 100 ns since 1601, as whole milliseconds since 1970-01-01 UTC: exact when set, cut when read. */
export const filetime: Field<number> = plain(8, start => {
	const offset = start, its: Accessors<number> = {
		get() {
			const view = this.memory.view, at = this.at + offset;
			const low = view.getUint32(at, true), high = view.getUint32(at + 4, true);
			if (high < 0x80000000)
				// 2^32 = 429496 x 10000 + 7296, which keeps every step below 2^53.
				return high * 429496 + Math.floor((high * 7296 + low) / 10000) + FileTime.NONE;
			if (high === 0xFFFFFFFF && low === 0xFFFFFFFF)
				return FileTime.KEEP;
			throw this.outOfReach(its, "after 1601", high, low);
		},
		set(value) {
			if (!(Number.isInteger(value) && value >= FileTime.KEEP && value <= FileTime.LATEST))
				throw this.outOfRange(its, value, "whole milliseconds after 1601");
			const view = this.memory.view, at = this.at + offset;
			if (value === FileTime.KEEP) {
				view.setUint32(at, 0xFFFFFFFF, true);
				view.setUint32(at + 4, 0xFFFFFFFF, true);
				return;
			}
			const milliseconds = value - FileTime.NONE, rest = milliseconds % 0x10000;
			const upper = (milliseconds - rest) / 0x10000 * 10000, carried = upper % 0x10000;
			const lower = carried * 0x10000 + rest * 10000, low = lower >>> 0;
			view.setUint32(at, low, true);
			view.setUint32(at + 4, (upper - carried) / 0x10000 + (lower - low) / 0x100000000, true);
		},
	};
	return its;
});

/** Of each length, once. */
const opaques = cache<Field<Uint8Array>>();

/** length bytes that are kept and echoed, never looked into. The getter makes a copy, the setter takes exactly as many. */
export function opaque(length: number): Field<Uint8Array> {
	const count = length;
	return opaques[count] ?? remember(opaques, count, plain(count, start => {
		const offset = start, its: Accessors<Uint8Array> = {
			get() { return this.memory.bytes.slice(this.at + offset, this.at + offset + count); },
			set(value) {
				if (value.length !== count)
					throw this.outOfRange(its, value.length, `${count} bytes`);
				this.memory.bytes.set(value, this.at + offset);
			},
		};
		return its;
	}));
}

/** A field that must hold value: written by begin(), demanded by open(). */
export function only(field: Field<number>, value: number): Field<number, "constant"> {
	return { kind: "constant", size: field.size, value, accessors: offset => ({ get: field.accessors(offset).get }) };
}

/** length bytes that are sent as zero and ignored when received. */
export function reserved(length: number): Field<never, "reserved"> {
	return { kind: "reserved", size: length, accessors() { throw new TypeError("reserved"); } };
}

/** A second reading of bytes at offset, which another field of the table holds. */
export function also<T>(offset: number, field: Field<T>): Field<T> {
	return { kind: "plain", size: field.size, offset, accessors: field.accessors };
}

// ---- tables ----

type Table = { readonly [name: string]: Field<any, any> };

/** The accessors that a table gives: numbers for numbers, bytes for opaque, constants read only, nothing for reserved. */
export type FieldsOf<F extends Table> =
	{ -readonly [K in keyof F as F[K]["kind"] extends "plain" ? K : never]: F[K] extends Field<infer T, any> ? T : never } &
	{ readonly [K in keyof F as F[K]["kind"] extends "constant" ? K : never]: number };

export interface StructureClass<F extends Table> {
	new (): Structure & FieldsOf<F>;
	/** Bytes in the fixed part. */
	readonly size: number;
}

/** A class of windows over structures of these fields, in this order. For module scope, so that preload builds it into flash. */
export function struct<F extends Table>(title: string, fields: F): StructureClass<F> {
	class Window extends Structure {
		// Written out, here and in each class that extends one: the constructor that XS supplies leaves 11 slots of garbage behind each new window.
		constructor() { super(); }
	}
	const constants: Constant[] = [];
	let size = 0;
	for (const name of Object.keys(fields)) {
		const field = fields[name];
		const offset = field.offset ?? size;
		if (field.offset === undefined)
			size += field.size;
		if (field.value !== undefined)
			constants.push(Object.freeze({ name, offset, size: field.size, value: field.value }));
		if (field.kind !== "reserved")
			Object.defineProperty(Window.prototype, name, field.accessors(offset));
	}
	Object.defineProperty(Window.prototype, "title", { value: title });
	Object.defineProperty(Window.prototype, "size", { value: size });
	Object.defineProperty(Window.prototype, "constants", { value: Object.freeze(constants) });
	Object.defineProperty(Window, "size", { value: size });
	return Window as unknown as StructureClass<F>;
}

// ---- text and bytes ----

// XS keeps strings as UTF-8, and counts and hands out whole characters where the standard has UTF-16 units: there
// "\u{1F600}".length is 1 and its charCodeAt(0) is 0x1F600, elsewhere 2 and 0xD83D. What follows is right for both.

/** text.charCodeAt(i) would make an object of the text each time, of two slots; characterAt.call(text, i) makes none. */
export const characterAt = String.prototype.charCodeAt;

/** Bytes that text takes as UTF-16LE. */
export function textLength(text: string): number {
	const count = text.length;
	let length = count * 2;
	for (let i = 0; i < count; i++) {
		if (characterAt.call(text, i) > 0xFFFF)
			length += 2;
	}
	return length;
}

/** Writes text as UTF-16LE, without a terminator; returns the position behind it. */
export function writeText(memory: Memory, at: number, text: string): number {
	const view = memory.view, count = text.length;
	for (let i = 0; i < count; i++) {
		let unit = characterAt.call(text, i);
		if (unit > 0xFFFF) {
			view.setUint16(at, 0xD7C0 + (unit >> 10), true);
			unit = 0xDC00 + (unit & 0x3FF);
			at += 2;
		}
		view.setUint16(at, unit, true);
		at += 2;
	}
	return at;
}

/** Reads length bytes of UTF-16LE. ProtocolError for an odd length: half a character can't be meant. */
export function readText(memory: Memory, at: number, length: number): string {
	if (length % 2 !== 0)
		throw new ProtocolError(`text: an even length expected, got ${length}`);
	const view = memory.view, end = at + length;
	let text = "";
	while (at < end) {
		const unit = view.getUint16(at, true);
		at += 2;
		if ((unit & 0xFC00) === 0xD800 && at < end) {
			const low = view.getUint16(at, true);
			if ((low & 0xFC00) === 0xDC00) {
				// In XS two halves joined by + would not be equal to the character that they make.
				text += String.fromCodePoint(0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF));
				at += 2;
				continue;
			}
		}
		text += String.fromCharCode(unit);
	}
	return text;
}

/** Whether both are of the same bytes. Not for secrets: the time tells where they differ. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
	const { length } = a;
	if (length !== b.length)
		return false;
	for (let i = 0; i < length; i++) {
		if (a[i] !== b[i])
			return false;
	}
	return true;
}

/** Whether memory holds exactly bytes at at. Not for secrets either. */
export function holds(memory: Memory, at: number, bytes: Uint8Array): boolean {
	const length = bytes.length, whole = memory.bytes;
	for (let i = 0; i < length; i++) {
		if (whole[at + i] !== bytes[i])
			return false;
	}
	return true;
}
