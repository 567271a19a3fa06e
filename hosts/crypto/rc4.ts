/** RC4 (RFC 6229 has the vectors), which only NTLM still asks for ([MS-NLMP] 3.4.3, 3.4.5.1). Our own C: PSA has none. */
import type { Key } from "./key.js";

export class RC4 extends Native("xs_rc4_destructor") {
	constructor(key: Key) { super(); native("xs_rc4").call(this, key); }
	/** Encrypts or decrypts bytes[at, at + length) in place; the key stream goes on from call to call. */
	apply(bytes: Uint8Array, at: number, length: number): void { native("xs_rc4_apply").call(this, bytes, at, length); }
	/** Writes a key's bytes, encrypted, to bytes at at. */
	applyKey(key: Key, bytes: Uint8Array, at: number): void { native("xs_rc4_applyKey").call(this, key, bytes, at); }
	/** Wipes the state. Safe to call twice. */
	close(): void { native("xs_rc4_close").call(this); }
}
