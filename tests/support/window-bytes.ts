/** The bytes that a Window (hosts/pipeline/window.ts) shows now, in place: in XS it is a host buffer, on Node the stand-in tells. */
export function windowBytes(window: object): Uint8Array {
	const key = Symbol.for("windowBytes");
	return key in window ? (window as Record<symbol, Uint8Array>)[key]! : new Uint8Array(window as ArrayBuffer);
}
