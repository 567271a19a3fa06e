/** Keys for the tests in this folder. */
import { EncryptionKey, profileOf } from "../../../../modules/auth/kerberos/profile.js";
import { hex } from "../../../support/hex.js";

export function keyOf(etype: number, digits: string): EncryptionKey {
	const key = new EncryptionKey(profileOf(etype)!);
	key.key.load(hex(digits), 0);
	return key;
}
