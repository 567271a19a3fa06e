/** UDP sockets in the shape of ECMA-419 that do what the test says; nothing is called on a closed one, and reading it throws. */
import type UDP from "embedded:io/socket/udp";
import type { UDPOptions } from "embedded:io/socket/udp";
import { bufferBytes, type IOBuffer } from "./io-buffer.js";

export type Packet = ArrayBuffer & { address: string; port: number };

export class FakeUDPNetwork {
	readonly sockets: FakeUDP[] = [];
	readonly UDP: typeof UDP;
	/** Runs in a promise job after each write: what the network does with it. count: how many the socket has written. */
	onWritten: (socket: FakeUDP, count: number) => void = () => {};
	/** What write() throws. */
	broken: Error | undefined;

	constructor() {
		const network = this;
		this.UDP = class extends FakeUDP {
			constructor(options: UDPOptions) {
				super(options, network);
				network.sockets.push(this);
			}
		} as unknown as typeof UDP;
	}
}

export class FakeUDP {
	readonly options: UDPOptions;
	readonly target: unknown;
	readonly written: { bytes: Uint8Array; address: string; port: number }[] = [];
	closed = false;
	readonly #network: FakeUDPNetwork;
	readonly #packets: Packet[] = [];

	constructor(options: UDPOptions, network: FakeUDPNetwork) {
		this.options = options;
		this.target = options.target;
		this.#network = network;
	}

	/** Packets arrive, announced together. */
	receive(...packets: readonly [bytes: Uint8Array, address: string, port: number][]): void {
		if (this.closed) return;
		for (const [bytes, address, port] of packets) this.#packets.push(Object.assign(bytes.slice().buffer, { address, port }) as Packet);
		this.options.onReadable?.call(this as unknown as UDP, this.#packets.length);
	}
	/** ICMP tells something. */
	fail(): void {
		if (!this.closed) this.options.onError?.call(this as unknown as UDP);
	}

	read(): Packet | undefined {
		if (this.closed) throw new Error("read from a closed socket");
		return this.#packets.shift();
	}
	write(buffer: IOBuffer, address: string, port: number): void {
		if (this.closed) throw new Error("write to a closed socket");
		if (this.#network.broken) throw this.#network.broken;
		this.written.push({ bytes: bufferBytes(buffer).slice(), address, port });
		const count = this.written.length;
		void Promise.resolve().then(() => { if (!this.closed) this.#network.onWritten(this, count); });
	}
	close(): void { this.closed = true; }
}
