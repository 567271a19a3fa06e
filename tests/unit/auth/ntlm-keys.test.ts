import type { Key } from "../../../hosts/crypto/key.js";
import { RC4 } from "../../../hosts/crypto/rc4.js";
import { Direction, messageSignature, ntowfv1, ntowfv2, sessionBaseKey, verifySignature, writeEncryptedKey, writeLMv2, writeMIC, writeNTProof } from "../../../modules/auth/ntlm-keys.js";
import { get16, get32 } from "../../../modules/auth/ntlm-messages.js";
import { bytesEqual, ok } from "../../support/assert.js";
import { hex } from "../../support/hex.js";
import * as nlmp from "../../vectors/ntlm.js";
import * as samba from "../../vectors/ntlm-samba.js";
import { keyOf, reveal } from "./keys.js";

function revealed(key: Key): Uint8Array {
	const bytes = reveal(key);
	key.close();
	return bytes;
}

function responseKey(): Key {
	const ntKey = keyOf(nlmp.ntowfv1), key = ntowfv2(ntKey, nlmp.user, nlmp.domain);
	ntKey.close();
	return key;
}

describe("NTLMv2 keys, [MS-NLMP] 4.2.4", () => {
	it("NTOWFv1 is MD4 of the password", () => bytesEqual(revealed(ntowfv1(nlmp.password)), nlmp.ntowfv1));
	it("NTOWFv1 of an empty password", () => bytesEqual(revealed(ntowfv1("")), "31d6cfe0d16ae931b73c59d7e0c089c0"));
	it("NTOWFv2 raises the user, not the domain", () => {
		bytesEqual(revealed(responseKey()), nlmp.ntowfv2);
		const ntKey = keyOf(nlmp.ntowfv1);
		bytesEqual(revealed(ntowfv2(ntKey, "uSER", nlmp.domain)), nlmp.ntowfv2);
		ok(revealed(ntowfv2(ntKey, nlmp.user, "DOMAIN"))[0] !== 0x0C);
	});
	it("NTProofStr, written in front of temp", () => {
		const bytes = hex("a5a5" + "ff".repeat(16) + nlmp.temp + "a5");
		const key = responseKey();
		writeNTProof(key, hex("00" + nlmp.serverChallenge), 1, bytes, 2, bytes.length - 1);
		bytesEqual(bytes, "a5a5" + nlmp.ntProof + nlmp.temp + "a5");
		key.close();
	});
	it("LMv2 response, written in front of the client's challenge", () => {
		const bytes = hex("a5" + "ff".repeat(16) + nlmp.clientChallenge + "a5");
		const key = responseKey();
		writeLMv2(key, hex(nlmp.serverChallenge), 0, bytes, 1);
		bytesEqual(bytes, "a5" + nlmp.lmv2Response + "a5");
		key.close();
	});
	it("SessionBaseKey", () => {
		const key = responseKey();
		bytesEqual(revealed(sessionBaseKey(key, hex("a5" + nlmp.ntProof), 1)), nlmp.sessionBaseKey);
		key.close();
	});
	it("EncryptedRandomSessionKey", () => {
		const bytes = hex("a5" + "00".repeat(16) + "a5"), base = keyOf(nlmp.sessionBaseKey), exported = keyOf(nlmp.randomSessionKey);
		writeEncryptedKey(base, exported, bytes, 1);
		bytesEqual(bytes, "a5" + nlmp.encryptedSessionKey + "a5");
		base.close();
		exported.close();
	});
});

describe("NTLM message signature, [MS-NLMP] 3.4.4.2", () => {
	const message = hex(nlmp.plaintext);

	it("is the published one, but for the key stream that sealing used up before it (4.2.4.4)", () => {
		// There the 18 bytes of text are sealed first, so the checksum meets bytes 18 to 25 of the key stream; GSS_GetMIC meets 0 to 7.
		const sealKey = keyOf(nlmp.sealKey), rc4 = new RC4(sealKey), stream = new Uint8Array(26);
		rc4.apply(stream, 0, 26);
		rc4.close();
		sealKey.close();
		const sealed = hex(nlmp.sealed);
		for (let i = 0; i < 18; i += 1)
			sealed[i]! ^= stream[i]!;
		bytesEqual(sealed, nlmp.plaintext, "the key stream is right");
		const expected = hex(nlmp.sealedSignature);
		for (let i = 0; i < 8; i += 1)
			expected[4 + i]! ^= stream[18 + i]! ^ stream[i]!;
		const exported = keyOf(nlmp.randomSessionKey);
		bytesEqual(messageSignature(exported, Direction.CLIENT_TO_SERVER, true, message), expected);
		exported.close();
	});
	it("bears the plain checksum where no key was exchanged", () => {
		const exported = keyOf(nlmp.randomSessionKey);
		bytesEqual(messageSignature(exported, Direction.CLIENT_TO_SERVER, false, message), "01000000 70352851f2564309 00000000");
		exported.close();
	});
	it("verifies only what the other side signed, every bit of it", () => {
		const exported = keyOf(nlmp.randomSessionKey);
		const signature = messageSignature(exported, Direction.SERVER_TO_CLIENT, true, message);
		ok(verifySignature(exported, Direction.SERVER_TO_CLIENT, true, message, signature));
		ok(!verifySignature(exported, Direction.CLIENT_TO_SERVER, true, message, signature), "our own, sent back");
		ok(!verifySignature(exported, Direction.SERVER_TO_CLIENT, false, message, signature), "without key exchange");
		ok(!verifySignature(exported, Direction.SERVER_TO_CLIENT, true, message.subarray(1), signature), "another message");
		ok(!verifySignature(exported, Direction.SERVER_TO_CLIENT, true, message, signature.subarray(0, 15)), "cut");
		for (let i = 0; i < 128; i += 1) {
			signature[i >> 3]! ^= 1 << (i & 7);
			ok(!verifySignature(exported, Direction.SERVER_TO_CLIENT, true, message, signature), `bit ${i}`);
			signature[i >> 3]! ^= 1 << (i & 7);
		}
		exported.close();
	});
});

describe("NTLMv2 keys against a recorded smbclient", () => {
	it("give its proof, session key, MIC and both signatures", () => {
		const negotiate = hex(samba.smbclient.negotiate).slice(-40), challenge = hex(samba.smbclient.challenge).slice(-134);
		const blob = hex(samba.smbclient.authenticate), start = 16, authenticate = blob.slice(start, start + 374);
		const ntAt = get32(authenticate, 24), ntEnd = ntAt + get16(authenticate, 20), keyAt = get32(authenticate, 56);

		const ntKey = ntowfv1(samba.password), response = ntowfv2(ntKey, "root", "TESTNAS");
		const proved = authenticate.slice();
		proved.fill(0, ntAt, ntAt + 16);
		writeNTProof(response, challenge, 24, proved, ntAt, ntEnd);
		bytesEqual(proved, authenticate, "NTProofStr");

		const base = sessionBaseKey(response, authenticate, ntAt), rc4 = new RC4(base), exportedBytes = authenticate.slice(keyAt, keyAt + 16);
		rc4.apply(exportedBytes, 0, 16);
		const exported = ntowfv1("");
		exported.load(exportedBytes, 0);
		const signed = authenticate.slice();
		signed.fill(0, 72, 88);
		writeMIC(exported, negotiate, challenge, signed, 72);
		bytesEqual(signed, authenticate, "MIC");

		const mechTypes = hex("300c060a2b06010401823702020a");
		bytesEqual(messageSignature(exported, Direction.CLIENT_TO_SERVER, true, mechTypes), blob.slice(-16), "mechListMIC of the client");
		ok(verifySignature(exported, Direction.SERVER_TO_CLIENT, true, mechTypes, hex(samba.smbclient.completed).slice(-16)), "mechListMIC of the server");
		for (const closing of [ntKey, response, base, rc4, exported])
			closing.close();
	});
});
