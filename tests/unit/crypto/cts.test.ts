import { CTS } from "../../../hosts/crypto/cts.js";
import { dk } from "../../../hosts/crypto/dk.js";
import { Key } from "../../../hosts/crypto/key.js";
import { bytesEqual, throws } from "../../support/assert.js";
import { ascii, hex } from "../../support/hex.js";
import { cts as vectors, ctsKey, derived } from "../../vectors/kerberos.js";
import { keyOf, numbered, refusesClosed, refusesOthers, reveal } from "./keys.js";

const text = ascii("I would like the General Gau's Chicken, please, and wonton soup.");

describe("CTS", () => {
	for (const sealed of vectors) {
		const { length } = hex(sealed);
		it(`RFC 3962 B: ${length} bytes, both ways, in the middle of a buffer`, () => {
			const cts = new CTS(keyOf(ctsKey)), bytes = new Uint8Array(length + 7).fill(0xA5);
			bytes.set(text.slice(0, length), 3);
			cts.encrypt(bytes, 3, length);
			bytesEqual(bytes.slice(3, 3 + length), sealed);
			bytesEqual(bytes.slice(0, 3), "a5a5a5");
			bytesEqual(bytes.slice(3 + length), "a5a5a5a5");
			cts.decrypt(bytes, 3, length);
			bytesEqual(bytes.slice(3, 3 + length), text.slice(0, length));
		});
	}

	it("goes there and back at every length, with either key", () => {
		for (const key of ["00".repeat(16), "0123".repeat(16)]) {
			const cts = new CTS(keyOf(key));
			for (let length = 16; length <= 300; length++) {
				const bytes = numbered(length);
				cts.encrypt(bytes, 0, length);
				cts.decrypt(bytes, 0, length);
				bytesEqual(bytes, numbered(length), String(length));
			}
		}
	});
	it("encrypts one block as AES does: FIPS 197 C.1 and C.3", () => {
		for (const [key, sealed] of [["000102030405060708090a0b0c0d0e0f", "69c4e0d86a7b0430d8cdb78070b4c55a"], ["000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "8ea2b7ca516745bfeafc49904b496089"]]) {
			const block = hex("00112233445566778899aabbccddeeff");
			new CTS(keyOf(key!)).encrypt(block, 0, 16);
			bytesEqual(block, sealed!);
		}
	});
	it("refuses less than a block, ranges outside of the buffer, other keys", () => {
		const cts = new CTS(keyOf(ctsKey)), bytes = new Uint8Array(40);
		for (const apply of [(at: number, length: number) => cts.encrypt(bytes, at, length), (at: number, length: number) => cts.decrypt(bytes, at, length)]) {
			for (const length of [0, 1, 15]) throws(() => apply(0, length), RangeError, /16 bytes or more/);
			for (const [at, length] of [[0, 41], [25, 16], [-1, 16], [0, NaN], [0.5, 16]] as const) throws(() => apply(at, length), RangeError);
		}
		bytesEqual(bytes, new Uint8Array(40));
		refusesOthers(wrong => cts.encrypt(wrong, 0, 16));
		for (const length of [1, 15, 17, 24, 31, 33]) throws(() => new CTS(new Key(length)), RangeError, /16 or 32/);
	});
	it("leaves no key behind in the crypto library", () => {
		for (let count = 0; count < 100; count++) new CTS(keyOf(ctsKey)).close();
	});
	it("can no longer be used once closed, which may be twice", () => {
		const cts = new CTS(keyOf(ctsKey));
		cts.close();
		cts.close();
		refusesClosed("CTS", [() => cts.encrypt(new Uint8Array(16), 0, 16), () => cts.decrypt(new Uint8Array(16), 0, 16)]);
	});
});

describe("dk", () => {
	it("derives the keys of usage 2 as MIT Kerberos does, over the key itself", () => {
		for (const { etype, key, kc, ke, ki } of derived) {
			if (etype > 18) continue;
			for (const [purpose, wanted] of [["99", kc], ["aa", ke], ["55", ki]] as const) {
				const base = keyOf(key);
				dk(base, hex("00000002" + purpose), base);
				bytesEqual(reveal(base), wanted);
			}
		}
	});
	it("refuses what it cannot derive", () => {
		const key = new Key(16);
		throws(() => dk(key, new Uint8Array(0), key), RangeError, /empty/);
		throws(() => dk(key, hex("00"), new Key(32)), RangeError, /16 bytes, not 32/);
		throws(() => dk(new Key(20), hex("00"), key), RangeError, /16 or 32/);
		refusesOthers(wrong => dk(key, wrong, key));
	});
});
