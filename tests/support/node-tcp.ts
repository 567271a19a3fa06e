/** ECMA-419's TCP socket for Node, over node:net: it answers as the SDK's C does, errors' codes included. */
import { connect, isIP, type Socket } from "node:net";
import type Standard from "embedded:io/socket/tcp";
import type { TCPOptions } from "embedded:io/socket/tcp";
import { bufferBytes, type IOBuffer } from "./io-buffer.js";

/** Most bytes that wait for the network. */
const capacity = 65536;

type Failure = Error & { code?: string };
type Options = Omit<TCPOptions, "from"> & { from?: TCP };

export default class TCP {
	target: unknown;
	#socket: Socket | undefined;
	#options: Options;
	#chunks: Uint8Array[] = [];
	#available = 0;
	#waiting = 0;
	#connected = false;
	#failure: Failure | undefined;
	#told = false;

	constructor(options: Options, accepted?: Socket) {
		this.#options = options;
		this.target = options.target;
		if (options.from) {
			this.#take(options.from);
			return;
		}
		if (!accepted && !isIP(options.address ?? "")) throw new Error("invalid address");
		this.#socket = accepted ?? connect({ host: options.address, port: options.port ?? 0, noDelay: options.nodelay ?? false });
		this.#connected = accepted !== undefined;
		this.#listen();
	}

	/** Fills buffer; the number of bytes, or undefined where there are none. */
	read(buffer?: IOBuffer | number): number | ArrayBuffer | undefined {
		this.#open();
		if (this.#available === 0) return undefined;
		const result = buffer === undefined || typeof buffer === "number" ? new ArrayBuffer(buffer ?? this.#available) : undefined;
		const bytes = result ? new Uint8Array(result) : bufferBytes(buffer as IOBuffer);
		if (bytes.length === 0 || bytes.length > this.#available) throw new Error("invalid");
		let at = 0;
		while (at < bytes.length) {
			const chunk = this.#chunks[0]!;
			const part = chunk.subarray(0, bytes.length - at);
			bytes.set(part, at);
			at += part.length;
			if (part.length === chunk.length) this.#chunks.shift();
			else this.#chunks[0] = chunk.subarray(part.length);
		}
		this.#available -= at;
		if (this.#available === 0 && this.#failure) setImmediate(() => this.#tell());
		return result ?? at;
	}

	/** Takes all of buffer or throws; the number of bytes that can be written next. */
	write(buffer: IOBuffer): number | undefined {
		const socket = this.#open();
		if (!this.#connected) throw new Error("not ready");
		if (this.#failure) return undefined;
		const bytes = bufferBytes(buffer);
		if (bytes.length > capacity - this.#waiting) throw new Error("would block");
		this.#waiting += bytes.length;
		// A copy: the caller's memory is its own again when this returns.
		socket.write(new Uint8Array(bytes), () => {
			this.#waiting -= bytes.length;
			this.#writable();
		});
		return capacity - this.#waiting;
	}

	close(): void {
		const socket = this.#socket;
		this.#socket = undefined;
		this.#chunks = [];
		this.#available = 0;
		// What was written still goes out, as with a closed socket of lwIP.
		socket?.destroySoon();
	}

	get remoteAddress(): string | undefined { return this.#open().remoteAddress; }
	get remotePort(): number | undefined { return this.#open().remotePort; }

	#open(): Socket {
		if (!this.#socket) throw new Error("closed");
		return this.#socket;
	}

	/** Takes the connection of another instance over. */
	#take(from: TCP): void {
		this.#socket = from.#open();
		this.#chunks = from.#chunks;
		this.#available = from.#available;
		this.#waiting = from.#waiting;
		this.#connected = from.#connected;
		this.#failure = from.#failure;
		from.#socket = undefined;
		this.#socket.removeAllListeners();
		this.#listen();
		setImmediate(() => {
			if (this.#available > 0) this.#call("onReadable", this.#available);
			if (this.#connected) this.#writable();
			if (this.#failure) this.#tell();
		});
	}

	#listen(): void {
		const socket = this.#socket!;
		socket.on("connect", () => {
			this.#connected = true;
			this.#writable();
		});
		socket.on("data", (chunk: Buffer) => {
			if (!this.#socket) return;
			this.#chunks.push(new Uint8Array(chunk));
			this.#available += chunk.length;
			this.#call("onReadable", this.#available);
		});
		socket.on("error", error => this.#fail(error));
		socket.on("end", () => this.#fail(Object.assign(new Error("the peer closed the connection"), { code: "EOF" })));
	}

	#writable(): void {
		if (!this.#failure) this.#call("onWritable", capacity - this.#waiting);
	}

	#fail(failure: Failure): void {
		this.#failure ??= failure;
		this.#tell();
	}

	/** Once, and after what had arrived before was read. */
	#tell(): void {
		if (this.#told || this.#available > 0) return;
		this.#told = true;
		this.#call("onError", this.#failure);
	}

	#call(name: "onReadable" | "onWritable" | "onError", value: unknown): void {
		if (this.#socket) (this.#options[name] as ((this: Standard, value: unknown) => void) | undefined)?.call(this as unknown as Standard, value);
	}
}
