/**
 * [MS-SMB2] 3.2.1.2 Connection: message ids and credits, requests that wait for their responses, signatures, time-outs.
 * The control plane awaits request() and exchange(); the data plane is one Stream, which is called back and allocates nothing.
 */
import Timer from "timer";
import type { Pipeline } from "../../hosts/pipeline/pipeline.js";
import { ProtocolError, TransportError } from "../errors/errors.js";
import { EchoRequest, EchoResponse } from "../smb2/echo.js";
import { Command, commandName, Flags, Header } from "../smb2/header.js";
import { OplockBreak } from "../smb2/oplock-break.js";
import { NTStatus, statusName } from "../smb2/status.js";
import { ProtocolId, protocolId } from "../smb2/transform-header.js";
import type { Memory } from "../smb2/wire.js";
import { statusError } from "./advice.js";
import { controlLength, headRoom, messageRoom, readHeadLength, receiveLength, templateLength } from "./layout.js";
import { Sealing } from "./sealing.js";
import type { Carrier, Compound, ConnectionLimits, OplockHolder, Request, Signer, Stream } from "./request.js";

interface Exchange {
	readonly results: unknown[];
	left: number;
	failure: Error | undefined;
	resolve(results: unknown[]): void;
	reject(error: Error): void;
}

interface Outstanding {
	readonly messageId: number;
	readonly request: Request<unknown>;
	readonly exchange: Exchange;
	readonly index: number;
	/** #elapsed at which the wait is over. */
	deadline: number;
	/** Whether an interim response has come: more of them change nothing, or a server could put us off for ever. */
	interim: boolean;
}

/** A compound that is being sent. */
interface Chain {
	readonly exchange: Exchange;
	/** Of what the stream has still to send: MessageId of the next, and the credits taken for all of them. */
	messageId: number;
	credits: number;
	/** What comes behind it; empty where nothing does. */
	readonly tailAt: number;
	readonly tailEnd: number;
	readonly treeId: number;
}

// For each WRITE: XS finds a property of an object by going through those before it.
const { SERVER_TO_REDIR, ASYNC_COMMAND, SIGNED } = Flags;
const { PENDING } = NTStatus;
const { SMB2 } = ProtocolId;
const headerLength = Header.size;

/** Time-outs are looked at so often while an answer may take its time, or a server be silent. */
const ticksPerAnswer = 8;
/** How many times as long a server may take that has said that it will. */
const pendingFactor = 4;
/** Credits to have in hand: one for each slot and then some for what goes beside the data. */
const creditsWanted = 32;

export class Connection {
	readonly memory: Memory;
	readonly pipeline: Pipeline;
	/** Negotiated, 0 before that ([MS-SMB2] 2.2.4 DialectRevision). */
	dialect = 0;
	maxWriteSize = 65536;
	maxReadSize = 65536;
	/** Signs every request and verifies every response once it is set, but for those that are sealed. */
	signer: Signer | undefined;
	/** Keys to seal with, once there are some. */
	sealing: Sealing | undefined;
	/** The one file that may be cached. */
	oplocked: OplockHolder | undefined;
	/** Called when the connection is lost or closed. */
	onClose: () => void = () => {};

	// What is used for each WRITE comes first: XS finds a private field by going through those before it.
	/** Milliseconds since the start, as counted by ticks. */
	#elapsed = 0;
	/** #elapsed when anything was last heard. */
	#heardAt = 0;
	#stream: Stream | undefined;
	/** Whether sealing is in use: every message, in both directions. */
	#sealed = false;
	#credits = 1;
	#chain: Chain | undefined;
	#transport: Carrier;
	#outstanding: Outstanding[] = [];
	#waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
	#header = new Header();
	#messageId = 0;
	#idleSince = 0;
	/** The SessionId as two numbers. */
	#sessionLow = 0;
	#sessionHigh = 0;
	#streamDeadline = 0;
	#limits: ConnectionLimits;
	#failure: Error | undefined;
	#controlEnd: number;
	/** The slot that a longer request is in, or -1. */
	#slotAt = -1;
	#creditsShort = false;
	#echoing = false;
	#sessionId: Uint8Array = new Uint8Array(8);
	#controlAt: number;
	#controlBusy = false;
	/** Where the last part of a compound stands in the control area until the socket has taken it, else -1. */
	#tailAt = -1;
	#tickMs: number;
	#timer: Timer;

	constructor(transport: Carrier, memory: Memory, pipeline: Pipeline, limits: ConnectionLimits) {
		this.#transport = transport;
		this.memory = memory;
		this.pipeline = pipeline;
		this.#limits = limits;
		this.#controlAt = pipeline.controlAt + messageRoom;
		this.#controlEnd = pipeline.controlAt + controlLength - templateLength;
		this.#tickMs = Math.ceil(Math.min(limits.answerMs, 2 * limits.silenceMs) / ticksPerAnswer);
		this.#timer = Timer.repeat(() => this.tick(), this.#tickMs);
		transport.onMessage = (at, end) => this.received(at, end);
		transport.onSent = at => this.taken(at);
		transport.onError = error => this.fail(error);
	}

	/** Of the one session that this connection carries; zeros before there is one. */
	get sessionId(): Uint8Array { return this.#sessionId; }
	set sessionId(sessionId: Uint8Array) {
		const view = new DataView(sessionId.buffer, sessionId.byteOffset);
		this.#sessionId = sessionId;
		this.#sessionLow = view.getUint32(0, true);
		this.#sessionHigh = view.getUint32(4, true);
	}

	/** Where the data plane may keep the template of a message. */
	get templateAt(): number { return this.#controlEnd; }
	get address(): string { return this.#transport.address; }
	get port(): number { return this.#transport.port; }
	/** Whether requests can still be made. */
	get alive(): boolean { return this.#failure === undefined; }
	get credits(): number { return this.#credits; }
	/** Bytes of the longest message. */
	get maxLength(): number { return this.#transport.maxLength; }
	/** Whether messages are encrypted. */
	get sealed(): boolean { return this.#sealed; }

	/** From now on every message is sealed, and so has to be every response. To be called while no request is under way. */
	seal(): void {
		if (!this.sealing)
			throw new TypeError("there are no keys to seal with");
		this.#sealed = true;
	}

	/** Sends one request and settles with what its read() returns. StatusError for a status that is neither SUCCESS nor accepted. */
	request<T>(request: Request<T>, treeId = 0): Promise<T> {
		return this.exchange([request], treeId).then(firstOf) as Promise<T>;
	}

	/** Sends requests as one related compound (3.2.4.1.4) and settles when all are answered: with their results, or the first error. */
	exchange(requests: readonly Request<unknown>[], treeId: number): Promise<unknown[]> {
		return new Promise((resolve, reject) => {
			const length = lengthOf(requests), at = this.roomFor(requests, length), exchange = { results: [], left: requests.length, failure: undefined, resolve, reject };
			if (at >= 0)
				this.sendAll(at, length, requests, treeId, exchange);
			else
				this.sendLater(length, requests, treeId, exchange).catch(reject);
		});
	}

	/** Where length bytes of requests can be laid out now; -1 where they have to wait for room or credits. */
	private roomFor(requests: readonly Request<unknown>[], length: number): number {
		if (this.#failure)
			throw this.#failure;
		this.#creditsShort = this.#credits < requests.length;
		// Into a compound that is on its way nothing else may come.
		return this.#creditsShort || this.#chain ? -1 : this.claim(length);
	}

	private async sendLater(length: number, requests: readonly Request<unknown>[], treeId: number, exchange: Exchange): Promise<void> {
		let at = -1;
		for (; at < 0; at = this.roomFor(requests, length)) {
			if (this.#creditsShort && requests.length > 1 && this.#outstanding.length === 0 && !this.#stream?.outstanding)
				return exchange.resolve(await this.oneByOne(requests, treeId));
			await new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }));
		}
		this.sendAll(at, length, requests, treeId, exchange);
	}

	/** For a server that is so mean with credits that a compound can't be paid. */
	private async oneByOne(requests: readonly Request<unknown>[], treeId: number): Promise<unknown[]> {
		const results: unknown[] = [];
		for (const request of requests)
			results.push(await this.request(request, treeId));
		return results;
	}

	/**
	 * Sends as one related compound (3.2.4.1.4): compound.head, then what the stream sends, then compound.tail, each in its own place of the memory, so that it may be longer than
	 * all of that is. Settles as exchange() does, with the results of head and tail. Returns undefined, and has done nothing, where there is no room or too few credits for it now.
	 * The stream is to be set next, and to bring, by begin() and send(), just what was announced; nothing else is sent meanwhile. Not for a session that seals: that takes the whole in one piece.
	 */
	chain(compound: Compound): Promise<unknown[]> | undefined {
		const { head, tail, credits, results } = compound, count = head.length + tail.length;
		if (this.#failure || this.#chain || this.#sealed || this.#waiting.length > 0 || this.#credits < count + credits || this.#controlBusy || lengthOf(head) + lengthOf(tail) > this.#controlEnd - this.#controlAt)
			return undefined;
		return new Promise((resolve, reject) => this.beginChain(compound, { results, left: count, failure: undefined, resolve, reject }));
	}

	private beginChain({ head, tail, treeId, credits, length }: Compound, exchange: Exchange): void {
		const firstId = this.#messageId, creditsBefore = this.#credits, before = this.#outstanding.length, at = this.#controlAt;
		try {
			this.#controlBusy = true;
			const tailAt = this.layOut(at, this.#controlEnd, head, treeId, exchange, 0, true);
			const messageId = this.#messageId;
			this.#messageId += credits;
			this.#credits -= credits;
			const tailEnd = this.layOut(tailAt, this.#controlEnd, tail, treeId, exchange, head.length, false);
			this.#chain = { exchange, messageId, credits, tailAt, tailEnd, treeId };
			this.#tailAt = tail.length > 0 ? tailAt : -1;
			this.#transport.send(at, tailAt, length + tailEnd - tailAt);
		}
		catch (error) {
			this.#chain = undefined;
			this.#tailAt = -1;
			this.takeBack(firstId, creditsBefore, before, at);
			exchange.reject(error as Error);
		}
	}

	/** What the stream had to bring is there. */
	private endChain({ exchange, tailAt, tailEnd }: Chain): void {
		this.#chain = undefined;
		for (const entry of this.#outstanding) {
			if (entry.exchange === exchange)
				entry.deadline = this.#elapsed + this.#limits.answerMs;
		}
		if (tailEnd > tailAt)
			this.#transport.sendMore(tailAt, tailEnd);
		else
			this.wake();
	}

	/** Writes what all messages of the data plane have in common into header. */
	begin(header: Header, command: number, treeId: number, creditCharge: number): void {
		const chain = this.#chain;
		header.CreditCharge = this.dialect > 0x0202 ? creditCharge : 0;
		header.Command = command;
		header.TreeId = chain ? chain.treeId : treeId;
		header.SessionId = this.#sessionId;
		header.Flags = chain ? this.signs | Flags.RELATED_OPERATIONS : this.signs;
	}

	/** Whether the data plane may send a message of that charge now: the control plane goes first, and one credit stays in hand while answers are due, so that there can be asked for a sign of life. */
	affords(creditCharge: number, outstanding: number): boolean {
		return !this.#creditsShort && this.#credits >= (outstanding > 0 ? creditCharge + 1 : creditCharge);
	}

	/** Takes the credits for a message of the data plane: its MessageId. */
	take(creditCharge: number): number {
		const chain = this.#chain;
		let messageId: number;
		if (chain) {
			messageId = chain.messageId;
			chain.messageId += creditCharge;
			chain.credits -= creditCharge;
		}
		else {
			messageId = this.#messageId;
			this.#messageId += creditCharge;
			this.#credits -= creditCharge;
		}
		return messageId;
	}

	/** The CreditRequest of a message of that charge. */
	creditRequest(creditCharge: number): number {
		const missing = creditsWanted - this.#credits;
		return missing > 0 ? creditCharge + missing : creditCharge;
	}

	/** Signs or seals memory[at, end), if this session does, and hands it to the transport. */
	send(at: number, end: number): void {
		const chain = this.#chain;
		// What sign() and transmit() do, without calls, which cost 0.2 instructions for each byte of a WRITE.
		if (!chain && this.#sealed)
			return this.#transport.send(this.sealing!.seal(this.memory, at, end, this.#sessionId), end);
		if (this.signer)
			this.signer.sign(this.memory.bytes, at, end - at, at + signatureOffset);
		if (!chain)
			return this.#transport.send(at, end);
		this.#transport.sendMore(at, end);
		if (chain.credits === 0)
			this.endChain(chain);
	}

	/** Begins or, with undefined, ends the data plane. There is one at a time. */
	set stream(stream: Stream | undefined) {
		if (stream && this.#stream)
			throw new TypeError("a transfer is going on");
		this.#stream = stream;
		this.#streamDeadline = this.#elapsed + this.#limits.answerMs;
		this.#idleSince = this.#elapsed;
		if (stream && this.#failure)
			stream.failed(this.#failure);
	}

	/**
	 * Has larger responses received into a slot while run() goes on, if one is free; run() is told how many bytes of data a READ may bring, beside its headers.
	 */
	async receiveLarge<T>(run: (room: number) => Promise<T>): Promise<T> {
		const { pipeline } = this;
		const slotAt = this.alive ? pipeline.take() : -1;
		if (slotAt < 0)
			return run(receiveLength - readHeadLength);
		const at = slotAt - headRoom;
		this.#transport.receiveInto(at, slotAt + pipeline.slotLength);
		try {
			return await run(Math.min(pipeline.slotLength, headRoom + pipeline.slotLength - readHeadLength));
		}
		finally {
			this.receiveSmall();
			pipeline.release(slotAt);
			this.wake();
		}
	}

	/** Has responses received where they are ordinarily. What has come of the next one may be too much for that: nothing so long was asked for. */
	private receiveSmall(): void {
		const { pipeline } = this;
		try {
			if (this.alive)
				this.#transport.receiveInto(pipeline.receiveAt, pipeline.controlAt);
		}
		catch (error) {
			this.fail(new ProtocolError("the server began to send a message that is too long for any answer to what was asked", { cause: error }));
		}
	}

	/** Settles when nothing waits to be sent any more. Never rejects. */
	async sent(): Promise<void> {
		while (!this.#failure && (this.#controlBusy || this.#waiting.length > 0))
			await new Promise<void>(resolve => this.#waiting.push({ resolve, reject: () => resolve() }));
	}

	/** Ends everything at once: whoever waits gets error. */
	fail(error: Error): void {
		if (this.#failure)
			return;
		this.#failure = error;
		Timer.clear(this.#timer);
		this.#transport.close();
		this.signer?.close();
		this.sealing?.close();
		this.signer = this.sealing = undefined;
		this.unclaim(this.#slotAt);
		this.#chain = undefined;
		const outstanding = this.#outstanding, waiting = this.#waiting, stream = this.#stream;
		this.#outstanding = [];
		this.#waiting = [];
		this.#stream = undefined;
		for (const { exchange } of outstanding)
			exchange.reject(error);
		for (const { reject } of waiting)
			reject(error);
		stream?.failed(error);
		this.onClose();
	}

	/** Closes the connection. Safe to call twice. */
	close(): void {
		this.fail(new TransportError("the connection was closed", "CLOSED"));
	}

	// ---- sending ----

	private claim(length: number): number {
		if (length <= this.#controlEnd - this.#controlAt) {
			if (this.#controlBusy)
				return -1;
			this.#controlBusy = true;
			return this.#controlAt;
		}
		if (length > this.pipeline.slotLength)
			throw new RangeError(`a request of ${length} bytes is longer than a slot of ${this.pipeline.slotLength}`);
		if (this.#slotAt >= 0)
			return -1;
		return this.#slotAt = this.pipeline.take();
	}

	/** Gives back what claim() gave. */
	private unclaim(at: number): void {
		if (at === this.#controlAt)
			this.#controlBusy = false;
		else if (at >= 0 && at === this.#slotAt) {
			this.#slotAt = -1;
			this.pipeline.release(at);
		}
	}

	private sendAll(first: number, length: number, requests: readonly Request<unknown>[], treeId: number, exchange: Exchange): void {
		const firstId = this.#messageId, credits = this.#credits, before = this.#outstanding.length;
		try {
			this.transmit(first, this.layOut(first, first + length, requests, treeId, exchange, 0, false));
		}
		catch (error) {
			this.takeBack(firstId, credits, before, first);
			exchange.reject(error as Error);
		}
	}

	/** Nothing was sent: ids, credits and the place at at are as good as before. */
	private takeBack(messageId: number, credits: number, outstanding: number, at: number): void {
		this.#messageId = messageId;
		this.#credits = credits;
		this.#outstanding.length = Math.min(outstanding, this.#outstanding.length);
		this.unclaim(at);
	}

	/** Writes and signs one message after the other, of which the first is the compound's first + 1st; returns the end of the last. followed: whether more of the compound comes behind them. */
	private layOut(at: number, limit: number, requests: readonly Request<unknown>[], treeId: number, exchange: Exchange, first: number, followed: boolean): number {
		const header = new Header();
		const signed = this.signs;
		for (let i = 0; i < requests.length; i++) {
			const request = requests[i];
			header.begin(this.memory, at, limit);
			this.begin(header, request.command, request.command === Command.TREE_CONNECT ? 0 : treeId, 1);
			header.CreditRequest = this.creditRequest(1);
			const messageId = header.MessageId = this.take(1);
			if (first + i > 0)
				header.Flags = signed | Flags.RELATED_OPERATIONS;
			let end = request.write(this.memory, header.bodyAt, limit);
			if (followed || i < requests.length - 1)
				end = header.link(end);
			this.sign(at, end);
			this.#outstanding.push({ messageId, request, exchange, index: first + i, deadline: this.#elapsed + this.#limits.answerMs, interim: false });
			at = end;
		}
		return at;
	}

	/** 3.2.4.1.1: what is sealed is not signed. */
	private get signs(): number { return this.signer && !this.#sealed ? Flags.SIGNED : 0; }

	private sign(at: number, end: number): void {
		if (this.signer && !this.#sealed)
			this.signer.sign(this.memory.bytes, at, end - at, at + signatureOffset);
	}

	/** Seals memory[at, end), a message or a compound of them, if this session does. */
	private transmit(at: number, end: number): void {
		this.#transport.send(this.#sealed ? this.sealing!.seal(this.memory, at, end, this.sessionId) : at, end);
	}

	private taken(sentAt: number): void {
		// Where the socket has room, the other side takes what is sent: it is there.
		this.#heardAt = this.#elapsed;
		const at = this.#sealed && protocolId(this.memory.view, sentAt, this.memory.length) === ProtocolId.TRANSFORM ? sentAt + Sealing.headLength : sentAt;
		if (at > this.#controlEnd && at !== this.#slotAt)
			this.#stream?.sent(at);
		else if (at === this.#tailAt) {
			this.#tailAt = -1;
			this.unclaim(this.#controlAt);
		}
		else if (at === this.#controlAt || at === this.#slotAt) {
			// Behind the head of a compound stands its tail.
			if (this.#tailAt < 0)
				this.unclaim(at);
		}
		if (this.#waiting.length > 0)
			this.wake();
	}

	/** There may be filled or free slots again. */
	filled(): void {
		this.#stream?.pump();
		this.wake();
	}

	/** Lets those who wait for credits or room look again. */
	private wake(): void {
		if (this.#waiting.length) {
			const waiting = this.#waiting;
			this.#waiting = [];
			for (const { resolve } of waiting)
				resolve();
		}
	}

	// ---- receiving, in the order of 3.2.5.1 ----

	private received(at: number, end: number): void {
		this.#heardAt = this.#elapsed;
		this.#echoing = false;
		try {
			const sealed = (this.#sealed || end - at < 4 || this.memory.view.getUint32(at, true) !== SMB2) && this.sealedAt(at, end);
			if (sealed)
				at = this.sealing!.open(this.memory, at, end, this.sessionId);
			const header = this.#header;
			do {
				header.open(this.memory, at, end);
				at = header.end;
				this.dispatch(header, sealed);
				if (this.#failure)
					return;
			} while (at < end);
			if (this.#credits <= 0 && this.#outstanding.length === 0 && !this.#stream?.outstanding)
				throw new ProtocolError("the server granted no credits: nothing more could be asked");
			this.#stream?.pump();
			if (this.#waiting.length > 0)
				this.wake();
		}
		catch (error) {
			this.fail(error as Error);
		}
	}

	/** Whether what came is sealed, as agreed on. */
	private sealedAt(at: number, end: number): boolean {
		switch (protocolId(this.memory.view, at, end)) {
			case ProtocolId.TRANSFORM:
				if (!this.#sealed)
					throw new ProtocolError("the server sent an encrypted message although no encryption was agreed on");
				return true;
			case ProtocolId.SMB1:
				throw new ProtocolError("the server answered in SMB1, which is never spoken here: enable SMB2 or SMB3 on it");
			case ProtocolId.COMPRESSED:
				throw new ProtocolError("the server sent a compressed message although no compression was agreed on");
			default:
				return false;
		}
	}

	private dispatch(header: Header, sealed: boolean): void {
		const { flags, status, messageId } = header;
		if ((flags & SERVER_TO_REDIR) === 0)
			throw new ProtocolError(`the server sent ${commandName(header.Command)} as a request`);
		if (messageId < 0)
			return this.breakOplock(header, sealed);
		this.#idleSince = this.#elapsed;
		const outstanding = this.#outstanding;
		let i = 0;
		while (i < outstanding.length && outstanding[i].messageId !== messageId)
			i++;
		const entry = i < outstanding.length ? outstanding[i] : undefined;
		if (entry && entry.request.command !== header.Command)
			throw new ProtocolError(`${commandName(entry.request.command)}: the server answered message id ${messageId} with ${commandName(header.Command)}`);

		const interim = status === PENDING && (flags & ASYNC_COMMAND) !== 0;
		if (sealed)
			this.checkSession(header);
		else if (this.#sealed)
			this.refuse(header, "encrypted");
		else if (!interim && this.signer)
			this.verify(header, this.signer);
		this.#credits += header.CreditResponse;
		if (interim)
			this.putOff(entry, messageId, header);
		else if (entry) {
			outstanding.splice(i, 1);
			this.complete(entry, status, header);
		}
		else if (this.#stream?.answered(messageId, status, this.memory, header.at + headerLength, header.end))
			this.#streamDeadline = this.#elapsed + this.#limits.answerMs;
		else
			throw new ProtocolError(`the server answered message id ${messageId} (${commandName(header.Command)}), which nobody asked`);
	}

	/** 3.2.5.19: the server wants caching back. Nobody signs this; what it brings about is an acknowledgment that means nothing where nothing was broken. */
	private breakOplock(header: Header, sealed: boolean): void {
		const holder = this.oplocked;
		if (!holder || sealed !== this.#sealed || header.Command !== Command.OPLOCK_BREAK || header.end - header.bodyAt < OplockBreak.size)
			return;
		const notification = new OplockBreak().open(this.memory, header.bodyAt, header.end);
		if (holder.isFile(this.memory, notification.at + fileIdOffset))
			holder.broken(notification.OplockLevel);
	}

	/** 3.2.5.1.5: a real response follows, later. The first interim response buys the server time, once. */
	private putOff(entry: Outstanding | undefined, messageId: number, header: Header): void {
		const deadline = this.#elapsed + pendingFactor * this.#limits.answerMs;
		const which = entry ? (entry.interim ? 0 : 1) : this.#stream?.pending(messageId) ?? -1;
		if (which < 0)
			throw new ProtocolError(`the server put off message id ${messageId} (${commandName(header.Command)}), which nobody asked`);
		if (entry && which > 0) {
			entry.interim = true;
			entry.deadline = deadline;
		}
		else if (which > 0)
			this.#streamDeadline = deadline;
	}

	/** 3.2.5.1.3: once a session signs, what is not signed, or not by the server that knows the key, is not from this server. */
	private verify(header: Header, signer: Signer): void {
		const { at } = header;
		if ((header.flags & SIGNED) === 0)
			this.refuse(header, "signed");
		this.checkSession(header);
		if (!signer.verify(this.memory.bytes, at, header.end - at, at + signatureOffset))
			throw new ProtocolError(`${commandName(header.Command)}: the reply's signature is wrong: somebody may be between you and the server`);
	}

	private checkSession(header: Header): void {
		if (!header.isSessionOf(this.#sessionLow, this.#sessionHigh))
			throw new ProtocolError(`${commandName(header.Command)}: the reply belongs to another session`);
	}

	/** Ends the connection over a reply that anybody could have made. */
	private refuse(header: Header, lacking: string): never {
		const status = header.Status;
		// A server that has lost the session has lost the keys too: no more can be said than that this connection is over.
		if (status === NTStatus.USER_SESSION_DELETED || status === NTStatus.NETWORK_SESSION_EXPIRED)
			throw new TransportError(`the server says, in a reply that is not ${lacking}, that the session is over (${statusName(status)})`, "SESSION_LOST");
		throw new ProtocolError(`${commandName(header.Command)}: the server's reply is not ${lacking}: somebody may be between you and the server`);
	}

	private complete({ request, exchange, index }: Outstanding, status: number, header: Header): void {
		if (status === NTStatus.SUCCESS || status === request.accepted) {
			try {
				exchange.results[index] = request.read(this.memory, header.bodyAt, header.end, status);
			}
			catch (error) {
				exchange.reject(error as Error);
				throw error;
			}
		}
		else if (!request.optional)
			exchange.failure ??= statusError(`${commandName(request.command)}${request.subject ? ` ${request.subject}` : ""}`, status);
		if (--exchange.left > 0)
			return;
		if (exchange.failure)
			exchange.reject(exchange.failure);
		else
			exchange.resolve(exchange.results);
	}

	// ---- time ----

	private tick(): void {
		const now = this.#elapsed += this.#tickMs;
		const silence = now - this.#heardAt, { silenceMs } = this.#limits;
		if (this.#outstanding.length === 0 && !this.#stream?.outstanding)
			this.#heardAt = now;
		else if (silence > 2 * silenceMs && (this.#echoing || this.#chain))
			return this.fail(new TransportError(`no answer from ${this.address} for ${silence / 1000} s, not even a sign of life: is it off, or out of reach?`, "SILENT"));
		else if (silence > silenceMs && !this.#echoing)
			this.echo();
		for (let i = 0; i < this.#outstanding.length; i++) {
			const { deadline, request } = this.#outstanding[i];
			if (deadline < now)
				return this.fail(this.silent(`${commandName(request.command)}${request.subject ? ` ${request.subject}` : ""}`));
		}
		if (this.#stream) {
			if (this.#stream.outstanding === 0)
				this.#streamDeadline = now + this.#limits.answerMs;
			else if (this.#streamDeadline < now)
				this.fail(this.silent("WRITE"));
		}
		else if (this.#outstanding.length === 0 && now - this.#idleSince > this.#limits.idleMs)
			this.fail(new TransportError(`the connection was idle for ${this.#limits.idleMs / 1000} s`, "IDLE"));
	}

	/** 3.2.4.21: asks for a sign of life, if that can be asked at all now. */
	private echo(): void {
		if (this.#credits === 0 || this.#controlBusy || this.dialect === 0)
			return;
		this.#echoing = true;
		// Any answer counts as one, and without one the connection ends: there is nothing to do with the result.
		this.request({
			command: Command.ECHO, subject: "", length: EchoRequest.size,
			write: (memory, at, limit) => new EchoRequest().begin(memory, at, limit).end,
			read(memory, at, end) { new EchoResponse().open(memory, at, end); },
		}).catch(ignore);
	}

	private silent(what: string): TransportError {
		return new TransportError(`${what}: no answer from ${this.address} for ${this.#limits.answerMs / 1000} s: is the server busy, asleep or gone?`, "SILENT");
	}
}

/** [MS-SMB2] 2.2.1.2 Signature. */
const signatureOffset = 48;
/** 2.2.23.1 FileId. */
const fileIdOffset = 8;

/** Bytes that a compound of them takes at most: each is padded to 8. */
function lengthOf(requests: readonly Request<unknown>[]): number {
	let length = 0;
	for (let i = 0; i < requests.length; i++)
		length += headerLength + requests[i].length + 7;
	return length;
}

function firstOf(results: unknown[]): unknown { return results[0]; }

function ignore(): void {}
