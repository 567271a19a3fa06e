import { equal as sameBytes, random } from "../../../hosts/crypto/random.js";
import { bytesEqual, equal, ok } from "../../support/assert.js";
import { toHex } from "../../support/hex.js";
import { numbered, refusesOthers, refusesRanges } from "./keys.js";

describe("random", () => {
	it("fills the range and nothing around it, differently each time", () => {
		const seen = new Set<string>();
		for (let count = 0; count < 20; count++) {
			const bytes = new Uint8Array(20).fill(0xA5);
			random(bytes, 2, 16);
			bytesEqual(bytes.slice(0, 2), "a5a5");
			bytesEqual(bytes.slice(18), "a5a5");
			seen.add(toHex(bytes, 2, 18));
		}
		equal(seen.size, 20);
	});

	it("uses all values of a byte", () => {
		const bytes = new Uint8Array(8192);
		const seen = new Set<number>();
		random(bytes, 0, bytes.length);
		for (let at = 0; at < bytes.length; at++) seen.add(bytes[at]!);
		// That one value is missing has a probability of 256 * (255/256)^8192, 3e-12.
		equal(seen.size, 256);
	});

	it("refuses ranges outside of the buffer", () => {
		refusesRanges((at, length) => random(new Uint8Array(20), at, length), 20);
		refusesOthers(bytes => random(bytes, 0, 0));
	});
});

describe("equal", () => {
	it("compares two ranges", () => {
		const a = numbered(40);
		const b = new Uint8Array(60);
		b.set(a, 7);
		ok(sameBytes(a, 0, b, 7, 40));
		ok(sameBytes(a, 5, b, 12, 35));
		ok(sameBytes(a, 40, b, 60, 0));
		ok(sameBytes(a, 0, a, 0, 40));
		equal(sameBytes(a, 0, b, 6, 40), false);
	});

	it("finds every single bit", () => {
		const a = numbered(33);
		for (let at = 0; at < 33; at++) {
			for (let bit = 0; bit < 8; bit++) {
				const b = numbered(33);
				b[at]! ^= 1 << bit;
				equal(sameBytes(a, 0, b, 0, 33), false, `byte ${at} bit ${bit}`);
				equal(sameBytes(a, 0, b, 0, at), true);
			}
		}
	});

	it("refuses ranges outside of either buffer", () => {
		refusesRanges((at, length) => sameBytes(new Uint8Array(20), at, new Uint8Array(100), 0, length), 20);
		refusesRanges((at, length) => sameBytes(new Uint8Array(100), 0, new Uint8Array(20), at, length), 20);
		refusesOthers(bytes => sameBytes(bytes, 0, numbered(1), 0, 0));
		refusesOthers(bytes => sameBytes(numbered(1), 0, bytes, 0, 0));
	});
});
