/** ECMA-419's TCP listener for Node. */
import { createServer, type Server, type Socket } from "node:net";
import type { ListenerOptions } from "embedded:io/socket/listener";
import TCP from "./node-tcp.js";

export default class Listener {
	target: unknown;
	readonly #server: Server;
	readonly #waiting: Socket[] = [];

	constructor(options: ListenerOptions) {
		this.target = options.target;
		this.#server = createServer({ allowHalfOpen: false, pauseOnConnect: true }, socket => {
			this.#waiting.push(socket);
			options.onReadable?.call(this as never, this.#waiting.length);
		});
		this.#server.on("error", error => options.onError?.call(this as never, error));
		this.#server.listen(options.port ?? 0, options.address);
	}

	/** The next connection; its callbacks are set by `new TCP({ from })`. */
	read(): TCP | undefined {
		const socket = this.#waiting.shift();
		if (!socket) return undefined;
		socket.resume();
		return new TCP({}, socket);
	}

	close(): void { this.#server.close(); }

	/** 0 until it listens, which Node does a moment later. */
	get port(): number { return (this.#server.address() as { port: number } | null)?.port ?? 0; }
}
