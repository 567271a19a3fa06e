/** AES-CCM and AES-GCM (SP 800-38C, SP 800-38D) in place, as SMB 3 seals its messages ([MS-SMB2] 2.2.41, 3.1.4.3), by PSA Crypto. */
import type { Key } from "./key.js";

/** Ciphers by their numbers in [MS-SMB2] 2.2.3.1.2. */
export const Cipher = Object.freeze({ AES_128_CCM: 1, AES_128_GCM: 2, AES_256_CCM: 3, AES_256_GCM: 4 } as const);

/**
 * A message to seal or open lies in one buffer behind what is authenticated along with it, and 16 bytes more of the buffer lie behind it:
 *
 *   bytes[at]: [ associated, its first 16 bytes the nonce | message | 16 bytes of room ]      tag: 16 bytes anywhere else, or in the room
 *
 * The crypto library wants the tag behind the message: the room is lent to it during the call and is as it was afterwards, unless the tag goes there.
 * RangeError where the room is missing, where the associated bytes are too few for a nonce, or where the tag lies in what it is over. Nothing is allocated here.
 */
export class AEAD extends Native("xs_aead_destructor") {
	/** RangeError for an unknown cipher or a key of another length than its own (16 or 32). The key is copied into C's context. limit: how many messages may be sealed with it; 2^32 unless given. */
	constructor(cipher: number, key: Key, limit?: number) { super(); native("xs_aead").call(this, cipher, key, limit); }
	/**
	 * Seals in place: bytes[at + associatedLength, … + length) is encrypted; bytes[at, at + associatedLength) is authenticated along with it. The nonce is written
	 * there first, from a counter that never repeats under this key: 64 bits, little endian, then zeros; CCM takes 11 of the 16 bytes, GCM 12. The tag goes to bytes[tagAt, tagAt + 16).
	 * Error "crypto: the key is used up: N messages were sealed with it" at the limit, and nothing is changed then. Where the crypto library fails the message is wiped and its nonce spent.
	 */
	seal(bytes: Uint8Array, tagAt: number, at: number, associatedLength: number, length: number): void { native("xs_aead_seal").call(this, bytes, tagAt, at, associatedLength, length); }
	/** Whether the tag is right, compared in constant time; then the message has been decrypted in place. If not, it is wiped (no unauthenticated plaintext is left), and the rest is as it was. */
	open(bytes: Uint8Array, tagAt: number, at: number, associatedLength: number, length: number): boolean { return native("xs_aead_open").call(this, bytes, tagAt, at, associatedLength, length); }
	/** Wipes the key. Safe to call twice. */
	close(): void { native("xs_aead_close").call(this); }
}
