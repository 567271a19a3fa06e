/** UDP on the desktop host, against Node's. */
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { equal } from "../support/assert.js";
import { eachWidth, fixture, run } from "./host.js";

const start = "read undefined\ninvalid address or port\ninvalid address or port\nMessage too long\n", end = "closed: SyntaxError\n";

/** Listens on a free port of the loopback, treats each datagram so, and runs the client against it. */
async function serve(treat: (socket: Socket, bytes: Uint8Array, from: RemoteInfo) => void, client: (port: number) => Promise<void>): Promise<void> {
	const socket = createSocket("udp4");
	socket.on("message", (bytes, from) => treat(socket, new Uint8Array(bytes), from));
	await new Promise<void>(done => socket.bind(0, "127.0.0.1", done));
	try { await client(socket.address().port); }
	finally { socket.close(); }
}

describe("desktop host, UDP", function () {
	this.timeout(300_000);

	eachWidth(bits => {
		const talk = async (port: number, lengths: string, wanted: number, then = "") =>
			(await run(fixture("udp"), { bits, options: ["--creation", "static=262144"], settings: [`port=${port}`, `lengths=${lengths}`, `wanted=${wanted}`, `then=${then}`] })).stdout;

		it("carries packets of 0 to 2048 bytes there and back, each with its sender", () => serve((socket, bytes, { port, address }) => socket.send(bytes, port, address), async port => {
			equal(await talk(port, "0,1,1400,2048", 4), `${start}0 bytes, the last undefined, from 127.0.0.1 port asked\n1 bytes, the last 7, from 127.0.0.1 port asked\n1400 bytes, the last 7, from 127.0.0.1 port asked\n2048 bytes, the last 7, from 127.0.0.1 port asked\n${end}`);
		}));
		it("drops longer ones", () => serve((socket, _bytes, { port, address }) => {
			for (const length of [2049, 60_000, 5]) socket.send(new Uint8Array(length), port, address);
		}, async port => {
			equal(await talk(port, "1", 1), `${start}5 bytes, the last 0, from 127.0.0.1 port asked\n${end}`);
		}));
		it("hands out what others send, and says that they did", () => serve((_socket, _bytes, { port, address }) => {
			const other = createSocket("udp4");
			other.send(new Uint8Array(3), port, address, () => other.close());
		}, async port => {
			equal(await talk(port, "1", 1), `${start}3 bytes, the last 0, from 127.0.0.1 port other\n${end}`);
		}));
		it("announces a packet that nobody reads once", () => serve((socket, bytes, { port, address }) => socket.send(bytes, port, address), async port => {
			equal(await talk(port, "1", 1, "leave"), `${start}announced 1 times\n${end}`);
		}));
		it("tells a refused packet by its errno name", async () => {
			let closed = 0;
			await serve(() => {}, async port => { closed = port; });
			equal(await talk(closed, "1", 1), `${start}error ECONNREFUSED: Connection refused\n${end}`);
		});
	});
});
