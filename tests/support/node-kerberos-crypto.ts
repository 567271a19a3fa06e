/** What Kerberos needs of hosts/crypto on Node: node:crypto behind the names that the faces call, with the same checks and the same messages as the C. */
import { createCipheriv, createDecipheriv, pbkdf2Sync } from "node:crypto";
import { keys, range, States } from "./node-crypto.js";
import type { Functions } from "./node-natives.js";

const cts = new States<{ key: Uint8Array }>("CTS");
const pbkdf2s = new States<{ hash: string; hashLength: number; password: Uint8Array; salt: Uint8Array; iterations: number; left: number; blocks: number }>("PBKDF2");

const hashes: readonly (readonly [name: string, length: number] | undefined)[] = [undefined, undefined, ["sha256", 32], undefined, ["sha1", 20], ["sha384", 48]];

function checkLength(what: string, key: Uint8Array): void {
	if (key.length !== 16 && key.length !== 32) throw new RangeError(`crypto: ${what} wants a key of 16 or 32 bytes, not ${key.length}`);
}

/** CBC with a zero initial vector and no padding. */
function cbc(key: Uint8Array, bytes: Uint8Array): Uint8Array {
	const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, new Uint8Array(16));
	cipher.setAutoPadding(false);
	return Uint8Array.from(cipher.update(bytes));
}

/** RFC 3962 5 in the words of RFC 2040 8: pad with zeros, encrypt, exchange the last two blocks, cut. */
function encrypt(key: Uint8Array, bytes: Uint8Array): void {
	const padded = new Uint8Array(Math.ceil(bytes.length / 16) * 16);
	padded.set(bytes);
	const sealed = cbc(key, padded);
	if (padded.length > 16) {
		const last = sealed.slice(-16);
		sealed.copyWithin(sealed.length - 16, sealed.length - 32, sealed.length - 16);
		sealed.set(last, sealed.length - 32);
	}
	bytes.set(sealed.subarray(0, bytes.length));
}

/** The way back: what the last block lacks is at the end of its decrypted neighbour. */
function decrypt(key: Uint8Array, bytes: Uint8Array): void {
	const blocks = new Uint8Array(Math.ceil(bytes.length / 16) * 16);
	blocks.set(bytes);
	if (blocks.length > 16) {
		const tail = (bytes.length - 1) % 16 + 1, ecb = createDecipheriv(`aes-${key.length * 8}-ecb`, key, null);
		ecb.setAutoPadding(false);
		const last = blocks.slice(-32, -16);
		blocks.set(ecb.update(last).subarray(tail), blocks.length - 16 + tail);
		blocks.copyWithin(blocks.length - 32, blocks.length - 16);
		blocks.set(last, blocks.length - 16);
	}
	const decipher = createDecipheriv(`aes-${key.length * 8}-cbc`, key, new Uint8Array(16));
	decipher.setAutoPadding(false);
	bytes.set(Uint8Array.from(decipher.update(blocks)).subarray(0, bytes.length));
}

/** RFC 3961 5.1, bit by bit: copies of the text, each turned right by 13 bits more, added in ones' complement. */
function nFold(text: Uint8Array, length: number): Uint8Array {
	const bits = text.length * 8;
	const bitAt = (at: number): number => text[at >> 3]! >> 7 - at % 8 & 1;
	let all = length;
	while (all % text.length !== 0) all += length;
	let sum = 0n;
	const modulus = (1n << BigInt(length * 8)) - 1n;
	for (let piece = 0; piece < all; piece += length) {
		let value = 0n;
		for (let at = piece * 8; at < (piece + length) * 8; at++) {
			const turned = (at - 13 * Math.floor(at / bits)) % bits;
			value = value << 1n | BigInt(bitAt((turned + bits) % bits));
		}
		sum += value;
	}
	while (sum > modulus) sum = (sum & modulus) + (sum >> BigInt(length * 8));
	return Uint8Array.from({ length }, (_, at) => Number(sum >> BigInt(8 * (length - 1 - at)) & 255n));
}

export const natives: Functions = {
	xs_cts(key) {
		const { bytes } = keys.get(key);
		checkLength("AES-CTS", bytes);
		cts.set(this, { key: bytes.slice() });
	},
	xs_cts_encrypt(bytes, at, length) { apply(this, encrypt, bytes, at, length); },
	xs_cts_decrypt(bytes, at, length) { apply(this, decrypt, bytes, at, length); },
	xs_cts_close() { cts.close(this); },

	xs_dk(key, constant, derived) {
		const { bytes } = keys.get(key);
		const to = keys.get(derived).bytes;
		checkLength("dk", bytes);
		if (to.length !== bytes.length) throw new RangeError(`crypto: dk gives ${bytes.length} bytes, not ${to.length}`);
		range(constant, 0, 0);
		if (constant.length === 0) throw new RangeError("crypto: dk with an empty constant");
		const whole = new Uint8Array(32);
		let block = nFold(constant, 16);
		for (let at = 0; at < bytes.length; at += 16) whole.set(block = cbc(bytes, block), at);
		to.set(whole.subarray(0, to.length));
	},

	xs_pbkdf2(algorithm, password) {
		const found = hashes[algorithm];
		if (!found) throw new RangeError(`crypto: no PBKDF2 with digest algorithm ${String(algorithm)}`);
		range(password, 0, 0);
		const [hash, hashLength] = found;
		pbkdf2s.set(this, { hash, hashLength, password: password.slice(), salt: new Uint8Array(0), iterations: 0, left: 0, blocks: 0 });
	},
	xs_pbkdf2_begin(salt, iterations, key) {
		const state = pbkdf2s.get(this);
		const { length } = keys.get(key).bytes;
		range(salt, 0, 0);
		checkCount(iterations);
		if (length > 2 * state.hashLength) throw new RangeError(`crypto: PBKDF2 gives at most ${2 * state.hashLength} bytes here, not ${length}`);
		Object.assign(state, { salt: salt.slice(), iterations, left: iterations - 1, blocks: length > state.hashLength ? 2 : 1 });
	},
	xs_pbkdf2_step(count) {
		const state = pbkdf2s.get(this);
		checkCount(count);
		if (state.blocks === 0) throw new TypeError("PBKDF2: step before begin");
		state.left = Math.max(0, state.left - count);
		return state.left === 0;
	},
	xs_pbkdf2_finish(key) {
		const state = pbkdf2s.get(this);
		const { bytes } = keys.get(key);
		if (state.blocks === 0 || state.left > 0) throw new RangeError("crypto: PBKDF2 is not done");
		if (bytes.length > state.blocks * state.hashLength) throw new RangeError(`crypto: PBKDF2 has ${state.blocks * state.hashLength} bytes, not ${bytes.length}`);
		bytes.set(pbkdf2Sync(state.password, state.salt, state.iterations, bytes.length, state.hash));
		state.blocks = 0;
	},
	xs_pbkdf2_close() { pbkdf2s.close(this); },
};

function apply(self: unknown, cipher: (key: Uint8Array, bytes: Uint8Array) => void, bytes: unknown, at: unknown, length: number): void {
	const { key } = cts.get(self);
	const span = range(bytes, at, length);
	if (length < 16) throw new RangeError(`crypto: AES-CTS wants 16 bytes or more, not ${length}`);
	cipher(key, span);
}

function checkCount(count: unknown): void {
	if (!Number.isInteger(count) || count as number < 1 || count as number > 0x7FFFFFFF) throw new RangeError("crypto: PBKDF2 wants 1 to 2147483647 iterations");
}
