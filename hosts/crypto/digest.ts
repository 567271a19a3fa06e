/** Message digests: SHA-1, SHA-256, SHA-384, SHA-512 and MD5 by PSA Crypto, MD4 (RFC 1320, which PSA lacks) our own. */
import type { Key } from "./key.js";

export const DigestAlgorithm = Object.freeze({ MD4: 0, MD5: 1, SHA256: 2, SHA512: 3, SHA1: 4, SHA384: 5 } as const);

export class Digest extends Native("xs_digest_destructor") {
	/** RangeError for an unknown algorithm. */
	constructor(algorithm: number) { super(); native("xs_digest").call(this, algorithm); }
	/** Adds bytes[at, at + length). */
	update(bytes: Uint8Array, at: number, length: number): void { native("xs_digest_update").call(this, bytes, at, length); }
	/** Adds a key's bytes, which do not pass through the heap. */
	updateKey(key: Key): void { native("xs_digest_updateKey").call(this, key); }
	/** Writes the digest (16, 16, 32, 64, 20, 48 bytes) to bytes at at and starts afresh. */
	finish(bytes: Uint8Array, at: number): void { native("xs_digest_finish").call(this, bytes, at); }
	/** Puts the digest into a key of at most its length and starts afresh. */
	finishKey(key: Key): void { native("xs_digest_finishKey").call(this, key); }
	/** Wipes the state. Safe to call twice. */
	close(): void { native("xs_digest_close").call(this); }
}
