/** What the tests of hosts/crypto share. */
import { Key } from "../../../hosts/crypto/key.js";
import { RC4 } from "../../../hosts/crypto/rc4.js";
import { throws } from "../../support/assert.js";
import { hex } from "../../support/hex.js";

export function keyOf(digits: string): Key {
	const bytes = hex(digits);
	const key = new Key(bytes.length);
	key.load(bytes, 0);
	return key;
}

/** A key's bytes, which have no other way out than through a cipher: encrypted and decrypted with the same RC4 key. */
export function reveal(key: Key): Uint8Array {
	const bytes = new Uint8Array(key.length);
	const password = keyOf("00");
	new RC4(password).applyKey(key, bytes, 0);
	new RC4(password).apply(bytes, 0, bytes.length);
	return bytes;
}

/** A message without a pattern that a wrong index would hide behind. */
export function numbered(length: number): Uint8Array {
	const bytes = new Uint8Array(length);
	for (let at = 0; at < length; at++) bytes[at] = at * 7 + 3;
	return bytes;
}

/** That call(at, length) refuses every range which is not inside a buffer of size bytes, and takes those which just are. */
export function refusesRanges(call: (at: number, length: number) => unknown, size: number): void {
	call(0, 0);
	call(size, 0);
	call(0, size);
	call(size - 1, 1);
	throws(() => call(0, size + 1), RangeError, /do not fit/);
	throws(() => call(size, 1), RangeError, /do not fit/);
	throws(() => call(size + 1, 0), RangeError, /do not fit/);
	throws(() => call(0x7FFFFFFF, 0x7FFFFFFF), RangeError);
	for (const wrong of [-1, 0.5, NaN, Infinity, -Infinity, 0x80000000, 0xFFFFFFFF, 0x100000000, 2 ** 53, undefined as unknown as number]) {
		throws(() => call(wrong, 0), RangeError, undefined, `at ${String(wrong)}`);
		throws(() => call(0, wrong), RangeError, undefined, `length ${String(wrong)}`);
	}
}

/** The same for a method that writes or reads a fixed number of bytes. */
export function refusesPositions(call: (at: number) => unknown, size: number, length: number): void {
	call(0);
	call(size - length);
	throws(() => call(size - length + 1), RangeError, /do not fit/);
	throws(() => call(size), RangeError, /do not fit/);
	for (const wrong of [-1, 0.5, NaN, Infinity, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000, undefined as unknown as number])
		throws(() => call(wrong), RangeError, undefined, `at ${String(wrong)}`);
}

/** That call(bytes) refuses what is no buffer. */
export function refusesOthers(call: (bytes: Uint8Array) => unknown): void {
	for (const wrong of [undefined, null, {}, "bytes", 5, new Uint32Array(64)])
		throws(() => call(wrong as Uint8Array), TypeError, undefined, typeof wrong);
}

/** That every one of the calls says that the object, whose name is what, is closed. */
export function refusesClosed(what: string, calls: readonly (() => unknown)[]): void {
	for (const call of calls) throws(call, TypeError, new RegExp(`${what} is closed`));
}
