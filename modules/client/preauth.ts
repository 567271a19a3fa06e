/** [MS-SMB2] 3.1.5.2: the chain of SHA-512 over all that was said before there was a key. */
import { Digest, DigestAlgorithm } from "../../hosts/crypto/digest.js";

export class PreauthIntegrity {
	/** PreauthIntegrityHashValue, 64 bytes. */
	readonly value = new Uint8Array(64);

	/** Adds a whole message, bytes[at, end). */
	add(bytes: Uint8Array, at: number, end: number): void {
		const digest = new Digest(DigestAlgorithm.SHA512);
		digest.update(this.value, 0, this.value.length);
		digest.update(bytes, at, end - at);
		digest.finish(this.value, 0);
		digest.close();
	}
}
