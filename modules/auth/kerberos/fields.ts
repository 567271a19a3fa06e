/** DER as Kerberos uses it (RFC 4120 5, A): sequences whose fields are tagged by number, and the types that occur in several messages. */
import { ProtocolError } from "../../errors/errors.js";
import { contextTag, DERReader, DERWriter, Tag } from "../der.js";
import { readUTF8, utf8 } from "../utf8.js";
import { EncryptionKey, profileOf } from "./profile.js";
import type { Principal } from "./protocol.js";

/** No name has more parts. */
const NAMES_MAX = 8;

/** RFC 4120 5.2.9 EncryptedData. */
export interface Sealed {
	readonly etype: number;
	/** A copy, to be opened in place. */
	readonly cipher: Uint8Array;
}

export class FieldReader extends DERReader {
	readonly #message: Uint8Array;
	readonly #name: string;

	/** what names the message in errors. */
	constructor(bytes: Uint8Array, what: string, at?: number, end?: number) {
		super(bytes, what, at, end);
		this.#message = bytes;
		this.#name = what;
	}

	/** Whether the next field has that number: how optional ones are found. */
	has(number: number): boolean { return this.next(contextTag(number)); }
	/** Passes over a field, where it is there. */
	skipField(number: number): void {
		if (this.has(number))
			this.skip();
	}
	integerField(number: number): number {
		const outer = this.enter(contextTag(number));
		const value = this.integer();
		this.leave(outer);
		return value;
	}
	/** RFC 4120 5.2.4 UInt32, which some send as if it had a sign. */
	unsignedField(number: number): number { return this.integerField(number) >>> 0; }
	/** An integer that must be that. */
	onlyField(number: number, value: number): void {
		const found = this.integerField(number);
		if (found !== value)
			throw new ProtocolError(`${this.#name}: ${found} in field ${number}, expected ${value}`);
	}
	flagsField(number: number): number {
		const outer = this.enter(contextTag(number));
		const value = this.flags();
		this.leave(outer);
		return value;
	}
	/** RFC 4120 5.2.3 KerberosTime, in milliseconds since 1970. */
	timeField(number: number): number {
		const outer = this.enter(contextTag(number));
		const value = this.time();
		this.leave(outer);
		return value;
	}
	octetsField(number: number): Uint8Array {
		const outer = this.enter(contextTag(number));
		const value = this.octets();
		this.leave(outer);
		return value;
	}
	/** RFC 4120 5.2.1 KerberosString, taken for UTF-8. */
	textField(number: number): string {
		const outer = this.enter(contextTag(number));
		const value = this.#text();
		this.leave(outer);
		return value;
	}
	/** RFC 4120 5.2.2 PrincipalName. */
	principalField(number: number): Principal {
		const outer = this.enter(contextTag(number)), sequence = this.enter(Tag.SEQUENCE);
		const type = this.integerField(0), names: string[] = [];
		const field = this.enter(contextTag(1)), list = this.enter(Tag.SEQUENCE);
		while (this.more) {
			if (names.length === NAMES_MAX)
				throw new ProtocolError(`${this.#name}: a name of more than ${NAMES_MAX} parts`);
			names.push(this.#text());
		}
		this.leave(list);
		this.leave(field);
		this.leave(sequence);
		this.leave(outer);
		return { type, names };
	}
	/** RFC 4120 5.2.9 EncryptedData. */
	sealedField(number: number): Sealed {
		const outer = this.enter(contextTag(number)), sequence = this.enter(Tag.SEQUENCE);
		const etype = this.integerField(0);
		this.skipField(1);
		const cipher = this.octetsField(2);
		this.leave(sequence);
		this.leave(outer);
		return { etype, cipher };
	}
	/** RFC 4120 5.2.9 EncryptionKey, which the caller closes. Its bytes in the message are wiped. */
	keyField(number: number): EncryptionKey {
		const outer = this.enter(contextTag(number)), sequence = this.enter(Tag.SEQUENCE);
		const etype = this.integerField(0), profile = profileOf(etype);
		const field = this.enter(contextTag(1));
		const at = this.content(Tag.OCTET_STRING);
		if (!profile)
			throw new ProtocolError(`${this.#name}: a key of encryption type ${etype}, which was not asked for`);
		if (this.at - at !== profile.keyLength)
			throw new ProtocolError(`${this.#name}: a key of ${this.at - at} bytes for ${profile.name}, expected ${profile.keyLength}`);
		this.leave(field);
		this.leave(sequence);
		this.leave(outer);
		const key = new EncryptionKey(profile);
		key.key.load(this.#message, at);
		this.#message.fill(0, at, at + profile.keyLength);
		return key;
	}

	#text(): string {
		const at = this.content(Tag.GENERAL_STRING);
		return readUTF8(this.#message, at, this.at);
	}
}

/** Fills its buffer from the end: the last field is written first. */
export class FieldWriter extends DERWriter {
	integerField(number: number, value: number): void {
		const mark = this.at;
		this.integer(value);
		this.wrap(contextTag(number), mark);
	}
	flagsField(number: number, value: number): void {
		const mark = this.at;
		this.flags(value);
		this.wrap(contextTag(number), mark);
	}
	timeField(number: number, milliseconds: number): void {
		const mark = this.at;
		this.time(milliseconds);
		this.wrap(contextTag(number), mark);
	}
	octetsField(number: number, content: Uint8Array): void {
		const mark = this.at;
		this.octets(content);
		this.wrap(contextTag(number), mark);
	}
	textField(number: number, text: string): void {
		const mark = this.at;
		this.octets(utf8(text), Tag.GENERAL_STRING);
		this.wrap(contextTag(number), mark);
	}
	/** Elements that are encoded already. */
	rawField(number: number, elements: Uint8Array): void {
		const mark = this.at;
		this.raw(elements);
		this.wrap(contextTag(number), mark);
	}
	principalField(number: number, principal: Principal): void {
		const mark = this.at;
		for (let i = principal.names.length; --i >= 0;)
			this.octets(utf8(principal.names[i]), Tag.GENERAL_STRING);
		this.wrap(Tag.SEQUENCE, mark);
		this.wrap(contextTag(1), mark);
		this.integerField(0, principal.type);
		this.wrap(Tag.SEQUENCE, mark);
		this.wrap(contextTag(number), mark);
	}
	sealedField(number: number, etype: number, cipher: Uint8Array): void {
		const mark = this.at;
		this.octetsField(2, cipher);
		this.integerField(0, etype);
		this.wrap(Tag.SEQUENCE, mark);
		this.wrap(contextTag(number), mark);
	}
}

/** Room for a name in a message. */
export function principalRoom(principal: Principal): number {
	let room = 32;
	for (let i = 0; i < principal.names.length; i += 1)
		room += 4 + 4 * principal.names[i].length;
	return room;
}

/** What was written, sealed: the writer is wiped. fill() puts a secret into what is sealed just before that; see EncryptionKey.seal(). */
export function sealWritten(writer: DERWriter, key: EncryptionKey, usage: number, fill?: (bytes: Uint8Array) => void): Uint8Array {
	const bytes = new Uint8Array(writer.length + key.overhead);
	writer.moveTo(bytes, key.plainAt);
	key.seal(usage, bytes, false, fill ? () => fill(bytes) : undefined);
	return bytes;
}
