import { DigestAlgorithm } from "../../../hosts/crypto/digest.js";
import { kdf } from "../../../hosts/crypto/kdf.js";
import { Key } from "../../../hosts/crypto/key.js";
import { PBKDF2 } from "../../../hosts/crypto/pbkdf2.js";
import { utf8 } from "../../../modules/auth/utf8.js";
import { bytesEqual, equal, throws } from "../../support/assert.js";
import { ascii, hex } from "../../support/hex.js";
import { derived, stringToKey } from "../../vectors/kerberos.js";
import { keyOf, refusesClosed, refusesOthers, reveal } from "./keys.js";

function derive(pbkdf2: PBKDF2, salt: Uint8Array, iterations: number, length: number, step = iterations): Uint8Array {
	const key = new Key(length);
	pbkdf2.begin(salt, iterations, key);
	while (!pbkdf2.step(step));
	pbkdf2.finish(key);
	return reveal(key);
}

describe("PBKDF2", () => {
	it("is that of RFC 3962 B, from steps of any size", () => {
		for (const { password, salt, iterations, pbkdf2 } of stringToKey) {
			const it = new PBKDF2(DigestAlgorithm.SHA1, utf8(password)), bytes = salt.startsWith("0x") ? hex(salt.slice(2)) : ascii(salt);
			for (const step of [7, 100, 5000])
				bytesEqual(derive(it, bytes, iterations, 32, step), pbkdf2, password);
			bytesEqual(derive(it, bytes, iterations, 16), pbkdf2.slice(0, 32), password);
		}
	});
	it("with HMAC-SHA256 and HMAC-SHA384 is what Python's hashlib says", () => {
		const password = "p\u00E4ssword".repeat(12);
		bytesEqual(derive(new PBKDF2(DigestAlgorithm.SHA256, utf8(password)), ascii("salt"), 100, 32, 9), "d493572317981689fc4fb47d515fd87eb7fb0261e545a0198e38b33afe59e97a");
		bytesEqual(derive(new PBKDF2(DigestAlgorithm.SHA384, utf8(password)), ascii("salt"), 100, 32, 9), "2e278e97c52f988aae53eb84506d4cd355e7f19cd528c91feb54226b483c5741");
		bytesEqual(derive(new PBKDF2(DigestAlgorithm.SHA384, utf8(password + password)), ascii("salt"), 100, 64, 9), "182c353f2f0ee39997b75c2df119f5c93c503a2dbf1fa2f84e5a84982b0ca53ecb831d2fefc68f70d28506e30953794d57cd370b76c114e9d7ce3dad0ac7b646");
	});
	it("takes one derivation at a time, and no key before it is done", () => {
		const it = new PBKDF2(DigestAlgorithm.SHA1, ascii("password")), key = new Key(32);
		throws(() => it.step(1), TypeError, /before begin/);
		throws(() => it.finish(key), RangeError, /not done/);
		it.begin(ascii("salt"), 1200, key);
		equal(it.step(1198), false);
		throws(() => it.finish(key), RangeError, /not done/);
		equal(it.step(1), true);
		it.begin(ascii("ATHENA.MIT.EDUraeburn"), 1, new Key(16));
		equal(it.step(1), true);
		throws(() => it.finish(key), RangeError, /has 20 bytes, not 32/);
		const half = new Key(16);
		it.finish(half);
		bytesEqual(reveal(half), stringToKey[0]!.pbkdf2.slice(0, 32));
		throws(() => it.finish(half), RangeError, /not done/);
	});
	it("refuses other digests, counts and lengths", () => {
		for (const wrong of [DigestAlgorithm.MD4, DigestAlgorithm.MD5, DigestAlgorithm.SHA512, -1, 6, NaN])
			throws(() => new PBKDF2(wrong, ascii("x")), RangeError, /algorithm/);
		const it = new PBKDF2(DigestAlgorithm.SHA1, ascii("x"));
		for (const wrong of [0, -1, 1.5, NaN, 0x80000000])
			throws(() => it.begin(ascii("x"), wrong, new Key(16)), RangeError, /iterations/);
		throws(() => it.begin(ascii("x"), 1, new Key(41)), RangeError, /at most 40/);
		refusesOthers(wrong => new PBKDF2(DigestAlgorithm.SHA1, wrong));
		refusesOthers(wrong => it.begin(wrong, 1, new Key(16)));
	});
	it("can no longer be used once closed, which may be twice", () => {
		const it = new PBKDF2(DigestAlgorithm.SHA1, ascii("x")), key = new Key(16);
		it.close();
		it.close();
		refusesClosed("PBKDF2", [() => it.begin(ascii("x"), 1, key), () => it.step(1), () => it.finish(key)]);
	});
});

describe("kdf for Kerberos", () => {
	it("derives the keys of usage 2: RFC 8009 A", () => {
		for (const { etype, key, kc, ke, ki } of derived) {
			if (etype < 19) continue;
			for (const [purpose, wanted] of [["99", kc], ["aa", ke], ["55", ki]] as const) {
				const to = new Key(wanted.length / 2);
				kdf(keyOf(key), hex("00000002" + purpose), new Uint8Array(0), to, etype === 19 ? DigestAlgorithm.SHA256 : DigestAlgorithm.SHA384);
				bytesEqual(reveal(to), wanted);
			}
		}
	});
	it("refuses other digests", () => {
		for (const wrong of [DigestAlgorithm.MD5, DigestAlgorithm.SHA1, -1, NaN])
			throws(() => kdf(keyOf("00"), hex("00"), hex("00"), new Key(16), wrong), RangeError, /algorithm/);
	});
});
