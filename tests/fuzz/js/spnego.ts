/** The log-on: a server's SPNEGO tokens at each step, with NTLM inside. */
import { DERReader } from "../../../modules/auth/der.js";
import type { Mechanism } from "../../../modules/auth/mechanism.js";
import { NTLM } from "../../../modules/auth/ntlm.js";
import { SPNEGO } from "../../../modules/auth/spnego.js";
import { AuthenticationError, ProtocolError } from "../../../modules/errors/errors.js";
import { ok } from "../../support/assert.js";
import { hex } from "../../support/hex.js";
import { fixedEntropy } from "../../unit/auth/keys.js";
import * as samba from "../../vectors/ntlm-samba.js";
import { Input, outcomeOf, parts, sumOf } from "../guide/target.js";

/** A mechanism of one token each way, without a key. */
class OneToken implements Mechanism {
	readonly oid = hex("2a864886f712010202");
	readonly name = "One Token";
	readonly sessionKey = undefined;
	done = false;
	initial(): Uint8Array { return Uint8Array.of(0xF1); }
	step(token: Uint8Array): undefined {
		if (token[0] !== 0xF2) throw new ProtocolError("One Token: no F2");
		this.done = true;
	}
	mic(): Uint8Array { throw new TypeError("no key"); }
	verifyMIC(): boolean { throw new TypeError("no key"); }
	close(): void {}
}

/** That a token of ours is one DER element. */
function wellFormed(token: Uint8Array): string {
	const reader = new DERReader(token, "our own token");
	reader.skip();
	ok(!reader.more, "more than one element");
	return sumOf(token);
}

/** Which mechanisms and how many rounds; then the hint and the tokens, the last of which comes with SUCCESS. */
export function run(bytes: Uint8Array): Promise<string> {
	const input = new Input(bytes), options = input.byte();
	const [account] = samba.accounts;
	const ntlm = new NTLM({ user: account!.user, domain: account!.domain, password: account!.password, server: "testnas.local", entropy: fixedEntropy, guest: (options & 1) !== 0 });
	const spnego = new SPNEGO((options & 2) !== 0 ? [new OneToken(), ntlm] : (options & 4) !== 0 ? [ntlm, new OneToken()] : [ntlm]);
	return outcomeOf([ProtocolError, AuthenticationError], async () => {
		try {
			let all = wellFormed(await spnego.initial(input.part()));
			for (let left = options >> 3 & 3; left > 0; left--) all += ` ${wellFormed(await spnego.step(input.part()))}`;
			spnego.finish(input.part());
			ok(spnego.complete);
			return `${all} ${spnego.name} ${spnego.sessionKey !== undefined}`;
		}
		finally { spnego.close(); }
	});
}

export const length = 4000;

export const seeds = (): Uint8Array[] => samba.accounts.flatMap(({ challenge }) => [
	Uint8Array.of(8, ...parts(hex(samba.hint), hex(challenge), hex("a1073005a0030a0100"))),
	Uint8Array.of(9, ...parts(new Uint8Array(0), hex(challenge), new Uint8Array(0))),
	Uint8Array.of(2 + 16, ...parts(new Uint8Array(0), hex("a1153013a0030a0103a10c060a2b06010401823702020a"), hex(challenge), hex("a1073005a0030a0100"))),
]);
