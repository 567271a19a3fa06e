/**
 * A server that knows the keys and lies: one number in one reply is changed, then the reply is signed or sealed as if it were true. Whatever the lie,
 * the client ends in a documented error or delivers the scan, soon, and never loses it. liar.test.ts tells some lies, the fuzzer many more.
 */
import { AuthenticationError, ProtocolError, StatusError, StorageError, TransportError } from "../../../modules/errors/errors.js";
import { bytesEqual, ok } from "../../support/assert.js";
import type { Peer, PeerOptions } from "../../support/peer.js";
import { Random, WILD } from "../../support/random.js";
import { load } from "../../support/scratch.js";
import { bench, pattern, putScan } from "./bench.js";

/** Sessions to be lied to. */
export const sessions: Readonly<Record<string, PeerOptions & { encrypt?: boolean }>> = Object.freeze({
	"3.1.1, signed": {},
	"3.1.1, signed by AES-GMAC, compounds": { signing: 2, compounds: true },
	"3.1.1, encrypted": { cipher: 2, encrypt: true },
	"3.0.2, encrypted, compounds": { dialect: 0x0302, encrypt: true, compounds: true },
	"2.1": { dialect: 0x0210 },
	"2.0.2": { dialect: 0x0202 },
});

const documented = [AuthenticationError, ProtocolError, StatusError, StorageError, TransportError];
const answerMs = 40;

/** One session that is lied to, and what becomes of the scan: a documented error and the scan stays, or it arrives. Returns which. Throws what the client should not have done. */
export async function lieTo(options: PeerOptions & { encrypt?: boolean; answerMs?: number }, lie: Peer["lie"], told = "a lie", wait: <T>(promise: Promise<T>) => Promise<T> = promise => promise): Promise<string> {
	let result = "";
	await bench({ answerMs, ...options }, async it => {
		if (options.encrypt)
			it.policy = { ...it.policy, encryption: "required" };
		it.peer.lie = lie;
		putScan(it, "scan.pdf", pattern(300));
		const [outcome] = await wait(it.upload({ after: "delete" }));
		if (outcome!.reason) {
			ok(documented.some(ErrorClass => outcome!.reason instanceof ErrorClass), `${told}: ${outcome!.reason.name}: ${outcome!.reason.message}`);
			bytesEqual(load(`${it.folder}/scan.pdf`), pattern(300), `${told}: the scan stays`);
		}
		else
			bytesEqual(Uint8Array.from(it.peer.files.get(outcome!.name!)?.bytes ?? []), pattern(300), `${told}: the scan arrived`);
		result = outcome!.reason ? `${outcome!.reason.name}: ${outcome!.reason.message}` : `arrived as ${outcome!.name}`;
	});
	return result;
}

/** Tells count lies, chosen by seed, to such a session; turn after turn. Throws what the client should not have done. */
export async function tellLies(options: PeerOptions & { encrypt?: boolean }, seed: number, count: number): Promise<void> {
	const random = new Random(seed);
	for (let n = 0; n < count; n++) {
		const index = n % 13, width = 1 << random.below(3), value = random.below(4) === 0 ? random.below(256) : WILD[random.below(WILD.length)]!, place = random.below(1 << 16);
		await lieTo(options, (reply, turn) => {
			if (turn.index === index) {
				const at = place % reply.length;
				for (let i = 0; i < width && at + i < reply.length; i++)
					reply[at + i] = Math.floor(value / 2 ** (8 * i));
			}
			return reply;
		}, `seed ${seed}, lie ${n}: ${width} bytes at ${place} of turn ${index} become ${value}`);
	}
}
