import { CMAC } from "../../../hosts/crypto/cmac.js";
import { DigestAlgorithm } from "../../../hosts/crypto/digest.js";
import { HMAC } from "../../../hosts/crypto/hmac.js";
import { Key } from "../../../hosts/crypto/key.js";
import { bytesEqual, throws } from "../../support/assert.js";
import { hex, toHex } from "../../support/hex.js";
import { cmacKey, hmacMD5, hmacSHA1, hmacSHA256, hmacSHA256Cut, hmacSHA384 } from "../../vectors/macs.js";
import { ntlm } from "../../vectors/smb-keys.js";
import { keyOf, numbered, refusesClosed, refusesOthers, refusesPositions, refusesRanges, reveal } from "./keys.js";
import { refusesSpans, signsAs, signsInPlace, verifies } from "./mac-cases.js";

const families = [
	{ name: "HMAC-MD5, RFC 2202", algorithm: DigestAlgorithm.MD5, length: 16, vectors: hmacMD5, wholeBlock: "7b1073c9f9fdc3d1a488bf04e98721d9" },
	{ name: "HMAC-SHA256, RFC 4231", algorithm: DigestAlgorithm.SHA256, length: 32, vectors: hmacSHA256, wholeBlock: "0985bb648ef0fc5ea44a9c75ed3c0a40c7ac911fe1e9a75a1fe78c3f730e0d8e" },
	{ name: "HMAC-SHA1, RFC 2202", algorithm: DigestAlgorithm.SHA1, length: 20, vectors: hmacSHA1, wholeBlock: "1843bdb6723b8f3faa26d80916107bb1d1adaf4b" },
	{ name: "HMAC-SHA384, RFC 4231", algorithm: DigestAlgorithm.SHA384, length: 48, vectors: hmacSHA384, wholeBlock: "b0c5b4850e0d6d74e87f929676b9e2ce1ac402039cb77c192f964222b7c30542ce51a16b8b0563f9befb61f27dd31f57" },
] as const;

function tagOf(hmac: HMAC, length: number, message: Uint8Array): Uint8Array {
	const tag = new Uint8Array(length);
	hmac.update(message, 0, message.length);
	hmac.finish(tag, 0);
	return tag;
}

describe("HMAC", () => {
	for (const { name, algorithm, length, vectors, wholeBlock } of families) {
		vectors.forEach(({ key, message, tag }, index) => {
			it(`${name}: test case ${index + 1}, whole, in parts and in place`, () => {
				const hmac = new HMAC(algorithm, keyOf(key));
				const bytes = hex(message);
				const result = new Uint8Array(length);
				bytesEqual(tagOf(hmac, length, bytes), tag);
				for (let at = 0; at <= bytes.length; at++) {
					hmac.update(bytes, 0, at);
					hmac.update(bytes, at, bytes.length - at);
					hmac.finish(result, 0);
					bytesEqual(result, tag, `split at ${at}`);
				}
				signsAs(hmac, message, tag);
			});
		});

		it(`${name}: counts the tag's bytes as zero wherever they lie in the span`, () => signsInPlace(new HMAC(algorithm, keyOf("0102"))));
		it(`${name}: verifies, and leaves the bytes as they were`, () => verifies(new HMAC(algorithm, keyOf("0102"))));
		it(`${name}: refuses ranges outside of the buffer`, () => {
			const hmac = new HMAC(algorithm, keyOf("0102"));
			refusesSpans(hmac);
			refusesRanges((at, size) => hmac.update(new Uint8Array(20), at, size), 20);
			refusesPositions(at => hmac.finish(new Uint8Array(50), at), 50, length);
			refusesOthers(bytes => hmac.update(bytes, 0, 0));
			refusesOthers(bytes => hmac.finish(bytes, 0));
		});

		it(`${name}: a key of 64 bytes, the longest, and most hashes' whole block`, () => {
			const hmac = new HMAC(algorithm, keyOf(toHex(numbered(64))));
			// No RFC has this case: computed with Python's hmac, which is OpenSSL's.
			bytesEqual(tagOf(hmac, length, numbered(10)), wholeBlock);
		});
	}

	it("cuts a tag to the key that takes it: RFC 4231 test case 5", () => {
		const hmac = new HMAC(DigestAlgorithm.SHA256, keyOf(hmacSHA256Cut.key));
		const message = hex(hmacSHA256Cut.message);
		const key = new Key(16);
		hmac.update(message, 0, message.length);
		hmac.finishKey(key);
		bytesEqual(reveal(key), hmacSHA256Cut.tag);
		signsAs(hmac, hmacSHA256Cut.message, hmacSHA256Cut.tag);
	});

	it("keeps a message in parts apart from what is signed in between", () => {
		const hmac = new HMAC(DigestAlgorithm.SHA256, keyOf("4a656665"));
		const tag = new Uint8Array(32);
		hmac.update(hex("7768617420646f2079612077616e7420"), 0, 16);
		signsAs(hmac, hmacSHA256[1]!.message, hmacSHA256[1]!.tag);
		throws(() => hmac.finish(tag, 1), RangeError);
		throws(() => hmac.finishKey(new Key(33)), RangeError, /32 bytes for a key of 33/);
		hmac.update(hex("666f72206e6f7468696e673f"), 0, 12);
		hmac.finish(tag, 0);
		bytesEqual(tag, hmacSHA256[1]!.tag);
	});

	it("computes the NTLMv2 keys of a Windows session", () => {
		const responseKey = new Key(16);
		const userDomain = hex(ntlm.userDomain);
		const ntowf = new HMAC(DigestAlgorithm.MD5, keyOf(ntlm.ntHash));
		ntowf.update(userDomain, 0, userDomain.length);
		ntowf.finishKey(responseKey);
		bytesEqual(reveal(responseKey), ntlm.responseKeyNT);

		const proof = new Uint8Array(16);
		const response = new HMAC(DigestAlgorithm.MD5, responseKey);
		const challenge = hex(ntlm.serverChallenge);
		const temp = hex(ntlm.temp);
		response.update(challenge, 0, challenge.length);
		response.update(temp, 0, temp.length);
		response.finish(proof, 0);
		bytesEqual(proof, ntlm.ntProofStr);

		const sessionBaseKey = new Key(16);
		response.update(proof, 0, 16);
		response.finishKey(sessionBaseKey);
		bytesEqual(reveal(sessionBaseKey), ntlm.keyExchangeKey);
	});

	it("refuses algorithms that nothing here needs", () => {
		for (const wrong of [DigestAlgorithm.MD4, DigestAlgorithm.SHA512, -1, 6, NaN])
			throws(() => new HMAC(wrong, keyOf("01")), RangeError, /algorithm/);
	});

	it("keeps its own copy of the key", () => {
		const key = keyOf("4a656665");
		const hmac = new HMAC(DigestAlgorithm.SHA256, key);
		key.random();
		key.close();
		signsAs(hmac, hmacSHA256[1]!.message, hmacSHA256[1]!.tag);
	});

	it("leaves no key behind in the crypto library, not even with a message unfinished", () => {
		for (let count = 0; count < 100; count++) {
			const hmac = new HMAC(DigestAlgorithm.SHA256, keyOf("01"));
			hmac.update(numbered(100), 0, 100);
			hmac.close();
		}
	});

	it("is no CMAC", () => {
		const cmac = new CMAC(keyOf(cmacKey));
		throws(() => HMAC.prototype.sign.call(cmac, new Uint8Array(16), 0, 0, 0), Error);
		throws(() => HMAC.prototype.close.call({}), Error);
		signsAs(cmac, "", "bb1d6929 e9593728 7fa37d12 9b756746");
	});

	it("can no longer be used once closed, which may be twice", () => {
		const hmac = new HMAC(DigestAlgorithm.MD5, keyOf("01"));
		hmac.close();
		hmac.close();
		refusesClosed("HMAC", [
			() => hmac.update(numbered(10), 0, 10),
			() => hmac.finish(new Uint8Array(32), 0),
			() => hmac.finishKey(keyOf("01")),
			() => hmac.sign(numbered(32), 0, 32, 0),
			() => hmac.verify(numbered(32), 0, 32, 0),
		]);
	});
});
