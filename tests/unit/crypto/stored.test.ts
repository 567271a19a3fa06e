import { Stored } from "../../../hosts/crypto/stored.js";
import { bytesEqual, equal, throws } from "../../support/assert.js";
import { numbered, refusesOthers, refusesPositions } from "./keys.js";

describe("Stored", () => {
	it("keeps a copy of a range, and writes it where it is wanted, and nowhere else", () => {
		const bytes = numbered(20), it = new Stored(bytes, 3, 5), out = new Uint8Array(9).fill(0xA5);
		bytes.fill(0);
		equal(it.length, 5);
		it.copyTo(out, 2);
		bytesEqual(out.slice(2, 7), numbered(20).slice(3, 8));
		bytesEqual(out.slice(0, 2), Uint8Array.of(0xA5, 0xA5));
		bytesEqual(out.slice(7), Uint8Array.of(0xA5, 0xA5));
	});
	it("refuses what does not fit, and nothing", () => {
		const it = new Stored(numbered(5), 0, 5);
		refusesPositions(at => it.copyTo(new Uint8Array(9), at), 9, 5);
		refusesPositions(at => new Stored(numbered(9), at, 5), 9, 5);
		refusesOthers(bytes => it.copyTo(bytes, 0));
		refusesOthers(bytes => new Stored(bytes, 0, 1));
		for (const wrong of [0, -1, 0.5, NaN, 10, 2 ** 32 + 1, undefined as unknown as number])
			throws(() => new Stored(numbered(9), 0, wrong), RangeError, undefined, String(wrong));
	});
	it("takes many kilobytes", () => {
		const bytes = numbered(20_000), out = new Uint8Array(20_000);
		new Stored(bytes, 0, 20_000).copyTo(out, 0);
		bytesEqual(out, bytes);
	});
});
