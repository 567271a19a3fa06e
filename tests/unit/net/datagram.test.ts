import Timer from "timer";
import { askByDatagram } from "../../../modules/net/datagram.js";
import { KDCExchange } from "../../../modules/net/kdc-exchange.js";
import { bytesEqual, deepEqual, equal, ok } from "../../support/assert.js";
import { FakeUDPNetwork } from "../../support/fake-udp.js";
import { ascii } from "../../support/hex.js";

const kdc = "10.0.0.9", timeoutMs = 40;

/** The reply to "hello" on that network: what begins with "k" is one. */
function ask(network: FakeUDPNetwork, host = kdc, more: { room?: () => Uint8Array } = {}): Promise<Uint8Array | undefined> {
	return askByDatagram({
		UDP: network.UDP, datagramTimeoutMs: timeoutMs,
		resolve: (host, done) => done(host === "kdc" ? undefined : new Error("unknown"), host === "kdc" ? ["fd00::1", "10.0.0.1", "10.0.0.2"] : []), ...more,
	}, host, 88, ascii("hello"), bytes => bytes[0] === 0x6B);
}

describe("an exchange by datagrams", () => {
	it("sends the request as it is and takes the reply", async () => {
		const network = new FakeUDPNetwork();
		network.onWritten = socket => socket.receive([ascii("k1"), kdc, 88]);
		bytesEqual((await ask(network))!, ascii("k1"));
		deepEqual(network.sockets.map(({ written, closed }) => [written.length, closed]), [[1, true]]);
		bytesEqual(network.sockets[0]!.written[0]!.bytes, ascii("hello"));
		deepEqual([network.sockets[0]!.written[0]!.address, network.sockets[0]!.written[0]!.port], [kdc, 88]);
	});
	it("sends it once more, and no more, and gives up", async () => {
		const network = new FakeUDPNetwork(), start = Date.now();
		equal(await ask(network), undefined);
		ok(Date.now() - start >= 2 * timeoutMs - 5, "it waits twice");
		deepEqual(network.sockets.map(({ written, closed }) => [written.length, closed]), [[2, true]]);
		network.onWritten = (socket, count) => { if (count === 2) socket.receive([ascii("k2"), kdc, 88]); };
		bytesEqual((await ask(network))!, ascii("k2"));
	});
	it("passes over what comes from another address or port, and what is no reply", async () => {
		const network = new FakeUDPNetwork();
		network.onWritten = socket => socket.receive([ascii("k-address"), "10.0.0.8", 88], [ascii("k-port"), kdc, 750], [ascii("garbage"), kdc, 88], [ascii(""), kdc, 88], [ascii("k3"), kdc, 88], [ascii("k4"), kdc, 88]);
		bytesEqual((await ask(network))!, ascii("k3"), "the first of two");
	});
	it("waits no longer for all that", async () => {
		const network = new FakeUDPNetwork();
		let heard = 0;
		const noise = Timer.repeat(() => {
			heard++;
			network.sockets[0]!.receive([ascii("k"), "10.0.0.8", 88], [ascii("x"), kdc, 88]);
		}, 5);
		// Noise that prolonged the wait would do so for ever.
		try { equal(await ask(network), undefined); }
		finally { Timer.clear(noise); }
		equal(network.sockets[0]!.written.length, 2);
		ok(heard > 1, String(heard));
	});
	it("ends where nobody listens, where the socket's class throws, and where there is no address to ask", async () => {
		const network = new FakeUDPNetwork();
		network.onWritten = socket => socket.fail();
		equal(await ask(network), undefined);
		equal(network.sockets[0]!.written.length, 1);
		network.broken = new Error("UDP send failed");
		equal(await ask(network), undefined);
		ok(network.sockets.every(({ closed }) => closed));
		equal(await ask(network, "nowhere"), undefined);
		equal(await ask(network, "fd00::9"), undefined);
		equal(network.sockets.length, 2);
		equal(await askByDatagram({ UDP: class { constructor() { throw new Error("no socket"); } } as never, resolve: () => {} }, kdc, 88, ascii("hello"), () => true), undefined);
	});
	it("asks a name's first IPv4 address", async () => {
		const network = new FakeUDPNetwork();
		network.onWritten = socket => socket.receive([ascii("k"), "10.0.0.2", 88], [ascii("k5"), "10.0.0.1", 88]);
		bytesEqual((await ask(network, "kdc"))!, ascii("k5"));
	});
	it("leaves the reply in lent memory where it fits half of it", async () => {
		const network = new FakeUDPNetwork();
		network.onWritten = socket => socket.receive([ascii("k67"), kdc, 88]);
		for (const [length, lent] of [[6, true], [5, false]] as const) {
			const room = new Uint8Array(length), reply = (await ask(network, kdc, { room: () => room }))!;
			bytesEqual(reply, ascii("k67"));
			equal(reply.buffer === room.buffer, lent);
		}
	});
	it("is what KDCs are asked by for 1400 bytes, where the host has UDP", async () => {
		const network = new FakeUDPNetwork(), options = { TCP: class {} as never, resolve: () => {}, nameServers: () => [] };
		network.onWritten = socket => socket.receive([ascii("k"), kdc, 88]);
		equal(new KDCExchange(options).longestDatagram, 0);
		const kdcs = new KDCExchange({ ...options, UDP: network.UDP });
		equal(kdcs.longestDatagram, 1400);
		bytesEqual((await kdcs.askByDatagram(kdc, 88, ascii("x"), () => true))!, ascii("k"));
	});
});
