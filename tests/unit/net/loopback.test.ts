/** The transport over the host's own sockets, on the loopback: what the scripted network cannot show. */
import Listener from "embedded:io/socket/listener";
import TCP from "embedded:io/socket/tcp";
import Timer from "timer";
import { Pipeline } from "../../../hosts/pipeline/pipeline.js";
import { Window } from "../../../hosts/pipeline/window.js";
import { ProtocolError, TransportError } from "../../../modules/errors/errors.js";
import { Transport } from "../../../modules/net/transport.js";
import { equal, ok } from "../../support/assert.js";

type Serve = (socket: TCP, bytes: Uint8Array) => void;

/** Listens on a free port, gives serve() what arrives on each connection. */
class Server {
	readonly #listener: Listener;
	readonly sockets: TCP[] = [];

	constructor(serve: Serve) {
		const { sockets } = this;
		this.#listener = new Listener({
			address: "127.0.0.1", port: 0,
			onReadable(count) {
				while (count-- > 0) {
					const from = this.read();
					if (!from) return;
					sockets.push(new TCP({
						from,
						onReadable(length) {
							const bytes = new Uint8Array(length);
							this.read(bytes);
							serve(this, bytes);
						},
						onError() { this.close(); },
					}));
				}
			},
		});
	}

	async port(): Promise<number> {
		while (!this.#listener.port) await new Promise<void>(resolve => { Timer.set(() => resolve(), 1); });
		return this.#listener.port;
	}

	/** Safe to call twice. */
	close(): void {
		this.#listener.close();
		for (const socket of this.sockets) socket.close();
	}
}

/** A transport and its memory, of which the control area is the test's. */
class Line {
	readonly pipeline = new Pipeline(1, 1024, 0, 8192, 1024, () => {});
	readonly bytes = new Uint8Array(this.pipeline.memory());
	/** Where messages can lie, room for the prefix before it. */
	readonly at = this.pipeline.controlAt + 4;
	#transport: Transport | undefined;

	async connect(port: number): Promise<Transport> {
		const { pipeline } = this;
		return this.#transport = await Transport.connect({
			TCP, resolve: () => { throw new Error("looked up"); }, memory: pipeline.memory(), window: () => new Window(pipeline),
			receiveAt: pipeline.receiveAt, receiveEnd: pipeline.controlAt, host: "127.0.0.1", port, connectTimeoutMs: 5000,
		});
	}

	close(): void {
		this.#transport?.close();
		this.pipeline.close();
	}
}

/** A test with a server that does that with what it gets. */
function over(name: string, serve: Serve, run: (server: Server, line: Line) => Promise<void>): void {
	it(name, async () => {
		const server = new Server(serve);
		const line = new Line();
		try { await run(server, line); }
		finally {
			line.close();
			server.close();
		}
	});
}

describe("net: Transport on the loopback", () => {
	over("echoes messages of all sizes, in order", (socket, bytes) => { socket.write(bytes); }, async (server, line) => {
		const transport = await line.connect(await server.port());
		const { bytes } = line;
		const sizes = [1, 2, 3, 4, 5, 100, 1019, 1020, 7, 512, 513, 1020, 1];
		let received = 0;
		await new Promise<void>((resolve, reject) => {
			transport.onError = reject;
			transport.onMessage = (at, end) => {
				try {
					equal(end - at, sizes[received]);
					for (let i = at; i < end; i++) equal(bytes[i], received + i - at & 0xFF);
				}
				catch (error) { reject(error as Error); }
				if (++received === sizes.length) resolve();
			};
			let at = line.at;
			sizes.forEach((size, index) => {
				for (let i = 0; i < size; i++) bytes[at + i] = index + i;
				transport.send(at, at + size);
				at += size + 4;
			});
		});
	});

	const rounds = 256;
	let arrived = 0;
	over("moves a megabyte through the same few bytes, as the socket takes them", (socket, bytes) => {
		arrived += bytes.length;
		if (arrived === rounds * 4100) socket.write(new Uint8Array([0, 0, 0, 1, 0xFE]));
	}, async (server, line) => {
		const transport = await line.connect(await server.port());
		await new Promise<void>((resolve, reject) => {
			let round = 1;
			transport.onError = reject;
			transport.onMessage = () => resolve();
			transport.onSent = at => { if (round++ < rounds) transport.send(at, at + 4096); };
			transport.send(line.at, line.at + 4096);
		});
		equal(arrived, rounds * 4100);
	});

	over("says that nobody listens", () => {}, async (server, line) => {
		const port = await server.port();
		server.close();
		let error: unknown;
		try { await line.connect(port); }
		catch (caught) { error = caught; }
		ok(error instanceof TransportError);
		equal(error.code, "ECONNREFUSED");
	});

	over("hands out the last answers of a server that closes behind them", socket => {
		socket.write(new Uint8Array([0, 0, 0, 1, 1, 0, 0, 0, 2, 2, 2]));
		socket.close();
	}, async (server, line) => {
		const transport = await line.connect(await server.port());
		const seen: unknown[] = [];
		await new Promise<void>(resolve => {
			transport.onMessage = (at, end) => { seen.push(end - at, line.bytes[at]); };
			transport.onError = error => {
				seen.push(error instanceof TransportError && error.code);
				resolve();
			};
			transport.send(line.at, line.at + 1);
		});
		equal(JSON.stringify(seen), JSON.stringify([1, 1, 2, 2, "EOF"]));
	});

	over("recognises a web server", socket => { socket.write(new Uint8Array([0x48, 0x54, 0x54, 0x50, 0x2F, 0x31])); }, async (server, line) => {
		const transport = await line.connect(await server.port());
		const error = await new Promise<Error>(resolve => {
			transport.onError = resolve;
			transport.send(line.at, line.at + 1);
		});
		ok(error instanceof ProtocolError);
		ok(/\("HTTP"\)/.test(error.message), error.message);
	});
});
