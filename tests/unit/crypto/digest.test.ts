import { Digest, DigestAlgorithm } from "../../../hosts/crypto/digest.js";
import { Key } from "../../../hosts/crypto/key.js";
import { bytesEqual, throws } from "../../support/assert.js";
import { ascii, hex, toHex } from "../../support/hex.js";
import { digests } from "../../vectors/digests.js";
import { ntlm, smb311 } from "../../vectors/smb-keys.js";
import { keyOf, numbered, refusesClosed, refusesOthers, refusesPositions, refusesRanges, reveal } from "./keys.js";

function digestOf(digest: Digest, length: number, message: Uint8Array): Uint8Array {
	const result = new Uint8Array(length);
	digest.update(message, 0, message.length);
	digest.finish(result, 0);
	return result;
}

describe("Digest", () => {
	for (const { name, algorithm, length, values, million } of digests) {
		it(`${name}: published values, one object for all`, () => {
			const digest = new Digest(algorithm);
			for (const [message, expected] of values) bytesEqual(digestOf(digest, length, ascii(message)), expected, message);
		});

		if (million !== undefined) {
			it(`${name}: a million times "a"`, () => {
				const digest = new Digest(algorithm);
				const result = new Uint8Array(length);
				const part = ascii("a".repeat(1000));
				for (let count = 0; count < 1000; count++) digest.update(part, 0, part.length);
				digest.finish(result, 0);
				bytesEqual(result, million);
			});
		}

		it(`${name}: split at every position, from any position`, () => {
			const digest = new Digest(algorithm);
			const message = numbered(260);
			const whole = digestOf(digest, length, message);
			const result = new Uint8Array(length);
			for (let at = 0; at <= message.length; at++) {
				digest.update(message, 0, at);
				digest.update(message, at, message.length - at);
				digest.finish(result, 0);
				bytesEqual(result, whole, `split at ${at}`);
			}
			for (let at = 0; at < message.length; at++) digest.update(message, at, 1);
			digest.finish(result, 0);
			bytesEqual(result, whole, "byte by byte");
		});

		it(`${name}: writes its length and nothing around it`, () => {
			const digest = new Digest(algorithm);
			const result = new Uint8Array(length + 2).fill(0xA5);
			digest.finish(result, 1);
			bytesEqual(result, "a5" + values[0]![1] + "a5");
			refusesPositions(at => digest.finish(result, at), length + 2, length);
		});

		it(`${name}: a key's bytes go in and the digest comes out as a key`, () => {
			const digest = new Digest(algorithm);
			const expected = digestOf(digest, length, numbered(40));
			for (const cut of [1, 15, length]) {
				const key = new Key(cut);
				digest.updateKey(keyOf(toHex(numbered(40))));
				digest.finishKey(key);
				bytesEqual(reveal(key), expected.slice(0, cut));
			}
		});
	}

	it("goes on after a range that was refused, or a key that is too long", () => {
		const digest = new Digest(DigestAlgorithm.SHA256);
		const result = new Uint8Array(32);
		const longer = keyOf("ff".repeat(33));
		digest.update(ascii("a"), 0, 1);
		throws(() => digest.update(ascii("bc"), 0, 3), RangeError);
		throws(() => digest.finish(result, 1), RangeError);
		throws(() => digest.finishKey(longer), RangeError, /32 bytes for a key of 33/);
		bytesEqual(reveal(longer), "ff".repeat(33));
		digest.update(ascii("bc"), 0, 2);
		digest.finish(result, 0);
		bytesEqual(result, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	});

	it("refuses ranges outside of the buffer", () => {
		const digest = new Digest(DigestAlgorithm.MD4);
		refusesRanges((at, length) => digest.update(new Uint8Array(20), at, length), 20);
		// The array's own range counts, not that of the buffer behind it.
		refusesRanges((at, length) => digest.update(new Uint8Array(new ArrayBuffer(40), 10, 20), at, length), 20);
		refusesOthers(bytes => digest.update(bytes, 0, 0));
		refusesOthers(bytes => digest.finish(bytes, 0));
	});

	it("refuses unknown algorithms", () => {
		for (const wrong of [-1, 6, 1.5, NaN, 256, undefined as unknown as number]) throws(() => new Digest(wrong), RangeError, /no digest algorithm/);
	});

	it("can no longer be used once closed, which may be twice", () => {
		const digest = new Digest(DigestAlgorithm.SHA512);
		digest.update(numbered(10), 0, 10);
		digest.close();
		digest.close();
		refusesClosed("digest", [
			() => digest.update(numbered(10), 0, 10),
			() => digest.updateKey(keyOf("01")),
			() => digest.finish(new Uint8Array(64), 0),
			() => digest.finishKey(keyOf("01")),
		]);
	});

	it("computes the preauth integrity hashes of a Windows session", () => {
		const digest = new Digest(DigestAlgorithm.SHA512);
		const hash = new Uint8Array(64);
		for (const { message, hash: expected } of smb311.preauth) {
			const bytes = hex(message);
			digest.update(hash, 0, 64);
			digest.update(bytes, 0, bytes.length);
			digest.finish(hash, 0);
			bytesEqual(hash, expected);
		}
	});

	it("computes NTLM's password hash and its signing and sealing keys", () => {
		const md4 = new Digest(DigestAlgorithm.MD4);
		bytesEqual(digestOf(md4, 16, hex(ntlm.password)), ntlm.ntHash);
		const md5 = new Digest(DigestAlgorithm.MD5);
		for (const [direction, purpose, expected] of [
			["client-to-server", "signing", ntlm.clientSigningKey],
			["server-to-client", "signing", ntlm.serverSigningKey],
			["client-to-server", "sealing", ntlm.clientSealingKey],
			["server-to-client", "sealing", ntlm.serverSealingKey],
		] as const) {
			// [MS-NLMP] 3.4.5.2, 3.4.5.3: the constants end with a zero byte.
			const constant = ascii(`session key to ${direction} ${purpose} key magic constant\0`);
			const key = new Key(16);
			md5.updateKey(keyOf(smb311.sessionKey));
			md5.update(constant, 0, constant.length);
			md5.finishKey(key);
			bytesEqual(reveal(key), expected);
		}
	});
});
