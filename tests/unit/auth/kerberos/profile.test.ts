import { type EncryptionKey, etypes, profileOf } from "../../../../modules/auth/kerberos/profile.js";
import { bytesEqual, deepEqual, equal, ok } from "../../../support/assert.js";
import { ascii, hex, toHex } from "../../../support/hex.js";
import { checksums, derived, opened, sealed } from "../../../vectors/kerberos.js";
import { reveal } from "../keys.js";
import { keyOf } from "./keys.js";

/** Plain text with room around it, as seal() wants it. */
function room(key: EncryptionKey, confounder: Uint8Array, plain: Uint8Array): Uint8Array {
	const bytes = new Uint8Array(plain.length + key.overhead);
	bytes.set(confounder);
	bytes.set(plain, key.plainAt);
	return bytes;
}

const baseKey = (etype: number): EncryptionKey => keyOf(etype, derived.find(each => each.etype === etype)!.key);

describe("Kerberos profiles", () => {
	it("are those of AES, and no other", () => {
		deepEqual([...etypes].sort(), [17, 18, 19, 20]);
		for (const etype of [0, 1, 3, 16, 21, 23, 24, 25, -133])
			equal(profileOf(etype), undefined, String(etype));
	});

	it("seal as in RFC 8009 A, and open that", () => {
		for (const { etype, confounder, plain, sealed: wanted } of sealed) {
			const key = baseKey(etype), bytes = room(key, hex(confounder), hex(plain));
			key.seal(2, bytes, true);
			bytesEqual(bytes, wanted);
			ok(key.open(2, bytes));
			bytesEqual(bytes.slice(key.plainAt, key.plainEnd(bytes)), plain);
			key.close();
		}
	});
	it("open what MIT Kerberos sealed, and seal it again", () => {
		for (const { etype, usage, key: digits, plain, sealed: from } of opened) {
			const key = keyOf(etype, digits), bytes = hex(from);
			ok(key.open(usage, bytes), plain);
			bytesEqual(bytes.slice(key.plainAt, key.plainEnd(bytes)), ascii(plain));
			key.seal(usage, bytes, true);
			bytesEqual(bytes, from);
			key.close();
		}
	});
	it("sum up as in RFC 8009 A, in one part or in two", () => {
		for (const { etype, checksum } of checksums) {
			const key = baseKey(etype), text = hex("000102030405060708090a0b0c0d0e0f1011121314");
			bytesEqual(key.checksum(2, text), checksum);
			bytesEqual(key.checksum(2, text.slice(0, 5), text.slice(5)), checksum);
			key.close();
		}
	});

	for (const etype of etypes) {
		const { name, macLength } = profileOf(etype)!;

		it(`${name}: text of every length, with a confounder of its own each time`, () => {
			const key = baseKey(etype);
			let before = "";
			for (let length = 0; length <= 70; length += 1) {
				const plain = new Uint8Array(length).fill(length), bytes = room(key, new Uint8Array(16), plain);
				key.seal(11, bytes);
				ok(toHex(bytes, 0, 16) !== before, "another confounder");
				before = toHex(bytes, 0, 16);
				ok(key.open(11, bytes), String(length));
				bytesEqual(bytes.slice(key.plainAt, key.plainEnd(bytes)), plain);
			}
			key.close();
		});
		it(`${name}: no changed bit, other usage or other length is opened, and nothing of it is left`, () => {
			const key = baseKey(etype), good = room(key, new Uint8Array(16), hex("00112233445566778899aabbccddeeff0011"));
			key.seal(3, good);
			for (let at = 0; at < good.length; at += 1) {
				const bytes = good.slice();
				bytes[at]! ^= 1 << at % 8;
				ok(!key.open(3, bytes), `byte ${at}`);
				bytesEqual(bytes, new Uint8Array(good.length));
			}
			for (let length = 0; length < good.length; length += 1)
				ok(!key.open(3, good.slice(0, length)), `${length} bytes`);
			ok(!key.open(8, good.slice()), "usage");
			key.close();
		});
		it(`${name}: checksums differ by usage, and have ${macLength} bytes`, () => {
			const key = baseKey(etype), text = ascii("text");
			equal(key.checksum(23, text).length, macLength);
			ok(toHex(key.checksum(23, text)) !== toHex(key.checksum(25, text)));
			key.close();
		});
	}

	it("copy keys, each to be closed for itself", () => {
		const key = baseKey(20), copy = key.copy();
		key.close();
		key.close();
		bytesEqual(reveal(copy.key), derived.find(each => each.etype === 20)!.key);
		copy.close();
	});
});
