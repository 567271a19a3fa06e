/** Keys for the tests in this folder: filled with given bytes, and read back, which only RC4 allows. */
import { Key } from "../../../hosts/crypto/key.js";
import { RC4 } from "../../../hosts/crypto/rc4.js";
import type { Entropy } from "../../../modules/auth/ntlm.js";
import { hex } from "../../support/hex.js";

export function keyOf(digits: string): Key {
	const bytes = hex(digits);
	const key = new Key(bytes.length);
	key.load(bytes, 0);
	return key;
}

/** The bytes of a key: encrypted, then decrypted with the same key stream. */
export function reveal(key: Key): Uint8Array {
	const bytes = new Uint8Array(key.length), any = keyOf("0102030405");
	let rc4 = new RC4(any);
	rc4.applyKey(key, bytes, 0);
	rc4.close();
	rc4 = new RC4(any);
	rc4.apply(bytes, 0, bytes.length);
	rc4.close();
	any.close();
	return bytes;
}

/** What [MS-NLMP] 4.2.1 takes for random. */
export const fixedEntropy: Entropy = {
	fill(bytes, at, length) { bytes.fill(0xAA, at, at + length); },
	key(key) { key.load(new Uint8Array(16).fill(0x55), 0); },
};

/** Numbers below 2^32 from a seed, the same on every run (xorshift32). */
export function pseudoRandom(seed: number): () => number {
	let state = seed >>> 0 || 1;
	return () => {
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		state >>>= 0;
		return state;
	};
}
