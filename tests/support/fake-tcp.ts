/**
 * A network without a network: sockets in the shape of ECMA-419 that do what the test says, when it says so. They are as
 * strict as the SDK's C: too much read or written throws, and nothing is called on a closed one.
 */
import type TCP from "embedded:io/socket/tcp";
import type { TCPOptions } from "embedded:io/socket/tcp";
import { bufferBytes, type IOBuffer } from "./io-buffer.js";

export type CodedError = Error & { code?: string };

/** What a host passes to onError, where it tells a code. */
export function codedError(code: string, message = code): CodedError { return Object.assign(new Error(message), { code }); }

export class FakeNetwork {
	/** Every socket that was made, in order. */
	readonly sockets: FakeTCP[] = [];
	/** The class to hand to the code under test. */
	readonly TCP: typeof TCP;
	/** Runs in a promise job after a socket was made: the script for connections that nobody waits for. */
	onSocket: (socket: FakeTCP) => void = () => {};

	constructor() {
		const network = this;
		this.TCP = class extends FakeTCP {
			constructor(options: TCPOptions) {
				super(options);
				network.sockets.push(this);
				void Promise.resolve().then(() => { if (!this.closed) network.onSocket(this); });
			}
		} as unknown as typeof TCP;
	}

	get last(): FakeTCP { return this.sockets[this.sockets.length - 1]!; }
}

export class FakeTCP {
	readonly options: TCPOptions;
	target: unknown;
	closed = false;
	/** Bytes that write() takes. */
	room = 0;
	/** What was written, and the length of each write. */
	written: Uint8Array = new Uint8Array(0);
	writes: number[] = [];
	/** "throw" and "undefined": what write() does on a socket whose peer has gone. */
	broken: "throw" | "undefined" | undefined;
	/** Runs in a promise job after a write: the peer's turn. */
	onWritten: (socket: this) => void = () => {};
	#incoming: Uint8Array = new Uint8Array(0);
	#turnDue = false;

	constructor(options: TCPOptions) {
		this.options = options;
		this.target = options.target;
	}

	/** The test's side. The peer accepts, or takes more: there is room for that many bytes in all. */
	writable(room: number): void {
		if (this.closed) return;
		this.room = room;
		this.options.onWritable?.call(this as unknown as TCP, room);
	}

	/** Bytes arrive, at most step of them at a time; all that has not been read yet is announced each time. */
	receive(bytes: Uint8Array, step: number = bytes.length): void {
		for (let at = 0; at < bytes.length && !this.closed; at += step) {
			const part = bytes.slice(at, at + step);
			this.#incoming = joined(this.#incoming, part);
			this.options.onReadable?.call(this as unknown as TCP, this.#incoming.length);
		}
	}

	/** The connection fails or was closed by the peer; on a device no error comes along. */
	fail(error?: CodedError): void {
		if (!this.closed) this.options.onError?.call(this as unknown as TCP, error);
	}

	/** Bytes that have arrived and were not read. */
	get unread(): number { return this.#incoming.length; }

	/** Removes what was written so far and returns it. */
	taken(): Uint8Array {
		const bytes = this.written;
		this.written = new Uint8Array(0);
		return bytes;
	}

	read(buffer: IOBuffer): number | undefined {
		if (this.closed) throw new Error("read from a closed socket");
		if (this.#incoming.length === 0) return undefined;
		const bytes = bufferBytes(buffer);
		if (bytes.length === 0 || bytes.length > this.#incoming.length) throw new Error(`read of ${bytes.length} bytes, of which ${this.#incoming.length} are there`);
		bytes.set(this.#incoming.slice(0, bytes.length));
		this.#incoming = this.#incoming.slice(bytes.length);
		return bytes.length;
	}

	write(buffer: IOBuffer): number | undefined {
		if (this.closed) throw new Error("write to a closed socket");
		if (this.broken === "throw") throw new Error("write: not ready");
		if (this.broken === "undefined") return undefined;
		const bytes = bufferBytes(buffer);
		if (bytes.length === 0) throw new Error("write of nothing");
		if (bytes.length > this.room) throw new Error("would block");
		this.written = joined(this.written, bytes);
		this.writes.push(bytes.length);
		this.room -= bytes.length;
		if (!this.#turnDue) {
			this.#turnDue = true;
			void Promise.resolve().then(() => {
				this.#turnDue = false;
				if (!this.closed) this.onWritten(this);
			});
		}
		return this.room;
	}

	close(): void { this.closed = true; }
}

/** Those bytes one after the other. */
export function joined(...parts: Uint8Array[]): Uint8Array {
	const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
	let at = 0;
	for (const part of parts) {
		bytes.set(part, at);
		at += part.length;
	}
	return bytes;
}
