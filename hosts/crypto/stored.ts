/** Bytes that are kept for long without being read, such as a ticket's: in C, outside of the JavaScript heap. Wiped on collection. */
export class Stored extends Native("xs_stored_destructor") {
	/** A copy of bytes[at, at + length). RangeError where that does not fit, or is empty. */
	constructor(bytes: Uint8Array, at: number, length: number) { super(); native("xs_stored").call(this, bytes, at, length); }
	get length(): number { return native("xs_stored_get_length").call(this); }
	/** Writes all of them to bytes at at. RangeError where they do not fit. */
	copyTo(bytes: Uint8Array, at: number): void { native("xs_stored_copyTo").call(this, bytes, at); }
}
