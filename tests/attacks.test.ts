/** What somebody between, or a server that is not what it says, may try: a table of attacks, where each is refused, and by which check. */
import { SPNEGO } from "../modules/auth/spnego.js";
import { ChallengeMessage } from "../modules/auth/ntlm-messages.js";
import { NTLM } from "../modules/auth/ntlm.js";
import { TransportError } from "../modules/errors/errors.js";
import { bytesEqual, ok } from "./support/assert.js";
import { Command, type PeerOptions, Status, type Turn } from "./support/peer.js";
import { load } from "./support/scratch.js";
import { type Bench, bench, pattern, putScan } from "./unit/client/bench.js";

interface Attack {
	attack: string;
	/** What the error has to say. */
	by: RegExp;
	options?: PeerOptions & { answerMs?: number };
	/** Sets the script up. */
	script(it: Bench): void;
}

const sealed: PeerOptions = { cipher: 1, sessionFlags: 4 };

/** Changes the reply to the first request of a command, as it goes out. */
function reply(command: number, change: (reply: Uint8Array, turn: Turn, it: Bench) => readonly Uint8Array[]): (it: Bench) => void {
	return it => { it.peer.tamper = (bytes, turn) => turn.command === command ? change(bytes, turn, it) : undefined; };
}

/** The same before it is signed or sealed. */
function lie(command: number, change: (reply: Uint8Array) => void): (it: Bench) => void {
	return it => {
		it.peer.lie = (bytes, turn) => {
			if (turn.command === command) change(bytes);
			return bytes;
		};
	};
}

function set(at: number, value: number): (bytes: Uint8Array) => void { return bytes => { bytes[at] = value; }; }
function changed(bytes: Uint8Array, change: (bytes: Uint8Array) => void): Uint8Array[] {
	change(bytes);
	return [bytes];
}
/** The last SESSION_SETUP reply, the one that is signed. */
function lastLogOn(change: (reply: Uint8Array) => void): (it: Bench) => void {
	return it => { it.peer.tamper = (bytes, turn) => turn.command === Command.SESSION_SETUP && turn.status === Status.SUCCESS ? changed(bytes, change) : undefined; };
}
const unsign = (bytes: Uint8Array): void => {
	bytes[16]! &= ~8;
	bytes.fill(0, 48, 64);
};
const hangUp = (it: Bench, command: number): void => {
	it.peer.tamper = (_bytes, turn) => {
		if (turn.command !== command) return undefined;
		it.peer.onError(new TransportError("gone", "EOF"));
		return [];
	};
};
const none = (): void => {};
const lessThan = (dialect: number) => (it: Bench): void => { it.policy = { ...it.policy, dialectMin: dialect }; };

const attacks: Attack[] = [
	{ attack: "downgrade to SMB1: the answer is SMB1", by: /answered in SMB1/, script: reply(Command.NEGOTIATE, bytes => changed(bytes, set(0, 0xFF))) },
	{ attack: "downgrade to SMB1: wildcard dialect 0x02FF", by: /0x02FF.*not offered/, options: { dialect: 0x02FF }, script: none },
	{ attack: "downgrade below what is allowed", by: /SMB 2\.1 .*not offered/, options: { dialect: 0x0210 }, script: lessThan(0x0300) },
	{ attack: "3.1.1: the NEGOTIATE reply changed on its way", by: /SESSION_SETUP: the reply's signature is wrong/, script: reply(Command.NEGOTIATE, bytes => changed(bytes, b => { b[64 + 24]! ^= 0x40; })) },
	{ attack: "3.1.1: the cipher struck out of the NEGOTIATE reply", by: /SESSION_SETUP: the reply's signature is wrong/, options: { cipher: 1 }, script: reply(Command.NEGOTIATE, bytes => changed(bytes, set(64 + 64 + 16 + 10, 0))) },
	{ attack: "3.1.1: no preauth integrity", by: /preauth integrity by nothing/, script: lie(Command.NEGOTIATE, set(64 + 64, 5)) },
	{ attack: "3.1.1: a signing algorithm that was not offered", by: /signing algorithm 0x0002 was not offered/, options: { signing: 2 }, script: it => { it.policy = { ...it.policy, signingAlgorithms: [1] }; } },
	{ attack: "3.1.1: a cipher that was not offered", by: /cipher 0x0004 was not offered/, options: { cipher: 4 }, script: it => { it.policy = { ...it.policy, ciphers: [1] }; } },
	...[0x0302, 0x0300, 0x0210, 0x0202].flatMap((dialect): Attack[] => [
		{ attack: `0x0${dialect.toString(16)}: the NEGOTIATE reply changed on its way`, by: /FSCTL_VALIDATE_NEGOTIATE_INFO: the server's NEGOTIATE was changed/, options: { dialect }, script: reply(Command.NEGOTIATE, bytes => changed(bytes, b => { b[64 + 24]! ^= 0x40; })) },
		{ attack: `0x0${dialect.toString(16)}: dialects struck out of our NEGOTIATE, so the server hangs up when asked`, by: /closed the connection when it was asked to confirm its NEGOTIATE/, options: { dialect }, script: it => hangUp(it, Command.IOCTL) },
	]),
	{ attack: "2.1: \"I do not know FSCTL_VALIDATE_NEGOTIATE_INFO\", unsigned", by: /IOCTL: the server's reply is not signed/, options: { dialect: 0x0210 }, script: it => { it.peer.before = turn => { if (turn.command === Command.IOCTL) { turn.status = Status.NOT_SUPPORTED; turn.signed = false; } }; } },
	{ attack: "encryption=required: the server says that it can't", by: /does not encrypt/, script: it => { it.policy = { ...it.policy, encryption: "required" }; } },
	{ attack: "a named user let in as guest", by: /only as guest/, options: { guest: true }, script: none },
	{ attack: "a named user let in as anonymous", by: /only as guest/, options: { sessionFlags: 2 }, script: none },
	{ attack: "the last SESSION_SETUP reply unsigned", by: /SESSION_SETUP: the server's reply is not signed/, script: lastLogOn(unsign) },
	{ attack: "the last SESSION_SETUP reply signed by somebody else", by: /SESSION_SETUP: the reply's signature is wrong/, script: lastLogOn(b => { b[50]! ^= 1; }) },
	{ attack: "with the key: another SessionId in the last SESSION_SETUP reply than in the first", by: /SESSION_SETUP: the server changed the SessionId/, script: it => { it.peer.lie = (bytes, turn) => { if (turn.index === 2) bytes[41]! ^= 1; return bytes; }; } },
	{ attack: "signature stripped from a reply", by: /TREE_CONNECT: the server's reply is not signed/, script: reply(Command.TREE_CONNECT, bytes => changed(bytes, unsign)) },
	{ attack: "a reply signed by somebody else", by: /CREATE: the reply's signature is wrong/, script: reply(Command.CREATE, bytes => changed(bytes, b => { b[63]! ^= 0x80; })) },
	{ attack: "the share's \"encrypt\" flag struck out", by: /TREE_CONNECT: the reply's signature is wrong/, options: { cipher: 1, shareFlags: 0x8000 }, script: reply(Command.TREE_CONNECT, bytes => changed(bytes, b => { b[64 + 5]! ^= 0x80; })) },
	{ attack: "a refusal turned into a success", by: /CREATE: the reply's signature is wrong/, script: reply(Command.CREATE, bytes => changed(bytes, set(8, 0x22))) },
	{ attack: "a reply played twice", by: /message id \d+ .*nobody asked/, script: reply(Command.WRITE, bytes => [bytes, bytes.slice()]) },
	{ attack: "a reply to another request's message id", by: /signature is wrong|nobody asked/, script: reply(Command.WRITE, bytes => changed(bytes, b => { b[24]! ^= 1; })) },
	{ attack: "a reply of another command", by: /answered message id \d+ with/, script: lie(Command.CREATE, set(12, 9)) },
	{ attack: "a reply of another session", by: /belongs to another session/, script: lie(Command.CREATE, set(40, 0)) },
	{ attack: "an unsigned interim response to nothing", by: /put off message id 4711/, script: reply(Command.CREATE, (bytes, turn, it) => [it.peer.pending({ ...turn, messageId: 4711 }), bytes]) },
	{ attack: "an unsigned interim response, and then nothing", by: /no answer/, options: { answerMs: 50 }, script: reply(Command.CREATE, (_bytes, turn, it) => [it.peer.pending(turn)]) },
	{ attack: "encrypted session: a reply in the clear", by: /CREATE: the server's reply is not encrypted/, options: sealed, script: reply(Command.CREATE, (bytes, _turn, it) => [it.peer.reveal(bytes)]) },
	{ attack: "encrypted session: a reply in the clear, signed", by: /CREATE: the server's reply is not encrypted/, options: sealed, script: reply(Command.CREATE, (bytes, _turn, it) => { const plain = it.peer.reveal(bytes); plain[16]! |= 8; it.peer.sign(plain); return [plain]; }) },
	{ attack: "encrypted session: an interim response in the clear", by: /not encrypted/, options: sealed, script: reply(Command.CREATE, (bytes, turn, it) => [it.peer.pending(turn), bytes]) },
	{ attack: "encrypted session: a bit of the message changed", by: /can't be decrypted/, options: sealed, script: reply(Command.CREATE, bytes => changed(bytes, b => { b[60]! ^= 1; })) },
	{ attack: "encrypted session: a bit of the nonce changed", by: /can't be decrypted/, options: sealed, script: reply(Command.CREATE, bytes => changed(bytes, b => { b[20]! ^= 1; })) },
	{ attack: "encrypted session: sealed for another session", by: /encrypted for another session/, options: sealed, script: reply(Command.CREATE, (bytes, _turn, it) => [it.peer.seal(it.peer.reveal(bytes), new Uint8Array(8))]) },
	{ attack: "encrypted session: another session inside", by: /belongs to another session/, options: sealed, script: lie(Command.CREATE, set(40, 0)) },
	{ attack: "encrypted session: a transform within a transform", by: /ProtocolId/, options: sealed, script: reply(Command.CREATE, (bytes, _turn, it) => [it.peer.seal(bytes)]) },
	{ attack: "encrypted session: a length that is not the message's", by: /OriginalMessageSize/, options: sealed, script: reply(Command.CREATE, bytes => changed(bytes, set(36, 1))) },
	{ attack: "encrypted session: a reply played twice", by: /nobody asked/, options: sealed, script: reply(Command.WRITE, bytes => [bytes, bytes.slice()]) },
	{ attack: "an encrypted message in a session that does not encrypt", by: /no encryption was agreed on/, options: { cipher: 1 }, script: reply(Command.CREATE, (bytes, _turn, it) => [it.peer.seal(bytes)]) },
	{ attack: "a compressed message", by: /no compression was agreed on/, script: reply(Command.CREATE, bytes => changed(bytes, set(0, 0xFC))) },
	{ attack: "with the key: fewer bytes written than were sent, called a success", by: /took 99 of 100 bytes/, script: lie(Command.WRITE, set(64 + 4, 99)) },
	{ attack: "with the key: another length than was sent", by: /says that 0 of 100 bytes arrived/, script: lie(Command.QUERY_INFO, set(72 + 8, 0)) },
	{ attack: "with the key: a chain of replies that goes nowhere", by: /NextCommand/, script: lie(Command.CREATE, set(20, 4)) },
	{ attack: "with the key: a context that points outside", by: /CREATE|signature|ends at/, script: lie(Command.NEGOTIATE, set(64 + 60, 0xF0)) },
	{ attack: "no more credits", by: /granted no credits/, options: { credits: 0 }, script: none },
	{ attack: "silence", by: /no answer/, options: { answerMs: 50 }, script: reply(Command.WRITE, () => []) },
];

/** Attacks on the log-on's tokens, which need no server. */
const tokens: { attack: string; by: RegExp; run(): unknown }[] = [
	{ attack: "NTLM: flags struck out of the CHALLENGE", by: /NTLM CHALLENGE: flags .* lack/, run: () => new ChallengeMessage(challenge(0)) },
	{ attack: "NTLM: target information that points outside", by: /TargetInfo of 65535 bytes/, run: () => { const bytes = challenge(0xE2898215); bytes[40] = bytes[41] = 255; return new ChallengeMessage(bytes); } },
	{ attack: "SPNEGO: accepted before anything was proved", by: /accepted before NTLMv2 was through/, run: async () => {
		const spnego = logOn();
		await spnego.initial();
		spnego.finish(Uint8Array.of(0xA1, 7, 0x30, 5, 0xA0, 3, 0x0A, 1, 0));
	} },
	{ attack: "SPNEGO: a mechanism that was not offered", by: /supportedMech is none that was offered/, run: async () => {
		const spnego = logOn();
		await spnego.initial();
		await spnego.step(Uint8Array.of(0xA1, 14, 0x30, 12, 0xA0, 3, 0x0A, 1, 1, 0xA1, 5, 0x06, 3, 0x2A, 3, 4));
	} },
];

function logOn(): SPNEGO { return new SPNEGO([new NTLM({ user: "anna", password: "secret", server: "nas" })]); }

/** A CHALLENGE_MESSAGE with those flags and empty target information. */
function challenge(flags: number): Uint8Array {
	const bytes = new Uint8Array(52);
	bytes.set([0x4E, 0x54, 0x4C, 0x4D, 0x53, 0x53, 0x50, 0, 2]);
	new DataView(bytes.buffer).setUint32(20, flags, true);
	bytes[40] = bytes[42] = 4;
	bytes[44] = 48;
	return bytes;
}

const names = Object.entries(Command);
const rows: string[][] = [];

describe("attacks", () => {
	for (const { attack, by, options = {}, script } of attacks)
		it(attack, () => bench(options, async it => {
			script(it);
			putScan(it, "scan.pdf", pattern(100));
			const [outcome] = await it.upload({ after: "delete" });
			const reason = outcome!.reason;
			ok(reason && by.test(reason.message), `${String(by)} expected, got ${reason?.message ?? "a success"}`);
			bytesEqual(load(`${it.folder}/scan.pdf`), pattern(100), "the scan stays");
			ok(!it.peer.files.has("scan.pdf"), "nothing was published");
			const last = it.peer.turns[it.peer.turns.length - 1]!;
			rows.push([attack, names.find(([, command]) => command === last.command)![0], `${reason.name}: ${reason.message}`]);
		}));

	for (const { attack, by, run } of tokens)
		it(attack, async () => {
			let reason: Error | undefined;
			try { await run(); }
			catch (error) { reason = error as Error; }
			ok(reason && by.test(reason.message), `${String(by)} expected, got ${reason?.message ?? "a success"}`);
			rows.push([attack, "the log-on's token", `${reason.name}: ${reason.message}`]);
		});

	after(() => {
		const widths = [0, 1].map(column => Math.max(...rows.map(row => row[column]!.length)));
		console.log(["", ["attack", "refused at", "by"], ...rows].map(row => typeof row === "string" ? row : `      ${row[0]!.padEnd(widths[0]!)}  ${row[1]!.padEnd(widths[1]!)}  ${row[2]!.slice(0, 110)}`).join("\n"));
	});
});
