import { Password } from "../../../../modules/auth/kerberos/password.js";
import { profileOf } from "../../../../modules/auth/kerberos/profile.js";
import { ProtocolError } from "../../../../modules/errors/errors.js";
import { bytesEqual, ok, rejects, throws } from "../../../support/assert.js";
import { ascii, hex } from "../../../support/hex.js";
import { stringToKey, stringToKeySHA2 } from "../../../vectors/kerberos.js";
import { reveal } from "../keys.js";

let pauses = 0;
async function pause(): Promise<void> { pauses += 1; }

async function keyOf(password: Password, etype: number, salt: Uint8Array, iterations: number): Promise<Uint8Array> {
	const key = await password.key(profileOf(etype)!, salt, iterations, pause);
	const bytes = reveal(key.key);
	key.close();
	return bytes;
}

describe("Kerberos password", () => {
	it("becomes the keys of RFC 3962 B", async () => {
		for (const { password: text, salt, iterations, aes128, aes256 } of stringToKey) {
			const password = new Password(text), bytes = salt.startsWith("0x") ? hex(salt.slice(2)) : ascii(salt);
			bytesEqual(await keyOf(password, 17, bytes, iterations), aes128, text);
			bytesEqual(await keyOf(password, 18, bytes, iterations), aes256, text);
			password.close();
		}
	});
	it("becomes the keys of RFC 8009 A, letting others run meanwhile", async () => {
		const { password: text, salt, iterations, aes128, aes256 } = stringToKeySHA2, password = new Password(text);
		pauses = 0;
		bytesEqual(await keyOf(password, 19, hex(salt), iterations), aes128);
		bytesEqual(await keyOf(password, 20, hex(salt), iterations), aes256);
		ok(pauses >= 60, `${pauses} pauses`);
		password.close();
	});
	it("refuses more iterations than make sense, before it begins", async () => {
		const password = new Password("x");
		for (const iterations of [0, 262145, 2 ** 32])
			await rejects(() => keyOf(password, 18, ascii("salt"), iterations), ProtocolError, /iterations/);
		password.close();
	});
	it("has bounds, and nothing left after close, which may come twice", async () => {
		throws(() => new Password("x".repeat(513)), RangeError, /512/);
		const password = new Password("");
		bytesEqual(await keyOf(password, 17, ascii(""), 1), await keyOf(password, 17, ascii(""), 1));
		password.close();
		password.close();
		await rejects(() => keyOf(password, 17, ascii(""), 1), TypeError, /closed/);
	});
});
