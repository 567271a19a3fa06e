/** hosts/crypto on Node: node:crypto behind the names that the faces call, with the same checks and the same messages as the C. */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomFillSync, timingSafeEqual } from "node:crypto";
import { MD4 } from "./node-md4.js";
import type { Functions } from "./node-natives.js";

interface Hash { update(bytes: Uint8Array): unknown; digest(): ArrayLike<number> }

const algorithms: readonly { length: number; start: () => Hash; hmac?: string }[] = [
	{ length: 16, start: () => new MD4() },
	{ length: 16, start: () => createHash("md5"), hmac: "md5" },
	{ length: 32, start: () => createHash("sha256"), hmac: "sha256" },
	{ length: 64, start: () => createHash("sha512") },
	{ length: 20, start: () => createHash("sha1"), hmac: "sha1" },
	{ length: 48, start: () => createHash("sha384"), hmac: "sha384" },
];

/** What C keeps behind the host objects of one class. Closed ones map to undefined. */
export class States<T> {
	readonly #what: string;
	readonly #states = new WeakMap<object, T | undefined>();
	constructor(what: string) { this.#what = what; }
	set(self: object, state: T | undefined): void { this.#states.set(self, state); }
	get(self: unknown): T {
		if (typeof self !== "object" || self === null || !this.#states.has(self)) throw new TypeError(`crypto: not a ${this.#what}`);
		const state = this.#states.get(self);
		if (state === undefined) throw new TypeError(`${this.#what} is closed`);
		return state;
	}
	close(self: object): void {
		if (!this.#states.has(self)) throw new TypeError(`crypto: not a ${this.#what}`);
		this.#states.set(self, undefined);
	}
}

export const keys = new States<{ bytes: Uint8Array }>("key");
const storeds = new States<Uint8Array>("stored");
const digests = new States<{ algorithm: number; hash: Hash }>("digest");
const hmacs = new States<{ algorithm: number; key: Uint8Array; hash: Hash }>("HMAC");
const cmacs = new States<{ key: Uint8Array }>("CMAC");
const gmacs = new States<{ key: Uint8Array }>("GMAC");
const aeads = new States<{ key: Uint8Array; cipher: CipherName; nonceLength: number; sealed: number; limit: number }>("AEAD");
const rc4s = new States<{ s: Uint8Array; i: number; j: number }>("RC4");

/** bytes[at, at + length), checked. */
export function range(bytes: unknown, at: unknown, length: unknown): Uint8Array {
	if (!(bytes instanceof Uint8Array)) throw new TypeError("crypto: not a buffer");
	if (!Number.isInteger(at) || !Number.isInteger(length) || at as number < 0 || length as number < 0 || at as number + (length as number) > bytes.length)
		throw new RangeError(`crypto: ${String(length)} bytes at ${String(at)} do not fit a buffer of ${bytes.length}`);
	return bytes.subarray(at as number, at as number + (length as number));
}

function hashOf(algorithm: number) {
	const found = algorithms[algorithm];
	if (!found) throw new RangeError(`crypto: no digest algorithm ${String(algorithm)}`);
	return found;
}

function checkCut(key: Uint8Array, length: number, what: string): void {
	if (key.length > length) throw new RangeError(`crypto: ${what} of ${length} bytes for a key of ${key.length}`);
}

/** The first length bytes of what node:crypto gives as a Buffer. */
function cut(bytes: ArrayLike<number>, length: number): Uint8Array {
	return Uint8Array.from(bytes).subarray(0, length);
}

function aes(mode: string, key: Uint8Array, bytes: Uint8Array): Uint8Array {
	const cipher = createCipheriv(mode, key, mode === "aes-128-ecb" ? null : new Uint8Array(16));
	cipher.setAutoPadding(false);
	return Uint8Array.from(cipher.update(bytes));
}

/** RFC 4493 2.3: a subkey from the one before it. */
function double(block: Uint8Array): Uint8Array {
	const result = new Uint8Array(16);
	for (let at = 0; at < 16; at++) result[at] = block[at]! << 1 | (at < 15 ? block[at + 1]! >> 7 : 0);
	if (block[0]! & 0x80) result[15]! ^= 0x87;
	return result;
}

/** RFC 4493 2.4: the last block of CBC over the message, its own last block mixed with a subkey. */
function cmac(key: Uint8Array, bytes: Uint8Array): Uint8Array {
	const whole = bytes.length > 0 && bytes.length % 16 === 0;
	const k1 = double(aes("aes-128-ecb", key, new Uint8Array(16)));
	const subkey = whole ? k1 : double(k1);
	const padded = new Uint8Array(Math.max(16, Math.ceil(bytes.length / 16) * 16));
	padded.set(bytes);
	if (!whole) padded[bytes.length] = 0x80;
	for (let at = 0; at < 16; at++) padded[padded.length - 16 + at]! ^= subkey[at]!;
	return aes("aes-128-cbc", key, padded).subarray(-16);
}

/** [MS-SMB2] 3.1.4.1: GCM of nothing, the message authenticated along with it. */
function gmac(key: Uint8Array, counter: number, flags: number, bytes: Uint8Array): Uint8Array {
	const nonce = new Uint8Array(12);
	const view = new DataView(nonce.buffer);
	view.setBigUint64(0, BigInt(counter), true);
	view.setUint32(8, flags, true);
	const cipher = createCipheriv("aes-128-gcm", key, nonce).setAAD(bytes);
	cipher.final();
	return cut(cipher.getAuthTag(), 16);
}

function checkNonce(counter: unknown, flags: unknown): void {
	if (!isCount(counter) || !isCount(flags) || flags > 0xFFFFFFFF)
		throw new RangeError("crypto: a nonce is a counter below 2^53 and flags below 2^32, both whole numbers");
}

function isCount(value: unknown): value is number { return Number.isSafeInteger(value) && value as number >= 0; }

/** TypeScript tells GCM and CCM apart by these names; what is called here is alike for both. */
type CipherName = "aes-128-gcm";

/** [MS-SMB2] 2.2.3.1.2. */
const ciphers: readonly (undefined | { name: CipherName; keyLength: number; nonceLength: number })[] = [
	undefined,
	{ name: "aes-128-ccm" as CipherName, keyLength: 16, nonceLength: 11 },
	{ name: "aes-128-gcm", keyLength: 16, nonceLength: 12 },
	{ name: "aes-256-ccm" as CipherName, keyLength: 32, nonceLength: 11 },
	{ name: "aes-256-gcm" as CipherName, keyLength: 32, nonceLength: 12 },
];

/** The parts of what is to be sealed or opened, checked as the glue does it. */
function parts(bytes: Uint8Array, tagAt: number, at: number, associatedLength: number, length: number) {
	const associated = range(bytes, at, associatedLength);
	const message = range(bytes, at + associatedLength, length);
	const tag = range(bytes, tagAt, 16);
	const end = at + associatedLength + length;
	if (end + 16 > bytes.length) throw new RangeError("crypto: a message to seal or open needs 16 bytes of room behind it in its buffer");
	if (associatedLength < 16) throw new RangeError("crypto: the associated bytes begin with a nonce of 16 bytes");
	if (tagAt < end && at < tagAt + 16) throw new RangeError("crypto: the tag lies in what it is over");
	return { associated, message, tag };
}

function sign(mac: (bytes: Uint8Array) => ArrayLike<number>, bytes: Uint8Array, at: number, length: number, tagAt: number): void {
	const span = range(bytes, at, length);
	const tag = range(bytes, tagAt, 16);
	tag.fill(0);
	tag.set(cut(mac(span), 16));
}

function verify(mac: (bytes: Uint8Array) => ArrayLike<number>, bytes: Uint8Array, at: number, length: number, tagAt: number): boolean {
	const span = range(bytes, at, length);
	const tag = range(bytes, tagAt, 16);
	const given = tag.slice();
	tag.fill(0);
	const right = cut(mac(span), 16);
	tag.set(given);
	return timingSafeEqual(right, given);
}

function apply(state: { s: Uint8Array; i: number; j: number }, from: Uint8Array, to: Uint8Array): void {
	const { s } = state;
	for (let at = 0; at < from.length; at++) {
		const i = state.i = state.i + 1 & 255;
		const j = state.j = state.j + s[i]! & 255;
		[s[i], s[j]] = [s[j]!, s[i]!];
		to[at] = from[at]! ^ s[s[i]! + s[j]! & 255]!;
	}
}

export const natives: Functions = {
	xs_key(length) {
		if (!Number.isInteger(length) || length < 1 || length > 64) throw new RangeError(`crypto: a key of ${String(length)} bytes, not 1 to 64`);
		keys.set(this, { bytes: new Uint8Array(length) });
	},
	xs_key_get_length() { return keys.get(this).bytes.length; },
	xs_key_load(bytes, at) {
		const key = keys.get(this).bytes;
		key.set(range(bytes, at, key.length));
	},
	xs_key_random() { randomFillSync(keys.get(this).bytes); },
	xs_key_copy(other) {
		const key = keys.get(this).bytes;
		const from = keys.get(other).bytes.slice(0, key.length);
		key.fill(0);
		key.set(from);
	},
	xs_key_close() { keys.close(this); },

	xs_stored(bytes, at, length) {
		const copy = range(bytes, at, length).slice();
		if (copy.length < 1) throw new RangeError("crypto: nothing to store");
		storeds.set(this, copy);
	},
	xs_stored_get_length() { return storeds.get(this).length; },
	xs_stored_copyTo(bytes, at) {
		const from = storeds.get(this);
		range(bytes, at, from.length).set(from);
	},

	xs_digest(algorithm) { digests.set(this, { algorithm, hash: hashOf(algorithm).start() }); },
	xs_digest_update(bytes, at, length) { digests.get(this).hash.update(range(bytes, at, length)); },
	xs_digest_updateKey(key) { digests.get(this).hash.update(keys.get(key).bytes); },
	xs_digest_finish(bytes, at) {
		const state = digests.get(this);
		const { length, start } = hashOf(state.algorithm);
		range(bytes, at, length).set(state.hash.digest());
		state.hash = start();
	},
	xs_digest_finishKey(key) {
		const state = digests.get(this);
		const { length, start } = hashOf(state.algorithm);
		const { bytes } = keys.get(key);
		checkCut(bytes, length, "a digest");
		bytes.set(cut(state.hash.digest(), bytes.length));
		state.hash = start();
	},
	xs_digest_close() { digests.close(this); },

	xs_hmac(algorithm, key) {
		const { hmac } = hashOf(algorithm);
		if (!hmac) throw new RangeError(`crypto: no HMAC with digest algorithm ${String(algorithm)}`);
		const bytes = keys.get(key).bytes.slice();
		hmacs.set(this, { algorithm, key: bytes, hash: createHmac(hmac, bytes) });
	},
	xs_hmac_update(bytes, at, length) { hmacs.get(this).hash.update(range(bytes, at, length)); },
	xs_hmac_finish(bytes, at) {
		const state = hmacs.get(this);
		const { length, hmac } = hashOf(state.algorithm);
		range(bytes, at, length).set(state.hash.digest());
		state.hash = createHmac(hmac!, state.key);
	},
	xs_hmac_finishKey(key) {
		const state = hmacs.get(this);
		const { length, hmac } = hashOf(state.algorithm);
		const { bytes } = keys.get(key);
		checkCut(bytes, length, "a tag");
		bytes.set(cut(state.hash.digest(), bytes.length));
		state.hash = createHmac(hmac!, state.key);
	},
	xs_hmac_sign(bytes, at, length, tagAt) {
		const { algorithm, key } = hmacs.get(this);
		sign(span => createHmac(hashOf(algorithm).hmac!, key).update(span).digest(), bytes, at, length, tagAt);
	},
	xs_hmac_verify(bytes, at, length, tagAt) {
		const { algorithm, key } = hmacs.get(this);
		return verify(span => createHmac(hashOf(algorithm).hmac!, key).update(span).digest(), bytes, at, length, tagAt);
	},
	xs_hmac_close() { hmacs.close(this); },

	xs_cmac(key) {
		const { bytes } = keys.get(key);
		if (bytes.length !== 16) throw new RangeError(`crypto: AES-CMAC wants a key of 16 bytes, not ${bytes.length}`);
		cmacs.set(this, { key: bytes.slice() });
	},
	xs_cmac_sign(bytes, at, length, tagAt) {
		const { key } = cmacs.get(this);
		sign(span => cmac(key, span), bytes, at, length, tagAt);
	},
	xs_cmac_verify(bytes, at, length, tagAt) {
		const { key } = cmacs.get(this);
		return verify(span => cmac(key, span), bytes, at, length, tagAt);
	},
	xs_cmac_close() { cmacs.close(this); },

	xs_gmac(key) {
		const { bytes } = keys.get(key);
		if (bytes.length !== 16) throw new RangeError(`crypto: AES-GMAC wants a key of 16 bytes, not ${bytes.length}`);
		gmacs.set(this, { key: bytes.slice() });
	},
	xs_gmac_sign(bytes, at, length, tagAt, counter, flags) {
		checkNonce(counter, flags);
		const { key } = gmacs.get(this);
		sign(span => gmac(key, counter, flags, span), bytes, at, length, tagAt);
	},
	xs_gmac_verify(bytes, at, length, tagAt, counter, flags) {
		checkNonce(counter, flags);
		const { key } = gmacs.get(this);
		return verify(span => gmac(key, counter, flags, span), bytes, at, length, tagAt);
	},
	xs_gmac_close() { gmacs.close(this); },

	xs_aead(cipher, key, limit = 2 ** 32) {
		const { bytes } = keys.get(key);
		const known = ciphers[cipher];
		if (!known) throw new RangeError(`crypto: no cipher ${String(cipher)}`);
		if (bytes.length !== known.keyLength) throw new RangeError(`crypto: cipher ${cipher} wants a key of ${known.keyLength} bytes, not ${bytes.length}`);
		if (!isCount(limit) || limit < 1) throw new RangeError("crypto: the limit is a whole number of messages, 1 or more");
		aeads.set(this, { key: bytes.slice(), cipher: known.name, nonceLength: known.nonceLength, sealed: 0, limit });
	},
	xs_aead_seal(bytes, tagAt, at, associatedLength, length) {
		const state = aeads.get(this);
		const { associated, message, tag } = parts(bytes, tagAt, at, associatedLength, length);
		if (state.sealed >= state.limit) throw new Error(`crypto: the key is used up: ${state.limit} messages were sealed with it`);
		const nonce = associated.subarray(0, 16).fill(0);
		new DataView(nonce.buffer, nonce.byteOffset).setBigUint64(0, BigInt(state.sealed++), true);
		const cipher = createCipheriv(state.cipher, state.key, nonce.subarray(0, state.nonceLength), { authTagLength: 16 });
		cipher.setAAD(associated, { plaintextLength: message.length });
		message.set(cut(cipher.update(message), length));
		cipher.final();
		tag.set(cut(cipher.getAuthTag(), 16));
	},
	xs_aead_open(bytes, tagAt, at, associatedLength, length) {
		const state = aeads.get(this);
		const { associated, message, tag } = parts(bytes, tagAt, at, associatedLength, length);
		const decipher = createDecipheriv(state.cipher, state.key, associated.subarray(0, state.nonceLength), { authTagLength: 16 });
		decipher.setAuthTag(tag).setAAD(associated, { plaintextLength: message.length });
		try {
			message.set(cut(decipher.update(message), length));
			decipher.final();
			return true;
		}
		catch {
			message.fill(0);
			return false;
		}
	},
	xs_aead_close() { aeads.close(this); },

	xs_kdf(key, label, context, derived, algorithm = 2) {
		if (algorithm !== 2 && algorithm !== 5) throw new RangeError(`crypto: no kdf with digest algorithm ${String(algorithm)}`);
		const { bytes } = keys.get(key);
		const to = keys.get(derived).bytes;
		if (to.length > 32) throw new RangeError(`crypto: kdf gives at most 32 bytes, not ${to.length}`);
		range(label, 0, 0);
		range(context, 0, 0);
		const L = to.length * 8;
		to.set(cut(createHmac(hashOf(algorithm).hmac!, bytes).update(Uint8Array.of(0, 0, 0, 1)).update(label).update(Uint8Array.of(0)).update(context)
			.update(Uint8Array.of(0, 0, L >> 8, L & 255)).digest(), to.length));
	},

	xs_rc4(key) {
		const { bytes } = keys.get(key);
		const s = new Uint8Array(256);
		for (let i = 0; i < 256; i++) s[i] = i;
		for (let i = 0, j = 0; i < 256; i++) {
			j = j + s[i]! + bytes[i % bytes.length]! & 255;
			[s[i], s[j]] = [s[j]!, s[i]!];
		}
		rc4s.set(this, { s, i: 0, j: 0 });
	},
	xs_rc4_apply(bytes, at, length) {
		const state = rc4s.get(this);
		const span = range(bytes, at, length);
		apply(state, span, span);
	},
	xs_rc4_applyKey(key, bytes, at) {
		const state = rc4s.get(this);
		const from = keys.get(key).bytes;
		apply(state, from, range(bytes, at, from.length));
	},
	xs_rc4_close() { rc4s.close(this); },

	xs_random(bytes, at, length) { randomFillSync(range(bytes, at, length)); },
	xs_equal(a, aAt, b, bAt, length) { return timingSafeEqual(range(a, aAt, length), range(b, bAt, length)); },
};
