/** Makes inputs of other inputs: the same ones for the same seed. */
import { Random, WILD } from "../../support/random.js";
import type { Pair } from "./coverage.js";

type Bytes = Uint8Array;

function joined(...all: readonly Bytes[]): Bytes {
	const whole = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of all) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}

/** bytes[at, at + length) replaced. */
function replaced(bytes: Bytes, at: number, length: number, by: Bytes): Bytes { return joined(bytes.subarray(0, at), by, bytes.subarray(at + length)); }

function encoded(value: number, width: number, littleEndian: boolean): Bytes {
	const bytes = new Uint8Array(width);
	for (let i = 0; i < width; i++) bytes[littleEndian ? i : width - 1 - i] = Math.floor(value / 2 ** (8 * i)) & 0xFF;
	return bytes;
}

function decoded(bytes: Bytes, at: number, width: number, littleEndian: boolean): number {
	let value = 0;
	for (let i = 0; i < width; i++) value = value * 256 + bytes[at + (littleEndian ? width - 1 - i : i)]!;
	return value;
}

function ascii(text: string): Bytes { return Uint8Array.from([...text].map(character => character.charCodeAt(0) & 0xFF)); }
function wide(text: string): Bytes { return Uint8Array.from([...text].flatMap(character => [character.charCodeAt(0) & 0xFF, character.charCodeAt(0) >> 8])); }

export class Mutator {
	readonly #random: Random;
	readonly #length: number;
	/** Words as bytes: texts, numbers in every width that holds them, in both orders. */
	readonly #words: Bytes[] = [];
	readonly #known = new Set<string>();

	/** length: what an input has at most. */
	constructor(random: Random, length: number) {
		this.#random = random;
		this.#length = length;
	}

	learn(word: number | string): void {
		const forms = typeof word === "string" ? [ascii(word), wide(word)]
			: Number.isInteger(word) && word >= 0 && word <= 0xFFFFFFFF ? [1, 2, 4].filter(width => word < 2 ** (8 * width)).flatMap(width => [encoded(word, width, true), encoded(word, width, false)]) : [];
		for (const form of forms) {
			const key = form.join();
			if (form.length > 0 && !this.#known.has(key) && this.#words.length < 4096) this.#words.push(form);
			this.#known.add(key);
		}
	}

	/** One of others put to use in bytes, one to eight times changed. */
	mutate(bytes: Bytes, other: Bytes): Bytes {
		let out = bytes;
		for (let left = 1 << this.#random.below(4); left > 0; left--) out = this.#once(out, other);
		return out.length > this.#length ? out.slice(0, this.#length) : out;
	}

	#place(bytes: Bytes): number { return this.#random.below(bytes.length + 1); }
	#span(bytes: Bytes, at: number): number { return Math.min(bytes.length - at, 1 + this.#random.below(this.#random.below(4) === 0 ? bytes.length + 1 : 16)); }
	#noise(length: number): Bytes { return new Uint8Array(length).map(() => this.#random.below(256)); }

	#once(bytes: Bytes, other: Bytes): Bytes {
		const random = this.#random, at = this.#place(bytes), width = 1 << random.below(3), littleEndian = random.below(2) === 0;
		switch (random.below(14)) {
			case 0: case 1: {
				const out = bytes.slice();
				if (at < out.length) out[at] = out[at]! ^ 1 << random.below(8);
				return out;
			}
			case 2: return at < bytes.length ? replaced(bytes, at, 1, this.#noise(1)) : bytes;
			case 3: return at + width <= bytes.length ? replaced(bytes, at, width, encoded(WILD[random.below(WILD.length)]!, width, littleEndian)) : bytes;
			case 4: return at + width <= bytes.length ? replaced(bytes, at, width, encoded(decoded(bytes, at, width, littleEndian) + random.below(65) - 32, width, littleEndian)) : bytes;
			case 5: return this.#resized(bytes, at, this.#span(bytes, at), new Uint8Array(0));
			case 6: return this.#resized(bytes, at, 0, this.#noise(1 + random.below(16)));
			case 7: {
				const part = bytes.slice(at, at + this.#span(bytes, at));
				return this.#resized(bytes, this.#place(bytes), 0, part);
			}
			case 8: {
				const from = this.#place(other), part = other.slice(from, from + this.#span(other, from));
				return random.below(2) === 0 ? this.#resized(bytes, at, 0, part) : replaced(bytes, at, Math.min(part.length, bytes.length - at), part);
			}
			case 9: return joined(bytes.subarray(0, at), other.subarray(Math.min(other.length, random.below(3) === 0 ? this.#place(other) : at)));
			case 10: case 11: {
				if (this.#words.length === 0) return bytes;
				const word = this.#words[random.below(this.#words.length)]!;
				return random.below(3) === 0 ? this.#resized(bytes, at, 0, word) : replaced(bytes, at, Math.min(word.length, bytes.length - at), word);
			}
			// What may be a length or an offset: what is left from here or from there, or how far it is.
			case 12: return at + width <= bytes.length ? replaced(bytes, at, width, encoded(Math.max(0, [bytes.length - at - width, this.#place(bytes), bytes.length, Math.abs(this.#place(bytes) - at)][random.below(4)]! + random.below(3) - 1), width, littleEndian)) : bytes;
			default: return random.below(8) === 0 ? this.#noise(random.below(64)) : bytes.slice(0, at);
		}
	}

	/** bytes[at, at + length) replaced; mostly, numbers in front that may be lengths around it, or offsets past it, go along. */
	#resized(bytes: Bytes, at: number, length: number, by: Bytes): Bytes {
		const random = this.#random, change = by.length - length, out = replaced(bytes, at, length, by);
		if (change === 0 || random.below(4) === 0) return out;
		for (let n = 0, field = Math.max(0, at - 96); field < at && n < 6; field++) {
			for (const [width, littleEndian] of [[4, true], [2, true], [2, false], [1, true]] as const) {
				const value = field + width <= at ? decoded(bytes, field, width, littleEndian) : 0;
				// A length that reaches past at from behind the field, or an offset beyond at from somewhere in front.
				if (value > 0 && value + change >= 0 && field + width + value >= at + length && value <= bytes.length && random.below(2) === 0) {
					out.set(encoded(value + change, width, littleEndian), field);
					field += width - 1;
					n++;
					break;
				}
			}
		}
		return out;
	}

	/** Inputs in which what was compared is made alike: where one side of a pair stands, the other one, or its neighbour, is put. */
	matched(bytes: Bytes, pairs: readonly Pair[]): Bytes[] {
		const made: Bytes[] = [], tried = new Set<string>();
		const put = (from: Bytes, to: Bytes): void => {
			const key = `${from.join()}>${to.join()}`;
			if (tried.has(key) || from.length === 0) return;
			tried.add(key);
			for (let at = 0, n = 0; at + from.length <= bytes.length && n < 4; at++) {
				if (from.every((byte, i) => bytes[at + i] === byte)) {
					made.push(replaced(bytes, at, from.length, to));
					n++;
				}
			}
		};
		for (const { left, right } of pairs) {
			if (made.length > 600) break;
			if (typeof left === "number" && typeof right === "number") {
				for (const [from, to] of [[left, right], [right, left]] as const) {
					if (!(from >= 0 && to >= 0 && from <= 0xFFFFFFFF && to <= 0xFFFFFFFF && Number.isInteger(from) && Number.isInteger(to))) continue;
					for (const width of [4, 2, 1]) {
						if (from >= 2 ** (8 * width) || to >= 2 ** (8 * width) || width < 4 && from < 256 && width > 1 && made.length > 200) continue;
						for (const value of [to, to + 1, Math.max(0, to - 1)])
							for (const littleEndian of width > 1 ? [true, false] : [true]) put(encoded(from, width, littleEndian), encoded(value, width, littleEndian));
					}
				}
			}
			else if (typeof left === "string" && typeof right === "string" && left.length + right.length < 80) {
				for (const [from, to] of [[left, right], [right, left]] as const) {
					put(ascii(from), ascii(to));
					put(wide(from), wide(to));
				}
			}
		}
		return made;
	}
}
