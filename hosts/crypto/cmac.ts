/** AES-CMAC (RFC 4493) with a 16-byte key, by PSA Crypto. */
import type { Key } from "./key.js";

export class CMAC extends Native("xs_cmac_destructor") {
	/** RangeError unless the key has 16 bytes. The key is copied into C's context. */
	constructor(key: Key) { super(); native("xs_cmac").call(this, key); }
	/** Signs in place: the tag over bytes[at, at + length) goes to bytes[tagAt, tagAt + 16). Where those bytes lie inside the span, they count as zero. */
	sign(bytes: Uint8Array, at: number, length: number, tagAt: number): void { native("xs_cmac_sign").call(this, bytes, at, length, tagAt); }
	/** Whether bytes[tagAt, tagAt + 16) is what sign() would write, compared in constant time; the bytes are left as they were. */
	verify(bytes: Uint8Array, at: number, length: number, tagAt: number): boolean { return native("xs_cmac_verify").call(this, bytes, at, length, tagAt); }
	/** Wipes the key. Safe to call twice. */
	close(): void { native("xs_cmac_close").call(this); }
}
