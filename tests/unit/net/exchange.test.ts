import { exchange, type ExchangeOptions } from "../../../modules/net/exchange.js";
import { KDCExchange } from "../../../modules/net/kdc-exchange.js";
import { ProtocolError, TransportError } from "../../../modules/errors/errors.js";
import { bytesEqual, deepEqual, equal, ok, rejects } from "../../support/assert.js";
import { codedError, FakeNetwork, type FakeTCP } from "../../support/fake-tcp.js";
import { ascii, hex } from "../../support/hex.js";

type Play = (socket: FakeTCP) => void;

/** Options for a network on which every socket is played by the next of plays. */
function options(network: FakeNetwork, plays: Play[], more: Partial<ExchangeOptions> = {}): ExchangeOptions {
	network.onSocket = socket => plays.shift()?.(socket);
	return {
		TCP: network.TCP, resolve: (host, done) => done(host === "kdc" ? undefined : new Error("unknown"), host === "kdc" ? ["10.0.0.1", "10.0.0.2"] : []),
		service: "KDC", prefixLength: 4, longestReply: 1000, connectTimeoutMs: 50, answerTimeoutMs: 50, ...more,
	};
}

/** Accepts, and answers a whole request with these bytes, so many at a time. */
function answers(reply: string, step?: number, room = 65536): Play {
	return socket => {
		socket.onWritten = () => {
			if (socket.written.length >= 4 + socket.written[3]!)
				socket.receive(hex(reply), step);
			else
				socket.writable(room);
		};
		socket.writable(room);
	};
}

describe("an exchange over TCP", () => {
	it("sends one request behind its length and takes one reply", async () => {
		const network = new FakeNetwork();
		bytesEqual(await exchange(options(network, [answers("00000003 616263")]), "10.0.0.9", 88, ascii("hello")), "616263");
		bytesEqual(network.last.written, "00000005 68656c6c6f");
		equal(network.last.options.address, "10.0.0.9");
		equal(network.last.options.port, 88);
		ok(network.last.closed);
	});
	it("a byte at a time in either direction, and with more behind it", async () => {
		for (const step of [1, 2, 3, 5]) {
			const network = new FakeNetwork();
			bytesEqual(await exchange(options(network, [answers("00000003 616263 ffff", step, step)]), "10.0.0.9", 88, ascii("hello")), "616263");
			bytesEqual(network.last.written, "00000005 68656c6c6f");
		}
	});
	it("in lent memory where each fits its half of it, else in its own", async () => {
		for (const [length, lent] of [[18, true], [17, false]] as const) {
			const room = new Uint8Array(length), network = new FakeNetwork();
			const reply = await exchange(options(network, [answers("00000003 616263", 2, 3)], { room: () => room }), "10.0.0.9", 88, ascii("hello"));
			bytesEqual(network.last.written, "00000005 68656c6c6f");
			bytesEqual(reply, "616263");
			ok(reply.buffer === room.buffer);
			bytesEqual(room.slice(length - 9), lent ? "00000005 68656c6c6f" : new Uint8Array(9));
		}
		const room = new Uint8Array(5), network = new FakeNetwork();
		const reply = await exchange(options(network, [answers("00000003 616263")], { room: () => room }), "10.0.0.9", 88, ascii("hello"));
		bytesEqual(reply, "616263");
		bytesEqual(room, new Uint8Array(5));
	});
	it("with a length of two bytes, as DNS has it", async () => {
		const network = new FakeNetwork();
		const play: Play = socket => {
			socket.onWritten = () => socket.receive(hex("0002 6162"));
			socket.writable(100);
		};
		bytesEqual(await exchange(options(network, [play], { prefixLength: 2 }), "10.0.0.9", 53, ascii("q")), "6162");
		bytesEqual(network.last.written, "0001 71");
	});
	it("asks the first address that accepts, and no other when that fails later", async () => {
		const network = new FakeNetwork();
		const refuse: Play = socket => socket.fail(codedError("ECONNREFUSED"));
		bytesEqual(await exchange(options(network, [refuse, answers("00000001 61")]), "kdc", 88, ascii("x")), "61");
		deepEqual(network.sockets.map(socket => socket.options.address), ["10.0.0.1", "10.0.0.2"]);
		const hangsUp: Play = socket => {
			socket.onWritten = () => socket.fail(codedError("EOF"));
			socket.writable(100);
		};
		const again = new FakeNetwork();
		await rejects(() => exchange(options(again, [hangsUp, answers("00000001 61")]), "kdc", 88, ascii("x")), TransportError, /kdc \(10\.0\.0\.1\) closed the connection on port 88 without an answer: is it a KDC\?/);
		equal(again.sockets.length, 1);
		ok(again.last.closed);
	});
	it("says what failed: the name, every address, silence", async () => {
		const network = new FakeNetwork();
		await rejects(() => exchange(options(network, []), "nowhere", 88, ascii("x")), TransportError, /no address is known for nowhere/);
		const refuse: Play = socket => socket.fail(codedError("ECONNREFUSED"));
		await rejects(() => exchange(options(network, [refuse, refuse]), "kdc", 88, ascii("x")), TransportError, /kdc \(10\.0\.0\.1\) refuses connections on port 88: is the KDC on\?; also tried: 10\.0\.0\.2 port 88 \(ECONNREFUSED\)/);
		await rejects(() => exchange(options(network, []), "10.0.0.9", 88, ascii("x")), TransportError, /10\.0\.0\.9 does not answer on port 88/);
		ok(network.last.closed);
		await rejects(() => exchange(options(network, [socket => socket.writable(100)]), "10.0.0.9", 88, ascii("x")), TransportError, /no answer from 10\.0\.0\.9 port 88 in 0\.05 s: is the KDC on\?/);
		ok(network.last.closed);
		await rejects(() => exchange(options(network, [answers("00000005 616263")]), "10.0.0.9", 88, ascii("x")), TransportError, /no answer/, "the reply stops in the middle");
		const broken: Play = socket => {
			socket.broken = "throw";
			socket.writable(100);
		};
		await rejects(() => exchange(options(network, [broken]), "10.0.0.9", 88, ascii("x")), TransportError, /failed or was closed/);
	});
	it("refuses replies of no length and longer than allowed, before it takes room for them", async () => {
		const network = new FakeNetwork();
		for (const reply of ["00000000", "000003e9", "7fffffff", "ffffffff", "48545450"])
			await rejects(() => exchange(options(network, [answers(reply)]), "10.0.0.9", 88, ascii("x")), ProtocolError, /announces a reply of \d+ bytes, expected 1 to 1000: is it a KDC\?/, reply);
		ok(network.last.closed);
	});
	it("throws where the socket's class does", async () => {
		const network = new FakeNetwork();
		await rejects(() => exchange({ ...options(network, []), TCP: class { constructor() { throw new Error("no memory"); } } as never }, "10.0.0.9", 88, ascii("x")), TransportError);
	});
});

describe("KDCs on the network", () => {
	const make = (network: FakeNetwork, plays: Play[], nameServers: string[]): KDCExchange => {
		const { TCP, resolve } = options(network, plays);
		return new KDCExchange({ TCP, resolve, nameServers: () => nameServers, connectTimeoutMs: 50, answerTimeoutMs: 50 });
	};

	it("are asked over TCP", async () => {
		const network = new FakeNetwork();
		bytesEqual(await make(network, [answers("00000002 6b00")], []).exchange("10.0.0.9", 750, ascii("x")), "6b00");
		equal(network.last.options.port, 750);
	});
	it("say to set kdc=… where nobody knows them", async () => {
		const network = new FakeNetwork();
		await rejects(() => make(network, [], []).find("HOME"), TransportError, /no KDC is known for the realm HOME: _kerberos\._tcp\.HOME can't be looked up: no name server is known; set kdc=…/);
		await rejects(() => make(network, [socket => socket.fail(codedError("ECONNREFUSED"))], ["10.0.0.53"]).find("HOME"), TransportError, /10\.0\.0\.53 refuses connections on port 53: is the name server on\?; set kdc=…/);
		const none: Play = socket => {
			socket.onWritten = () => socket.receive(hex("000c" + Array.from(socket.written.slice(2, 4), byte => byte.toString(16).padStart(2, "0")).join("") + "8183 0000 0000 0000 0000"));
			socket.writable(100);
		};
		await rejects(() => make(network, [none], ["10.0.0.53"]).find("HOME"), TransportError, /the DNS has no _kerberos\._tcp\.HOME; check realm=…, or set kdc=…/);
	});
});
