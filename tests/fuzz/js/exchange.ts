/** One request to a KDC or a name server over a fake socket: any bytes in any pieces come back. */
import { ProtocolError, TransportError } from "../../../modules/errors/errors.js";
import { exchange } from "../../../modules/net/exchange.js";
import { equal, ok } from "../../support/assert.js";
import { codedError, FakeNetwork } from "../../support/fake-tcp.js";
import { hex } from "../../support/hex.js";
import { settled } from "../guide/settled.js";
import { Input, outcomeOf, sumOf } from "../guide/target.js";

const longestReply = 300;

/** How the socket behaves and in which steps bytes come, then what comes. */
export function run(bytes: Uint8Array): Promise<string> {
	const input = new Input(bytes), options = input.byte(), step = 1 + input.byte(), stream = input.rest();
	const prefixLength = (options & 1) !== 0 ? 2 : 4, network = new FakeNetwork(), request = new Uint8Array(20).fill(7);
	let heard = 0;
	network.onSocket = socket => {
		if ((options & 2) !== 0) return socket.fail(codedError("ECONNREFUSED"));
		// The socket takes the request bit by bit, and may break on the way.
		socket.onWritten = () => {
			heard += socket.taken().length;
			ok(heard <= prefixLength + request.length, "more than the request");
			if (heard < prefixLength + request.length) return (options & 4) !== 0 ? socket.fail() : socket.writable(1 + (options >> 4));
			socket.receive(stream, step);
			socket.fail((options & 8) !== 0 ? codedError("EOF") : undefined);
		};
		socket.writable(1 + (options >> 4));
	};
	return outcomeOf([TransportError, ProtocolError], async () => {
		try {
			const reply = await settled(exchange({
				TCP: network.TCP, resolve: (_host, done) => done(undefined, ["10.0.0.1"]), service: "KDC", prefixLength, longestReply, connectTimeoutMs: 1000, answerTimeoutMs: 1000,
			}, "kdc", 88, request));
			const announced = stream.slice(0, prefixLength).reduce((value, byte) => value * 256 + byte, 0);
			ok(announced > 0 && announced <= longestReply, "a reply of that length");
			equal(reply.length, announced);
			equal(sumOf(reply), sumOf(stream.slice(prefixLength, prefixLength + announced)), "the reply");
			return sumOf(reply);
		}
		finally { ok(network.sockets.every(socket => socket.closed), "a socket stays open"); }
	});
}

export const length = 400;
export const seeds = (): Uint8Array[] => [hex("0001 00000003010203"), hex("f100 00030102030405"), hex("0100 0000"), hex("00ff 00010000"), hex("0200"), hex("0400"), hex("0800 000000050102")];
