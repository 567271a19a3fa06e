/** A session's keys ([MS-SMB2] 3.1.4.2, 3.2.5.3.1): what signs its messages, and what seals them. */
import { CMAC } from "../../hosts/crypto/cmac.js";
import { DigestAlgorithm } from "../../hosts/crypto/digest.js";
import { HMAC } from "../../hosts/crypto/hmac.js";
import { kdf } from "../../hosts/crypto/kdf.js";
import { Key } from "../../hosts/crypto/key.js";
import { Cipher, Dialect, SigningAlgorithm } from "../smb2/negotiate.js";
import { GMACSigner } from "./gmac-signer.js";
import type { Signer } from "./request.js";
import { Sealing } from "./sealing.js";

/** [MS-SMB2] 3.2.5.3: Session.SessionKey. */
const sessionKeyLength = 16;

/** What was negotiated, as far as the keys depend on it. */
export interface Algorithms {
	readonly dialect: number;
	/** SigningAlgorithm; below 3.1.1 the dialect decides. */
	readonly signing: number;
	/** Cipher, NONE where nothing can be sealed. */
	readonly cipher: number;
	/** 3.1.1: the preauth integrity hash value up to the last SESSION_SETUP request. */
	readonly preauth: Uint8Array | undefined;
}

/** "AES-128-CCM". */
export function cipherName(cipher: number): string {
	switch (cipher) {
		case Cipher.AES128_CCM: return "AES-128-CCM";
		case Cipher.AES128_GCM: return "AES-128-GCM";
		case Cipher.AES256_CCM: return "AES-256-CCM";
		case Cipher.AES256_GCM: return "AES-256-GCM";
		default: return "no cipher";
	}
}

/** "AES-CMAC": how a session of that dialect is signed. */
export function signingName(dialect: number, algorithm: number): string {
	if (dialect < Dialect.SMB3_00)
		return "HMAC-SHA256";
	switch (dialect < Dialect.SMB3_11 ? SigningAlgorithm.AES_CMAC : algorithm) {
		case SigningAlgorithm.HMAC_SHA256: return "HMAC-SHA256";
		case SigningAlgorithm.AES_GMAC: return "AES-GMAC";
		default: return "AES-CMAC";
	}
}

/** 3.2.5.3.1: HMAC-SHA256 with the session key for 2.x, AES-CMAC with a derived key for 3.0.x, what was negotiated for 3.1.1. */
export function makeSigner({ dialect, signing, preauth }: Algorithms, sessionKey: Key): Signer {
	const key = new Key(sessionKeyLength), signingKey = new Key(sessionKeyLength);
	try {
		key.copy(sessionKey);
		if (dialect < Dialect.SMB3_00)
			return new HMAC(DigestAlgorithm.SHA256, key);
		derive(key, signingKey, dialect, preauth, "SMB2AESCMAC\0", "SmbSign\0", "SMBSigningKey\0");
		if (dialect < Dialect.SMB3_11 || signing === SigningAlgorithm.AES_CMAC)
			return new CMAC(signingKey);
		return signing === SigningAlgorithm.AES_GMAC ? new GMACSigner(signingKey) : new HMAC(DigestAlgorithm.SHA256, signingKey);
	}
	finally {
		key.close();
		signingKey.close();
	}
}

/** The keys of both directions, ready to seal; undefined where there is no cipher. server: the server's side of it, which only tests play. */
export function makeSealing({ dialect, cipher, preauth }: Algorithms, sessionKey: Key, server = false): Sealing | undefined {
	if (cipher === Cipher.NONE)
		return undefined;
	const long = cipher === Cipher.AES256_CCM || cipher === Cipher.AES256_GCM;
	// 3.2.5.3.1: the ciphers with long keys derive from Session.FullSessionKey, all of what the log-on gave.
	const key = new Key(long ? Math.max(sessionKeyLength, sessionKey.length) : sessionKeyLength);
	const toServer = new Key(long ? 32 : 16), toClient = new Key(long ? 32 : 16);
	try {
		key.copy(sessionKey);
		derive(key, toServer, dialect, preauth, "SMB2AESCCM\0", "ServerIn \0", "SMBC2SCipherKey\0");
		derive(key, toClient, dialect, preauth, "SMB2AESCCM\0", "ServerOut\0", "SMBS2CCipherKey\0");
		return server ? new Sealing(cipher, toClient, toServer) : new Sealing(cipher, toServer, toClient);
	}
	finally {
		key.close();
		toServer.close();
		toClient.close();
	}
}

/** 3.1.4.2: 3.0.x has constants for context, 3.1.1 what was said before there was a key. */
function derive(key: Key, derived: Key, dialect: number, preauth: Uint8Array | undefined, label: string, context: string, label311: string): void {
	if (dialect < Dialect.SMB3_11)
		kdf(key, ascii(label), ascii(context), derived);
	else
		kdf(key, ascii(label311), preauth!, derived);
}

function ascii(text: string): Uint8Array {
	const bytes = new Uint8Array(text.length);
	for (let i = 0; i < text.length; i++)
		bytes[i] = text.charCodeAt(i);
	return bytes;
}
