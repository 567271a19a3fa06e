/**
 * Secret bytes that live in C and never in the JavaScript heap: 1 to 64 of them, wiped on close() and on collection.
 * Every method that takes bytes takes a whole buffer and a range [at, at + length); RangeError where it does not fit.
 */
export class Key extends Native("xs_key_destructor") {
	/** A key of length bytes, all zero. RangeError unless 1 <= length <= 64. */
	constructor(length: number) { super(); native("xs_key").call(this, length); }
	get length(): number { return native("xs_key_get_length").call(this); }
	/** Takes its length's worth of bytes from bytes at at. The caller wipes its copy. */
	load(bytes: Uint8Array, at: number): void { native("xs_key_load").call(this, bytes, at); }
	/** Fills the key from the platform's random source. */
	random(): void { native("xs_key_random").call(this); }
	/** Copies the first length bytes (all when more are asked for than it has, zero padded) of another key: [MS-SMB2] 3.2.5.3 cuts session keys to 16. */
	copy(other: Key): void { native("xs_key_copy").call(this, other); }
	/** Wipes the bytes; the key can no longer be used. Safe to call twice. */
	close(): void { native("xs_key_close").call(this); }
}
