import { CMAC } from "../../../hosts/crypto/cmac.js";
import { Digest, DigestAlgorithm } from "../../../hosts/crypto/digest.js";
import { HMAC } from "../../../hosts/crypto/hmac.js";
import { Key } from "../../../hosts/crypto/key.js";
import { RC4 } from "../../../hosts/crypto/rc4.js";
import { bytesEqual, deepEqual, equal, ok, throws } from "../../support/assert.js";
import { hex, toHex } from "../../support/hex.js";
import { keyOf, numbered, refusesClosed, refusesOthers, refusesPositions, reveal } from "./keys.js";

describe("Key", () => {
	it("has 1 to 64 bytes, zero at first", () => {
		for (const length of [1, 16, 64]) {
			const key = new Key(length);
			equal(key.length, length);
			bytesEqual(reveal(key), new Uint8Array(length));
		}
	});

	it("refuses other lengths", () => {
		for (const wrong of [0, 65, -1, 1.5, NaN, 256 + 16, 0x100000010, undefined as unknown as number])
			throws(() => new Key(wrong), RangeError, undefined, String(wrong));
	});

	it("loads its length's worth of bytes from any position", () => {
		const key = new Key(5);
		key.load(numbered(20), 3);
		bytesEqual(reveal(key), numbered(20).slice(3, 8));
		refusesPositions(at => key.load(numbered(20), at), 20, 5);
		refusesOthers(bytes => key.load(bytes, 0));
	});

	it("keeps its own copy of the bytes", () => {
		const bytes = numbered(16);
		const key = new Key(16);
		key.load(bytes, 0);
		bytes.fill(0);
		bytesEqual(reveal(key), numbered(16));
	});

	it("keeps its bytes where a load is refused", () => {
		const key = keyOf("0102030405");
		throws(() => key.load(new Uint8Array(4), 0), RangeError);
		bytesEqual(reveal(key), "0102030405");
	});

	it("copies a longer key's first bytes", () => {
		const key = new Key(16);
		key.copy(keyOf(toHex(numbered(32))));
		bytesEqual(reveal(key), numbered(16));
	});

	it("copies a shorter key and fills up with zero bytes", () => {
		const key = keyOf("ff".repeat(16));
		key.copy(keyOf("010203"));
		bytesEqual(reveal(key), "01020300000000000000000000000000");
	});

	it("copies itself unchanged", () => {
		const key = keyOf("010203");
		key.copy(key);
		bytesEqual(reveal(key), "010203");
	});

	it("is filled from the random source", () => {
		const one = new Key(32);
		const other = new Key(32);
		one.random();
		other.random();
		ok(toHex(reveal(one)) !== toHex(reveal(other)));
		ok(toHex(reveal(one)) !== "00".repeat(32));
	});

	it("shows its bytes to no one", () => {
		const key = keyOf("0102030405060708");
		equal(JSON.stringify(key), "{}");
		deepEqual(Object.getOwnPropertyNames(key), []);
		deepEqual(Object.getOwnPropertyNames(Key.prototype).sort(), ["close", "constructor", "copy", "length", "load", "random"]);
		equal(String(key), "[object Object]");
	});

	it("can no longer be used once closed, which may be twice", () => {
		const key = keyOf("0102030405060708090a0b0c0d0e0f10");
		const open = keyOf("01");
		const digest = new Digest(DigestAlgorithm.SHA256);
		const rc4 = new RC4(open);
		key.close();
		key.close();
		refusesClosed("key", [
			() => key.length,
			() => key.load(new Uint8Array(16), 0),
			() => key.random(),
			() => key.copy(open),
			() => open.copy(key),
			() => digest.updateKey(key),
			() => digest.finishKey(key),
			() => rc4.applyKey(key, new Uint8Array(16), 0),
			() => new RC4(key),
			() => new CMAC(key),
			() => new HMAC(DigestAlgorithm.SHA256, key),
		]);
	});

	it("is safe from a position that closes it while it is converted", () => {
		const key = keyOf("0102");
		const at = { valueOf() { key.close(); return 0; } };
		throws(() => key.load(new Uint8Array(2), at as unknown as number), Error);
	});

	it("is not to be mistaken for another object", () => {
		const open = keyOf("01");
		for (const wrong of [undefined, null, {}, 5, new Uint8Array(16), new Digest(DigestAlgorithm.MD4), Key.prototype])
			throws(() => open.copy(wrong as Key), Error);
		throws(() => Key.prototype.random.call(new Digest(DigestAlgorithm.MD4)), Error);
		bytesEqual(reveal(open), hex("01"));
	});
});
