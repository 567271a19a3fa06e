/**
 * The vectors of tests/vectors as C headers for the program beside this file: c-tests.test.ts writes them. For lengths that no standard has an example of, the values are
 * node:crypto's, by the stand-ins that the unit tests run on: the messages are number()'s bytes (i * 7 + 3).
 */
import { AEAD, Cipher } from "../../../hosts/crypto/aead.js";
import { CMAC } from "../../../hosts/crypto/cmac.js";
import { Digest, DigestAlgorithm } from "../../../hosts/crypto/digest.js";
import { GMAC } from "../../../hosts/crypto/gmac.js";
import { HMAC } from "../../../hosts/crypto/hmac.js";
import { RC4 } from "../../../hosts/crypto/rc4.js";
import { ascii, toHex } from "../../support/hex.js";
import { keyOf, numbered } from "../../unit/crypto/keys.js";
import { ccm, gcm } from "../../vectors/aead.js";
import { digests } from "../../vectors/digests.js";
import { cmac, cmacKey, hmacMD5, hmacSHA256, hmacSHA256Cut } from "../../vectors/macs.js";
import { positions, rc4 } from "../../vectors/rc4.js";
import { smb30, smb311 } from "../../vectors/smb-keys.js";

/** Every length around the blocks of all algorithms, and those around 64 KiB. */
const lengths = [...Array(81).keys(), 111, 112, 113, 119, 120, 127, 128, 129, 255, 256, 257, 65535, 65536, 65537];

type Cell = number | string | undefined;

function text(value: Cell): string {
	return typeof value === "number" ? String(value) : value === undefined ? "NULL" : `"${value.replace(/\s+/g, "").toLowerCase()}"`;
}

function table(name: string, fields: string, rows: readonly (readonly Cell[])[]): string {
	return `static const struct { ${fields} } ${name}[] = {\n${rows.map(row => `\t{ ${row.map(text).join(", ")} },\n`).join("")}};\n`;
}

function sha256(bytes: Uint8Array): string {
	const digest = new Digest(DigestAlgorithm.SHA256);
	const result = new Uint8Array(32);
	digest.update(bytes, 0, bytes.length);
	digest.finish(result, 0);
	return toHex(result);
}

function digestTables(): string[] {
	const official = digests.flatMap(({ algorithm, values }) => values.map(([message, digest]) => [algorithm, toHex(ascii(message)), digest]));
	const computed = digests.flatMap(({ algorithm, length }) => lengths.map(size => {
		const digest = new Digest(algorithm);
		const result = new Uint8Array(length);
		digest.update(numbered(size), 0, size);
		digest.finish(result, 0);
		return [algorithm, size, toHex(result)];
	}));
	return [
		table("digest_vectors", "int algorithm; const char *message, *digest;", official),
		table("digest_millions", "int algorithm; const char *digest;", digests.flatMap(({ algorithm, million }) => million === undefined ? [] : [[algorithm, million]])),
		table("digest_lengths", "int algorithm; size_t length; const char *digest;", computed),
	];
}

/** As crypto-tests.h numbers them. */
const macs = [
	(bytes: Uint8Array, length: number) => new CMAC(keyOf(toHex(numbered(16)))).sign(bytes, 0, length, length),
	(bytes: Uint8Array, length: number) => new HMAC(DigestAlgorithm.MD5, keyOf(toHex(numbered(16)))).sign(bytes, 0, length, length),
	(bytes: Uint8Array, length: number) => new HMAC(DigestAlgorithm.SHA256, keyOf(toHex(numbered(16)))).sign(bytes, 0, length, length),
	(bytes: Uint8Array, length: number) => new GMAC(keyOf(toHex(numbered(16)))).sign(bytes, 0, length, length, 5, 1),
];

function macTables(): string[] {
	const official = [
		...cmac.map(({ message, tag }) => [0, cmacKey, undefined, message, tag]),
		...hmacMD5.map(({ key, message, tag }) => [1, key, undefined, message, tag]),
		...[...hmacSHA256, hmacSHA256Cut].map(({ key, message, tag }) => [2, key, undefined, message, tag]),
		// SP 800-38D 3: GMAC is GCM where nothing is to be encrypted.
		...gcm.filter(({ key, message }) => key.length === 32 && message === "").map(({ key, nonce, associated, sealed }) => [3, key, nonce, associated, sealed]),
	];
	const computed = macs.flatMap((sign, kind) => lengths.map(length => {
		const bytes = new Uint8Array(length + 16);
		bytes.set(numbered(length));
		sign(bytes, length);
		return [kind, length, toHex(bytes, length)];
	}));
	return [
		table("mac_vectors", "int kind; const char *key, *nonce, *message, *tag;", official),
		table("mac_lengths", "int kind; size_t length; const char *tag;", computed),
	];
}

function aeadTables(): string[] {
	const official = [[ccm, Cipher.AES_128_CCM, Cipher.AES_256_CCM], [gcm, Cipher.AES_128_GCM, Cipher.AES_256_GCM]] as const;
	const computed = Object.values(Cipher).flatMap(cipher => lengths.map(length => {
		const bytes = numbered(48 + length + 16);
		new AEAD(cipher, keyOf(toHex(numbered(cipher > 2 ? 32 : 16)))).seal(bytes, 0, 16, 32, length);
		return [cipher, length, toHex(bytes, 0, 16), sha256(bytes.slice(48, 48 + length))];
	}));
	return [
		table("aead_vectors", "int cipher; const char *key, *nonce, *associated, *message, *sealed;", official.flatMap(([vectors, short, long]) =>
			vectors.map(({ key, nonce, associated, message, sealed }) => [key.length === 32 ? short : long, key, nonce, associated, message, sealed]))),
		table("aead_lengths", "int cipher; size_t length; const char *tag, *digest;", computed),
	];
}

function otherTables(): string[] {
	const zero = (label: string) => toHex(ascii(`${label}\0`));
	const preauth = smb311.preauth[4]!.hash;
	return [
		table("rc4_vectors", "const char *key; size_t position; const char *stream;", rc4.flatMap(({ key, stream }) => positions.map((at, index) => [key, at, stream[index]]))),
		table("rc4_lengths", "size_t length; const char *digest;", lengths.map(length => {
			const bytes = numbered(length);
			new RC4(keyOf(toHex(numbered(16)))).apply(bytes, 0, length);
			return [length, sha256(bytes)];
		})),
		table("kdf_vectors", "const char *key, *label, *context, *derived;", [
			[smb30.sessionKey, zero("SMB2AESCMAC"), zero("SmbSign"), smb30.signingKey],
			[smb30.sessionKey, zero("SMB2AESCCM"), zero("ServerIn "), smb30.encryptionKey],
			[smb30.sessionKey, zero("SMB2AESCCM"), zero("ServerOut"), smb30.decryptionKey],
			[smb30.sessionKey, zero("SMB2APP"), zero("SmbRpc"), smb30.applicationKey],
			[smb30.secondSessionKey, zero("SMB2AESCMAC"), zero("SmbSign"), smb30.secondSigningKey],
			[smb311.sessionKey, zero("SMBSigningKey"), preauth, smb311.signingKey],
			[smb311.sessionKey, zero("SMBC2SCipherKey"), preauth, smb311.encryptionKey],
			[smb311.sessionKey, zero("SMBS2CCipherKey"), preauth, smb311.decryptionKey],
			[smb311.sessionKey, zero("SMBAppKey"), preauth, smb311.applicationKey],
			[smb311.secondSessionKey, zero("SMBSigningKey"), smb311.secondPreauthIntegrityHash, smb311.secondSigningKey],
		]),
	];
}

/** The headers by their names: one for each test program's part, since C complains of tables that nobody uses. */
export function headers(): Record<string, string> {
	const written = (tables: readonly string[]) => `#include <stddef.h>\n\n${tables.join("\n")}`;
	return {
		"digest-vectors.h": written(digestTables()),
		"mac-vectors.h": written(macTables()),
		"aead-vectors.h": written(aeadTables()),
		"other-vectors.h": written(otherTables()),
	};
}
