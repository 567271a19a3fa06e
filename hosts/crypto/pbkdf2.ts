/** PBKDF2 (RFC 8018 5.2) with HMAC-SHA-1, -SHA-256 or -SHA-384, by PSA Crypto's hashes: begin(), step() until it is true, finish(). */
import type { Key } from "./key.js";

export class PBKDF2 extends Native("xs_pbkdf2_destructor") {
	/** algorithm: DigestAlgorithm.SHA1, SHA256 or SHA384. What the password comes to is kept in C; the caller wipes its bytes. */
	constructor(algorithm: number, password: Uint8Array) { super(); native("xs_pbkdf2").call(this, algorithm, password); }
	/** Begins a derivation of iterations (1 to 2^31 - 1) for that key, which has at most twice the digest's length. One at a time: what was under way is dropped. */
	begin(salt: Uint8Array, iterations: number, key: Key): void { native("xs_pbkdf2_begin").call(this, salt, iterations, key); }
	/** Does up to count iterations: some thousand at a time let others run. Whether all are done. */
	step(count: number): boolean { return native("xs_pbkdf2_step").call(this, count); }
	/** Puts what was derived into the key, which has the length of begin()'s. RangeError while there is more to do. */
	finish(key: Key): void { native("xs_pbkdf2_finish").call(this, key); }
	/** Wipes the state. Safe to call twice. */
	close(): void { native("xs_pbkdf2_close").call(this); }
}
