/** A transport over a fake network, for the tests of this folder. */
import { Transport, type TransportOptions } from "../../../modules/net/transport.js";
import type { Window } from "../../../hosts/pipeline/window.js";
import { FakeNetwork, joined, type FakeTCP } from "../../support/fake-tcp.js";
import { toHex } from "../../support/hex.js";
import { FakeWindow } from "../../support/io-buffer.js";

/** Memory: 256 bytes to receive into, the rest for messages. */
export const receiveEnd = 256;
export const memoryLength = 4096;

/** RFC 1002 4.3.3 POSITIVE SESSION RESPONSE. */
export const positive = new Uint8Array([0x82, 0, 0, 0]);

const opened: Transport[] = [];

/** it(), after which no transport stays open: their timers would keep the program alive. */
export function rule(name: string, run: () => void | Promise<void>): void {
	it(name, async () => {
		try { await run(); }
		finally {
			for (const transport of opened.splice(0)) transport.close();
		}
	});
}

export class Bench {
	readonly network = new FakeNetwork();
	readonly memory = new ArrayBuffer(memoryLength);
	readonly bytes = new Uint8Array(this.memory);
	readonly windows: FakeWindow[] = [];
	readonly log: string[] = [];
	/** What the transport called, in order: "message 01ff", "sent 300", "error CODE". */
	readonly calls: string[] = [];
	readonly errors: Error[] = [];

	options(more: Partial<TransportOptions> = {}): TransportOptions {
		return {
			TCP: this.network.TCP,
			resolve: (_host, done) => { void Promise.resolve().then(() => done(undefined, ["10.0.0.10"])); },
			memory: this.memory,
			window: (): Window => {
				const window = new FakeWindow(this.memory);
				this.windows.push(window);
				return window;
			},
			receiveAt: 0, receiveEnd,
			host: "nas.local", port: 445,
			log: line => { this.log.push(line); },
			...more,
		};
	}

	async connect(more: Partial<TransportOptions> = {}): Promise<Transport> {
		const transport = await Transport.connect(this.options(more));
		opened.push(transport);
		return transport;
	}

	/** A transport that is open, with room for that many bytes. */
	async open(more: Partial<TransportOptions> = {}, room = 65536): Promise<Transport> {
		const session = more.netbios ?? more.port === 139;
		this.network.onSocket = socket => {
			if (session) socket.onWritten = () => { socket.receive(positive); };
			socket.writable(session ? 72 : room);
		};
		const transport = await this.connect(more);
		this.socket.onWritten = () => {};
		this.socket.taken();
		this.socket.writes = [];
		this.socket.writable(room);
		this.listen(transport);
		return transport;
	}

	/** Open, and a message was sent, so that the server may answer. */
	async asked(more: Partial<TransportOptions> = {}): Promise<Transport> {
		const transport = await this.open(more);
		transport.send(1000, 1001);
		this.socket.taken();
		this.socket.writes = [];
		this.calls.length = 0;
		return transport;
	}

	listen(transport: Transport): void {
		transport.onMessage = (at, end) => { this.calls.push("message " + toHex(this.bytes, at, end)); };
		transport.onSent = at => { this.calls.push("sent " + at); };
		transport.onError = error => {
			this.errors.push(error);
			this.calls.push("error " + ((error as { code?: string }).code ?? error.name));
		};
	}

	get socket(): FakeTCP { return this.network.last; }
}

/** Direct TCP's frame around those bytes. */
export function frame(...bytes: number[]): Uint8Array {
	return joined(new Uint8Array([0, bytes.length >>> 16, bytes.length >>> 8, bytes.length]), new Uint8Array(bytes));
}

/** length bytes that count up from first. */
export function counting(length: number, first = 0): number[] {
	const bytes: number[] = [];
	for (let i = 0; i < length; i++) bytes.push(first + i & 0xFF);
	return bytes;
}
