import { AuthenticateMessage, ChallengeMessage, negotiateMessage, NegotiateFlag, put16, put32, writeFileTime } from "../../../modules/auth/ntlm-messages.js";
import { ProtocolError } from "../../../modules/errors/errors.js";
import { bytesEqual, equal, throws } from "../../support/assert.js";
import { hex } from "../../support/hex.js";
import * as nlmp from "../../vectors/ntlm.js";
import * as samba from "../../vectors/ntlm-samba.js";
import { pseudoRandom } from "./keys.js";

const sambaChallenge = hex(samba.smbclient.challenge).slice(-134);
/** MsvAvTimestamp. */
const time = "07000800 0102030405060708", end = "00000000";

/** A CHALLENGE_MESSAGE with that target information and no target name. */
function challengeWith(targetInfo: string): Uint8Array {
	const info = hex(targetInfo), bytes = new Uint8Array(56 + info.length);
	bytes.set(hex(nlmp.challengeMessage).subarray(0, 56));
	bytes.fill(0, 12, 20);
	put16(bytes, 40, info.length);
	put16(bytes, 42, info.length);
	put32(bytes, 44, 56);
	bytes.set(info, 56);
	return bytes;
}

/** The target information that goes back to the server. */
function answered(challenge: ChallengeMessage, targetName: string): Uint8Array {
	const length = challenge.targetInfoLength(targetName), bytes = new Uint8Array(length + 4).fill(0xA5);
	equal(challenge.writeTargetInfo(bytes, 2, targetName), length + 2, "length as announced");
	bytesEqual(bytes.subarray(length + 2), "a5a5");
	return bytes.slice(2, length + 2);
}

const ours = (flags: string): string => `06000400${flags} 0a001000${"00".repeat(16)} 09000a00 6300690066007300 2f00 ${end}`;

describe("NTLM NEGOTIATE_MESSAGE", () => {
	it("asks for what NTLMv2 needs and names nobody", () => bytesEqual(negotiateMessage(), `4e544c4d53535000 01000000 15828862
		0000000000000000 0000000000000000 060100000000000f`));
});

describe("NTLM CHALLENGE_MESSAGE", () => {
	it("is read from the published example", () => {
		const challenge = new ChallengeMessage(hex(nlmp.challengeMessage));
		equal(challenge.flags >>> 0, 0xE28A8233);
		equal(challenge.timestampAt, -1);
		bytesEqual(answered(challenge, "cifs/"), `02000c0044006f006d00610069006e00 01000c00530065007200760065007200 ${ours("02000000")}`);
	});
	it("is read from Samba's", () => {
		const challenge = new ChallengeMessage(sambaChallenge);
		bytesEqual(sambaChallenge.slice(challenge.timestampAt, challenge.timestampAt + 8), "b0fdc6a2607bdd01");
		bytesEqual(answered(challenge, "cifs/"), `02000e0054004500530054004e0041005300 01000e0054004500530054004e0041005300 04000000 0300040076006d00 07000800b0fdc6a2607bdd01 ${ours("02000000")}`);
	});
	it("keeps pairs that nobody knows, in their order", () => bytesEqual(answered(new ChallengeMessage(challengeWith("0b000100aa 21000000 ffff0200bbcc" + end)), "cifs/"), `0b000100aa 21000000 ffff0200bbcc ${ours("02000000")}`));
	it("replaces the server's own target name and channel bindings and adds to its flags", () =>
		bytesEqual(answered(new ChallengeMessage(challengeWith("09000200ffff 0a001000" + "ee".repeat(16) + "06000400 01000080" + time + end)), "cifs/"), `${time} ${ours("03000080")}`));
	it("needs no target name, and nothing behind MsvAvEOL", () => bytesEqual(answered(new ChallengeMessage(challengeWith(time + end + "ffff")), "cifs/"), `${time} ${ours("02000000")}`));

	it("is refused when cut at any length", () => {
		for (const whole of [hex(nlmp.challengeMessage), sambaChallenge]) {
			for (let length = 0; length < whole.length; length += 1)
				throws(() => new ChallengeMessage(whole.slice(0, length)), ProtocolError, undefined, `${length} of ${whole.length} bytes`);
		}
	});
	it("is refused without signature or with another type", () => {
		for (const at of [0, 3, 7, 8, 9, 11]) {
			const bytes = sambaChallenge.slice();
			bytes[at]! ^= 1;
			throws(() => new ChallengeMessage(bytes), ProtocolError, /no CHALLENGE_MESSAGE/, `byte ${at}`);
		}
	});
	it("is refused when it strips what NTLMv2 needs", () => {
		for (const name of ["UNICODE", "EXTENDED_SESSIONSECURITY", "TARGET_INFO", "NEGOTIATE_128"] as const) {
			const bytes = sambaChallenge.slice();
			put32(bytes, 20, 0x628A8215 & ~NegotiateFlag[name]);
			throws(() => new ChallengeMessage(bytes), ProtocolError, new RegExp(`lack ${name}`));
		}
	});
	it("is refused when a field lies outside, over the fixed part or past 32 bits", () => {
		for (const [at, name] of [[16, "TargetName"], [44, "TargetInfo"]] as const) {
			for (const offset of [0, 47, sambaChallenge.length, sambaChallenge.length - 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]) {
				const bytes = sambaChallenge.slice();
				put32(bytes, at, offset);
				throws(() => new ChallengeMessage(bytes), ProtocolError, new RegExp(name), `${name} at ${offset}`);
			}
		}
	});
	it("is refused with target information that is none", () => {
		for (const [what, info, message] of [
			["empty", "", /expected MsvAvEOL/],
			["no MsvAvEOL", time, /expected MsvAvEOL/],
			["half a pair", time + "0000", /expected MsvAvEOL/],
			["a value that runs out", "02000500 01020304", /expected MsvAvEOL/],
			["a value of 65535", "0200ffff" + end, /expected MsvAvEOL/],
			["MsvAvEOL with a value", "00000400" + end + end, /AV_PAIR 0 of 4/],
			["a short time", "07000400 01020304" + end, /AV_PAIR 7 of 4/],
			["a long time", "07000900 010203040506070809" + end, /AV_PAIR 7 of 9/],
			["short flags", "06000200 0000" + end, /AV_PAIR 6 of 2/],
			["two times", time + time + end, /AV_PAIR 7 twice/],
			["two names", "02000000 02000000" + end, /AV_PAIR 2 twice/],
			["more than any server sends", "0200000c" + "00".repeat(3072) + end, /at most 3072/],
		] as const)
			throws(() => new ChallengeMessage(challengeWith(info)), ProtocolError, message, what);
	});
	it("throws nothing but ProtocolError, whatever the bytes", () => {
		const next = pseudoRandom(0x4E544C4D);
		let accepted = 0;
		for (let round = 0; round < 1000; round += 1) {
			const bytes = sambaChallenge.slice(0, next() % 4 === 0 ? next() % 135 : 134);
			for (let flips = next() % 6; flips > 0 && bytes.length > 0; flips -= 1)
				bytes[next() % bytes.length] = next() >>> 8;
			try {
				answered(new ChallengeMessage(bytes), "cifs/");
				accepted += 1;
			}
			catch (error) {
				if (!(error instanceof ProtocolError))
					throw error;
			}
		}
		equal(accepted > 50 && accepted < 950, true, `${accepted} of 1000 accepted: the mutations are worth something`);
	});
});

describe("NTLM AUTHENTICATE_MESSAGE", () => {
	it("lays its payload out behind the MIC", () => {
		const message = new AuthenticateMessage({ flags: 0x62888215, user: "u", domain: "do", workstation: "", lmLength: 1, ntLength: 2, keyLength: 3 });
		bytesEqual(message.bytes, `4e544c4d53535000 03000000 0100 0100 5e000000 0200 0200 5f000000 0400 0400 58000000 0200 0200 5c000000 0000 0000 5e000000 0300 0300 61000000
			15828862 060100000000000f 00000000000000000000000000000000 64006f00 7500 00 0000 000000`);
		equal(message.lmAt, 94);
		equal(message.ntAt, 95);
		equal(message.keyAt, 97);
	});
	it("tells no version where none was agreed on", () => bytesEqual(new AuthenticateMessage({ flags: 0x60888215, user: "", domain: "", workstation: "", lmLength: 0, ntLength: 0, keyLength: 0 }).bytes.slice(60, 72), "15828860 0000000000000000"));
});

describe("FILETIME", () => {
	function fileTime(milliseconds: number): Uint8Array {
		const bytes = new Uint8Array(8);
		writeFileTime(milliseconds, bytes, 0);
		return bytes;
	}
	it("counts from 1601", () => {
		bytesEqual(fileTime(-11644473600000), "0000000000000000");
		bytesEqual(fileTime(0), "00803ed5deb19d01");
		bytesEqual(fileTime(1), "10a73ed5deb19d01");
	});
	it("carries from the low half to the high one", () => {
		bytesEqual(fileTime(-11644473600000 + 429496), "80e3ffff00000000");
		bytesEqual(fileTime(-11644473600000 + 429497), "900a000001000000");
	});
	it("is exact in our days, and drops fractions", () => {
		// 2024-02-29T12:34:56.789Z is 133536836967890000.
		bytesEqual(fileTime(1709210096789), "507ce6b30b6bda01");
		bytesEqual(fileTime(1709210096789.9), "507ce6b30b6bda01");
	});
});
