/** NTLM's CHALLENGE, and the AUTHENTICATE that answers it. */
import { NTLM } from "../../../modules/auth/ntlm.js";
import { AvId, get16, get32 } from "../../../modules/auth/ntlm-messages.js";
import { ProtocolError } from "../../../modules/errors/errors.js";
import { equal, ok } from "../../support/assert.js";
import { hex } from "../../support/hex.js";
import { fixedEntropy } from "../../unit/auth/keys.js";
import * as nlmp from "../../vectors/ntlm.js";
import * as samba from "../../vectors/ntlm-samba.js";
import { Input, outcome, sumOf } from "../guide/target.js";

/** That the fields of an AUTHENTICATE_MESSAGE lie one after the other behind its fixed part, and fill it ([MS-NLMP] 2.2.1.3). */
function checkLayout(message: Uint8Array): void {
	let end = 88;
	for (const at of [28, 36, 44, 12, 20, 52]) {
		equal(get16(message, at), get16(message, at + 2), "Len and MaxLen");
		equal(get32(message, at + 4), end, "where a field lies");
		end += get16(message, at);
	}
	equal(end, message.length, "the end of the message");
}

/** That the pairs in the NT response end, and ours are there once. */
function checkPairs(message: Uint8Array): void {
	const length = get16(message, 20), start = get32(message, 24), end = start + length;
	if (length === 0) return;
	const seen: number[] = [];
	for (let at = start + 44, id = -1; id !== AvId.EOL; at += 4 + get16(message, at + 2)) {
		ok(at + 4 <= end, "the pairs do not end");
		seen.push(id = get16(message, at));
	}
	for (const id of [AvId.FLAGS, AvId.TARGET_NAME, AvId.CHANNEL_BINDINGS]) equal(seen.filter(one => one === id).length, 1, "a pair of ours");
}

/** Who logs on, then the CHALLENGE. */
export function run(bytes: Uint8Array): string {
	const input = new Input(bytes), options = input.byte(), challenge = input.rest(), notes: string[] = [];
	const ntlm = (options & 1) !== 0 ? new NTLM() : new NTLM({
		user: "anna", password: "secret", domain: "HOME", server: "nas", guest: (options & 2) !== 0, entropy: fixedEntropy,
		now: () => (options & 4) !== 0 ? 1700000000000 : undefined, note: line => notes.push(line),
	});
	try {
		return outcome([ProtocolError], () => {
			const before = sumOf(challenge), answer = ntlm.step(challenge);
			equal(sumOf(challenge), before, "the challenge");
			checkLayout(answer);
			checkPairs(answer);
			ok(ntlm.done);
			if (ntlm.sessionKey) ok(!ntlm.verifyMIC(challenge, ntlm.mic(challenge)), "our own MIC as the server's");
			return `${sumOf(answer)} ${notes.join()}`;
		});
	}
	finally { ntlm.close(); }
}

export const length = 4000;

export const seeds = (): Uint8Array[] => [0, 1, 2, 4].flatMap(options => [nlmp.challengeMessage, samba.smbclient.challenge.slice(-268)].map(message => Uint8Array.of(options, ...hex(message))));
