/** TCP on the desktop host, against itself and against Node. */
import { createServer, type AddressInfo, type Socket } from "node:net";
import { equal, ok } from "../support/assert.js";
import { eachWidth, fixture, run } from "./host.js";

/** Listens on a free port of the loopback, treats each connection so, and runs the client against it. */
async function serve(treat: (socket: Socket) => void, client: (port: number) => Promise<void>): Promise<void> {
	const sockets = new Set<Socket>();
	const server = createServer(socket => {
		sockets.add(socket);
		socket.on("error", () => undefined);
		treat(socket);
	});
	await new Promise<void>(done => server.listen(0, "127.0.0.1", done));
	try {
		await client((server.address() as AddressInfo).port);
	}
	finally {
		for (const socket of sockets)
			socket.destroy();
		server.close();
	}
}

describe("desktop host, TCP", function () {
	this.timeout(300_000);

	eachWidth(bits => {
		const connect = (port: number, then: string, address = "127.0.0.1") => run(fixture("connect"), { bits, options: ["--creation", "static=262144"], settings: [`address=${address}`, `port=${port}`, `then=${then}`] });

		for (const size of [0, 1, 100, 16_000_000]) {
			it(`echoes ${size} bytes through a slow reader`, async () => {
				const { code, stdout, stderr } = await run(fixture("echo"), { bits, options: ["--creation", "static=131072,heap=512"], settings: [`size=${size}`] });
				equal(stderr, "");
				ok(stdout.startsWith(`client: EOF, sent ${size}, received ${size}, `), stdout);
				equal(code, 0);
				if (size > 1_000_000)
					ok(stdout.includes("short of room at times"), stdout);
			});
		}

		it("does not grow the heap with what it carries", async () => {
			const small = await run(fixture("echo"), { bits, settings: ["size=200000"] });
			const large = await run(fixture("echo"), { bits, settings: ["size=2000000"] });
			// When collections come depends on timing, so a little more or less garbage lies about.
			ok(large.heap["staticUsed"]! < small.heap["staticUsed"]! + 4096, `${large.heap["staticUsed"]} and ${small.heap["staticUsed"]} bytes`);
		});

		it("tells a refused connection by its errno name", async () => {
			equal((await connect(1, "")).stdout, "not ready\nerror ECONNREFUSED: Connection refused\n");
		});

		it("tells the end of a connection only once all was read", () => serve(socket => socket.end(new Uint8Array(1000)), async port => {
			const { stdout, code } = await connect(port, "");
			equal(stdout, `not ready\nwritable 65536\nremote 127.0.0.1 ${port}\nreadable 1000\nread 1000\nerror EOF: the peer has closed the connection\n`);
			equal(code, 0);
		}));

		it("tells no end while bytes are left unread", () => serve(socket => socket.end(new Uint8Array(1000)), async port => {
			const { stdout, code } = await connect(port, "leave");
			equal(stdout, `not ready\nwritable 65536\nremote 127.0.0.1 ${port}\nreadable 1000\n`);
			equal(code, 0);
		}));

		it("tells a reset by its errno name", () => serve(socket => setTimeout(() => socket.resetAndDestroy(), 50), async port => {
			ok((await connect(port, "")).stdout.endsWith("error ECONNRESET: Connection reset by peer\n"));
		}));

		it("hands out what had arrived before a write found the connection reset", () => serve(socket => {
			socket.write(new Uint8Array(10));
			setTimeout(() => socket.resetAndDestroy(), 100);
		}, async port => {
			const { stdout } = await connect(port, "writeLate");
			equal(stdout, `not ready\nwritable 65536\nremote 127.0.0.1 ${port}\nwrite undefined\nreadable 10\nread 10\nerror ECONNRESET: Connection reset by peer\n`);
		}));

		it("refuses to write more than the room it announced", () => serve(socket => socket.resume(), async port => {
			ok((await connect(port, "tooMuch")).stdout.endsWith("would block\n"));
		}));

		it("reads 1000 bytes in a first and the rest in a second call", () => serve(socket => {
			socket.write(new Uint8Array(1000));
			setTimeout(() => socket.end(new Uint8Array(500)), 100);
		}, async port => {
			ok((await connect(port, "leave")).stdout.includes("readable 1000\nreadable 1500\n"));
		}));

		it("sends what was written before close()", async () => {
			let received = 0;
			await serve(socket => socket.on("data", bytes => { received += bytes.length; }), async port => {
				equal((await connect(port, "writeAndClose")).code, 0);
				await new Promise(done => setTimeout(done, 100));
				equal(received, 60_000);
			});
		});
	});

	it("takes only numeric addresses", async () => {
		const { code, stderr } = await run(fixture("connect"), { settings: ["address=nas.local", "port=1"] });
		equal(code, 105);
		ok(stderr.startsWith("Error: invalid address\n"), stderr);
	});
});
