import { ProtocolError, TransportError } from "../../../modules/errors/errors.js";
import { bytesEqual, deepEqual, equal, ok, rejects } from "../../support/assert.js";
import { codedError, type FakeTCP, joined } from "../../support/fake-tcp.js";
import { ascii, hex } from "../../support/hex.js";
import { Bench, positive, rule } from "./transport-setup.js";

/** Which address and port each socket went to. */
function tried(bench: Bench): string[] {
	return bench.network.sockets.map(socket => socket.options.address + " " + socket.options.port);
}

/** Connects, expecting an error of that class. */
async function failure(bench: Bench, more: Parameters<Bench["connect"]>[0]): Promise<TransportError & ProtocolError> {
	try { await bench.connect(more); }
	catch (error) { return error as TransportError & ProtocolError; }
	throw new Error("it connected");
}

const two = (_host: string, done: (reason: Error | undefined, addresses: string[]) => void): void => done(undefined, ["10.0.0.10", "10.0.0.11"]);

describe("net: Transport.connect", () => {
	rule("is there when the socket can first be written, and says so", async () => {
		const bench = new Bench();
		const transport = await bench.open();
		deepEqual([transport.address, transport.port, transport.netbios], ["10.0.0.10", 445, false]);
		equal(bench.socket.options.nodelay, true);
		deepEqual(bench.log, ["TCP connection established: nas.local (10.0.0.10) port 445"]);
		equal(bench.socket.written.length, 0);
	});

	rule("looks nothing up for an address", async () => {
		const bench = new Bench();
		const resolve = (): void => { throw new Error("looked up"); };
		const transport = await bench.open({ host: "192.168.1.20", resolve });
		equal(transport.address, "192.168.1.20");
		deepEqual(bench.log, ["TCP connection established: 192.168.1.20 port 445"]);
	});

	rule("tries every address on 445, then on 139", async () => {
		const bench = new Bench();
		bench.network.onSocket = socket => socket.fail(codedError("ECONNREFUSED"));
		const error = await failure(bench, { resolve: two, port: undefined });
		deepEqual(tried(bench), ["10.0.0.10 445", "10.0.0.11 445", "10.0.0.10 139", "10.0.0.11 139"]);
		ok(error instanceof TransportError);
		equal(error.code, "ECONNREFUSED");
		equal(error.message, "nas.local (10.0.0.10) refuses connections on port 445: is the SMB service on?; also tried: 10.0.0.11 port 445 (ECONNREFUSED), 10.0.0.10 port 139 (ECONNREFUSED), 10.0.0.11 port 139 (ECONNREFUSED)");
		ok(bench.network.sockets.every(socket => socket.closed));
		ok(bench.windows.every(window => window.closed));
		equal(bench.log.length, 4);
	});

	rule("takes the second address, or 139, where only that answers", async () => {
		const bench = new Bench();
		bench.network.onSocket = socket => {
			if (socket.options.address === "10.0.0.11") socket.writable(100);
			else socket.fail(codedError("EHOSTUNREACH"));
		};
		equal((await bench.connect({ resolve: two, port: undefined })).address, "10.0.0.11");
		const other = new Bench();
		other.network.onSocket = socket => {
			socket.onWritten = () => socket.receive(positive);
			if (socket.options.port === 139) socket.writable(100);
			else socket.fail(codedError("ECONNREFUSED"));
		};
		const transport = await other.connect({ port: undefined });
		deepEqual([transport.port, transport.netbios], [139, true]);
		ok(/^NetBIOS session established: nas\.local \(10\.0\.0\.10\) port 139$/.test(other.log[1]!), other.log[1]);
	});

	rule("stays with a port that is given", async () => {
		for (const port of [445, 139, 4450]) {
			const bench = new Bench();
			bench.network.onSocket = socket => socket.fail(codedError("ECONNREFUSED"));
			await rejects(() => bench.connect({ port }), TransportError, new RegExp(`refuses connections on port ${port}: is the SMB service on\\?$`));
			deepEqual(tried(bench), ["10.0.0.10 " + port]);
		}
	});

	rule("tries at most eight addresses", async () => {
		const bench = new Bench();
		bench.network.onSocket = socket => socket.fail();
		const many = Array.from({ length: 20 }, (_, i) => "10.0.0." + i);
		await rejects(() => bench.connect({ resolve: (_host, done) => done(undefined, many) }), TransportError);
		equal(bench.network.sockets.length, 8);
	});

	rule("says what a failure means", async () => {
		for (const [code, expected, text] of [
			["ECONNREFUSED", "ECONNREFUSED", /refuses connections on port 445: is the SMB service on\?$/],
			["ECONNRESET", "ECONNRESET", /reset the connection on port 445$/],
			["ENETUNREACH", "ENETUNREACH", /cannot be reached: is it on/],
			["ETIMEDOUT", "ETIMEDOUT", /does not answer on port 445: is it on, and does a firewall/],
			[undefined, "CLOSED", /^the connection to nas\.local \(10\.0\.0\.10\) port 445 failed or was closed: is the SMB service on\?$/],
		] as const) {
			const bench = new Bench();
			bench.network.onSocket = socket => socket.fail(code === undefined ? undefined : codedError(code));
			const error = await failure(bench, {});
			equal(error.code, expected);
			ok(text.test(error.message), error.message);
		}
	});

	rule("gives a silent address its time and goes on with the next", async () => {
		const bench = new Bench();
		bench.network.onSocket = socket => { if (socket.options.address === "10.0.0.11") socket.writable(100); };
		const transport = await bench.connect({ resolve: two, connectTimeoutMs: 10 });
		equal(transport.address, "10.0.0.11");
		ok(bench.network.sockets[0]!.closed);
		ok(/10\.0\.0\.10\) does not answer on port 445/.test(bench.log[0]!), bench.log[0]);
	});

	rule("passes on what the socket's constructor throws", async () => {
		const bench = new Bench();
		const TCP = class { constructor() { throw new Error("invalid address"); } } as never;
		const error = await failure(bench, { TCP });
		ok(error instanceof TransportError);
		equal((error.cause as Error).message, "invalid address");
		ok(bench.windows.every(window => window.closed));
	});

	rule("tries nothing else where the fault is its caller's", async () => {
		const bench = new Bench();
		let windows = 0;
		const window = (): never => {
			windows++;
			throw new TypeError("no window");
		};
		await rejects(() => bench.connect({ resolve: two, port: undefined, window }), TypeError, /^no window$/);
		equal(windows, 1);
		deepEqual(bench.log, []);
	});

	rule("refuses a service that speaks first", async () => {
		const bench = new Bench();
		bench.network.onSocket = socket => socket.receive(ascii("SSH-2.0-OpenSSH\r\n"));
		await rejects(() => bench.connect(), ProtocolError, /SSH-/);
		ok(bench.socket.closed);
	});

	rule("says when a name is unknown, or its look-up fails or stays silent", async () => {
		const bench = new Bench();
		let error = await failure(bench, { resolve: (_host, done) => done(undefined, []) });
		equal(error.code, "ENOTFOUND");
		ok(/no address is known for nas\.local: check the name, or give the server's address/.test(error.message), error.message);
		const reason = codedError("EAI_AGAIN", "Temporary failure in name resolution");
		error = await failure(bench, { resolve: (_host, done) => done(reason, []) });
		equal(error.code, "EAI_AGAIN");
		equal(error.cause, reason);
		ok(/nas\.local \(Temporary failure in name resolution\)/.test(error.message), error.message);
		let late: ((reason: Error | undefined, addresses: string[]) => void) | undefined;
		error = await failure(bench, { resolve: (_host, done) => { late = done; }, connectTimeoutMs: 10 });
		equal(error.code, "ETIMEDOUT");
		ok(/look-up of nas\.local had no answer/.test(error.message), error.message);
		late!(undefined, ["10.0.0.10"]);
		equal(bench.network.sockets.length, 0);
	});

	rule("refuses options that make no sense, before anything is tried", async () => {
		const bench = new Bench();
		await rejects(() => bench.connect({ host: "smb://nas/scans" }), RangeError, /only the name or address/);
		await rejects(() => bench.connect({ name: "" }), RangeError, /NetBIOS name/);
		for (const port of [0, -1, 65536, 1.5, NaN])
			await rejects(() => bench.connect({ port }), RangeError, /expected 1 to 65535/);
		for (const [receiveAt, receiveEnd] of [[0, 255], [-1, 256], [0, 4097], [4000, 4096], [NaN, 256], [0, NaN]])
			await rejects(() => bench.connect({ receiveAt, receiveEnd }), RangeError, /receive area/);
		equal(bench.network.sockets.length, 0);
	});
});

describe("net: Transport.connect, NetBIOS session (RFC 1002 4.3)", () => {
	const request = joined(hex("81 00 00 44 20"), ascii("CKFDENECFDEFFCFGEFFCCACACACACACA"), hex("00 20"), ascii("FDEDEBEOEOEFFCCACACACACACACACAAA"), hex("00"));
	/** Each socket takes the request room bytes at a time, then gets answer(). */
	function script(bench: Bench, answer: (socket: FakeTCP, index: number) => void, room = 100): void {
		bench.network.onSocket = socket => {
			socket.onWritten = () => {
				if (socket.written.length < 72) socket.writable(room);
				else answer(socket, bench.network.sockets.indexOf(socket));
			};
			socket.writable(room);
		};
	}

	rule("asks for *SMBSERVER, and goes on when the answer is positive, however both are cut", async () => {
		for (const room of [1, 7, 71, 72, 100]) {
			const bench = new Bench();
			script(bench, socket => socket.receive(joined(hex("85 00 00 00"), positive), room), room);
			const transport = await bench.connect({ port: 139 });
			equal(transport.netbios, true);
			bytesEqual(bench.socket.written, request);
			equal(transport.sending, false);
		}
	});

	rule("names itself as told, and works on any port", async () => {
		const bench = new Bench();
		script(bench, socket => socket.receive(positive));
		const transport = await bench.connect({ port: 13900, netbios: true, name: "SCANNER-2" });
		deepEqual([transport.port, transport.netbios], [13900, true]);
		equal(String.fromCharCode(...bench.socket.written.slice(39, 57)), "FDEDEBEOEOEFFCCNDC");
	});

	rule("calls the server by its own name where *SMBSERVER is not present", async () => {
		const bench = new Bench();
		script(bench, (socket, index) => socket.receive(index === 0 ? hex("83 00 00 01 82") : positive));
		const transport = await bench.connect({ port: 139 });
		equal(bench.network.sockets.length, 2);
		ok(bench.network.sockets[0]!.closed);
		// "NAS" and the suffix of a server.
		equal(String.fromCharCode(...bench.socket.written.slice(5, 37)), "EOEBFDCACACACACACACACACACACACACA");
		equal(transport.address, "10.0.0.10");
		ok(/called name not present: calling it NAS/.test(bench.log[0]!), bench.log[0]);
	});

	rule("gives up where that name is refused too, or there is none", async () => {
		const bench = new Bench();
		script(bench, socket => socket.receive(hex("83 00 00 01 82")));
		const error = await failure(bench, { port: 139 });
		equal(error.code, "SESSION_82");
		ok(/refuses a session with NAS: called name not present$/.test(error.message), error.message);
		equal(bench.network.sockets.length, 2);
		const other = new Bench();
		script(other, socket => socket.receive(hex("83 00 00 01 82")));
		await rejects(() => other.connect({ port: 139, host: "10.0.0.10" }), TransportError, /refuses a session with \*SMBSERVER: called name not present/);
		equal(other.network.sockets.length, 1);
	});

	rule("gives up at any other negative answer", async () => {
		for (const [code, text] of [["80", /not listening on called name/], ["81", /not listening for calling name/], ["83", /insufficient resources/], ["8F", /unspecified error/], ["00", /unknown error/]] as const) {
			const bench = new Bench();
			script(bench, socket => socket.receive(hex("83 00 00 01" + code)));
			const error = await failure(bench, { port: 139 });
			ok(error instanceof TransportError);
			ok(text.test(error.message), error.message);
			equal(bench.network.sockets.length, 1);
		}
	});

	rule("follows no RETARGET, but says where it points", async () => {
		const bench = new Bench();
		script(bench, socket => socket.receive(hex("84 00 00 06 0A 00 00 14 01 BD")));
		const error = await failure(bench, { port: 139 });
		equal(error.code, "RETARGET");
		ok(/wants to be called at 10\.0\.0\.20 port 445 instead/.test(error.message), error.message);
	});

	rule("takes nothing else for an answer", async () => {
		for (const bytes of ["00 00 00 01 FE", "82 00 00 01 00", "83 00 00 00", "83 00 00 02 82 00", "84 00 00 04 0A 00 00 14", "85 00 00 01 00", "81 00 00 44", "48 54 54 50", "82 00 00 00 00 00 00 01 FE"]) {
			const bench = new Bench();
			script(bench, socket => socket.receive(hex(bytes)));
			let error: unknown;
			try {
				const transport = await bench.connect({ port: 139 });
				// A message right behind the positive response: nobody had asked for it.
				transport.send(1000, 1001);
			}
			catch (caught) { error = caught; }
			ok(error instanceof ProtocolError, bytes);
			ok(bench.socket.closed);
		}
	});

	rule("takes no answer before the request is out", async () => {
		const bench = new Bench();
		bench.network.onSocket = socket => {
			socket.writable(10);
			socket.receive(positive);
		};
		await rejects(() => bench.connect({ port: 139 }), ProtocolError, /could come now/);
	});

	rule("says when the server closes or stays silent during the request", async () => {
		const bench = new Bench();
		script(bench, socket => socket.fail());
		let error = await failure(bench, { port: 139 });
		equal(error.code, "CLOSED");
		ok(/failed or was closed, during the NetBIOS session request/.test(error.message), error.message);
		const other = new Bench();
		script(other, () => {});
		error = await failure(other, { port: 139, connectTimeoutMs: 10 });
		equal(error.code, "ETIMEDOUT");
		ok(other.socket.closed);
	});
});
