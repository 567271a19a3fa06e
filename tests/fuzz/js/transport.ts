/** A transport over a fake socket: any bytes in any pieces, while messages are sent, the socket fills up, fails or is closed. */
import { ProtocolError, TransportError } from "../../../modules/errors/errors.js";
import { Transport } from "../../../modules/net/transport.js";
import { deepEqual, equal, ok } from "../../support/assert.js";
import { codedError, FakeNetwork, joined } from "../../support/fake-tcp.js";
import { hex } from "../../support/hex.js";
import { FakeWindow } from "../../support/io-buffer.js";
import { settled } from "../guide/settled.js";
import { Input, outcomeOf, parts, sumOf } from "../guide/target.js";

const receiveEnd = 256, sendAt = 512;

/** What a reader of the standards makes of the bytes: Direct TCP's messages or RFC 1002's packets, or that the rest can't be. */
function model(stream: Uint8Array, netbios: boolean): { messages: string[]; wrong: boolean; rest: number } {
	const messages: string[] = [];
	let at = 0;
	while (stream.length - at >= 4) {
		const type = stream[at]!, length = stream[at + 1]! << 16 | stream[at + 2]! << 8 | stream[at + 3]!;
		const keepAlive = netbios && type === 0x85 && length === 0;
		if (!keepAlive && (type !== 0 || length === 0 || length > receiveEnd - 4)) return { messages, wrong: true, rest: 0 };
		if (stream.length - at < 4 + length) break;
		if (!keepAlive) messages.push(sumOf(stream.subarray(at + 4, at + 4 + length)));
		at += 4 + length;
	}
	return { messages, wrong: false, rest: stream.length - at };
}

/** How the connection begins, then calls: each a kind and what it takes. */
export function run(bytes: Uint8Array): Promise<string> {
	const input = new Input(bytes), options = input.byte(), netbios = (options & 1) !== 0;
	const memory = new ArrayBuffer(8192), view = new Uint8Array(memory), network = new FakeNetwork(), windows: FakeWindow[] = [];
	network.onSocket = socket => {
		if (!netbios) return socket.writable(input.byte() * 4);
		socket.onWritten = () => {
			if (socket.taken().length > 0) socket.receive((options & 2) !== 0 ? Uint8Array.of(0x82, 0, 0, 0) : input.part(), 1 + (options >> 4));
		};
		socket.writable(72);
		// A server that says nothing more: the answer was cut off.
		if (!socket.closed && (options & 2) === 0) void Promise.resolve().then(() => Promise.resolve()).then(() => { if (network.last === socket) socket.fail(codedError("ECONNRESET")); });
	};
	return outcomeOf([TransportError, ProtocolError], async () => {
		const transport = await settled(Transport.connect({
			TCP: network.TCP, resolve: (_host, done) => done(undefined, ["10.0.0.1"]), memory, receiveAt: 0, receiveEnd, host: "nas", port: netbios ? 139 : 445,
			window: () => {
				const window = new FakeWindow(memory);
				windows.push(window);
				return window;
			},
		}));
		const socket = network.last, messages: string[] = [], sent: number[] = [], due: Uint8Array[] = [], written: Uint8Array[] = [socket.taken()];
		let received: Uint8Array = new Uint8Array(0), error: Error | undefined, closed = false, asked = false;
		const alive = (): void => ok(!error && !closed, "called after the end");
		transport.onMessage = (at, end) => {
			alive();
			ok(at >= 4 && end <= receiveEnd && end > at, "a message outside of its area");
			messages.push(sumOf(view.subarray(at, end)));
			if ((options & 4) !== 0 && messages.length === 3) {
				closed = true;
				transport.close();
			}
		};
		transport.onSent = at => {
			alive();
			sent.push(at);
		};
		transport.onError = reason => {
			alive();
			error = reason;
		};
		socket.onWritten = () => {};
		for (let sends = 0; input.left > 0;) {
			const call = input.byte();
			switch (call & 7) {
				case 0: case 1: case 2: {
					const part = input.take((call >> 3) + (call & 7) * 32);
					if (!closed && !error) received = joined(received, part);
					socket.receive(part, 1 + (call >> 3));
					break;
				}
				case 3: socket.writable(call >> 3 === 0 ? 0 : input.byte() + (call >> 3)); break;
				case 4: case 5: {
					if (closed || error || sends === 60) break;
					const at = sendAt + 4 + 128 * sends, end = at + 1 + (call >> 3);
					view.fill(sends + 1, at, end);
					try {
						transport.send(at, end);
						due.push(Uint8Array.of(0, 0, 0, end - at, ...view.slice(at, end)));
						sends++;
						asked = true;
					}
					catch (refused) { ok(refused instanceof RangeError || refused instanceof TransportError || refused instanceof ProtocolError, "a message is refused otherwise"); }
					break;
				}
				case 6: socket.broken = call >> 3 === 7 ? "throw" : call >> 3 === 8 ? "undefined" : socket.broken; break;
				default:
					if (call >> 3 === 0) {
						closed = true;
						transport.close();
					}
					else if (call >> 3 < 8) socket.fail((call & 8) !== 0 ? codedError("ECONNRESET") : undefined);
			}
			await undefined;
		}
		transport.close();
		ok(socket.closed && windows.every(window => window.closed), "something stays open");
		written.push(socket.written);
		const out = joined(...written), all = joined(...due);
		ok(sumOf(out) === sumOf(all.slice(0, out.length)), "what went out");
		ok(sent.every((at, i) => at === sendAt + 4 + 128 * i), "the order of what was sent");
		const should = model(received, netbios);
		// Whatever came before something was asked ends the connection; a model of time would know when.
		if (asked && messages.length > 0) deepEqual(messages, should.messages.slice(0, messages.length), "the messages");
		if (asked && !error && !closed) {
			equal(messages.length, should.messages.length, "how many messages");
			ok(!should.wrong, "what can't be was taken");
		}
		return `${messages.join()} ${sent.length} ${error?.name} ${error?.message}`;
	});
}

export const length = 1500;
export const seeds = (): Uint8Array[] => [
	hex("00 40 04 40 00000003 010203".replace(/ /g, "")),
	hex("00 40 0c 38 00000002aabb00 40 00010203040506".replace(/ /g, "")),
	hex("03 04 20 85000000 38 00000003010203".replace(/ /g, "")),
	Uint8Array.of(1, ...parts(hex("82000000"))), Uint8Array.of(1, ...parts(hex("8300000182"))), Uint8Array.of(1, ...parts(hex("84000006c0000201008b"))),
	hex("00 00 3c 0b ff 0c 1b 80 07".replace(/ /g, "")),
];
