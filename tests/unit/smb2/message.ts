/** What the tests of structures share: poisoned buffers, golden bytes, truncation. */
import { ProtocolError } from "../../../modules/errors/errors.js";
import { Memory, type Structure } from "../../../modules/smb2/wire.js";
import { bytesEqual, deepEqual, equal, ok, throws } from "../../support/assert.js";
import { hex } from "../../support/hex.js";

/** Every byte that nobody wrote. */
const POISON = 0xA5;
/** Not a multiple of 8, as a header need not be: alignment counts from the header. */
export const HEADER_AT = 12;
export const BODY_AT = HEADER_AT + 64;

export function poisoned(length: number): Memory {
	const memory = new Memory(new ArrayBuffer(length));
	memory.bytes.fill(POISON);
	return memory;
}

/** The bytes [at, end) of the structure that lay() laid out, after a look that nothing else was written. */
export function laid(lay: (memory: Memory, at: number) => Structure, at = BODY_AT): Uint8Array {
	const memory = poisoned(1024);
	const structure = lay(memory, at);
	equal(structure.at, at, "at");
	for (let i = 0; i < memory.bytes.length; i++)
		ok((i >= at && i < structure.end) || memory.bytes[i] === POISON, `byte ${i} was written, outside [${at}, ${structure.end})`);
	return memory.bytes.slice(at, structure.end);
}

/** A body as received: the bytes behind a header, and poison behind them. */
export interface Received { memory: Memory; at: number; end: number }
export function received(body: string | Uint8Array, at = BODY_AT): Received {
	const bytes = typeof body === "string" ? hex(body) : body;
	const memory = poisoned(at + bytes.length + 64);
	memory.bytes.set(bytes, at);
	return { memory, at, end: at + bytes.length };
}

/** That read() is content with the whole body, and throws ProtocolError for it cut at any length. */
export function truncated(body: string | Uint8Array, read: (memory: Memory, at: number, end: number) => void): void {
	const { memory, at, end } = received(body);
	read(memory, at, end);
	for (let cut = at; cut < end; cut++)
		throws(() => read(memory, at, cut), ProtocolError, undefined, `cut to ${cut - at} bytes`);
}

/** body with the little-endian number at offset replaced. */
export function patched(body: string, offset: number, size: number, value: number): Uint8Array {
	const bytes = hex(body);
	for (let i = 0; i < size; i++, value = Math.floor(value / 256))
		bytes[offset + i] = value % 256;
	return bytes;
}

type Value = number | Uint8Array;

/**
 * That a structure without variable parts is golden (hex digits, one literal for each field): laid out from fields,
 * opened again, cut at every length, and refused when a constant (offset and size of each) differs.
 */
export function isGolden(Class: new () => Structure, golden: string, fields: Record<string, Value>, constants: [offset: number, size: number][] = []): void {
	bytesEqual(laid((memory, at) => {
		const structure = new Class().begin(memory, at);
		for (const name of Object.keys(fields))
			(structure as unknown as Record<string, Value>)[name] = fields[name];
		return structure;
	}), golden, "begin");

	const { memory, at, end } = received(golden);
	const structure = new Class().open(memory, at, end);
	equal(structure.size, end - at, "size");
	for (const name of Object.keys(fields))
		deepEqual((structure as unknown as Record<string, Value>)[name], fields[name], name);

	truncated(golden, (memory, at, end) => new Class().open(memory, at, end));

	for (const [offset, size] of constants) {
		for (let i = 0; i < size; i++) {
			const { memory, at, end } = received(golden);
			memory.bytes[at + offset + i] ^= 1;
			throws(() => new Class().open(memory, at, end), ProtocolError, / expected, got 0x/, `constant at ${offset}`);
		}
	}
}

/** length bytes that count up from first. */
export function counting(length: number, first: number): Uint8Array {
	const bytes = new Uint8Array(length);
	for (let i = 0; i < length; i++)
		bytes[i] = first + i;
	return bytes;
}
