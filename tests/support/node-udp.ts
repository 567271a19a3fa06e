/** ECMA-419's UDP socket for Node, over node:dgram. */
import { createSocket } from "node:dgram";
import type Standard from "embedded:io/socket/udp";
import type { UDPOptions } from "embedded:io/socket/udp";
import { bufferBytes, type IOBuffer } from "./io-buffer.js";

type Packet = ArrayBuffer & { address: string; port: number };

export default class UDP {
	target: unknown;
	readonly #socket = createSocket("udp4");
	readonly #packets: Packet[] = [];
	#closed = false;

	constructor(options: UDPOptions) {
		this.target = options.target;
		this.#socket.on("message", (bytes, { address, port }) => {
			if (this.#closed) return;
			this.#packets.push(Object.assign(new Uint8Array(bytes).buffer, { address, port }));
			options.onReadable?.call(this as unknown as Standard, this.#packets.length);
		});
		this.#socket.on("error", error => { if (!this.#closed) options.onError?.call(this as unknown as Standard, error); });
		this.#socket.bind(options.port ?? 0, options.address);
	}

	read(): Packet | undefined { return this.#packets.shift(); }
	write(buffer: IOBuffer, address: string, port: number): void { this.#socket.send(new Uint8Array(bufferBytes(buffer)), port, address); }
	close(): void {
		if (!this.#closed) this.#socket.close();
		this.#closed = true;
	}
}
