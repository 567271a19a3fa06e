import { Key } from "../../../hosts/crypto/key.js";
import type { Mechanism } from "../../../modules/auth/mechanism.js";
import { NTLM } from "../../../modules/auth/ntlm.js";
import { SPNEGO } from "../../../modules/auth/spnego.js";
import { AuthenticationError, ProtocolError } from "../../../modules/errors/errors.js";
import { bytesEqual, deepEqual, equal, ok, rejects, throws } from "../../support/assert.js";
import { hex, toHex } from "../../support/hex.js";
import * as samba from "../../vectors/ntlm-samba.js";
import { fixedEntropy, pseudoRandom, reveal } from "./keys.js";

const [account] = samba.accounts;
const ntlmOID = "2b06010401823702020a", kerberosOID = "2a864886f712010202";

function ntlm(options: { user?: string; domain?: string; password?: string; guest?: boolean } = {}): NTLM {
	const { user, domain, password, guest } = account!;
	return new NTLM({ user, domain, password, guest, workstation: "SCANNER", server: "testnas.local", entropy: fixedEntropy, ...options });
}

/** A mechanism of one round trip, as Kerberos is one: it waits before its first token, and its MIC is 4 bytes that tell who signed. */
class OneRound implements Mechanism {
	readonly oid = hex(kerberosOID);
	readonly name = "One Round";
	readonly heard: string[] = [];
	readonly #key = new Key(16);
	readonly #first: Uint8Array | Error;
	done = false;
	closed = false;

	constructor(first: Uint8Array | Error = hex("f1")) { this.#first = first; }
	get sessionKey(): Key | undefined { return this.done ? this.#key : undefined; }
	async initial(): Promise<Uint8Array | undefined> {
		await undefined;
		this.heard.push("initial");
		if (this.#first instanceof Error)
			throw this.#first;
		return this.#first;
	}
	step(token: Uint8Array): undefined {
		bytesEqual(token, "f2");
		this.heard.push("step");
		this.done = true;
	}
	mic(bytes: Uint8Array): Uint8Array { return Uint8Array.of(0xC0, bytes.length, 0, 1); }
	verifyMIC(bytes: Uint8Array, mic: Uint8Array): boolean { return mic.length === 4 && mic[0] === 0x50 && mic[1] === bytes.length; }
	close(): void {
		this.closed = true;
		this.#key.close();
	}
}

/** A negotiation of recorded tokens, up to the server's last. */
async function recorded(options: Parameters<typeof ntlm>[0] = {}, { challenge, authenticate } = account!): Promise<SPNEGO> {
	const spnego = new SPNEGO([ntlm(options)]);
	bytesEqual(await spnego.initial(hex(samba.hint)), samba.initial);
	bytesEqual(await spnego.step(hex(challenge)), authenticate);
	return spnego;
}

const mechanismsWithNTLMSecond = (): [OneRound, NTLM] => [new OneRound(), ntlm()];
/** An element of less than 128 bytes, in hex digits. */
function der(tag: string, ...content: string[]): string {
	const bytes = hex(content.join(""));
	return tag + toHex(Uint8Array.of(bytes.length)) + toHex(bytes);
}

/** A NegTokenResp, its parts in hex digits. */
function reply(parts: { state?: string; mechanism?: string; token?: string; mic?: string; more?: string }): string {
	const { state, mechanism, token, mic, more = "" } = parts;
	return der("a1", der("30",
		state === undefined ? "" : der("a0", der("0a", state)),
		mechanism === undefined ? "" : der("a1", der("06", mechanism)),
		token === undefined ? "" : der("a2", der("04", token)),
		mic === undefined ? "" : der("a3", der("04", mic)),
		more));
}
const completed = "00", incomplete = "01", rejected = "02", micWanted = "03";

/** The list of both, as mechListMIC signs it, and what One Round signs it with. */
const bothTypes = hex(der("30", der("06", kerberosOID), der("06", ntlmOID)));
const clientMIC = "c0" + toHex(Uint8Array.of(bothTypes.length)) + "0001", serverMIC = "50" + clientMIC.slice(2);

describe("SPNEGO with NTLM", () => {
	it("says what Samba accepted, byte for byte, and accepts its answer", async () => {
		for (const each of samba.accounts) {
			const { user, domain, password, guest } = each;
			const spnego = await recorded({ user, domain, password, guest }, each);
			ok(!spnego.complete);
			spnego.finish(hex(each.completed));
			ok(spnego.complete);
			equal(spnego.name, guest ? "NTLMv2 guest" : "NTLMv2");
			if (guest)
				equal(spnego.sessionKey, undefined);
			else
				bytesEqual(reveal(spnego.sessionKey!), "55".repeat(16));
			spnego.close();
		}
	});
	it("says what Samba accepted as anonymous", async () => {
		const spnego = new SPNEGO([new NTLM()]);
		bytesEqual(await spnego.initial(new Uint8Array(0)), samba.initial);
		bytesEqual(await spnego.step(hex(samba.anonymous.challenge)), samba.anonymous.authenticate);
		spnego.finish(hex(samba.anonymous.completed));
		equal(spnego.sessionKey, undefined);
		spnego.close();
	});
	it("offers NTLM where the server gives no hint, Samba's or Windows's", async () => {
		for (const hint of [undefined, new Uint8Array(0), hex(samba.hint), hex(samba.windowsHint)]) {
			const spnego = new SPNEGO([ntlm()]);
			bytesEqual(await spnego.initial(hint), samba.initial);
			spnego.close();
		}
	});

	it("takes no last token but the server's own, every byte of its MIC", async () => {
		for (let at = 0; at < 16; at += 1) {
			const spnego = await recorded(), token = hex(account!.completed);
			token[token.length - 16 + at]! ^= 1 << at % 8;
			throws(() => spnego.finish(token), ProtocolError, /mechListMIC is wrong/);
			ok(!spnego.complete);
			spnego.close();
		}
	});
	it("can do without the server's MIC where the preferred mechanism was taken", async () => {
		for (const last of [reply({ state: completed }), ""]) {
			const spnego = await recorded();
			spnego.finish(hex(last));
			ok(spnego.complete);
			spnego.close();
		}
	});
	it("insists on the server's MIC once the server has asked for ours", async () => {
		const spnego = new SPNEGO([ntlm()]), challenge = hex(account!.challenge);
		await spnego.initial();
		equal(challenge[10], 1, "accept-incomplete");
		challenge[10] = 3;
		await spnego.step(challenge);
		throws(() => spnego.finish(hex(reply({ state: completed }))), ProtocolError, /mechListMIC is missing/);
		throws(() => spnego.finish(new Uint8Array(0)), ProtocolError, /mechListMIC is missing/);
		spnego.finish(hex(account!.completed));
		ok(spnego.complete);
		spnego.close();
	});
	it("does not look at a MIC that a guest cannot verify", async () => {
		const guest = samba.accounts[2]!, spnego = await recorded(guest, guest);
		spnego.finish(hex(account!.completed));
		ok(spnego.complete);
		spnego.close();
	});

	it("refuses acceptance before NTLM was through", async () => {
		for (const last of [reply({ state: completed }), ""]) {
			const spnego = new SPNEGO([ntlm()]);
			await spnego.initial();
			throws(() => spnego.finish(hex(last)), ProtocolError, /before NTLMv2 was through/);
			spnego.close();
		}
	});
	it("takes reject for what it is", async () => {
		const reject = hex(reply({ state: rejected })), first = new SPNEGO([ntlm()]);
		await first.initial();
		await rejects(() => first.step(reject), AuthenticationError, /rejected NTLMv2/);
		const second = await recorded();
		throws(() => second.finish(reject), AuthenticationError);
		first.close();
		second.close();
	});
	it("refuses answers that do not fit their status", async () => {
		const spnego = await recorded();
		await rejects(() => spnego.step(hex(reply({ state: incomplete }))), ProtocolError, /is through/);
		await rejects(() => spnego.step(hex(account!.completed)), ProtocolError, /expects another token/);
		await rejects(() => spnego.step(hex(account!.challenge)), ProtocolError, /which is through/);
		throws(() => spnego.finish(hex(reply({ state: incomplete }))), ProtocolError, /expected accept-completed/);
		throws(() => spnego.finish(hex(reply({}))), ProtocolError, /expected accept-completed/);
		ok(!spnego.complete);
		spnego.close();
	});
	it("refuses a mechanism that was not offered, and a state that there is none of", async () => {
		const spnego = new SPNEGO([ntlm()]);
		await spnego.initial();
		await rejects(() => spnego.step(hex(reply({ state: incomplete, mechanism: kerberosOID }))), ProtocolError, /supportedMech/);
		for (const state of ["04", "ff", "7f"])
			await rejects(() => spnego.step(hex(reply({ state }))), ProtocolError, /negState/);
		spnego.close();
	});
	it("passes over fields of a later version, in hint and answer", async () => {
		const spnego = new SPNEGO([ntlm()]);
		const fields = der("a0", der("30", der("06", ntlmOID))) + "a1020500 a4020500 a500";
		await spnego.initial(hex(der("60", der("06", "2b0601050502"), der("a0", der("30", fields)))));
		await spnego.step(hex(account!.challenge));
		spnego.finish(hex(reply({ state: completed, more: "a4020500" })));
		ok(spnego.complete);
		spnego.close();
	});

	it("gives only ProtocolError for tokens cut at any length", async () => {
		const hint = hex(samba.windowsHint), challenge = hex(account!.challenge), last = hex(account!.completed);
		for (let length = 1; length < hint.length; length += 1) {
			const spnego = new SPNEGO([new OneRound()]);
			await rejects(() => spnego.initial(hint.slice(0, length)), ProtocolError, undefined, `hint, ${length} bytes`);
			spnego.close();
		}
		const spnego = new SPNEGO([ntlm()]);
		await spnego.initial();
		for (let length = 0; length < challenge.length; length += 1)
			await rejects(() => spnego.step(challenge.slice(0, length)), ProtocolError, undefined, `challenge, ${length} bytes`);
		await spnego.step(challenge);
		for (let length = 1; length < last.length; length += 1)
			throws(() => spnego.finish(last.slice(0, length)), ProtocolError, undefined, `completed, ${length} bytes`);
		spnego.finish(last);
		spnego.close();
	});
	it("gives only ProtocolError and AuthenticationError, whatever the bytes", async () => {
		const next = pseudoRandom(4178), accepted = [0, 0, 0];
		const tokens = [hex(samba.windowsHint), hex(account!.challenge), hex(account!.completed)];
		for (let round = 0; round < 600; round += 1) {
			const at = round % 3, token = tokens[at]!.slice(0, next() % 8 ? undefined : next() % 60);
			for (let flips = next() % 4; flips > 0 && token.length > 0; flips -= 1)
				token[next() % Math.min(token.length, next() & 1 ? 40 : 1000)] = next() >>> 8;
			const spnego = new SPNEGO([ntlm()]);
			try {
				await spnego.initial(at === 0 ? token : tokens[0]);
				if (at > 0)
					await spnego.step(at === 1 ? token : tokens[1]!);
				if (at > 1)
					spnego.finish(token);
				accepted[at]! += 1;
			}
			catch (error) {
				if (!(error instanceof ProtocolError || error instanceof AuthenticationError))
					throw error;
			}
			spnego.close();
		}
		ok(accepted.every(count => count > 20 && count < 180), `${accepted.join()} of 200 each accepted: the mutations are worth something`);
	});

	it("wipes its mechanism's key on close, which may come twice", async () => {
		const spnego = await recorded(), key = spnego.sessionKey!;
		equal(key.length, 16);
		spnego.close();
		spnego.close();
		throws(() => reveal(key));
	});
	it("refuses calls out of order", async () => {
		throws(() => new SPNEGO([]), RangeError);
		const early = new SPNEGO([ntlm()]);
		throws(() => early.finish(new Uint8Array(0)), TypeError);
		await rejects(() => early.step(hex(account!.challenge)), TypeError);
		early.close();
		const late = await recorded();
		late.finish(hex(account!.completed));
		await rejects(() => late.step(hex(account!.challenge)), TypeError);
		late.close();
	});
});

describe("SPNEGO with two mechanisms", () => {
	it("offers both, with the first one's token, and needs one round with it", async () => {
		const [kerberos, second] = mechanismsWithNTLMSecond(), spnego = new SPNEGO([kerberos, second]);
		bytesEqual(await spnego.initial(hex(samba.windowsHint)), der("60", der("06", "2b0601050502"), der("a0", der("30",
			der("a0", toHex(bothTypes)), der("a2", der("04", "f1"))))));
		equal(spnego.name, "One Round");
		spnego.finish(hex(reply({ state: completed, mechanism: kerberosOID, token: "f2" })));
		ok(spnego.complete);
		deepEqual(kerberos.heard, ["initial", "step"]);
		ok(spnego.sessionKey === kerberos.sessionKey);
		spnego.close();
		ok(kerberos.closed);
	});
	it("verifies the MIC that comes with the last token", async () => {
		for (const [mic, right] of [[serverMIC, true], [clientMIC, false]] as const) {
			const spnego = new SPNEGO(mechanismsWithNTLMSecond());
			await spnego.initial();
			const last = hex(reply({ state: completed, token: "f2", mic }));
			if (right)
				spnego.finish(last);
			else
				throws(() => spnego.finish(last), ProtocolError, /mechListMIC is wrong/);
			equal(spnego.complete, right);
			spnego.close();
		}
	});
	it("answers with a MIC alone where the server wants one and the mechanism is through", async () => {
		const spnego = new SPNEGO(mechanismsWithNTLMSecond());
		await spnego.initial();
		bytesEqual(await spnego.step(hex(reply({ state: micWanted, mechanism: kerberosOID, token: "f2" }))), reply({ state: incomplete, mic: clientMIC }));
		throws(() => spnego.finish(hex(reply({ state: completed }))), ProtocolError, /mechListMIC is missing/);
		spnego.finish(hex(reply({ state: completed, mic: serverMIC })));
		ok(spnego.complete);
		spnego.close();
	});

	it("offers only what the server lists, and says so where that is nothing", async () => {
		const kerberos = new OneRound(), spnego = new SPNEGO([kerberos, ntlm()]);
		bytesEqual(await spnego.initial(hex(samba.hint)), samba.initial);
		deepEqual(kerberos.heard, []);
		spnego.close();
		const none = new SPNEGO([new OneRound()]);
		await rejects(() => none.initial(hex(samba.hint)), AuthenticationError, /does not offer One Round/);
		none.close();
	});
	it("goes on to the next where one cannot start", async () => {
		class Absent extends OneRound { override async initial(): Promise<undefined> { return undefined; } }
		const second = new SPNEGO([new Absent(), ntlm()]);
		bytesEqual(await second.initial(hex(samba.windowsHint)), samba.initial);
		equal(second.name, "NTLMv2");
		second.close();
		const alone = new SPNEGO([new Absent()]);
		await rejects(() => alone.initial(), AuthenticationError, /cannot start/);
		alone.close();
	});
	it("tries no other where the credentials are wrong", async () => {
		const spnego = new SPNEGO([new OneRound(new AuthenticationError("wrong password")), ntlm()]);
		await rejects(() => spnego.initial(), AuthenticationError, /wrong password/);
		spnego.close();
	});

	it("starts over with the second where the server chooses it, and then insists on the MIC", async () => {
		const [kerberos, second] = mechanismsWithNTLMSecond(), spnego = new SPNEGO([kerberos, second]);
		await spnego.initial();
		bytesEqual(await spnego.step(hex(reply({ state: micWanted, mechanism: ntlmOID }))), reply({ state: incomplete, token: samba.initial.slice(-80) }));
		equal(spnego.name, "NTLMv2");
		const answer = await spnego.step(hex(account!.challenge));
		bytesEqual(answer.slice(-16), second.mic(bothTypes), "over both mechanisms");
		throws(() => spnego.finish(hex(reply({ state: completed }))), ProtocolError, /mechListMIC is missing/);
		throws(() => spnego.finish(hex(account!.completed)), ProtocolError, /mechListMIC is wrong/, "the one of a session where NTLM stood alone");
		deepEqual(kerberos.heard, ["initial"]);
		spnego.close();
	});
	it("lets the server choose once", async () => {
		const spnego = new SPNEGO(mechanismsWithNTLMSecond());
		await spnego.initial();
		await spnego.step(hex(reply({ state: incomplete, mechanism: ntlmOID })));
		await rejects(() => spnego.step(hex(reply({ state: incomplete, mechanism: kerberosOID }))), ProtocolError, /changed its mind/);
		spnego.close();
	});
	it("refuses acceptance by a mechanism that has not begun", async () => {
		const spnego = new SPNEGO(mechanismsWithNTLMSecond());
		await spnego.initial();
		throws(() => spnego.finish(hex(reply({ state: completed, mechanism: ntlmOID }))), ProtocolError, /has not begun/);
		spnego.close();
	});
});
