/** AES-CBC with ciphertext stealing and a zero initial vector (RFC 3962 5), by PSA Crypto. */
import type { Key } from "./key.js";

export class CTS extends Native("xs_cts_destructor") {
	/** RangeError unless the key has 16 or 32 bytes. The key is copied into C's context. */
	constructor(key: Key) { super(); native("xs_cts").call(this, key); }
	/** Encrypts bytes[at, at + length), 16 or more, in place. */
	encrypt(bytes: Uint8Array, at: number, length: number): void { native("xs_cts_encrypt").call(this, bytes, at, length); }
	/** Decrypts bytes[at, at + length), 16 or more, in place. */
	decrypt(bytes: Uint8Array, at: number, length: number): void { native("xs_cts_decrypt").call(this, bytes, at, length); }
	/** Wipes the key. Safe to call twice. */
	close(): void { native("xs_cts_close").call(this); }
}
