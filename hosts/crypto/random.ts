/** Fills bytes[at, at + length) from the platform's random source; throws where there is none. */
export function random(this: void, bytes: Uint8Array, at: number, length: number): void { native("xs_random").call(this, bytes, at, length); }

/** Whether a[aAt, aAt + length) equals b[bAt, bAt + length), in time that depends on length alone. */
export function equal(this: void, a: Uint8Array, aAt: number, b: Uint8Array, bAt: number, length: number): boolean { return native("xs_equal").call(this, a, aAt, b, bAt, length); }
