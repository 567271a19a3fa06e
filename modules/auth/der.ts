/**
 * The little of DER (X.690) that SPNEGO and Kerberos need: one-byte identifiers, definite lengths of at most 0xFFFF.
 * The reader is a cursor in a window over bytes that it does not own: enter() narrows the window to an element's content, leave() widens it again, so
 * nesting costs neither recursion nor objects. The writer fills its buffer from the end, so that every length is known when it is written.
 */
import type { Stored } from "../../hosts/crypto/stored.js";
import { ProtocolError } from "../errors/errors.js";

export const Tag = Object.freeze({
	INTEGER: 0x02, BIT_STRING: 0x03, OCTET_STRING: 0x04, OID: 0x06, ENUMERATED: 0x0A, GENERALIZED_TIME: 0x18, GENERAL_STRING: 0x1B, SEQUENCE: 0x30,
} as const);

/** [number], constructed: how both protocols tag their fields. */
export const contextTag = (number: number): number => 0xA0 | number;
/** [APPLICATION number], constructed. */
export const applicationTag = (number: number): number => 0x60 | number;

const hex = (byte: number): string => "0x" + (byte < 16 ? "0" : "") + byte.toString(16);

export class DERReader {
	readonly #bytes: Uint8Array;
	readonly #what: string;
	#at: number;
	#end: number;

	/** what names the message in the ProtocolError that every method throws on bytes that are not what it was asked for. */
	constructor(bytes: Uint8Array, what: string, at = 0, end = bytes.length) {
		this.#bytes = bytes;
		this.#what = what;
		this.#at = at;
		this.#end = end;
	}
	/** Whether anything is left in the window. */
	get more(): boolean { return this.#at < this.#end; }
	/** Whether the next element has that tag: how optional fields are found. */
	next(tag: number): boolean { return this.#at < this.#end && this.#bytes[this.#at] === tag; }

	/** Narrows the window to the content of the next element, which must have that tag. Returns what leave() wants back. */
	enter(tag: number): number {
		const outer = this.#end;
		this.#end = this.#header(tag);
		return outer;
	}
	/** Widens the window again. The content must have been used up. */
	leave(outer: number): void {
		if (this.#at !== this.#end)
			throw new ProtocolError(`${this.#what}: ${this.#end - this.#at} bytes too many in a DER element`);
		this.#end = outer;
	}
	/** Passes over the next element, whatever it is. */
	skip(): void { this.#at = this.#header(undefined); }
	/** Passes over all that is left in the window: elements of a later version of the syntax. */
	skipRest(): void {
		while (this.more)
			this.skip();
	}

	/** INTEGER or ENUMERATED of at most 6 bytes, signed. */
	integer(tag: number = Tag.INTEGER): number {
		const end = this.#header(tag), length = end - this.#at;
		if (length < 1 || length > 6)
			throw new ProtocolError(`${this.#what}: DER integer of ${length} bytes, expected 1 to 6`);
		let value = this.#bytes[this.#at] << 24 >> 24;
		while (++this.#at < end)
			value = value * 256 + this.#bytes[this.#at];
		return value;
	}
	/** BIT STRING of at least 32 bits, the first in the highest: what Kerberos makes of flags. Bits past 32 are dropped. */
	flags(): number {
		const end = this.#header(Tag.BIT_STRING);
		if (end - this.#at < 5 || this.#bytes[this.#at] > 7)
			throw new ProtocolError(`${this.#what}: DER bit string of ${end - this.#at} bytes, expected at least 5`);
		let value = 0;
		for (let i = 1; i <= 4; i += 1)
			value = value * 256 + this.#bytes[this.#at + i];
		this.#at = end;
		return value;
	}
	/** The content of a primitive element, copied. */
	octets(tag: number = Tag.OCTET_STRING): Uint8Array {
		const end = this.#header(tag);
		const content = this.#bytes.slice(this.#at, end);
		this.#at = end;
		return content;
	}
	/** Passes over a primitive element whose content is not to be copied: returns where that begins; at is where it ends. */
	content(tag: number): number {
		const end = this.#header(tag), at = this.#at;
		this.#at = end;
		return at;
	}
	/** Passes over the next element; returns where it begins, identifier and length included. */
	whole(tag: number): number {
		const at = this.#at;
		this.#at = this.#header(tag);
		return at;
	}
	/** The next element whole, copied. */
	element(tag: number): Uint8Array { return this.#bytes.slice(this.whole(tag), this.#at); }
	/** GeneralizedTime in the one form that Kerberos allows (RFC 4120 5.2.3): "20270131235959Z". Milliseconds since 1970. */
	time(): number {
		const end = this.#header(Tag.GENERALIZED_TIME), bytes = this.#bytes;
		let digits = 0, right = end - this.#at === 15 && bytes[end - 1] === 0x5A;
		for (let at = this.#at; at < end - 1; at += 1) {
			right = right && bytes[at] >= 0x30 && bytes[at] <= 0x39;
			digits = digits * 10 + bytes[at] - 0x30;
		}
		this.#at = end;
		const part = (from: number, modulus: number): number => Math.floor(digits / from) % modulus;
		const year = part(1e10, 1e4), month = part(1e8, 100), day = part(1e6, 100), hour = part(1e4, 100), minute = part(100, 100), second = digits % 100;
		if (!right || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60)
			throw new ProtocolError(`${this.#what}: a DER time that is no YYYYMMDDHHMMSSZ`);
		return Date.UTC(year, month - 1, day, hour, minute, second);
	}
	/** Whether the content of an OID, which is passed over, is that. */
	oidIs(oid: Uint8Array): boolean {
		const end = this.#header(Tag.OID), at = this.#at;
		this.#at = end;
		if (end - at !== oid.length)
			return false;
		for (let i = 0; i < oid.length; i += 1) {
			if (this.#bytes[at + i] !== oid[i])
				return false;
		}
		return true;
	}
	/** Where the window stands, for seek(): a list is walked once per question asked about it. */
	get at(): number { return this.#at; }
	/** Where the window ends. */
	get end(): number { return this.#end; }
	/** Back to a place that at gave within this window. */
	seek(at: number): void { this.#at = at; }

	/** Steps over identifier and length; returns the position past the content. */
	#header(tag: number | undefined): number {
		const bytes = this.#bytes, end = this.#end;
		let at = this.#at;
		if (end - at < 2)
			throw new ProtocolError(`${this.#what}: ends where a DER element is expected`);
		const identifier = bytes[at];
		if (tag !== undefined ? identifier !== tag : (identifier & 0x1F) === 0x1F)
			throw new ProtocolError(`${this.#what}: DER identifier ${hex(identifier)}, expected ${tag === undefined ? "one byte" : hex(tag)}`);
		let length = bytes[at + 1];
		at += 2;
		if (length > 0x7F) {
			const count = length & 0x7F;
			if (count < 1 || count > 2 || end - at < count)
				throw new ProtocolError(`${this.#what}: DER length ${hex(length)} is indefinite, too long or cut off`);
			length = 0;
			for (let i = 0; i < count; i += 1)
				length = length << 8 | bytes[at++];
		}
		if (length > end - at)
			throw new ProtocolError(`${this.#what}: DER element of ${length} bytes, only ${end - at} are there`);
		this.#at = at;
		return at + length;
	}
}

export class DERWriter {
	readonly #bytes: Uint8Array;
	#at: number;

	/**
	 * capacity: bytes of content plus 4 for the header of each element. RangeError once it is exceeded. content: what another writer has finished and is to be gone
	 * on with, in its own buffer where that has so much room left: a ticket is there once, not three times.
	 */
	constructor(capacity: number, content?: Uint8Array) {
		if (content && content.byteOffset >= capacity && content.byteOffset + content.length === content.buffer.byteLength) {
			this.#bytes = new Uint8Array(content.buffer);
			this.#at = content.byteOffset;
			return;
		}
		this.#at = capacity + (content ? content.length : 0);
		this.#bytes = new Uint8Array(this.#at);
		if (content)
			this.raw(content);
	}
	/** The mark before which everything was written. */
	get end(): number { return this.#bytes.length; }
	/** Where what was written last begins: the mark to hand to wrap(). */
	get at(): number { return this.#at; }

	/** Puts a whole primitive element before what is there. */
	octets(content: Uint8Array, tag: number = Tag.OCTET_STRING): void {
		const mark = this.#at;
		this.#grow(content.length);
		this.#bytes.set(content, this.#at);
		this.wrap(tag, mark);
	}
	/** INTEGER or ENUMERATED, in its shortest form. */
	integer(value: number, tag: number = Tag.INTEGER): void {
		const mark = this.#at;
		let byte: number;
		do {
			byte = value - Math.floor(value / 256) * 256;
			this.#grow(1);
			this.#bytes[this.#at] = byte;
			value = Math.floor(value / 256);
		} while (!(value === 0 && byte < 0x80) && !(value === -1 && byte > 0x7F));
		this.wrap(tag, mark);
	}
	/** Puts elements that are encoded already, whole, before what is there. */
	raw(elements: Uint8Array): void {
		this.#grow(elements.length);
		this.#bytes.set(elements, this.#at);
	}
	/** The same for elements that lie elsewhere. */
	stored(elements: Stored): void {
		this.#grow(elements.length);
		elements.copyTo(this.#bytes, this.#at);
	}
	/** GeneralizedTime of milliseconds since 1970, whose fraction of a second is dropped. */
	time(milliseconds: number): void {
		const mark = this.#at, date = new Date(milliseconds);
		this.#grow(15);
		const bytes = this.#bytes;
		let at = this.#at;
		at = putDigits(bytes, at, date.getUTCFullYear(), 4);
		at = putDigits(bytes, at, date.getUTCMonth() + 1, 2);
		at = putDigits(bytes, at, date.getUTCDate(), 2);
		at = putDigits(bytes, at, date.getUTCHours(), 2);
		at = putDigits(bytes, at, date.getUTCMinutes(), 2);
		at = putDigits(bytes, at, date.getUTCSeconds(), 2);
		bytes[at] = 0x5A;
		this.wrap(Tag.GENERALIZED_TIME, mark);
	}
	/** BIT STRING of 32 bits. */
	flags(value: number): void {
		const mark = this.#at;
		this.#grow(5);
		for (let i = 0; i < 4; i += 1)
			this.#bytes[this.#at + 1 + i] = value >>> 24 - 8 * i & 0xFF;
		this.wrap(Tag.BIT_STRING, mark);
	}
	/** Makes all that was written since mark the content of one element. */
	wrap(tag: number, mark: number): void {
		const length = mark - this.#at, count = length > 0xFF ? 2 : length > 0x7F ? 1 : 0;
		if (length > 0xFFFF)
			throw new RangeError(`DER element of ${length} bytes`);
		this.#grow(2 + count);
		const bytes = this.#bytes;
		let at = this.#at;
		bytes[at++] = tag;
		if (count > 0)
			bytes[at++] = 0x80 | count;
		if (count > 1)
			bytes[at++] = length >> 8;
		bytes[at] = length & 0xFF;
	}
	/** All that was written. No copy: nothing is to be written any more. */
	finish(): Uint8Array { return this.#bytes.subarray(this.#at); }
	/** A copy of what was written since mark. */
	since(mark: number): Uint8Array { return this.#bytes.slice(this.#at, mark); }

	/** Bytes written. */
	get length(): number { return this.#bytes.length - this.#at; }
	/** Copies all that was written to bytes at at and wipes it here: for what holds a key. */
	moveTo(bytes: Uint8Array, at: number): void {
		bytes.set(this.#at === 0 ? this.#bytes : this.#bytes.subarray(this.#at), at);
		this.#bytes.fill(0);
		this.#at = this.#bytes.length;
	}

	#grow(length: number): void {
		if (this.#at < length)
			throw new RangeError("DERWriter: capacity exceeded");
		this.#at -= length;
	}
}

/** Writes count decimal digits; returns the position past them. */
function putDigits(bytes: Uint8Array, at: number, value: number, count: number): number {
	for (let i = at + count; --i >= at; value = Math.floor(value / 10))
		bytes[i] = 0x30 + value % 10;
	return at + count;
}
