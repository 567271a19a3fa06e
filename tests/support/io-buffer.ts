/** What the sockets of the tests read into and write from. */
import { windowBytes } from "./window-bytes.js";

export type IOBuffer = ArrayBuffer | Uint8Array | object;

/** The bytes of a buffer in place: of an ArrayBuffer, a Uint8Array, or a Window. */
export function bufferBytes(buffer: IOBuffer): Uint8Array {
	if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer);
	return buffer instanceof Uint8Array ? buffer : windowBytes(buffer);
}

/** hosts/pipeline's Window over an ordinary ArrayBuffer. */
export class FakeWindow {
	readonly #memory: ArrayBuffer;
	#at = 0;
	#length = 0;
	closed = false;
	constructor(memory: ArrayBuffer) { this.#memory = memory; }
	aim(at: number, length: number): void {
		if (this.closed) throw new Error("closed window");
		if (!(at >= 0 && length >= 0 && at + length <= this.#memory.byteLength)) throw new RangeError(`window [${at}, ${at + length})`);
		this.#at = at;
		this.#length = length;
	}
	close(): void { this.closed = true; }
	get [Symbol.for("windowBytes")](): Uint8Array {
		if (this.closed) throw new Error("closed window");
		return new Uint8Array(this.#memory, this.#at, this.#length);
	}
}
