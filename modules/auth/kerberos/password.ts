/** String-to-key (RFC 3962 4, RFC 8009 4). The password is turned into the beginnings of its hashes when it comes in, and not kept. */
import { DigestAlgorithm } from "../../../hosts/crypto/digest.js";
import { PBKDF2 } from "../../../hosts/crypto/pbkdf2.js";
import { ProtocolError } from "../../errors/errors.js";
import { utf8 } from "../utf8.js";
import { derive, EncryptionKey, type Profile } from "./profile.js";

/** More than any KDC asks for, and what a slow device still gets through: the number comes from the network, unauthenticated. */
const ITERATIONS_MAX = 262144;
/** Between two of these others get their turn: some 50 ms on a device. */
const ITERATIONS_AT_ONCE = 1024;
/** Longer ones no KDC takes. */
const PASSWORD_MAX = 512;

export class Password {
	readonly #sha1: PBKDF2;
	readonly #sha256: PBKDF2;
	readonly #sha384: PBKDF2;

	constructor(text: string) {
		if (text.length > PASSWORD_MAX)
			throw new RangeError(`Kerberos: the password is longer than ${PASSWORD_MAX} characters`);
		const bytes = utf8(text);
		try {
			this.#sha1 = new PBKDF2(DigestAlgorithm.SHA1, bytes);
			this.#sha256 = new PBKDF2(DigestAlgorithm.SHA256, bytes);
			this.#sha384 = new PBKDF2(DigestAlgorithm.SHA384, bytes);
		}
		finally {
			bytes.fill(0);
		}
	}

	/** The account's key; the caller closes it. One at a time. pause() lets others run now and then. ProtocolError for more iterations than make sense. */
	async key(profile: Profile, salt: Uint8Array, iterations: number, pause: () => Promise<void>): Promise<EncryptionKey> {
		if (!(iterations >= 1 && iterations <= ITERATIONS_MAX))
			throw new ProtocolError(`Kerberos: the KDC asks for ${iterations} iterations of string-to-key, expected at most ${ITERATIONS_MAX}`);
		const key = new EncryptionKey(profile), pbkdf2 = this.#pbkdf2(profile);
		try {
			pbkdf2.begin(profile.sha2 ? named(profile.name, salt) : salt, iterations, key.key);
			while (!pbkdf2.step(ITERATIONS_AT_ONCE))
				await pause();
			pbkdf2.finish(key.key);
			derive(profile, key.key, utf8("kerberos"), key.key);
			return key;
		}
		catch (error) {
			key.close();
			throw error;
		}
	}

	/** Wipes everything. Safe to call twice. */
	close(): void {
		this.#sha1.close();
		this.#sha256.close();
		this.#sha384.close();
	}

	#pbkdf2(profile: Profile): PBKDF2 {
		return !profile.sha2 ? this.#sha1 : profile.digest === DigestAlgorithm.SHA256 ? this.#sha256 : this.#sha384;
	}
}

/** RFC 8009 4 saltp: the encryption type's name, a zero byte, the salt. */
function named(name: string, salt: Uint8Array): Uint8Array {
	const bytes = new Uint8Array(name.length + 1 + salt.length);
	bytes.set(utf8(name));
	bytes.set(salt, name.length + 1);
	return bytes;
}
