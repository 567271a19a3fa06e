/** SPNEGO (RFC 4178, [MS-SPNG]) as a client: agrees on a mechanism, carries its tokens, and protects the choice by mechListMIC. */
import type { Key } from "../../hosts/crypto/key.js";
import { AuthenticationError, ProtocolError } from "../errors/errors.js";
import { applicationTag, contextTag, DERReader, DERWriter, Tag } from "./der.js";
import type { Mechanism } from "./mechanism.js";

/** RFC 4178 4.2.2 NegState. */
export const NegState = Object.freeze({ ACCEPT_COMPLETED: 0, ACCEPT_INCOMPLETE: 1, REJECT: 2, REQUEST_MIC: 3 } as const);

/** 1.3.6.1.5.5.2 */
const SPNEGO_OID = new Uint8Array([0x2B, 0x06, 0x01, 0x05, 0x05, 0x02]);

/** A NegTokenResp as received. */
interface Reply {
	readonly state: number | undefined;
	/** Index among the mechanisms offered; undefined where the server named none. */
	readonly chosen: number | undefined;
	readonly token: Uint8Array | undefined;
	readonly mic: Uint8Array | undefined;
}

/**
 * One negotiation: initial(), then step() for every answer with MORE_PROCESSING_REQUIRED, then finish() for the one with SUCCESS. The mechanisms
 * belong to it from the start.
 */
export class SPNEGO {
	readonly #mechanisms: readonly Mechanism[];
	/** Those named in our NegTokenInit, best first. */
	#offered: readonly Mechanism[] = [];
	#current: Mechanism | undefined;
	/** The MechTypeList as sent: what mechListMIC signs. */
	#mechTypes: Uint8Array | undefined;
	#answered = false;
	#micRequired = false;
	#micSent = false;
	#micVerified = false;
	#complete = false;

	/** mechanisms: best first, at least one. */
	constructor(mechanisms: readonly Mechanism[]) {
		if (mechanisms.length === 0)
			throw new RangeError("SPNEGO: no mechanism");
		this.#mechanisms = mechanisms;
	}

	/** The mechanism in use, for the log. */
	get name(): string { return this.#current ? this.#current.name : "SPNEGO"; }
	/** Whether both sides are done. */
	get complete(): boolean { return this.#complete; }
	/** The mechanism's own key: there from the last step() on, copied by whoever needs it past close(). */
	get sessionKey(): Key | undefined { return this.#current?.sessionKey; }

	/**
	 * The NegTokenInit. hint: the security buffer of the NEGOTIATE response, a NegTokenInit2 ([MS-SPNG] 2.2.1) or empty; what it does not list is not
	 * offered. AuthenticationError where that leaves nothing.
	 */
	async initial(hint?: Uint8Array): Promise<Uint8Array> {
		const listed = hint && hint.length > 0 ? listedBy(hint, this.#mechanisms) : this.#mechanisms;
		for (let i = 0; i < listed.length; i += 1) {
			const token = await listed[i].initial();
			if (token) {
				this.#offered = i === 0 ? listed : listed.slice(i);
				this.#current = listed[i];
				return this.#negTokenInit(token);
			}
		}
		const wanted = this.#mechanisms.map(mechanism => mechanism.name).join(", ");
		throw new AuthenticationError(listed.length === 0 ? `SPNEGO: the server does not offer ${wanted}` : `SPNEGO: ${wanted} cannot start`);
	}

	/** The answer to a token that came with MORE_PROCESSING_REQUIRED. */
	async step(token: Uint8Array): Promise<Uint8Array> {
		const reply = this.#receive(token);
		if (reply.state === NegState.ACCEPT_COMPLETED)
			throw new ProtocolError("SPNEGO: accept-completed, but the server expects another token");
		let answer: Uint8Array | undefined;
		if (reply.chosen !== undefined && this.#offered[reply.chosen] !== this.#current) {
			// The optimistic token was for another mechanism: this one starts over, and only mechListMIC can tell that nobody else chose (RFC 4178 5).
			this.#current = this.#offered[reply.chosen];
			answer = await this.#current.initial();
			if (!answer)
				throw new AuthenticationError(`SPNEGO: the server insists on ${this.#current.name}, which cannot start`);
		}
		else
			answer = this.#advance(reply);
		return this.#negTokenResp(answer);
	}

	/** Takes the token that came with SUCCESS. An empty one will do where nothing is left to be proved. */
	finish(token: Uint8Array): void {
		if (!this.#current)
			throw new TypeError("SPNEGO: finish before initial");
		if (token.length > 0) {
			const reply = this.#receive(token);
			if (reply.state !== NegState.ACCEPT_COMPLETED)
				throw new ProtocolError(`SPNEGO: negState ${reply.state}, expected accept-completed`);
			if (reply.chosen !== undefined && this.#offered[reply.chosen] !== this.#current)
				throw new ProtocolError("SPNEGO: accept-completed for a mechanism that has not begun");
			if (this.#advance(reply))
				throw new ProtocolError(`SPNEGO: accept-completed, but ${this.#current.name} has more to say`);
		}
		if (!this.#current.done)
			throw new ProtocolError(`SPNEGO: accepted before ${this.#current.name} was through`);
		if (this.#micRequired && this.#current.sessionKey && !this.#micVerified)
			throw new ProtocolError("SPNEGO: mechListMIC is missing, though the server did not take the preferred mechanism");
		this.#complete = true;
	}

	/** Wipes the mechanisms' keys. Safe to call twice. */
	close(): void {
		for (let i = 0; i < this.#mechanisms.length; i += 1)
			this.#mechanisms[i].close();
	}

	/** Opens a NegTokenResp and settles what every one of them may say: refusal, choice, the wish for a MIC. */
	#receive(token: Uint8Array): Reply {
		if (!this.#current || this.#complete)
			throw new TypeError("SPNEGO: no token is expected");
		const reply = openReply(token, this.#offered);
		if (reply.state === NegState.REJECT)
			throw new AuthenticationError(`SPNEGO: the server rejected ${this.#current.name}`);
		if (this.#answered && reply.chosen !== undefined && this.#offered[reply.chosen] !== this.#current)
			throw new ProtocolError("SPNEGO: the server changed its mind about the mechanism");
		this.#answered = true;
		if (reply.state === NegState.REQUEST_MIC || reply.chosen !== undefined && reply.chosen > 0)
			this.#micRequired = true;
		return reply;
	}

	/** Hands the mechanism its token and checks mechListMIC, if one came. Returns the mechanism's answer. */
	#advance(reply: Reply): Uint8Array | undefined {
		const mechanism = this.#current!;
		let answer: Uint8Array | undefined;
		if (reply.token) {
			if (mechanism.done)
				throw new ProtocolError(`SPNEGO: a token for ${mechanism.name}, which is through`);
			answer = mechanism.step(reply.token);
		}
		// Guest and anonymous have no key: there is nothing to prove, and nothing that relies on it.
		if (reply.mic && mechanism.sessionKey) {
			if (!mechanism.done || !mechanism.verifyMIC(this.#mechTypes!, reply.mic))
				throw new ProtocolError("SPNEGO: mechListMIC is wrong: somebody meddled with the choice of mechanism");
			this.#micVerified = true;
		}
		return answer;
	}

	/** RFC 4178 4.2.1, in the framing of RFC 2743 3.1. */
	#negTokenInit(token: Uint8Array): Uint8Array {
		const offered = this.#offered;
		const writer = new DERWriter(40 + 16 * offered.length, token), all = writer.end;
		writer.wrap(Tag.OCTET_STRING, all);
		writer.wrap(contextTag(2), all);
		const list = writer.at;
		for (let i = offered.length; --i >= 0;)
			writer.octets(offered[i].oid, Tag.OID);
		writer.wrap(Tag.SEQUENCE, list);
		this.#mechTypes = writer.since(list);
		writer.wrap(contextTag(0), list);
		writer.wrap(Tag.SEQUENCE, all);
		writer.wrap(contextTag(0), all);
		writer.octets(SPNEGO_OID, Tag.OID);
		writer.wrap(applicationTag(0), all);
		return writer.finish();
	}

	/** RFC 4178 4.2.2. With a key the MIC goes along even where it is optional, as Windows and Samba do it. */
	#negTokenResp(token: Uint8Array | undefined): Uint8Array {
		const mechanism = this.#current!;
		const mic = mechanism.done && mechanism.sessionKey && !this.#micSent ? mechanism.mic(this.#mechTypes!) : undefined;
		if (!token && !mic)
			throw new ProtocolError(`SPNEGO: the server expects another token, but ${mechanism.name} is through`);
		const writer = new DERWriter((token ? token.length : 0) + (mic ? mic.length : 0) + 40);
		const all = writer.at;
		if (mic) {
			this.#micSent = true;
			writer.octets(mic);
			writer.wrap(contextTag(3), all);
		}
		if (token) {
			const mark = writer.at;
			writer.octets(token);
			writer.wrap(contextTag(2), mark);
		}
		const mark = writer.at;
		writer.integer(NegState.ACCEPT_INCOMPLETE, Tag.ENUMERATED);
		writer.wrap(contextTag(0), mark);
		writer.wrap(Tag.SEQUENCE, all);
		writer.wrap(contextTag(1), all);
		return writer.finish();
	}
}

/** Those of the mechanisms that a NegTokenInit2 ([MS-SPNG] 2.2.1) lists, in our order. */
function listedBy(hint: Uint8Array, mechanisms: readonly Mechanism[]): Mechanism[] {
	const reader = new DERReader(hint, "SPNEGO NegTokenInit2");
	const token = reader.enter(applicationTag(0));
	if (!reader.oidIs(SPNEGO_OID))
		throw new ProtocolError("SPNEGO NegTokenInit2: the security buffer of NEGOTIATE is not SPNEGO's");
	const choice = reader.enter(contextTag(0)), sequence = reader.enter(Tag.SEQUENCE);
	const field = reader.enter(contextTag(0)), list = reader.enter(Tag.SEQUENCE);
	const first = reader.at;
	const listed: Mechanism[] = [];
	for (let i = 0; i < mechanisms.length; i += 1) {
		let found = false;
		reader.seek(first);
		while (reader.more)
			found = isNamed(reader, mechanisms[i]) || found;
		if (found)
			listed.push(mechanisms[i]);
	}
	reader.leave(list);
	reader.leave(field);
	reader.skipRest();
	reader.leave(sequence);
	reader.leave(choice);
	reader.leave(token);
	return listed;
}

/** RFC 4178 4.2.2: takes a NegTokenResp apart. */
function openReply(bytes: Uint8Array, offered: readonly Mechanism[]): Reply {
	const reader = new DERReader(bytes, "SPNEGO NegTokenResp");
	const choice = reader.enter(contextTag(1)), sequence = reader.enter(Tag.SEQUENCE);
	let state: number | undefined, chosen: number | undefined;
	if (reader.next(contextTag(0))) {
		const field = reader.enter(contextTag(0));
		state = reader.integer(Tag.ENUMERATED);
		reader.leave(field);
		if (state < NegState.ACCEPT_COMPLETED || state > NegState.REQUEST_MIC)
			throw new ProtocolError(`SPNEGO NegTokenResp: negState ${state}`);
	}
	if (reader.next(contextTag(1))) {
		const field = reader.enter(contextTag(1)), at = reader.at;
		for (let i = 0; i < offered.length && chosen === undefined; i += 1) {
			reader.seek(at);
			if (isNamed(reader, offered[i]))
				chosen = i;
		}
		reader.leave(field);
		if (chosen === undefined)
			throw new ProtocolError("SPNEGO NegTokenResp: supportedMech is none that was offered");
	}
	const token = optionalOctets(reader, 2), mic = optionalOctets(reader, 3);
	reader.skipRest();
	reader.leave(sequence);
	reader.leave(choice);
	return { state, chosen, token, mic };
}

/** Whether the OID that comes next, which is passed over, is that mechanism's. */
function isNamed(reader: DERReader, { oid, alias }: Mechanism): boolean {
	const { at } = reader;
	if (reader.oidIs(oid))
		return true;
	if (!alias)
		return false;
	reader.seek(at);
	return reader.oidIs(alias);
}

function optionalOctets(reader: DERReader, number: number): Uint8Array | undefined {
	if (!reader.next(contextTag(number)))
		return undefined;
	const field = reader.enter(contextTag(number));
	const content = reader.octets();
	reader.leave(field);
	return content;
}
