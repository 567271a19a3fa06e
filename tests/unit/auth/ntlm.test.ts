import type { Key } from "../../../hosts/crypto/key.js";
import { NTLM } from "../../../modules/auth/ntlm.js";
import type { NTLMOptions } from "../../../modules/auth/ntlm.js";
import { messageSignature, Direction, ntowfv1, ntowfv2, sessionBaseKey, writeMIC, writeNTProof } from "../../../modules/auth/ntlm-keys.js";
import { get16, get32, put32 } from "../../../modules/auth/ntlm-messages.js";
import { ProtocolError } from "../../../modules/errors/errors.js";
import { bytesEqual, deepEqual, equal, ok, throws } from "../../support/assert.js";
import { hex, toHex } from "../../support/hex.js";
import * as nlmp from "../../vectors/ntlm.js";
import * as samba from "../../vectors/ntlm-samba.js";
import { fixedEntropy, pseudoRandom, reveal } from "./keys.js";

const published = hex(nlmp.challengeMessage);
const sambaChallenge = hex(samba.smbclient.challenge).slice(-134);

function ntlm(options: Partial<NTLMOptions> = {}): NTLM {
	const { user, password, domain, workstation } = nlmp;
	return new NTLM({ user, password, domain, workstation, server: "Server", entropy: fixedEntropy, ...options });
}

/** The NT response of an AUTHENTICATE_MESSAGE, and the LM response, and the encrypted session key. */
function responses(message: Uint8Array): { nt: Uint8Array; lm: Uint8Array; key: Uint8Array } {
	const at = (fieldAt: number): Uint8Array => message.slice(get32(message, fieldAt + 4), get32(message, fieldAt + 4) + get16(message, fieldAt));
	return { lm: at(12), nt: at(20), key: at(52) };
}

describe("NTLM", () => {
	it("begins with NEGOTIATE, the same each time", () => {
		const mechanism = ntlm();
		equal(toHex(mechanism.initial()), samba.initial.slice(-80));
		ok(!mechanism.done);
		equal(mechanism.sessionKey, undefined);
		mechanism.close();
	});

	it("answers the published challenge as published, as far as target information without MIC and SPN lets it (4.2.4.3)", () => {
		const mechanism = ntlm();
		mechanism.initial();
		const message = mechanism.step(published), example = hex(nlmp.authenticateMessage);
		const { lm, nt } = responses(message);
		bytesEqual(lm, nlmp.lmv2Response, "LM response");
		bytesEqual(message.slice(88, 88 + 36), example.slice(72, 72 + 36), "domain, user, workstation");
		bytesEqual(nt.slice(16, 16 + 60), nlmp.temp.slice(0, 120), "temp up to MsvAvEOL");
		bytesEqual(nt.slice(76), `06000400 02000000 0a001000 ${"00".repeat(16)} 09001600 63006900660073002f00530065007200760065007200 00000000 00000000`, "what we add");

		const ntKey = ntowfv1(nlmp.password), response = ntowfv2(ntKey, nlmp.user, nlmp.domain);
		const proved = nt.slice();
		writeNTProof(response, published, 24, proved, 0, nt.length);
		bytesEqual(nt, proved, "NTProofStr");
		const unsigned = message.slice();
		unsigned.fill(0, 72, 88);
		writeMIC(mechanism.sessionKey!, mechanism.initial(), published, unsigned, 72);
		bytesEqual(message, unsigned, "MIC");
		bytesEqual(reveal(mechanism.sessionKey!), nlmp.randomSessionKey);
		equal(get32(message, 60) >>> 0, 0x62888211, "what both know");
		ok(mechanism.done);
		for (const key of [ntKey, response, mechanism])
			key.close();
	});

	it("says what Samba accepted, byte for byte", () => {
		for (const { user, domain, password, guest, challenge, authenticate } of samba.accounts) {
			const mechanism = ntlm({ user, domain, password, guest, workstation: "SCANNER", server: "testnas.local" });
			const message = toHex(mechanism.step(hex(challenge).slice(-134)));
			ok(authenticate.includes(message), user);
			equal(mechanism.name, guest ? "NTLMv2 guest" : "NTLMv2");
			equal(mechanism.sessionKey === undefined, guest, "guest has no session key");
			mechanism.close();
		}
	});

	it("says nothing as anonymous, and has no key", () => {
		const mechanism = new NTLM();
		bytesEqual(mechanism.initial(), hex(samba.initial).slice(-40));
		const message = mechanism.step(hex(samba.anonymous.challenge).slice(-134));
		equal(toHex(message), samba.anonymous.authenticate.slice(-2 * message.length));
		ok(mechanism.done);
		equal(mechanism.sessionKey, undefined);
		equal(mechanism.name, "NTLM anonymous");
		throws(() => mechanism.mic(message), TypeError, /no session key/);
		mechanism.close();
	});

	it("takes the server's time and leaves the LM response empty", () => {
		const mechanism = ntlm({ now: () => { throw new Error("the clock is not asked"); } });
		const { lm, nt } = responses(mechanism.step(sambaChallenge));
		bytesEqual(lm, "00".repeat(24));
		bytesEqual(nt.slice(24, 32), "b0fdc6a2607bdd01");
		mechanism.close();
	});
	it("takes the clock's time where the server has none", () => {
		const notes: string[] = [];
		const mechanism = ntlm({ now: () => 1709210096789, note: line => notes.push(line) });
		bytesEqual(responses(mechanism.step(published)).nt.slice(24, 32), "507ce6b30b6bda01");
		deepEqual(notes, []);
		mechanism.close();
	});
	it("takes zero and says so where nobody knows the time", () => {
		for (const now of [undefined, () => undefined]) {
			const notes: string[] = [];
			const mechanism = ntlm({ now, note: line => notes.push(line) });
			bytesEqual(responses(mechanism.step(published)).nt.slice(24, 32), "0000000000000000");
			equal(notes.length, 1);
			ok(/time/.test(notes[0]!));
			mechanism.close();
		}
	});

	it("does without key exchange where the server does", () => {
		const challenge = sambaChallenge.slice();
		put32(challenge, 20, 0x228A8215);
		const mechanism = ntlm();
		const message = mechanism.step(challenge), { nt, key } = responses(message);
		equal(key.length, 0);
		equal(get32(message, 60) >>> 0, 0x22888215);
		const ntKey = ntowfv1(nlmp.password), response = ntowfv2(ntKey, nlmp.user, nlmp.domain), base = sessionBaseKey(response, nt, 0);
		bytesEqual(reveal(mechanism.sessionKey!), reveal(base), "SessionBaseKey is the session key");
		bytesEqual(mechanism.mic(challenge), messageSignature(base, Direction.CLIENT_TO_SERVER, false, challenge));
		for (const closing of [ntKey, response, base, mechanism])
			closing.close();
	});

	it("signs for the server and verifies what the server signs", () => {
		const mechanism = ntlm(), text = hex(nlmp.plaintext);
		mechanism.step(sambaChallenge);
		const theirs = messageSignature(mechanism.sessionKey!, Direction.SERVER_TO_CLIENT, true, text);
		bytesEqual(mechanism.mic(text), messageSignature(mechanism.sessionKey!, Direction.CLIENT_TO_SERVER, true, text));
		ok(mechanism.verifyMIC(text, theirs));
		ok(!mechanism.verifyMIC(text, mechanism.mic(text)));
		mechanism.close();
	});

	it("takes fresh random each time", () => {
		const first = ntlm({ entropy: undefined }), second = ntlm({ entropy: undefined });
		const a = responses(first.step(sambaChallenge)), b = responses(second.step(sambaChallenge));
		ok(toHex(a.nt.slice(32, 40)) !== toHex(b.nt.slice(32, 40)), "client's challenge");
		ok(toHex(reveal(first.sessionKey!)) !== toHex(reveal(second.sessionKey!)), "session key");
		first.close();
		second.close();
	});

	it("answers one challenge only", () => {
		const mechanism = ntlm();
		mechanism.step(sambaChallenge);
		throws(() => mechanism.step(sambaChallenge), ProtocolError, /second/);
		mechanism.close();
	});
	it("throws nothing but ProtocolError on a challenge, whatever its bytes", () => {
		const next = pseudoRandom(1);
		for (let round = 0; round < 300; round += 1) {
			const mechanism = ntlm(), bytes = sambaChallenge.slice();
			for (let flips = 1 + next() % 3; flips > 0; flips -= 1)
				bytes[next() % bytes.length] = next() >>> 8;
			try {
				ok(mechanism.step(bytes).length > 88);
			}
			catch (error) {
				if (!(error instanceof ProtocolError))
					throw error;
				ok(!mechanism.done);
			}
			mechanism.close();
		}
	});

	it("has no key left after close, which may come twice", () => {
		const mechanism = ntlm();
		mechanism.step(sambaChallenge);
		const key: Key = mechanism.sessionKey!;
		equal(key.length, 16);
		mechanism.close();
		mechanism.close();
		throws(() => reveal(key));
		throws(() => mechanism.mic(sambaChallenge));
		throws(() => mechanism.verifyMIC(sambaChallenge, new Uint8Array(16)));
	});
	it("cannot answer after close", () => {
		const mechanism = ntlm();
		mechanism.close();
		throws(() => mechanism.step(sambaChallenge));
		ok(!mechanism.done);
	});
	it("refuses options that no account has", () => {
		throws(() => ntlm({ user: "" }), RangeError, /user is empty/);
		for (const name of ["user", "password", "domain", "workstation", "server"])
			throws(() => ntlm({ [name]: "x".repeat(257) }), RangeError, /256/, name);
		ntlm({ password: "" }).close();
	});
	it("never puts the password into a token", () => {
		const mechanism = ntlm({ password: "Hush-Hush" });
		const message = mechanism.step(sambaChallenge);
		ok(!toHex(message).includes("4800750073006800"));
		mechanism.close();
	});
});
