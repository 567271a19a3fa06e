import { GMAC } from "../../../hosts/crypto/gmac.js";
import { bytesEqual, equal, throws } from "../../support/assert.js";
import { toHex } from "../../support/hex.js";
import { gmac as vectors } from "../../vectors/macs.js";
import { keyOf, numbered, refusesClosed } from "./keys.js";
import { refusesSpans, signsAs, signsInPlace, verifies } from "./mac-cases.js";

const key = toHex(new Uint8Array(16).map((_, at) => at));

/** With one nonce for all. */
function withNonce(gmac: GMAC, counter: number, flags: number) {
	return {
		sign(bytes: Uint8Array, at: number, length: number, tagAt: number) { gmac.sign(bytes, at, length, tagAt, counter, flags); },
		verify(bytes: Uint8Array, at: number, length: number, tagAt: number) { return gmac.verify(bytes, at, length, tagAt, counter, flags); },
	};
}

describe("GMAC", () => {
	for (const { length, counter, flags, tag } of vectors)
		it(`${length} bytes, counter ${counter}, flags ${flags}`, () => signsAs(withNonce(new GMAC(keyOf(key)), counter, flags), toHex(numbered(length)), tag));

	it("counts the tag's bytes as zero wherever they lie in the span", () => signsInPlace(withNonce(new GMAC(keyOf(key)), 7, 1)));
	it("verifies, and leaves the bytes as they were", () => verifies(withNonce(new GMAC(keyOf(key)), 7, 1)));
	it("refuses ranges outside of the buffer", () => refusesSpans(withNonce(new GMAC(keyOf(key)), 7, 1)));

	it("verifies under the nonce that was signed with, and no other bit of it", () => {
		const gmac = new GMAC(keyOf(key));
		const bytes = numbered(100);
		gmac.sign(bytes, 0, 100, 48, 0, 0);
		const signed = bytes.slice();
		for (let bit = 0; bit < 53; bit++) equal(gmac.verify(bytes, 0, 100, 48, 2 ** bit, 0), false, `bit ${bit} of the counter`);
		for (let bit = 0; bit < 32; bit++) equal(gmac.verify(bytes, 0, 100, 48, 0, 2 ** bit), false, `bit ${bit} of the flags`);
		equal(gmac.verify(bytes, 0, 100, 48, 0, 0), true);
		bytesEqual(bytes, signed);
	});

	it("refuses what is no nonce, and signs nothing then", () => {
		const gmac = new GMAC(keyOf(key));
		const bytes = numbered(32);
		for (const wrong of [-1, 0.5, NaN, Infinity, 2 ** 53, undefined as unknown as number]) {
			throws(() => gmac.sign(bytes, 0, 32, 0, wrong, 0), RangeError, /counter below 2\^53/, `counter ${String(wrong)}`);
			throws(() => gmac.verify(bytes, 0, 32, 0, 0, wrong), RangeError, /flags below 2\^32/, `flags ${String(wrong)}`);
		}
		throws(() => gmac.sign(bytes, 0, 32, 0, 0, 2 ** 32), RangeError, /flags below 2\^32/);
		bytesEqual(bytes, numbered(32));
	});

	it("wants 16 bytes of key", () => {
		for (const length of [1, 15, 17, 32]) throws(() => new GMAC(keyOf("00".repeat(length))), RangeError, /16 bytes, not/);
	});

	it("keeps its own copy of the key", () => {
		const given = keyOf(key);
		const gmac = new GMAC(given);
		given.random();
		given.close();
		const { length, counter, flags, tag } = vectors[2]!;
		signsAs(withNonce(gmac, counter, flags), toHex(numbered(length)), tag);
	});

	it("leaves no key behind in the crypto library, closed or dropped", () => {
		const given = keyOf(key);
		for (let count = 0; count < 100; count++) new GMAC(given).close();
		for (let count = 0; count < 100; count++) new GMAC(given);
	});

	it("can no longer be used once closed, which may be twice", () => {
		const gmac = new GMAC(keyOf(key));
		gmac.close();
		gmac.close();
		refusesClosed("GMAC", [() => gmac.sign(numbered(32), 0, 32, 0, 0, 0), () => gmac.verify(numbered(32), 0, 32, 0, 0, 0)]);
	});
});
