/** The four encryption types of AES: the simplified profile of RFC 3961 with RFC 3962, and RFC 8009. No DES and no RC4. */
import { CTS } from "../../../hosts/crypto/cts.js";
import { DigestAlgorithm } from "../../../hosts/crypto/digest.js";
import { dk } from "../../../hosts/crypto/dk.js";
import { HMAC } from "../../../hosts/crypto/hmac.js";
import { kdf } from "../../../hosts/crypto/kdf.js";
import { Key } from "../../../hosts/crypto/key.js";
import { equal, random } from "../../../hosts/crypto/random.js";

/** RFC 3962 7, RFC 8009 7. */
export const EncryptionType = Object.freeze({ AES128_SHA1: 17, AES256_SHA1: 18, AES128_SHA256: 19, AES256_SHA384: 20 } as const);

export interface Profile {
	readonly etype: number;
	readonly name: string;
	/** Bytes. */
	readonly keyLength: number;
	/** Bytes of the keys for integrity: Ki and Kc. */
	readonly macKeyLength: number;
	/** Bytes of a checksum. */
	readonly macLength: number;
	/** RFC 3962 7, RFC 8009 6: the number of that checksum. */
	readonly checksumType: number;
	readonly digest: number;
	/** Whether RFC 8009 has it, which computes checksums over what was encrypted, and derives keys by KDF-HMAC-SHA2. */
	readonly sha2: boolean;
	/** Iterations of string-to-key where the KDC names none. */
	readonly iterations: number;
}

const profiles: readonly Profile[] = Object.freeze([
	Object.freeze({ etype: 20, checksumType: 20, name: "aes256-cts-hmac-sha384-192", keyLength: 32, macKeyLength: 24, macLength: 24, digest: DigestAlgorithm.SHA384, sha2: true, iterations: 32768 }),
	Object.freeze({ etype: 18, checksumType: 16, name: "aes256-cts-hmac-sha1-96", keyLength: 32, macKeyLength: 32, macLength: 12, digest: DigestAlgorithm.SHA1, sha2: false, iterations: 4096 }),
	Object.freeze({ etype: 19, checksumType: 19, name: "aes128-cts-hmac-sha256-128", keyLength: 16, macKeyLength: 16, macLength: 16, digest: DigestAlgorithm.SHA256, sha2: true, iterations: 32768 }),
	Object.freeze({ etype: 17, checksumType: 15, name: "aes128-cts-hmac-sha1-96", keyLength: 16, macKeyLength: 16, macLength: 12, digest: DigestAlgorithm.SHA1, sha2: false, iterations: 4096 }),
]);

/** What we ask for, best first: a key of 256 bits is what SMB's 256-bit ciphers are keyed from. */
export const etypes: readonly number[] = Object.freeze([20, 18, 19, 17]);

/** undefined for encryption types that we do not speak. */
export function profileOf(etype: number): Profile | undefined {
	for (let i = 0; i < profiles.length; i += 1) {
		if (profiles[i].etype === etype)
			return profiles[i];
	}
	return undefined;
}

/** RFC 3961 5.3: the last byte of the constant that a key is derived with. */
const Purpose = Object.freeze({ CHECKSUM: 0x99, ENCRYPTION: 0xAA, INTEGRITY: 0x55 } as const);

/** A block, as the initial vector is. */
const CONFOUNDER = 16;
/** Bytes of the longest tag before it is cut: HMAC-SHA384's. */
const TAG_MAX = 48;

/** RFC 4120 5.2.9 EncryptionKey: a key and what it is for. Owns the Key. */
export class EncryptionKey {
	readonly profile: Profile;
	readonly key: Key;

	/** A key of all zero, to be loaded. */
	constructor(profile: Profile) {
		this.profile = profile;
		this.key = new Key(profile.keyLength);
	}
	get etype(): number { return this.profile.etype; }
	/** Bytes that sealed text is longer by. */
	get overhead(): number { return CONFOUNDER + this.profile.macLength; }

	copy(): EncryptionKey {
		const copy = new EncryptionKey(this.profile);
		copy.key.copy(this.key);
		return copy;
	}
	/** Wipes the key. Safe to call twice. */
	close(): void { this.key.close(); }

	/**
	 * RFC 3961 5.3, RFC 8009 5: encrypts in place bytes whose plain text begins at plainAt and leaves room for the checksum, macLength bytes, at the end. The
	 * confounder in front of it is made here, unless the caller knows one: tests do. fill, if given, writes what is secret of the plain text, and allocates
	 * nothing: from then on until it is encrypted nothing else does, lest the heap move the bytes and leave a copy.
	 */
	seal(usage: number, bytes: Uint8Array, confounded = false, fill?: () => void): void {
		const { profile } = this, end = bytes.length - profile.macLength, tag = new Uint8Array(TAG_MAX);
		const hmac = this.#hmac(usage, Purpose.INTEGRITY);
		try {
			const cts = this.#cts(usage);
			try {
				if (!confounded)
					random(bytes, 0, CONFOUNDER);
				fill?.();
				if (profile.sha2)
					cts.encrypt(bytes, 0, end);
				this.#sum(hmac, bytes, end, tag);
				if (!profile.sha2)
					cts.encrypt(bytes, 0, end);
			}
			finally {
				cts.close();
			}
		}
		finally {
			hmac.close();
		}
		for (let i = 0; i < profile.macLength; i += 1)
			bytes[end + i] = tag[i];
	}
	/** Where the plain text begins in bytes to seal, and in those that were opened. */
	get plainAt(): number { return CONFOUNDER; }
	/** Where the plain text of bytes that were opened ends. */
	plainEnd(bytes: Uint8Array): number { return bytes.length - this.profile.macLength; }

	/** Decrypts in place. false, and the bytes are wiped, where the key or the bytes are wrong. */
	open(usage: number, bytes: Uint8Array): boolean {
		const { profile } = this, end = bytes.length - profile.macLength;
		if (end < CONFOUNDER)
			return false;
		const tag = new Uint8Array(TAG_MAX), hmac = this.#hmac(usage, Purpose.INTEGRITY);
		try {
			const cts = this.#cts(usage);
			try {
				if (!profile.sha2)
					cts.decrypt(bytes, 0, end);
				this.#sum(hmac, bytes, end, tag);
				const right = equal(tag, 0, bytes, end, profile.macLength);
				if (!right)
					bytes.fill(0);
				else if (profile.sha2)
					cts.decrypt(bytes, 0, end);
				return right;
			}
			finally {
				cts.close();
			}
		}
		finally {
			hmac.close();
		}
	}

	/** RFC 3961 5.4, RFC 8009 6: the checksum, macLength bytes, over all of bytes and then of more. */
	checksum(usage: number, bytes: Uint8Array, more?: Uint8Array): Uint8Array {
		const tag = new Uint8Array(TAG_MAX), hmac = this.#hmac(usage, Purpose.CHECKSUM);
		try {
			hmac.update(bytes, 0, bytes.length);
			if (more)
				hmac.update(more, 0, more.length);
			hmac.finish(tag, 0);
		}
		finally {
			hmac.close();
		}
		return tag.slice(0, this.profile.macLength);
	}

	/** The whole tag over bytes[0, end); RFC 8009 5: over the initial vector, which is zero, as well. tag is all zero so far. */
	#sum(hmac: HMAC, bytes: Uint8Array, end: number, tag: Uint8Array): void {
		if (this.profile.sha2)
			hmac.update(tag, 0, CONFOUNDER);
		hmac.update(bytes, 0, end);
		hmac.finish(tag, 0);
	}
	#hmac(usage: number, purpose: number): HMAC {
		const key = this.#derive(usage, purpose, this.profile.macKeyLength);
		try {
			return new HMAC(this.profile.digest, key);
		}
		finally {
			key.close();
		}
	}
	#cts(usage: number): CTS {
		const key = this.#derive(usage, Purpose.ENCRYPTION, this.profile.keyLength);
		try {
			return new CTS(key);
		}
		finally {
			key.close();
		}
	}
	/** RFC 3961 5.3, RFC 8009 5. The caller closes the key. */
	#derive(usage: number, purpose: number, length: number): Key {
		return derive(this.profile, this.key, new Uint8Array([0, 0, usage >> 8, usage & 0xFF, purpose]), new Key(length));
	}
}

/** Puts what the profile derives from key by a constant into derived, and returns that. */
export function derive(profile: Profile, key: Key, constant: Uint8Array, derived: Key): Key {
	if (profile.sha2)
		kdf(key, constant, new Uint8Array(0), derived, profile.digest);
	else
		dk(key, constant, derived);
	return derived;
}
