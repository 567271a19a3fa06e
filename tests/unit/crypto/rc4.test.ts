import { RC4 } from "../../../hosts/crypto/rc4.js";
import { bytesEqual, throws } from "../../support/assert.js";
import { hex, toHex } from "../../support/hex.js";
import { positions, rc4 as vectors } from "../../vectors/rc4.js";
import { ntlm, smb311 } from "../../vectors/smb-keys.js";
import { keyOf, numbered, refusesClosed, refusesOthers, refusesPositions, refusesRanges } from "./keys.js";

describe("RC4", () => {
	for (const { key, stream } of vectors) {
		it(`RFC 6229: a key of ${key.length * 4} bits`, () => {
			const rc4 = new RC4(keyOf(key));
			const bytes = new Uint8Array(4112);
			rc4.apply(bytes, 0, bytes.length);
			positions.forEach((at, index) => bytesEqual(bytes.slice(at, at + 16), stream[index]!, `position ${at}`));
		});
	}

	it("goes on with the key stream from call to call, split at every position", () => {
		const key = keyOf(vectors[1]!.key);
		const whole = numbered(200);
		new RC4(key).apply(whole, 0, 200);
		for (let at = 0; at <= 200; at++) {
			const rc4 = new RC4(key);
			const bytes = numbered(200);
			rc4.apply(bytes, 0, at);
			rc4.apply(bytes, at, 200 - at);
			bytesEqual(bytes, whole, `split at ${at}`);
		}
	});

	it("touches only the range", () => {
		const bytes = new Uint8Array(18).fill(0xA5);
		bytes.fill(0, 1, 17);
		new RC4(keyOf(vectors[0]!.key)).apply(bytes, 1, 16);
		bytesEqual(bytes, "a5" + vectors[0]!.stream[0]! + "a5");
	});

	it("encrypts a key as NTLM does, and goes on", () => {
		// [MS-NLMP] 3.4.5.1: EncryptedRandomSessionKey is RC4(KeyExchangeKey, ExportedSessionKey).
		const rc4 = new RC4(keyOf(ntlm.keyExchangeKey));
		const bytes = new Uint8Array(18);
		rc4.applyKey(keyOf(smb311.sessionKey), bytes, 1);
		bytesEqual(bytes, "00" + ntlm.encryptedRandomSessionKey + "00");
		const more = new Uint8Array(32);
		new RC4(keyOf(ntlm.keyExchangeKey)).apply(more, 0, 32);
		const rest = new Uint8Array(16);
		rc4.apply(rest, 0, 16);
		bytesEqual(rest, more.slice(16));
	});

	it("takes a key of 64 bytes", () => {
		const bytes = new Uint8Array(16);
		new RC4(keyOf(toHex(numbered(64)))).apply(bytes, 0, 16);
		// RFC 6229 ends at 32 bytes of key: computed with a second implementation, in Python.
		bytesEqual(bytes, "fcd4635de1b0c92f06c1d4c08c9e7b88");
	});

	it("refuses ranges outside of the buffer", () => {
		const rc4 = new RC4(keyOf("01"));
		const key = keyOf("010203");
		refusesRanges((at, length) => rc4.apply(new Uint8Array(20), at, length), 20);
		refusesPositions(at => rc4.applyKey(key, new Uint8Array(20), at), 20, 3);
		refusesOthers(bytes => rc4.apply(bytes, 0, 0));
		refusesOthers(bytes => rc4.applyKey(key, bytes, 0));
	});

	it("does not move on where a range is refused", () => {
		const rc4 = new RC4(keyOf(vectors[0]!.key));
		const bytes = new Uint8Array(16);
		throws(() => rc4.apply(bytes, 0, 17), RangeError);
		throws(() => rc4.applyKey(keyOf("0102"), bytes, 15), RangeError);
		rc4.apply(bytes, 0, 16);
		bytesEqual(bytes, hex(vectors[0]!.stream[0]!));
	});

	it("can no longer be used once closed, which may be twice", () => {
		const rc4 = new RC4(keyOf("01"));
		rc4.close();
		rc4.close();
		refusesClosed("RC4", [() => rc4.apply(new Uint8Array(1), 0, 1), () => rc4.applyKey(keyOf("01"), new Uint8Array(1), 0)]);
	});
});
