/**
 * A target is a module tests/fuzz/js/<name>.ts: its first line says what it takes, run() takes any bytes. Seeds lie in tests/fuzz/seeds/<name>.txt,
 * hexadecimal. The same file runs on Node, guided by coverage, and in XS.
 */

export interface Target {
	/**
	 * Ends well, or throws, or rejects, with what must not happen. Returns what came of the bytes, the same on every engine: outcome() makes it of what it was
	 * given and of documented errors.
	 */
	run(bytes: Uint8Array): string | Promise<string>;
	/** Bytes that an input has at most (2000). */
	readonly length?: number;
	/** Turns of loops that an input may take: first + each for every byte ([2000, 64]). */
	readonly steps?: readonly [first: number, each: number];
	/** What an input may have to hold beside the numbers and texts of the sources: keys, names. */
	readonly words?: readonly (number | string)[];
	/** Inputs to begin with, beside those in tests/fuzz/seeds. */
	readonly seeds?: () => readonly Uint8Array[];
}

type ErrorClass = abstract new (...values: never[]) => Error;

function documented(error: unknown, classes: readonly ErrorClass[]): string {
	if (error instanceof Error && classes.some(Class => error instanceof Class)) return `${error.name}: ${error.message}`;
	throw error;
}

/** What run() returns; or, as text, the error that it throws, which has to be one of those. */
export function outcome(classes: readonly ErrorClass[], run: () => string): string {
	try { return run(); }
	catch (error) { return documented(error, classes); }
}

/** The same for what ends later. */
export async function outcomeOf(classes: readonly ErrorClass[], run: () => Promise<string>): Promise<string> {
	try { return await run(); }
	catch (error) { return documented(error, classes); }
}

/** An input as numbers and bytes: it never runs out, for zeros follow its end. */
export class Input {
	readonly bytes: Uint8Array;
	#at = 0;
	constructor(bytes: Uint8Array) { this.bytes = bytes; }
	get left(): number { return Math.max(0, this.bytes.length - this.#at); }
	byte(): number { return this.#at < this.bytes.length ? this.bytes[this.#at++]! : 0; }
	number(): number { return this.byte() << 8 | this.byte(); }
	take(length: number): Uint8Array {
		const at = this.#at;
		this.#at = Math.min(this.bytes.length, at + length);
		return this.bytes.slice(at, this.#at);
	}
	/** As many bytes as the two before them say, or as there are. */
	part(): Uint8Array { return this.take(this.number()); }
	rest(): Uint8Array { return this.take(this.left); }
}

/** Parts as Input.part() takes them. */
export function parts(...all: readonly Uint8Array[]): Uint8Array {
	return Uint8Array.from(all.flatMap(part => [part.length >> 8, part.length & 0xFF, ...part]));
}

/** UTF-8 as text; what is none becomes U+FFFD. Written out, for XS has no TextDecoder. */
export function textOf(bytes: Uint8Array): string {
	let text = "";
	for (let at = 0; at < bytes.length;) {
		const first = bytes[at++]!;
		const more = first < 0x80 ? 0 : first < 0xC2 ? -1 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : first < 0xF5 ? 3 : -1;
		let code = more > 0 ? first & 0x3F >> more : first, n = 0;
		for (; n < more && at < bytes.length && (bytes[at]! & 0xC0) === 0x80; n++) code = code << 6 | bytes[at++]! & 0x3F;
		const whole = more === 0 || n === more && code >= [0, 0x80, 0x800, 0x10000][more]! && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
		text += whole ? String.fromCodePoint(code) : "\uFFFD";
	}
	return text;
}

/** A sum of values, where their text would be long: nothing is allocated. */
export class Sum {
	#sum = 0;
	number(value: number): void { this.#sum = Math.imul(this.#sum ^ value ^ Math.floor(value / 0x100000000), 0x01000193); }
	bytes(bytes: Uint8Array, at = 0, end = bytes.length): void {
		for (; at < end; at++) this.#sum = Math.imul(this.#sum ^ bytes[at]!, 0x01000193);
		this.#sum ^= end;
	}
	get text(): string { return (this.#sum >>> 0).toString(16); }
}

/** The sum of bytes. */
export function sumOf(bytes: Uint8Array): string {
	const sum = new Sum();
	sum.bytes(bytes);
	return sum.text;
}

/** Text as ASCII, a \uXXXX for each other UTF-16 unit: the same in XS, which counts characters. Of a long text the beginning, and a sum of all. */
export function plain(text: string): string {
	let out = "", sum = 0;
	const add = (unit: number): void => {
		sum = Math.imul(sum ^ unit, 0x01000193) >>> 0;
		if (out.length < mostPlain) out += unit >= 0x20 && unit < 0x7F ? String.fromCharCode(unit) : `\\u${unit.toString(16).padStart(4, "0")}`;
	};
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code > 0xFFFF) add(0xD7C0 + (code >> 10));
		add(code > 0xFFFF ? 0xDC00 + (code & 0x3FF) : code);
	}
	return out.length < mostPlain ? out : `${out} … ${sum.toString(16)}`;
}

const mostPlain = 400;
