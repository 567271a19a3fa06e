/** An upload to a server that knows the keys and lies: its replies are changed, then signed or sealed as if they were true. */
import { hex } from "../../support/hex.js";
import { lieTo, sessions } from "../../unit/client/lies.js";
import { settled, timeIsVirtual } from "../guide/settled.js";
import { Input } from "../guide/target.js";

const kinds = [...Object.values(sessions), { credits: 1, compounds: true }, { dialect: 0x0300, shareFlags: 0x8000 }, { signing: 0, cipher: 4, sessionFlags: 4 }];
/** NEGOTIATE to CLOSE, and the way out. */
const turns = 14;

interface Lie { turn: number; how: number; at: number; bytes: Uint8Array }

/** Which session, then lies: the turn that it is told at, how, where, and its bytes. */
export function run(bytes: Uint8Array): Promise<string> {
	const input = new Input(bytes), options = kinds[input.byte() % kinds.length]!, lies: Lie[] = [];
	while (input.left > 0 && lies.length < 8) {
		const head = input.byte();
		lies.push({ turn: head % turns, how: Math.floor(head / turns), at: input.number(), bytes: input.take(1 + (input.byte() & 15)) });
	}
	return lieTo({ ...options, answerMs: timeIsVirtual ? 40 : 1000 }, (reply, turn) => {
		let out = reply;
		for (const lie of lies) {
			if (lie.turn !== turn.index || out.length === 0) continue;
			const at = lie.at % out.length;
			// Most lies put other bytes in the place of true ones; some cut the reply off there, or put theirs in between.
			if (lie.how < 12) out.set(lie.bytes.subarray(0, out.length - at), at);
			// What is signed or chained has a header for that.
			else if (lie.how < 15) out = out.slice(0, turn.signed || options.compounds ? Math.max(64, at) : at);
			else out = Uint8Array.of(...out.subarray(0, at), ...lie.bytes, ...out.subarray(at));
		}
		// GMAC has no nonce for a MessageId of 2^53 or more, on neither side.
		if (options.signing === 2 && turn.signed) out.fill(0, 30, 32);
		return out;
	}, "a lie", settled);
}

export const length = 160;
/** An upload takes its turns whatever the input's length: polls of time, entries of tables. */
export const steps = [40000, 400] as const;
export const seeds = (): Uint8Array[] => kinds.map((_, i) => Uint8Array.of(i, ...hex("05 0042 01 ffff".replace(/ /g, ""))));
