import { DigestAlgorithm } from "../../../hosts/crypto/digest.js";
import { HMAC } from "../../../hosts/crypto/hmac.js";
import { kdf } from "../../../hosts/crypto/kdf.js";
import { Key } from "../../../hosts/crypto/key.js";
import { bytesEqual, throws } from "../../support/assert.js";
import { ascii, hex } from "../../support/hex.js";
import { smb30, smb311 } from "../../vectors/smb-keys.js";
import { keyOf, numbered, refusesClosed, refusesOthers, reveal } from "./keys.js";

function derive(key: string, label: Uint8Array, context: Uint8Array, length = 16): Uint8Array {
	const derived = new Key(length);
	kdf(keyOf(key), label, context, derived);
	return reveal(derived);
}

describe("kdf", () => {
	it("derives the keys of SMB 3.0 as Windows does", () => {
		bytesEqual(derive(smb30.sessionKey, ascii("SMB2AESCMAC\0"), ascii("SmbSign\0")), smb30.signingKey);
		bytesEqual(derive(smb30.sessionKey, ascii("SMB2AESCCM\0"), ascii("ServerIn \0")), smb30.encryptionKey);
		bytesEqual(derive(smb30.sessionKey, ascii("SMB2AESCCM\0"), ascii("ServerOut\0")), smb30.decryptionKey);
		bytesEqual(derive(smb30.sessionKey, ascii("SMB2APP\0"), ascii("SmbRpc\0")), smb30.applicationKey);
		bytesEqual(derive(smb30.secondSessionKey, ascii("SMB2AESCMAC\0"), ascii("SmbSign\0")), smb30.secondSigningKey);
	});

	it("derives the keys of SMB 3.1.1 as Windows does", () => {
		const preauth = hex(smb311.preauth[4].hash);
		bytesEqual(derive(smb311.sessionKey, ascii("SMBSigningKey\0"), preauth), smb311.signingKey);
		bytesEqual(derive(smb311.sessionKey, ascii("SMBC2SCipherKey\0"), preauth), smb311.encryptionKey);
		bytesEqual(derive(smb311.sessionKey, ascii("SMBS2CCipherKey\0"), preauth), smb311.decryptionKey);
		bytesEqual(derive(smb311.sessionKey, ascii("SMBAppKey\0"), preauth), smb311.applicationKey);
		bytesEqual(derive(smb311.secondSessionKey, ascii("SMBSigningKey\0"), hex(smb311.secondPreauthIntegrityHash)), smb311.secondSigningKey);
	});

	it("is SP 800-108's formula for every length up to 32", () => {
		const label = numbered(5);
		const context = numbered(300);
		const hmac = new HMAC(DigestAlgorithm.SHA256, keyOf(smb30.sessionKey));
		const whole = new Uint8Array(32);
		for (const length of [1, 16, 24, 32]) {
			hmac.update(hex("00000001"), 0, 4);
			hmac.update(label, 0, label.length);
			hmac.update(hex("00"), 0, 1);
			hmac.update(context, 0, context.length);
			hmac.update(Uint8Array.of(0, 0, length * 8 >> 8, length * 8 & 255), 0, 4);
			hmac.finish(whole, 0);
			bytesEqual(derive(smb30.sessionKey, label, context, length), whole.slice(0, length));
		}
	});

	it("takes an empty label and an empty context", () => {
		// HMAC-SHA256 over 00000001 00 00000080, computed with Python's hmac.
		bytesEqual(derive(smb30.sessionKey, new Uint8Array(0), new Uint8Array(0)), "80bfcd87cbda3937dcd69678d58e1edc");
	});

	it("may write over the key that it derives from", () => {
		const key = keyOf(smb30.sessionKey);
		kdf(key, ascii("SMB2AESCMAC\0"), ascii("SmbSign\0"), key);
		bytesEqual(reveal(key), smb30.signingKey);
	});

	it("refuses more than 32 bytes", () => {
		const derived = keyOf("ff".repeat(33));
		throws(() => kdf(keyOf("01"), numbered(1), numbered(1), derived), RangeError, /at most 32 bytes, not 33/);
		bytesEqual(reveal(derived), "ff".repeat(33));
	});

	it("refuses what is no buffer, and closed keys", () => {
		const open = keyOf("01");
		const closed = keyOf("01");
		closed.close();
		refusesOthers(bytes => kdf(open, bytes, numbered(1), open));
		refusesOthers(bytes => kdf(open, numbered(1), bytes, open));
		refusesClosed("key", [() => kdf(closed, numbered(1), numbered(1), open), () => kdf(open, numbered(1), numbered(1), closed)]);
		bytesEqual(reveal(open), "01");
	});
});
