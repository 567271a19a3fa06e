/** HMAC (RFC 2104) over MD5, SHA-1, SHA-256 or SHA-384, by PSA Crypto. */
import type { Key } from "./key.js";

export class HMAC extends Native("xs_hmac_destructor") {
	/** algorithm: DigestAlgorithm.MD5, SHA1, SHA256 or SHA384. The key is copied into C's context. */
	constructor(algorithm: number, key: Key) { super(); native("xs_hmac").call(this, algorithm, key); }
	/** Adds bytes[at, at + length) to a message in several parts. */
	update(bytes: Uint8Array, at: number, length: number): void { native("xs_hmac_update").call(this, bytes, at, length); }
	/** Writes the whole tag (16, 20, 32, 48 bytes) of the parts to bytes at at and starts afresh. */
	finish(bytes: Uint8Array, at: number): void { native("xs_hmac_finish").call(this, bytes, at); }
	/** Puts the tag, cut to the key's length, into a key and starts afresh. */
	finishKey(key: Key): void { native("xs_hmac_finishKey").call(this, key); }
	/** Signs in place: the first 16 bytes of the tag over bytes[at, at + length) go to bytes[tagAt, tagAt + 16). Where those bytes lie inside the span, they count as zero. */
	sign(bytes: Uint8Array, at: number, length: number, tagAt: number): void { native("xs_hmac_sign").call(this, bytes, at, length, tagAt); }
	/** Whether bytes[tagAt, tagAt + 16) is what sign() would write, compared in constant time; the bytes are left as they were. */
	verify(bytes: Uint8Array, at: number, length: number, tagAt: number): boolean { return native("xs_hmac_verify").call(this, bytes, at, length, tagAt); }
	/** Wipes key and state. Safe to call twice. */
	close(): void { native("xs_hmac_close").call(this); }
}
