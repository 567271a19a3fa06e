import { CMAC } from "../../../hosts/crypto/cmac.js";
import { bytesEqual, equal, throws } from "../../support/assert.js";
import { hex } from "../../support/hex.js";
import { cmac as vectors, cmacKey } from "../../vectors/macs.js";
import { smb311 } from "../../vectors/smb-keys.js";
import { keyOf, numbered, refusesClosed } from "./keys.js";
import { refusesSpans, signsAs, signsInPlace, verifies } from "./mac-cases.js";

describe("CMAC", () => {
	for (const { message, tag } of vectors)
		it(`RFC 4493: a message of ${hex(message).length} bytes`, () => signsAs(new CMAC(keyOf(cmacKey)), message, tag));

	it("counts the tag's bytes as zero wherever they lie in the span", () => signsInPlace(new CMAC(keyOf(cmacKey))));
	it("verifies, and leaves the bytes as they were", () => verifies(new CMAC(keyOf(cmacKey))));
	it("refuses ranges outside of the buffer", () => refusesSpans(new CMAC(keyOf(cmacKey))));

	it("signs 16 KiB as any other span", () => {
		const cmac = new CMAC(keyOf(cmacKey));
		const bytes = new Uint8Array(16384 + 16);
		for (let at = 0; at < 16384; at++) bytes[at] = at * 31 + (at >> 8);
		cmac.sign(bytes, 0, 16384, 16384);
		// Computed with OpenSSL 3: openssl mac -cipher AES-128-CBC CMAC.
		bytesEqual(bytes.slice(16384), "6754dfa4f9718e59f87c8959ae835144");
	});

	it("signs as Windows did at the end of SESSION_SETUP", () => {
		for (const [key, message] of [[smb311.signingKey, smb311.response], [smb311.secondSigningKey, smb311.secondResponse]] as const) {
			const cmac = new CMAC(keyOf(key));
			const bytes = hex(message);
			equal(cmac.verify(bytes, 0, bytes.length, 48), true);
			bytes.fill(0xFF, 48, 64);
			equal(cmac.verify(bytes, 0, bytes.length, 48), false);
			cmac.sign(bytes, 0, bytes.length, 48);
			bytesEqual(bytes, message);
		}
	});

	it("wants 16 bytes of key", () => {
		for (const length of [1, 15, 17, 32]) throws(() => new CMAC(keyOf("00".repeat(length))), RangeError, /16 bytes, not/);
	});

	it("keeps its own copy of the key", () => {
		const key = keyOf(cmacKey);
		const cmac = new CMAC(key);
		key.random();
		key.close();
		signsAs(cmac, vectors[0]!.message, vectors[0]!.tag);
	});

	it("leaves no key behind in the crypto library: a hundred objects, closed one after the other", () => {
		for (let count = 0; count < 100; count++) {
			const cmac = new CMAC(keyOf(cmacKey));
			signsAs(cmac, vectors[1]!.message, vectors[1]!.tag);
			cmac.close();
		}
	});

	it("finds room for more objects than the crypto library has keys, where those before were dropped and not closed", () => {
		const key = keyOf(cmacKey);
		// Nothing else is allocated, so that no collection comes along by itself.
		for (let count = 0; count < 100; count++) new CMAC(key);
		signsAs(new CMAC(key), vectors[1]!.message, vectors[1]!.tag);
	});

	it("can no longer be used once closed, which may be twice", () => {
		const cmac = new CMAC(keyOf(cmacKey));
		cmac.close();
		cmac.close();
		refusesClosed("CMAC", [() => cmac.sign(numbered(32), 0, 32, 0), () => cmac.verify(numbered(32), 0, 32, 0)]);
	});
});
