/** One request and its reply over a TCP connection of their own, each behind its length: four bytes for Kerberos (RFC 4120 7.2.2), two for DNS (RFC 1035 4.2.2). */
import type TCP from "embedded:io/socket/tcp";
import Timer from "timer";
import { ProtocolError, TransportError } from "../errors/errors.js";
import { firstOf, lookUp, type Resolve } from "./endpoints.js";
import { failureText, peerName } from "./failure.js";

export interface ExchangeOptions {
	/** The host's ECMA-419 class. */
	readonly TCP: typeof TCP;
	/** The host's look-up of names (see "platform"). */
	readonly resolve: Resolve;
	/** What is asked, for messages: "KDC". */
	readonly service: string;
	readonly prefixLength: 2 | 4;
	/** Bytes of the longest reply that is taken. */
	readonly longestReply: number;
	/** Memory outside of the heap for a request that fits its second half and a reply that fits its first: good until others use it. */
	readonly room?: () => Uint8Array;
	/** For the look-up, and for each address until it accepts (default 5 000). */
	readonly connectTimeoutMs?: number;
	/** From the request to the reply's last byte (default 10 000). */
	readonly answerTimeoutMs?: number;
}

/**
 * Asks the first of the host's addresses that accepts, and only that: a request may be one that counts. Rejects with TransportError, and with ProtocolError for
 * a reply that is too long.
 */
export async function exchange(options: ExchangeOptions, host: string, port: number, request: Uint8Array): Promise<Uint8Array> {
	const { connectTimeoutMs = 5000, answerTimeoutMs = 10000 } = options;
	const addresses = await lookUp(options.resolve, host, connectTimeoutMs);
	const line = await firstOf(addresses, [port], (address, port) => Line.connect(options, peerName(host, address), address, port, connectTimeoutMs), undefined);
	return line.ask(request, answerTimeoutMs);
}

const nothing = new Uint8Array(0);

/** ECMA-419 hands `target` through to the socket, so that its callbacks need no closures. */
type Socket = TCP & { target: Line };

/** A connection that carries one request and one reply. */
class Line {
	readonly #options: ExchangeOptions;
	readonly #peer: string;
	readonly #port: number;
	#socket: TCP | undefined;
	#timer: Timer | undefined;
	#connected = false;
	/** Bytes that the socket takes now. */
	#room = 0;
	/** The request behind its length, and what of it was sent. */
	#request: Uint8Array = nothing;
	#sent = 0;
	/** First the reply's length, then the reply. */
	#incoming: Uint8Array;
	#filled = 0;
	#measured = false;
	/** Why there is nothing more to come. */
	#reason: Error | undefined;
	#done: (value: never) => void = () => {};
	#failed: (reason: Error) => void = () => {};

	static connect(options: ExchangeOptions, peer: string, address: string, port: number, timeoutMs: number): Promise<Line> {
		const line = new Line(options, peer, port);
		return line.#wait(timeoutMs, () => {
			line.#socket = new options.TCP({ address, port, nodelay: true, target: line, onReadable: Line.#readable, onWritable: Line.#writable, onError: Line.#error });
		});
	}

	private constructor(options: ExchangeOptions, peer: string, port: number) {
		this.#options = options;
		this.#peer = peer;
		this.#port = port;
		this.#incoming = new Uint8Array(options.prefixLength);
	}

	ask(request: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
		const { prefixLength, room } = this.#options;
		// In one piece: some servers read no further than the length that came first (RFC 7766 8).
		const length = prefixLength + request.length, lent = room?.();
		const framed = lent && 2 * length <= lent.length ? lent.subarray(lent.length - length) : new Uint8Array(length);
		for (let i = 0, left = request.length; i < prefixLength; i++, left >>>= 8)
			framed[prefixLength - 1 - i] = left;
		framed.set(request, prefixLength);
		this.#request = framed;
		return this.#wait(timeoutMs, () => this.#pump());
	}

	/** Settles with what #finish() is given once run() has begun it, or fails after that time. */
	#wait<T>(timeoutMs: number, run: () => void): Promise<T> {
		return new Promise((done, failed) => {
			this.#done = done as (value: never) => void;
			this.#failed = failed;
			if (this.#reason) {
				failed(this.#reason);
				return;
			}
			this.#timer = Timer.set(() => {
				this.#timer = undefined;
				this.#fail(new TransportError(this.#connected ? `no answer from ${this.#peer} port ${this.#port} in ${timeoutMs / 1000} s: is the ${this.#options.service} on?` : this.#text("ETIMEDOUT"), "ETIMEDOUT"));
			}, timeoutMs);
			try {
				run();
			}
			catch (error) {
				this.#fail(new TransportError(this.#text((error as { code?: string }).code), (error as { code?: string }).code ?? "CLOSED", { cause: error }));
			}
		});
	}

	static #writable(this: TCP, count: number): void {
		const line = (this as Socket).target;
		line.#room = count;
		if (line.#connected)
			line.#pump();
		else {
			line.#connected = true;
			Timer.clear(line.#timer);
			line.#done(line as never);
		}
	}

	static #readable(this: TCP, count: number): void { (this as Socket).target.#receive(count); }

	static #error(this: TCP, error?: Error & { code?: string }): void {
		const line = (this as Socket).target;
		line.#fail(new TransportError(line.#text(error?.code), error?.code ?? "CLOSED", { cause: error }));
	}

	/** Gives the socket as much as it has room for. */
	#pump(): void {
		while (this.#socket && this.#room > 0 && this.#sent < this.#request.length) {
			const end = Math.min(this.#request.length, this.#sent + this.#room);
			// A socket whose peer has gone throws or returns nothing: its onError() tells, or the time-out.
			this.#room = this.#socket.write(this.#request.subarray(this.#sent, end)) ?? 0;
			this.#sent = end;
		}
	}

	#receive(count: number): void {
		while (count > 0 && this.#socket) {
			const length = Math.min(count, this.#incoming.length - this.#filled);
			if (this.#socket.read(this.#incoming.subarray(this.#filled, this.#filled + length)) === undefined)
				return;
			this.#filled += length;
			count -= length;
			if (this.#filled === this.#incoming.length)
				this.#complete();
		}
	}

	/** The length is there, or the reply is. What follows is not read. */
	#complete(): void {
		const incoming = this.#incoming;
		if (this.#measured) {
			this.#close();
			this.#done(incoming as never);
			return;
		}
		let length = 0;
		for (let i = 0; i < incoming.length; i++)
			length = length * 256 + incoming[i];
		if (length < 1 || length > this.#options.longestReply) {
			this.#fail(new ProtocolError(`${this.#peer} port ${this.#port} announces a reply of ${length} bytes, expected 1 to ${this.#options.longestReply}: is it a ${this.#options.service}?`));
			return;
		}
		this.#measured = true;
		const room = this.#options.room?.();
		this.#incoming = room && 2 * length <= room.length ? room.subarray(0, length) : new Uint8Array(length);
		this.#filled = 0;
	}

	#text(code: string | undefined): string {
		const text = failureText(code, this.#peer, this.#port, !this.#connected, this.#options.service);
		return this.#connected ? `${text} without an answer: is it a ${this.#options.service}?` : text;
	}

	#fail(reason: Error): void {
		this.#reason ??= reason;
		this.#close();
		this.#failed(this.#reason);
	}

	#close(): void {
		Timer.clear(this.#timer);
		this.#timer = undefined;
		this.#socket?.close();
		this.#socket = undefined;
		// A socket may live on for a while, and hold this as its target.
		this.#request = this.#incoming = nothing;
	}
}
