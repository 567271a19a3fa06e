/** The rules of sign() and verify(), which HMAC and CMAC share. */
import { bytesEqual, equal, throws } from "../../support/assert.js";
import { hex } from "../../support/hex.js";
import { numbered, refusesOthers, refusesPositions, refusesRanges } from "./keys.js";

interface MAC {
	sign(bytes: Uint8Array, at: number, length: number, tagAt: number): void;
	verify(bytes: Uint8Array, at: number, length: number, tagAt: number): boolean;
}

/** The tag over message, signed and verified behind it, in front of it and at odd positions. */
export function signsAs(mac: MAC, message: string, tag: string): void {
	const span = hex(message);
	const expected = hex(tag).slice(0, 16);
	for (const [at, tagAt] of [[0, span.length], [16, 0], [19, 1], [1, span.length + 2]] as const) {
		const bytes = new Uint8Array(span.length + 36).fill(0xA5);
		bytes.set(span, at);
		mac.sign(bytes, at, span.length, tagAt);
		bytesEqual(bytes.slice(tagAt, tagAt + 16), expected, `tag at ${tagAt}`);
		bytesEqual(bytes.slice(at, at + span.length), span);
		equal(mac.verify(bytes, at, span.length, tagAt), true);
	}
}

/** Every position of the tag from before the span, over its two ends, to behind it: what lies inside counts as zero. */
export function signsInPlace(mac: MAC): void {
	const size = 84;
	const at = 26;
	for (const length of [0, 5, 16, 32]) {
		for (let tagAt = 0; tagAt + 16 <= size; tagAt++) {
			const bytes = numbered(size);
			// The reference: the same span with zero bytes there, signed into another buffer's end.
			const apart = new Uint8Array(size + 16);
			apart.set(bytes);
			apart.fill(0, tagAt, tagAt + 16);
			mac.sign(apart, at, length, size);

			mac.sign(bytes, at, length, tagAt);
			bytesEqual(bytes.slice(tagAt, tagAt + 16), apart.slice(size), `${length} bytes, tag at ${tagAt}`);
			bytesEqual(bytes.slice(0, tagAt), numbered(size).slice(0, tagAt));
			bytesEqual(bytes.slice(tagAt + 16), numbered(size).slice(tagAt + 16));
			equal(mac.verify(bytes, at, length, tagAt), true);
		}
	}
}

/** verify() finds each wrong bit and leaves every byte as it was. */
export function verifies(mac: MAC): void {
	const bytes = numbered(100);
	mac.sign(bytes, 10, 80, 58);
	const signed = bytes.slice();
	for (let at = 10; at < 90; at++) {
		bytes[at]! ^= 1 << at % 8;
		const changed = bytes.slice();
		equal(mac.verify(bytes, 10, 80, 58), false, `bit of byte ${at}`);
		bytesEqual(bytes, changed);
		bytes[at]! ^= 1 << at % 8;
	}
	for (const outside of [0, 9, 90, 99]) {
		bytes[outside]! ^= 1;
		equal(mac.verify(bytes, 10, 80, 58), true, `byte ${outside} is not signed`);
		bytes[outside]! ^= 1;
	}
	equal(mac.verify(bytes, 10, 79, 58), false, "one byte less");
	equal(mac.verify(bytes, 11, 80, 58), false, "one byte on");
	bytesEqual(bytes, signed);
}

export function refusesSpans(mac: MAC): void {
	const bytes = new Uint8Array(64);
	refusesRanges((at, length) => mac.sign(bytes, at, length, 3), 64);
	refusesRanges((at, length) => mac.verify(bytes, at, length, 3), 64);
	refusesPositions(tagAt => mac.sign(bytes, 0, 64, tagAt), 64, 16);
	refusesPositions(tagAt => mac.verify(bytes, 0, 64, tagAt), 64, 16);
	refusesOthers(wrong => mac.sign(wrong, 0, 0, 0));
	refusesOthers(wrong => mac.verify(wrong, 0, 0, 0));
	throws(() => mac.sign(new Uint8Array(15), 0, 15, 0), RangeError, /16 bytes at 0 do not fit a buffer of 15/);
	bytes.set(numbered(64));
	throws(() => mac.sign(bytes, 0, 65, 0), RangeError);
	bytesEqual(bytes, numbered(64), "nothing is written where the range is refused");
}
