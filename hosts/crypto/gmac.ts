/** AES-128-GMAC (SP 800-38D) as SMB 3.1.1 signs with it ([MS-SMB2] 3.1.4.1), by PSA Crypto. */
import type { Key } from "./key.js";

/** The nonce is counter (64 bits, little endian; a whole Number below 2^53) and flags (32 bits, little endian). The same nonce must not be used for two different messages. */
export class GMAC extends Native("xs_gmac_destructor") {
	/** RangeError unless the key has 16 bytes. The key is copied into C's context. */
	constructor(key: Key) { super(); native("xs_gmac").call(this, key); }
	/** Signs in place: the tag over bytes[at, at + length) goes to bytes[tagAt, tagAt + 16). Where those bytes lie inside the span, they count as zero. */
	sign(bytes: Uint8Array, at: number, length: number, tagAt: number, counter: number, flags: number): void { native("xs_gmac_sign").call(this, bytes, at, length, tagAt, counter, flags); }
	/** Whether bytes[tagAt, tagAt + 16) is what sign() would write, compared in constant time; the bytes are left as they were. */
	verify(bytes: Uint8Array, at: number, length: number, tagAt: number, counter: number, flags: number): boolean { return native("xs_gmac_verify").call(this, bytes, at, length, tagAt, counter, flags); }
	/** Wipes the key. Safe to call twice. */
	close(): void { native("xs_gmac_close").call(this); }
}
