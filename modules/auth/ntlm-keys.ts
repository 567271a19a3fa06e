/** The keys of NTLMv2 and what is computed with them ([MS-NLMP] 3.3.2, 3.4). Every secret lives in a Key; contexts are closed on every way out. */
import { Digest, DigestAlgorithm } from "../../hosts/crypto/digest.js";
import { HMAC } from "../../hosts/crypto/hmac.js";
import { Key } from "../../hosts/crypto/key.js";
import { equal } from "../../hosts/crypto/random.js";
import { RC4 } from "../../hosts/crypto/rc4.js";
import { put32 } from "./ntlm-messages.js";
import { utf16Length, writeUpperUTF16, writeUTF16 } from "./utf16.js";

/** [MS-NLMP] 3.3.1 NTOWFv1: MD4 of the password, which is what servers keep. The caller closes the key. */
export function ntowfv1(password: string): Key {
	const text = new Uint8Array(utf16Length(password));
	const digest = new Digest(DigestAlgorithm.MD4);
	const key = new Key(16);
	try {
		writeUTF16(password, text, 0);
		digest.update(text, 0, text.length);
		digest.finishKey(key);
	}
	finally {
		text.fill(0);
		digest.close();
	}
	return key;
}

/** [MS-NLMP] 3.3.2 NTOWFv2, which is LMOWFv2 too: ResponseKeyNT. The caller closes the key. */
export function ntowfv2(ntKey: Key, user: string, domain: string): Key {
	const text = new Uint8Array(utf16Length(user) + utf16Length(domain));
	writeUTF16(domain, text, writeUpperUTF16(user, text, 0));
	const key = new Key(16);
	const hmac = new HMAC(DigestAlgorithm.MD5, ntKey);
	try {
		hmac.update(text, 0, text.length);
		hmac.finishKey(key);
	}
	finally {
		hmac.close();
	}
	return key;
}

/** HMAC-MD5 over up to three byte arrays or ranges in a row, written to out[at, at + 16). */
function hmacMD5(key: Key, out: Uint8Array, at: number, first: Uint8Array, firstAt: number, firstLength: number, second: Uint8Array, secondAt: number, secondLength: number, third?: Uint8Array): void {
	const hmac = new HMAC(DigestAlgorithm.MD5, key);
	try {
		hmac.update(first, firstAt, firstLength);
		hmac.update(second, secondAt, secondLength);
		if (third)
			hmac.update(third, 0, third.length);
		hmac.finish(out, at);
	}
	finally {
		hmac.close();
	}
}

/** [MS-NLMP] 3.3.2: writes NTProofStr to bytes[proofAt, proofAt + 16), over the server's challenge and temp, which follows the proof and ends at end. */
export function writeNTProof(responseKey: Key, challenge: Uint8Array, challengeAt: number, bytes: Uint8Array, proofAt: number, end: number): void {
	hmacMD5(responseKey, bytes, proofAt, challenge, challengeAt, 8, bytes, proofAt + 16, end - proofAt - 16);
}

/** [MS-NLMP] 3.3.2 LmChallengeResponse, 24 bytes at at; its last 8 are the client's challenge, already there. */
export function writeLMv2(responseKey: Key, challenge: Uint8Array, challengeAt: number, bytes: Uint8Array, at: number): void {
	hmacMD5(responseKey, bytes, at, challenge, challengeAt, 8, bytes, at + 16, 8);
}

/** [MS-NLMP] 3.3.2 SessionBaseKey, which with NTLMv2 is the KeyExchangeKey (3.4.5.1). The caller closes the key. */
export function sessionBaseKey(responseKey: Key, bytes: Uint8Array, proofAt: number): Key {
	const key = new Key(16);
	const hmac = new HMAC(DigestAlgorithm.MD5, responseKey);
	try {
		hmac.update(bytes, proofAt, 16);
		hmac.finishKey(key);
	}
	finally {
		hmac.close();
	}
	return key;
}

/** [MS-NLMP] 3.1.5.1.2 EncryptedRandomSessionKey: 16 bytes at at. */
export function writeEncryptedKey(keyExchangeKey: Key, exportedSessionKey: Key, bytes: Uint8Array, at: number): void {
	const rc4 = new RC4(keyExchangeKey);
	try {
		rc4.applyKey(exportedSessionKey, bytes, at);
	}
	finally {
		rc4.close();
	}
}

/** [MS-NLMP] 3.1.5.1.2 MIC: over the three messages, while authenticate's own MIC bytes at micAt are zero. */
export function writeMIC(exportedSessionKey: Key, negotiate: Uint8Array, challenge: Uint8Array, authenticate: Uint8Array, micAt: number): void {
	hmacMD5(exportedSessionKey, authenticate, micAt, negotiate, 0, negotiate.length, challenge, 0, challenge.length, authenticate);
}

/** Who signs: the two directions have keys of their own. */
export const Direction = Object.freeze({ CLIENT_TO_SERVER: "client-to-server", SERVER_TO_CLIENT: "server-to-client" } as const);
export type Direction = typeof Direction[keyof typeof Direction];

/** [MS-NLMP] 3.4.5.2 SIGNKEY and, with 128-bit keys, 3.4.5.3 SEALKEY. The caller closes the key. */
function deriveKey(exportedSessionKey: Key, direction: Direction, purpose: "signing" | "sealing"): Key {
	const text = `session key to ${direction} ${purpose} key magic constant\0`;
	const magic = new Uint8Array(text.length);
	for (let i = 0; i < magic.length; i += 1)
		magic[i] = text.charCodeAt(i);
	const key = new Key(16);
	const digest = new Digest(DigestAlgorithm.MD5);
	try {
		digest.updateKey(exportedSessionKey);
		digest.update(magic, 0, magic.length);
		digest.finishKey(key);
	}
	finally {
		digest.close();
	}
	return key;
}

/**
 * [MS-NLMP] 3.4.4.2, the NTLMSSP_MESSAGE_SIGNATURE (2.2.2.9.2) of the first message in a direction: sequence number 0 and a fresh key stream. More is
 * never signed here, for SMB signs with the session key itself. keyExchange: whether KEY_EXCH was negotiated, which encrypts the checksum.
 */
export function messageSignature(exportedSessionKey: Key, direction: Direction, keyExchange: boolean, message: Uint8Array): Uint8Array {
	const signature = new Uint8Array(16), checksum = new Uint8Array(16);
	const signingKey = deriveKey(exportedSessionKey, direction, "signing");
	try {
		// The sequence number goes first; the last 4 zero bytes of signature stand in for it.
		hmacMD5(signingKey, checksum, 0, signature, 12, 4, message, 0, message.length);
	}
	finally {
		signingKey.close();
	}
	if (keyExchange) {
		const sealingKey = deriveKey(exportedSessionKey, direction, "sealing");
		try {
			const rc4 = new RC4(sealingKey);
			try {
				rc4.apply(checksum, 0, 8);
			}
			finally {
				rc4.close();
			}
		}
		finally {
			sealingKey.close();
		}
	}
	put32(signature, 0, 1);
	signature.set(checksum.subarray(0, 8), 4);
	return signature;
}

/** Whether signature is what the other side would send, compared in constant time. */
export function verifySignature(exportedSessionKey: Key, direction: Direction, keyExchange: boolean, message: Uint8Array, signature: Uint8Array): boolean {
	return signature.length === 16 && equal(messageSignature(exportedSessionKey, direction, keyExchange, message), 0, signature, 0, 16);
}
