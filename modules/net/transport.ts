/**
 * One connection that carries whole messages: Direct TCP ([MS-SMB2] 2.1) or the NetBIOS session service (RFC 1002 4.3).
 * Messages are sent from and received into one block of memory that the caller owns; per message nothing is allocated.
 */
import type TCP from "embedded:io/socket/tcp";
import Timer from "timer";
import { ProtocolError, TransportError } from "../errors/errors.js";
import type { Window } from "../../hosts/pipeline/window.js";
import { firstOf, lookUp } from "./endpoints.js";
import { failureText, peerName } from "./failure.js";
import { anyServer, retargetText, serverName, SessionError, sessionErrorCode, sessionErrorText, SessionPacket, sessionRequestLength, writeSessionRequest } from "./netbios.js";
import { prefixLength, wrongMessage, wrongPacket } from "./packet.js";
import { SendQueue } from "./send-queue.js";
import { checkOptions, type TransportOptions } from "./transport-options.js";

export type { TransportOptions } from "./transport-options.js";

const directPort = 445;
const sessionPort = 139;
/** StreamProtocolLength has 24 bits, RFC 1002's LENGTH 17. */
const maxDirectLength = 0xFFFFFF;
const maxSessionLength = 0x1FFFF;
const waitingMax = SendQueue.capacity;
/** A message's age is counted in ticks. */
const ticksPerTimeout = 4;

const Phase = Object.freeze({ OPEN: 0, CLOSED: 1, CONNECTING: 2, REQUESTING: 3 } as const);

/** What is needed only until messages can be sent. */
interface Opening {
	readonly calledName: string;
	readonly options: TransportOptions;
	opened(transport: Transport): void;
	failed(reason: Error): void;
}

/** ECMA-419 hands `target` through to the socket, so that its callbacks need no closures. */
type Socket = TCP & { target: Transport };

function ignore(): void {}

export class Transport {
	readonly address: string;
	readonly port: number;
	/** Whether the session service carries the messages. */
	readonly netbios: boolean;
	/** Bytes of the longest message that can be sent. */
	readonly maxLength: number;
	/** A whole message, without its prefix, lies in memory[at, end) until the call returns. Set before anything is sent. May send and close; must not throw. */
	onMessage: (at: number, end: number) => void = ignore;
	/** The socket has taken all of the message, or of the part of one, that began at at: that memory is free again. In the order of send(), perhaps before send() returns. Must not throw. */
	onSent: (at: number) => void = ignore;
	/** The connection has ended by itself. Called once, and nothing after it; where it came before this was set, send() throws the reason. */
	onError: (error: TransportError | ProtocolError) => void = ignore;

	// What is used for each WRITE comes first: XS finds a private field by going through those before it.
	#phase: number = Phase.CONNECTING;
	/** Bytes that the socket takes now. */
	#room = 0;
	readonly #queue = new SendQueue();
	#pumping = false;
	#socket: TCP | undefined;
	readonly #writer: Window;
	readonly #view: DataView;
	readonly #length: number;
	/** Bytes that are still to come of the message that was begun last. */
	#following = 0;
	#asked = false;
	/** Received are bytes[receiveAt, filled). */
	#filled: number;
	#receiveAt: number;
	#receiveEnd: number;
	readonly #reader: Window;
	/** Ticks for which the message at receiveAt has been incomplete. */
	#age = 0;
	/** Whether any byte has arrived, and whether a message was sent that can be answered. */
	#heard = false;
	#opening: Opening | undefined;
	readonly #peer: string;
	readonly #bytes: Uint8Array;
	/** Why the socket refused what it had room for. Its onError() should follow; #tick() makes sure of it. */
	#refusal: (Error & { code?: string }) | undefined;
	#timer: Timer | undefined;
	#reason: TransportError | ProtocolError | undefined;

	/**
	 * Connects to the first of the host's addresses that lets us, on the first of the ports. Rejects with RangeError for
	 * options that make no sense, else with TransportError or ProtocolError: the first reason, and what else was tried.
	 */
	static async connect(options: TransportOptions): Promise<Transport> {
		checkOptions(options);
		const { host, port } = options;
		const addresses = await lookUp(options.resolve, host, options.connectTimeoutMs ?? 10000);
		const ports = port === undefined ? [directPort, sessionPort] : [port];
		return firstOf(addresses, ports, (address, port) => Transport.connectTo(options, address, port), options.log);
	}

	private static async connectTo(options: TransportOptions, address: string, port: number): Promise<Transport> {
		try {
			return await Transport.attempt(options, address, port, anyServer);
		}
		catch (error) {
			const name = serverName(options.host);
			if ((error as TransportError).code !== sessionErrorCode(SessionError.CALLED_NAME_NOT_PRESENT) || name === undefined)
				throw error;
			options.log?.(`${(error as Error).message}: calling it ${name}`);
			return Transport.attempt(options, address, port, name);
		}
	}

	private static attempt(options: TransportOptions, address: string, port: number, calledName: string): Promise<Transport> {
		return new Promise((opened, failed) => { new Transport({ calledName, options, opened, failed }, address, port); });
	}

	private constructor(opening: Opening, address: string, port: number) {
		const options = opening.options;
		this.address = address;
		this.port = port;
		this.netbios = options.netbios ?? port === sessionPort;
		this.maxLength = this.netbios ? maxSessionLength : maxDirectLength;
		this.#opening = opening;
		this.#peer = peerName(options.host, address);
		this.#bytes = new Uint8Array(options.memory);
		this.#view = new DataView(options.memory);
		this.#length = this.#bytes.length;
		this.#receiveAt = this.#filled = options.receiveAt;
		this.#receiveEnd = options.receiveEnd;
		this.#reader = options.window();
		this.#writer = options.window();
		this.#timer = Timer.set(() => {
			this.#timer = undefined;
			this.fail(this.failure("ETIMEDOUT"));
		}, options.connectTimeoutMs ?? 10000);
		try {
			this.#socket = new options.TCP({
				address, port, nodelay: true, target: this,
				onReadable: Transport.readable, onWritable: Transport.writable, onError: Transport.failed,
			});
		}
		catch (error) {
			this.fail(this.failure((error as { code?: string }).code, error as Error));
		}
	}

	/** Whether a message waits, wholly or in part, for the socket. */
	get sending(): boolean { return this.#queue.length > 0; }

	/**
	 * Sends memory[at, end) as one message, after those before it, and writes its prefix to memory[at - 4, at). The memory must
	 * stay as it is until onSent(at). RangeError for a message that is empty, longer than maxLength or outside of the memory,
	 * and while 32 messages wait; the error that ended the connection once it has ended.
	 * following: bytes of the same message that lie elsewhere. sendMore() has to bring just those, before anything else is sent.
	 */
	send(at: number, end: number, following = 0): void {
		const length = end - at + following;
		if (!(this.#phase === Phase.OPEN && this.#following === 0 && this.#queue.length < waitingMax && at >= prefixLength && end > at && length <= this.maxLength && end <= this.#length))
			throw this.refuse(at, end);
		// The type of a message is 0.
		this.#view.setUint32(at - prefixLength, length);
		this.#asked = true;
		this.#following = following;
		this.post(at - prefixLength, end, at);
	}

	/** Sends memory[at, end) as the next part of the message that send() began. As send() otherwise; RangeError for more than that has announced. */
	sendMore(at: number, end: number): void {
		if (!(this.#phase === Phase.OPEN && end - at <= this.#following && this.#queue.length < waitingMax && at >= 0 && end > at && end <= this.#length))
			throw this.refuse(at, end);
		this.#following -= end - at;
		this.post(at, end, at);
	}

	/** Gives memory[from, end) to the socket, or lets it wait for that. name: for onSent(). */
	private post(from: number, end: number, name: number): void {
		const length = end - from;
		if (length > this.#room || this.#pumping || this.#queue.length > 0 || !this.writeNow(from, length)) {
			this.#queue.push(from, end, name);
			return this.pump();
		}
		this.#pumping = true;
		this.onSent(name);
		this.#pumping = false;
		if (this.#queue.length > 0)
			this.pump();
	}

	/** Why memory[at, end) can't be sent. */
	private refuse(at: number, end: number): Error {
		if (this.#phase !== Phase.OPEN)
			return this.#reason ?? new TransportError(`the connection to ${this.#peer} port ${this.port} was closed by this side`, "CLOSED");
		if (!(at >= prefixLength && end > at && end - at <= this.maxLength && end <= this.#length))
			return new RangeError(`message [${at}, ${end}): expected 1 to ${this.maxLength} bytes in [${prefixLength}, ${this.#length})`);
		if (this.#queue.length >= waitingMax)
			return new RangeError(`${waitingMax} messages are waiting for the socket already`);
		return new RangeError(`message [${at}, ${end}): ${this.#following} bytes of the message before it are still to come, ${this.maxLength} are the most`);
	}

	/**
	 * From now on memory[at, end) takes what is received, in place of the area before, and with it the longest message that may come. RangeError where what has
	 * come of a message so far does not fit. Not inside of onMessage: what is being handed out must stay where it is.
	 */
	receiveInto(at: number, end: number): void {
		const held = this.#filled - this.#receiveAt;
		if (!(at >= 0 && end <= this.#bytes.length && end - at > prefixLength + held))
			throw new RangeError(`receive area [${at}, ${end}): expected more than ${prefixLength + held} bytes of ${this.#bytes.length}`);
		this.#bytes.copyWithin(at, this.#receiveAt, this.#filled);
		this.#receiveAt = at;
		this.#receiveEnd = end;
		this.#filled = at + held;
	}

	/** Ends the connection: nothing is called afterwards, what waits is not sent. Safe to call twice, and inside of callbacks. */
	close(): void {
		if (this.#phase === Phase.CLOSED)
			return;
		this.#phase = Phase.CLOSED;
		this.#opening = undefined;
		Timer.clear(this.#timer);
		this.#timer = undefined;
		this.#socket?.close();
		this.#socket = undefined;
		this.#reader.close();
		this.#writer.close();
		this.onMessage = this.onSent = this.onError = ignore;
	}

	private static readable(this: TCP, count: number): void { (this as Socket).target.receive(count); }

	private static writable(this: TCP, count: number): void {
		const transport = (this as Socket).target;
		if (transport.#phase === Phase.CLOSED)
			return;
		transport.#room = count;
		if (transport.#phase === Phase.CONNECTING)
			transport.connected();
		transport.pump();
	}

	/** What the socket still held was read before this is called. */
	private static failed(this: TCP, error?: Error & { code?: string }): void {
		const transport = (this as Socket).target;
		transport.fail(transport.failure(error?.code, error));
	}

	private connected(): void {
		if (!this.netbios)
			return this.opened();
		this.#phase = Phase.REQUESTING;
		// The answer is short: the far end of the receive area is free.
		const at = this.#receiveEnd - sessionRequestLength;
		const { calledName, options } = this.#opening!;
		writeSessionRequest(this.#bytes, at, calledName, options.name ?? "SCANNER");
		this.#queue.push(at, this.#receiveEnd, at);
	}

	private opened(): void {
		const { options, opened } = this.#opening!;
		this.#opening = undefined;
		this.#phase = Phase.OPEN;
		Timer.clear(this.#timer);
		this.#timer = Timer.repeat(() => this.tick(), Math.ceil((options.messageTimeoutMs ?? 30000) / ticksPerTimeout));
		options.log?.(`${this.netbios ? "NetBIOS session" : "TCP connection"} established: ${this.#peer} port ${this.port}`);
		opened(this);
	}

	/** Gives the socket as much as it has room for. */
	private pump(): void {
		// onSent() may send: the loop below goes on with that, rather than a deeper one.
		if (this.#pumping)
			return;
		this.#pumping = true;
		const queue = this.#queue;
		while (this.#room > 0 && queue.length > 0 && this.#phase !== Phase.CLOSED) {
			const length = Math.min(this.#room, queue.end - queue.at);
			if (!this.writeNow(queue.at, length))
				break;
			queue.at += length;
			if (queue.at < queue.end)
				continue;
			this.onSent(queue.shift());
		}
		this.#pumping = false;
	}

	/** Whether the socket took those bytes. One whose peer has gone throws or returns nothing: what it holds is still to be read, and then comes its onError(). */
	private writeNow(at: number, length: number): boolean {
		this.#writer.aim(at, length);
		try {
			const room = this.#socket!.write(this.#writer) as number | undefined;
			this.#room = room ?? 0;
			if (room === undefined)
				this.#refusal = new Error("write: not taken");
			return room !== undefined;
		}
		catch (error) {
			this.#room = 0;
			this.#refusal = error as Error;
			return false;
		}
	}

	/** Reads count bytes, all that have arrived, and hands out the messages that they complete. */
	private receive(count: number): void {
		if (this.#phase === Phase.CLOSED)
			return;
		this.#heard = true;
		// Each round leaves room: #handOut() refuses what would fill the area.
		while (count > 0 && this.#socket) {
			const length = Math.min(count, this.#receiveEnd - this.#filled);
			this.#reader.aim(this.#filled, length);
			if (this.#socket.read(this.#reader) === undefined)
				return;
			this.#filled += length;
			count -= length;
			this.handOut();
		}
	}

	private handOut(): void {
		let at = this.#receiveAt;
		const most = this.#receiveEnd - this.#receiveAt - prefixLength;
		while (this.#filled - at >= prefixLength) {
			// The type of a message is 0: what is not one, or too long, is looked at closely.
			let length = this.#view.getUint32(at);
			const message = length > 0 && length <= most && length <= this.maxLength && this.#asked;
			if (!message)
				length = this.packetLength(at);
			const end = at + prefixLength + length;
			if (length < 0 || end > this.#filled)
				break;
			this.#age = 0;
			if (message)
				this.onMessage(at + prefixLength, end);
			else
				this.packet(at, end);
			at = end;
			if (this.#phase === Phase.CLOSED)
				return;
		}
		if (at > this.#receiveAt) {
			if (at < this.#filled)
				this.#bytes.copyWithin(this.#receiveAt, at, this.#filled);
			this.#filled -= at - this.#receiveAt;
		}
	}

	/** The length that the prefix at at announces; -1, and the connection is closed, where it is wrong. */
	private packetLength(at: number): number {
		const bytes = this.#bytes;
		const length = bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3];
		const wrong = bytes[at] === SessionPacket.MESSAGE
			? wrongMessage(length, Math.min(this.#receiveEnd - this.#receiveAt - prefixLength, this.maxLength), this.#asked)
			: wrongPacket(bytes, at, length, this.netbios, this.#phase === Phase.REQUESTING && !this.sending);
		if (wrong === undefined)
			return length;
		this.fail(new ProtocolError(`${this.#peer} port ${this.port} ${wrong}`));
		return -1;
	}

	private packet(at: number, end: number): void {
		const bytes = this.#bytes;
		const body = at + prefixLength;
		switch (bytes[at]) {
			case SessionPacket.MESSAGE:
				this.onMessage(body, end);
				break;
			case SessionPacket.POSITIVE_RESPONSE:
				this.opened();
				break;
			case SessionPacket.NEGATIVE_RESPONSE:
				this.fail(new TransportError(`${this.#peer} port ${this.port} refuses a session with ${this.#opening!.calledName}: ${sessionErrorText(bytes[body])}`, sessionErrorCode(bytes[body])));
				break;
			case SessionPacket.RETARGET_RESPONSE:
				// Not followed: where an unauthenticated answer points is not where the person wanted to go.
				this.fail(new TransportError(`${this.#peer} port ${this.port} wants to be called at ${retargetText(bytes, body)} instead: if that is right, set it as the server`, "RETARGET"));
		}
	}

	private tick(): void {
		if (this.#refusal)
			this.fail(this.failure(this.#refusal.code, this.#refusal, `: ${this.#refusal.message}`));
		else if (this.#filled === this.#receiveAt)
			this.#age = 0;
		else if (++this.#age > ticksPerTimeout)
			this.fail(new TransportError(`${this.#peer} port ${this.port} stopped in the middle of a message: is it still on?`, "ETIMEDOUT"));
	}

	/** What an error of the socket means, of which the device tells no code. */
	private failure(code: string | undefined, cause?: Error, detail = ""): TransportError {
		const doing = detail !== "" ? detail
			: this.#phase === Phase.REQUESTING ? ", during the NetBIOS session request"
			: this.#filled > this.#receiveAt ? `, ${this.#filled - this.#receiveAt} bytes into a message`
			: "";
		const text = failureText(code, this.#peer, this.port, this.#phase === Phase.CONNECTING) + doing;
		return new TransportError(text, code ?? (this.#heard ? "EOF" : "CLOSED"), { cause });
	}

	private fail(reason: TransportError | ProtocolError): void {
		if (this.#phase === Phase.CLOSED)
			return;
		const opening = this.#opening;
		const onError = this.onError;
		this.#reason = reason;
		this.close();
		if (opening)
			opening.failed(reason);
		else
			onError.call(this, reason);
	}
}
