/** Bad input gets a clear word: one line that says what is wrong and what to do, the right exit code, nothing touched. */
import { chmodSync, existsSync } from "node:fs";
import { type AddressInfo, type Server, type Socket, createServer } from "node:net";
import { join } from "node:path";
import { deepEqual, equal, ok } from "../support/assert.js";
import { Command, Proxy } from "../support/proxy.js";
import { type Run, type Values, runApp } from "../support/run.js";
import { type Samba, defaultUser, freePort, startSamba } from "../support/samba.js";
import { Scanner, assertSaid, onShare, putOnShare } from "../support/scanner.js";

const silenceMs = 60_000;

/** A server that is none: does with each connection what serve() does. */
async function serve(serve: (socket: Socket) => void): Promise<{ port: number; close(): void }> {
	const sockets = new Set<Socket>();
	const server: Server = createServer(socket => {
		sockets.add(socket);
		socket.on("error", () => {});
		serve(socket);
	});
	await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
	return {
		port: (server.address() as AddressInfo).port,
		close() {
			for (const socket of sockets) socket.destroy();
			server.close();
		},
	};
}

/** The lines in which a run says what kept the scan here. */
function reasons(run: Run): string[] { return run.text.split("\n").filter(line => /^\s*! /.test(line)); }

describe("refusals", function () {
	this.timeout(90_000);
	let scanner: Scanner;

	before(() => {
		scanner = new Scanner();
		scanner.put("scan.pdf", 100_000);
	});
	afterEach(() => scanner.assertUntouched());
	after(() => scanner.remove());

	describe("settings (exit code 2)", () => {
		const good = { server: "127.0.0.1", share: "scans", user: "anna", password: "secret-word" };
		const wrong: [string, Values, RegExp][] = [
			["an unknown setting, with the one that was meant", { usr: "anna" }, /unknown setting "usr"/],
			["a setting in the wrong case", { Server: "nas" }, /unknown setting "Server": did you mean "server"\?/],
			["a missing server", { server: undefined }, /server=… is missing/],
			["a missing share", { share: undefined }, /share=… is missing/],
			["a missing user", { user: undefined }, /user=… is missing/],
			["a missing source", { source: undefined }, /source=… is missing/],
			["an address with its protocol", { server: "smb://nas/scans" }, /server "smb:\/\/nas\/scans": give only the name or address/],
			["an address that can be none", { server: "192.168.1.300" }, /server "192\.168\.1\.300": it is no IPv4 address/],
			["a port that is no number", { port: "abc" }, /port=abc: expected 1 to 65535/],
			["port 0", { port: 0 }, /port=0: expected 1 to 65535/],
			["port 65536", { port: 65536 }, /port=65536: expected 1 to 65535/],
			["a share with its folder", { share: "scans/2024" }, /share=scans\/2024: expected the share's name alone; folders go into path/],
			["a path that leads out of the share", { path: "../other" }, /"\.\."/],
			["SMB1", { dialect: "1.0" }, /dialect=1\.0: expected 2\.0\.2 \| 2\.1/],
			["a range the wrong way round", { dialect: "3.1.1-2.1" }, /dialect=3\.1\.1-2\.1: expected/],
			["a word that is none of the choices", { after: "burn" }, /after=burn: expected keep \| move \| delete/],
			["signing=no", { signing: "no" }, /signing=no: expected required \| when-offered/],
			["a negative time", { watch: -1 }, /watch=-1: expected seconds/],
			["one name for all scans", { name: "scan.pdf" }, /name=scan\.pdf: the file's name needs one of/],
			["verbose=maybe", { verbose: "maybe" }, /verbose=maybe: expected true \| false/],
		];
		for (const [title, values, pattern] of wrong) {
			it(title, async () => {
				const run = await runApp({ ...good, source: scanner.folder, ...values });
				assertSaid(run, 2, pattern, /The settings are:[^]*server=[^]*verbose=/);
				ok(!run.text.includes("secret-word"), run.text);
			});
		}

		it("everything that is wrong is said at once", async () => {
			assertSaid(await runApp({ ...good, port: "x", after: "y" }), 2, /port=x/, /after=y/, /source=… is missing/);
		});

		it("no setting at all", async () => {
			assertSaid(await runApp({}), 2, /server=… is missing/);
		});
	});

	describe("the network (exit code 1)", () => {
		/** Runs that wait for a time-out, begun at once so that the other tests pass the time. */
		let silent: Promise<Run>;
		let silentLater: Promise<Run>;
		let halfAnswer: Promise<Run>;
		const closing: { close(): void }[] = [];
		let samba: Samba;

		before(async () => {
			samba = await startSamba();
			const mute = await serve(() => {});
			const stuck = await Proxy.start({ port: samba.port, reply: message => message.command === Command.CREATE ? undefined : message.bytes });
			let halted = false;
			const halting = await Proxy.start({ port: samba.port, reply(message) {
				// What it says to a sign of life would go on where it stopped.
				if (halted) return undefined;
				halted = message.command === Command.CREATE;
				return halted ? message.bytes.slice(0, 30) : message.bytes;
			} });
			closing.push(mute, { close: () => void stuck.close() }, { close: () => void halting.close() });
			// A folder each: one program at a time works with a journal.
			const sendTo = (port: number): Promise<Run> => {
				const own = new Scanner();
				own.put("scan.pdf", 100_000);
				closing.push({ close: () => own.remove() });
				return own.send({ ...target(samba), port }, { patience: 0 }, { timeoutMs: silenceMs });
			};
			silent = sendTo(mute.port);
			silentLater = sendTo(stuck.port);
			halfAnswer = sendTo(halting.port);
			// Whoever fails first must not leave the others as unhandled rejections.
			for (const run of [silent, silentLater, halfAnswer]) run.catch(() => {});
		});
		after(async () => {
			for (const server of closing) server.close();
			await samba.stop();
		});

		it("a name that does not resolve", async () => {
			assertSaid(await scanner.send(target(samba), { server: "nas.invalid", port: undefined }), 1, /nas\.invalid.*check the name, or give the server's address/);
		});

		it("nothing listens there", async () => {
			const port = await freePort();
			assertSaid(await scanner.send({ ...target(samba), port }), 1, new RegExp(`127\\.0\\.0\\.1 refuses connections on port ${port}: is the SMB service on\\?`));
		});

		it("a server that resets when it sees SMB2, as those do that only speak SMB1", async () => {
			const server = await serve(socket => socket.on("data", () => socket.resetAndDestroy()));
			closing.push(server);
			assertSaid(await scanner.send({ ...target(samba), port: server.port }), 1, /ECONNRESET/, /only SMB1/, /enable SMB2 or SMB3/);
		});

		it("a server that hangs up when it sees SMB2", async () => {
			const server = await serve(socket => socket.on("data", () => socket.end()));
			closing.push(server);
			assertSaid(await scanner.send({ ...target(samba), port: server.port }), 1, /hung up/, /only SMB1/, /enable SMB2 or SMB3/);
		});

		it("a server that answers in SMB1", async () => {
			const answer = new Uint8Array(4 + 35);
			answer.set([0, 0, 0, 35, 0xFF, 0x53, 0x4D, 0x42, 0x72]);
			const server = await serve(socket => socket.on("data", () => socket.write(answer)));
			closing.push(server);
			assertSaid(await scanner.send({ ...target(samba), port: server.port }), 1, /SMB1/, /enable SMB2 or SMB3/);
		});

		it("a Samba that only speaks SMB1", async () => {
			const old = await startSamba({ minProtocol: "NT1", maxProtocol: "NT1", awaitSMB2: false });
			try { assertSaid(await scanner.send(old), 1, /SMB1/, /enable SMB2 or SMB3/); }
			finally { await old.stop(); }
		});

		it("a web server", async () => {
			const server = await serve(socket => socket.on("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")));
			closing.push(server);
			assertSaid(await scanner.send({ ...target(samba), port: server.port }), 1, /"HTTP"/, /is it an SMB server\?/);
		});

		it("no dialect in common", async () => {
			const modern = await startSamba({ minProtocol: "SMB3_11" });
			try { assertSaid(await scanner.send(modern, { dialect: "2.0.2-2.1" }), 1, /no dialect in common with SMB 2\.0\.2 to SMB 2\.1/, /dialect=/); }
			finally { await modern.stop(); }
		});

		it("a host that accepts and stays silent", async () => {
			const run = await silent;
			assertSaid(run, 1, /no answer from 127\.0\.0\.1 for \d+ s/);
			equal(reasons(run).length, 1);
		});

		it("a server that falls silent later", async () => {
			const run = await silentLater;
			assertSaid(run, 1, /CREATE.*no answer from 127\.0\.0\.1 for \d+ s/);
		});

		it("a server that falls silent in the middle of a reply", async () => {
			assertSaid(await halfAnswer, 1, /no answer from 127\.0\.0\.1|127\.0\.0\.1.* stopped in the middle of a message/);
		});
	});

	describe("the account (exit code 1)", () => {
		const states: [string, NonNullable<(typeof defaultUser)["state"]>, RegExp][] = [
			["a disabled account", "disabled", /ACCOUNT_DISABLED.*enable it/],
			["an expired account", "expired", /ACCOUNT_EXPIRED.*extend it/],
			["a locked account", "locked", /ACCOUNT_LOCKED_OUT.*unlock it/],
			["a password that must be changed first", "must-change", /PASSWORD_MUST_CHANGE.*set a new one/],
		];
		let samba: Samba;

		before(async () => {
			samba = await startSamba({ users: [defaultUser, ...states.map(([, state]) => ({ name: state, password: "right", state }))] });
		});
		after(() => samba.stop());
		afterEach(() => deepEqual(onShare(samba), []));

		it("a wrong password, tried once however many scans there are", async () => {
			const many = new Scanner();
			for (const name of ["a.pdf", "b.pdf", "c.pdf"]) many.put(name, 100);
			const proxy = await Proxy.start({ port: samba.port });
			try {
				const run = await many.send({ ...target(samba), port: proxy.port }, { password: "wrong-word" });
				assertSaid(run, 1, /LOGON_FAILURE.*user name or password is wrong: check user=… and password=…/, /3 scans stayed/);
				ok(!run.text.includes("wrong-word"), run.text);
				equal(proxy.commands("request").filter(command => command === Command.SESSION_SETUP).length, 2);
				many.assertUntouched();
			}
			finally {
				await proxy.close();
				many.remove();
			}
		});

		it("an account that the server does not know", async () => {
			assertSaid(await scanner.send(samba, { user: "nobody-of-this-name" }), 1, /user name or password is wrong/);
		});

		for (const [title, state, pattern] of states) {
			it(title, async () => assertSaid(await scanner.send(samba, { user: state, password: "right" }), 1, pattern));
		}

		it("a server that lets the account in only as guest", async () => {
			const hospitable = await startSamba({ guest: true });
			try {
				assertSaid(await scanner.send(hospitable, { user: "misspelt" }), 1, /only as guest: check user=/);
				deepEqual(onShare(hospitable), []);
			}
			finally { await hospitable.stop(); }
		});

		it("auth=guest where no guests are taken", async () => {
			assertSaid(await scanner.send(samba, { auth: "guest", user: undefined, password: undefined }), 1, /refused the log-on|guest/);
		});
	});

	describe("the share (exit code 1)", () => {
		let samba: Samba;

		before(async () => {
			samba = await startSamba({ shares: [{ name: "scans" }, { name: "read-only", readOnly: true }, { name: "locked-up" }] });
			chmodSync(samba.folderOf("locked-up"), 0o555);
		});
		after(() => samba.stop());

		it("an unknown share", async () => {
			assertSaid(await scanner.send(samba, { share: "skans" }), 1, /TREE_CONNECT skans.*no such share: check share=…/);
		});

		it("a share that is read-only", async () => {
			assertSaid(await scanner.send(samba, { share: "read-only" }), 1, /ACCESS_DENIED|MEDIA_WRITE_PROTECTED/, /write permission|read-only/);
			deepEqual(onShare(samba, "", "read-only"), []);
		});

		it("a folder in which the account may not write", async () => {
			assertSaid(await scanner.send(samba, { share: "locked-up" }), 1, /ACCESS_DENIED.*write permission/);
			deepEqual(onShare(samba, "", "locked-up"), []);
		});

		it("a folder in which it may make no folder", async () => {
			assertSaid(await scanner.send(samba, { share: "locked-up", path: "new" }), 1, /ACCESS_DENIED.*write permission/);
		});

		it("a share of no files", async () => {
			assertSaid(await scanner.send(samba, { share: "IPC$" }), 1, /not a share of files: check share=…/);
		});

		it("a path that has a file where a folder should be", async () => {
			putOnShare(samba, "file", new Uint8Array(1));
			assertSaid(await scanner.send(samba, { path: "file/folder" }), 1, /path=…/);
		});
	});

	describe("this side (exit code 1)", () => {
		let samba: Samba;
		before(async () => { samba = await startSamba(); });
		after(() => samba.stop());

		it("a source folder that is missing", async () => {
			const missing = join(scanner.folder, "none");
			assertSaid(await scanner.send(samba, { source: missing }), 1, new RegExp(`source=${missing}`), /No such file or directory/);
			ok(!existsSync(missing));
		});

		it("a source that is a file", async () => {
			assertSaid(await scanner.send(samba, { source: scanner.path("scan.pdf") }), 1, /source=.*Not a directory/);
		});
	});
});

function target({ address, port, share, user, password }: Samba) { return { address, port, share, user, password }; }
