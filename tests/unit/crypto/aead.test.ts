import { AEAD, Cipher } from "../../../hosts/crypto/aead.js";
import { CMAC } from "../../../hosts/crypto/cmac.js";
import { Digest, DigestAlgorithm } from "../../../hosts/crypto/digest.js";
import { bytesEqual, equal, throws } from "../../support/assert.js";
import { hex, toHex } from "../../support/hex.js";
import { sealedByWindows, sealedInOrder } from "../../vectors/sealed.js";
import { keyOf, numbered, refusesClosed, refusesOthers, refusesPositions } from "./keys.js";

const ciphers = [
	{ name: "AES-128-CCM", cipher: Cipher.AES_128_CCM, keyLength: 16, nonceLength: 11 },
	{ name: "AES-128-GCM", cipher: Cipher.AES_128_GCM, keyLength: 16, nonceLength: 12 },
	{ name: "AES-256-CCM", cipher: Cipher.AES_256_CCM, keyLength: 32, nonceLength: 11 },
	{ name: "AES-256-GCM", cipher: Cipher.AES_256_GCM, keyLength: 32, nonceLength: 12 },
] as const;

const room = 16;
const associatedLength = 32;

/** The key 000102…, as long as the cipher wants it. */
function keyFor(cipher: number) { return keyOf(toHex(new Uint8Array(ciphers[cipher - 1]!.keyLength).map((_, at) => at))); }

/** A transform header's Signature and 32 bytes more ([MS-SMB2] 2.2.41), a message and the room behind it. */
const tagAt = 4;
const at = 20;
const messageAt = at + associatedLength;

function sha256(bytes: Uint8Array, at: number, length: number): Uint8Array {
	const digest = new Digest(DigestAlgorithm.SHA256);
	const result = new Uint8Array(32);
	digest.update(bytes, at, length);
	digest.finish(result, 0);
	return result;
}

function sealed(aead: AEAD, length: number): Uint8Array {
	const bytes = numbered(messageAt + length + room);
	aead.seal(bytes, tagAt, at, associatedLength, length);
	return bytes;
}

describe("AEAD", () => {
	for (const { name, cipher, key, sealed, message } of sealedByWindows) {
		it(`opens what Windows sealed: ${name}`, () => {
			const given = hex(sealed);
			const length = given.length - messageAt;
			const bytes = new Uint8Array(given.length + room).fill(0xA5);
			bytes.set(given);
			equal(new AEAD(cipher, keyOf(key)).open(bytes, tagAt, at, associatedLength, length), true);
			bytesEqual(bytes.slice(messageAt, messageAt + length), message);
			bytesEqual(bytes.slice(0, messageAt), given.slice(0, messageAt));
			bytesEqual(bytes.slice(messageAt + length), "a5".repeat(room));
		});
	}

	for (const { cipher, messages } of sealedInOrder) {
		const { name, nonceLength } = ciphers[cipher - 1]!;

		it(`${name}: seals messages one after the other, with nonces that count`, () => {
			const aead = new AEAD(cipher, keyFor(cipher));
			const other = new AEAD(cipher, keyFor(cipher));
			messages.forEach(({ length, sealed, tag }, count) => {
				const bytes = new Uint8Array(messageAt + length + room).fill(0xA5);
				bytes.set(numbered(associatedLength + length), at);
				aead.seal(bytes, tagAt, at, associatedLength, length);
				bytesEqual(bytes.slice(0, tagAt), "a5a5a5a5");
				bytesEqual(bytes.slice(tagAt, at), tag, `tag of ${length} bytes`);
				bytesEqual(bytes.slice(at, at + 16), `0${count}` + "00".repeat(15));
				bytesEqual(bytes.slice(at + 16, messageAt), numbered(associatedLength).slice(16));
				bytesEqual(length < 100 ? bytes.slice(messageAt, messageAt + length) : sha256(bytes, messageAt, length), sealed, `${length} bytes`);
				bytesEqual(bytes.slice(messageAt + length), "a5".repeat(room));
				equal(other.open(bytes, tagAt, at, associatedLength, length), true);
				bytesEqual(bytes.slice(messageAt, messageAt + length), numbered(associatedLength + length).slice(associatedLength));
				bytesEqual(bytes.slice(messageAt + length), "a5".repeat(room));
			});
		});

		it(`${name}: every wrong bit is found, the message is wiped, and all else is as it was`, () => {
			const length = 19;
			const original = sealed(new AEAD(cipher, keyFor(cipher)), length);
			const opener = new AEAD(cipher, keyFor(cipher));
			const signed = [...original.keys()].filter(byte => byte >= tagAt && byte < messageAt + length);
			for (const byte of signed) {
				for (let bit = 0; bit < 8; bit++) {
					const bytes = original.slice();
					bytes[byte]! ^= 1 << bit;
					const expected = bytes.slice().fill(0, messageAt, messageAt + length);
					equal(opener.open(bytes, tagAt, at, associatedLength, length), false, `bit ${bit} of byte ${byte}`);
					bytesEqual(bytes, expected);
				}
			}
			const bytes = original.slice();
			equal(opener.open(bytes, tagAt, at, associatedLength, length - 1), false, "one byte less");
			bytesEqual(bytes, original.slice().fill(0, messageAt, messageAt + length - 1));
			equal(opener.open(original.slice(), tagAt, at, associatedLength + 1, length - 1), false, "one byte as associated");
			equal(opener.open(original, tagAt, at, associatedLength, length), true, "the opener is none the worse for it");
		});

		it(`${name}: takes ${nonceLength} bytes of the nonce, and authenticates all 16`, () => {
			const original = sealed(new AEAD(cipher, keyFor(cipher)), 5);
			for (let byte = at; byte < at + 16; byte++) {
				const bytes = original.slice();
				bytes[byte] = 1;
				equal(new AEAD(cipher, keyFor(cipher)).open(bytes, tagAt, at, associatedLength, 5), false, `byte ${byte - at}`);
			}
		});

		it(`${name}: the tag may lie in the room, wholly or in part, and right before the associated bytes`, () => {
			const length = 21;
			const end = messageAt + length;
			const tag = sealed(new AEAD(cipher, keyFor(cipher)), length).slice(tagAt, tagAt + 16);
			for (let tagAt = 0; tagAt <= end + 20; tagAt++) {
				if (tagAt > at - 16 && tagAt < end) continue;
				const plain = numbered(end + 40);
				const bytes = plain.slice();
				new AEAD(cipher, keyFor(cipher)).seal(bytes, tagAt, at, associatedLength, length);
				bytesEqual(bytes.slice(tagAt, tagAt + 16), tag, `tag at ${tagAt}`);
				bytesEqual(bytes.slice(end, Math.max(end, tagAt)), plain.slice(end, Math.max(end, tagAt)));
				bytesEqual(bytes.slice(Math.max(end, tagAt + 16)), plain.slice(Math.max(end, tagAt + 16)));
				const expected = bytes.slice();
				expected.set(plain.slice(messageAt, end), messageAt);
				equal(new AEAD(cipher, keyFor(cipher)).open(bytes, tagAt, at, associatedLength, length), true);
				bytesEqual(bytes, expected);
			}
		});

		it(`${name}: refuses keys of another length`, () => {
			for (const length of [1, 15, 16, 17, 24, 31, 32, 33])
				if (length !== ciphers[cipher - 1]!.keyLength) throws(() => new AEAD(cipher, keyOf("00".repeat(length))), RangeError, new RegExp(`key of ${ciphers[cipher - 1]!.keyLength} bytes, not ${length}`));
		});
	}

	it("seals no more messages than the limit, and changes nothing then", () => {
		for (const limit of [1, 3]) {
			const aead = new AEAD(Cipher.AES_128_GCM, keyFor(Cipher.AES_128_GCM), limit);
			for (let count = 0; count < limit; count++) equal(sealed(aead, 4)[at], count);
			for (let more = 0; more < 2; more++) {
				const bytes = numbered(messageAt + 4 + room);
				throws(() => aead.seal(bytes, tagAt, at, associatedLength, 4), Error, new RegExp(`^crypto: the key is used up: ${limit} messages were sealed with it$`));
				bytesEqual(bytes, numbered(messageAt + 4 + room));
			}
			equal(aead.open(sealed(new AEAD(Cipher.AES_128_GCM, keyFor(Cipher.AES_128_GCM)), 4), tagAt, at, associatedLength, 4), true, "opening goes on");
		}
	});

	it("refuses limits that are no number of messages", () => {
		for (const wrong of [0, -1, 0.5, NaN, Infinity, 2 ** 53, null as unknown as number]) throws(() => new AEAD(Cipher.AES_128_CCM, keyFor(1), wrong), RangeError, /limit/, String(wrong));
		for (const right of [1, 2 ** 32, 2 ** 53 - 1, undefined]) new AEAD(Cipher.AES_128_CCM, keyFor(1), right).close();
	});

	it("spends no nonce on a call that is refused", () => {
		const aead = new AEAD(Cipher.AES_128_CCM, keyFor(1));
		throws(() => aead.seal(numbered(100), 100, at, associatedLength, 4), RangeError);
		throws(() => aead.seal(numbered(100), tagAt, at, associatedLength, 100), RangeError);
		equal(sealed(aead, 4)[at], 0);
	});

	it("refuses unknown ciphers", () => {
		for (const wrong of [-1, 0, 5, 1.5, NaN, 256, undefined as unknown as number]) throws(() => new AEAD(wrong, keyFor(1)), RangeError, /no cipher/, String(wrong));
	});

	const size = 100;
	const opener = new AEAD(Cipher.AES_128_GCM, keyFor(2));
	for (const [name, call] of [
		["seal", (bytes: Uint8Array, tagAt: number, at: number, associated: number, length: number) => opener.seal(bytes, tagAt, at, associated, length)],
		["open", (bytes: Uint8Array, tagAt: number, at: number, associated: number, length: number) => opener.open(bytes, tagAt, at, associated, length)],
	] as const) {
		it(`${name} refuses what does not fit, and leaves the bytes as they were`, () => {
			const bytes = numbered(size);
			const refused = (tagAt: number, at: number, associated: number, length: number, reason: RegExp, what?: string) => {
				throws(() => call(bytes, tagAt, at, associated, length), RangeError, reason, what);
				bytesEqual(bytes, numbered(size), what);
			};
			for (const wrong of [-1, 0.5, NaN, Infinity, -Infinity, 0x80000000, 0x100000000, 2 ** 53, undefined as unknown as number]) {
				refused(wrong, 20, 32, 8, /crypto: /, `tagAt ${String(wrong)}`);
				refused(4, wrong, 32, 8, /crypto: /, `at ${String(wrong)}`);
				refused(4, 20, wrong, 8, /crypto: /, `associatedLength ${String(wrong)}`);
				refused(4, 20, 32, wrong, /crypto: /, `length ${String(wrong)}`);
			}
			refused(85, 20, 32, 8, /16 bytes at 85 do not fit a buffer of 100/);
			refused(4, 20, 32, 49, /do not fit/);
			refused(4, 20, 81, 0, /do not fit/);
			refused(0, 0x7FFFFFFF, 0x7FFFFFFF, 0x7FFFFFFF, /do not fit/);
			for (let length = 33; length <= 48; length++) refused(4, 20, 32, length, /needs 16 bytes of room behind it/);
			for (const associated of [0, 1, 15]) refused(4, 20, associated, 8, /begin with a nonce of 16 bytes/);
			for (let tagAt = 5; tagAt < 60; tagAt++) refused(tagAt, 20, 32, 8, /the tag lies in what it is over/, `tag at ${tagAt}`);
			refusesOthers(wrong => call(wrong, 4, 20, 32, 8));
			refusesPositions(tagAt => call(new Uint8Array(size), tagAt, 16, 16, 0), size, 16);
			call(bytes, 4, 20, 32, 32);
		});
	}

	it("keeps its own copy of the key", () => {
		const key = keyFor(2);
		const aead = new AEAD(Cipher.AES_128_GCM, key);
		key.random();
		key.close();
		equal(new AEAD(Cipher.AES_128_GCM, keyFor(2)).open(sealed(aead, 9), tagAt, at, associatedLength, 9), true);
	});

	it("leaves no key behind in the crypto library, closed or dropped", () => {
		const key = keyFor(2);
		for (let count = 0; count < 100; count++) new AEAD(Cipher.AES_128_GCM, key).close();
		for (let count = 0; count < 100; count++) new AEAD(Cipher.AES_128_GCM, key);
	});

	it("is no CMAC", () => {
		const cmac = new CMAC(keyFor(1));
		throws(() => AEAD.prototype.seal.call(cmac, numbered(100), 4, 20, 32, 8), Error);
		throws(() => AEAD.prototype.close.call({}), Error);
	});

	it("can no longer be used once closed, which may be twice", () => {
		const aead = new AEAD(Cipher.AES_256_CCM, keyFor(3));
		aead.close();
		aead.close();
		refusesClosed("AEAD", [() => aead.seal(numbered(100), 4, 20, 32, 8), () => aead.open(numbered(100), 4, 20, 32, 8)]);
	});
});
