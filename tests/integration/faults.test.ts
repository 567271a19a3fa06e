/** What goes wrong in the middle: replies that are not the server's, a server that dies or is full, files that change. */
import { appendFileSync, readdirSync, renameSync, truncateSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { deepEqual, equal, ok } from "../support/assert.js";
import { Command, type Filter, type Message, Proxy, at, commandsOf, membersOf } from "../support/proxy.js";
import { type Run, type RunOptions, type Values, deviceSlots } from "../support/run.js";
import { type Samba, openConnections, startSamba } from "../support/samba.js";
import { Scanner, assertSaid, assertSame, noise, onShare } from "../support/scanner.js";

/** [MS-SMB2] 2.2.1.2 Flags. */
const SIGNED = 0x8;
const Status = Object.freeze({
	PENDING: 0x103, ACCESS_DENIED: 0xC0000022, SHARING_VIOLATION: 0xC0000043, FILE_LOCK_CONFLICT: 0xC0000054, DISK_FULL: 0xC000007F,
	INSUFFICIENT_RESOURCES: 0xC000009A, NETWORK_NAME_DELETED: 0xC00000C9, USER_SESSION_DELETED: 0xC0000203,
});

/** A filter that changes the first reply to command that is not the server's interim one, and lets everything else pass. */
function first(command: number, change: (message: Message) => Uint8Array | Uint8Array[] | undefined, whichOne = 0): Filter {
	let seen = 0;
	return message => {
		const member = membersOf(message.bytes).find(({ command: one, view }) => one === command && view.getUint32(at.Status, true) !== Status.PENDING);
		if (!member || seen++ !== whichOne) return message.bytes;
		// Of a compound the member is changed in place.
		return member.bytes.length === message.bytes.length ? change(message) : (change({ ...message, ...member }), message.bytes);
	};
}

/** Whether a request gives the temporary file its name. */
function renames({ bytes }: Message): boolean { return commandsOf(bytes).includes(Command.SET_INFO) && Buffer.from(bytes).includes(Buffer.from("scan.pdf", "utf16le")); }

function shortened(bytes: Uint8Array, length: number): Uint8Array {
	const result = bytes.slice(0, 4 + length);
	new DataView(result.buffer).setUint32(0, length);
	return result;
}

describe("faults", function () {
	this.timeout(90_000);
	let scanner: Scanner;
	let samba: Samba;
	let path: string;
	let tests = 0;

	before(async () => { samba = await startSamba(); });
	after(() => samba.stop());
	beforeEach(() => {
		scanner = new Scanner();
		path = `test ${++tests}`;
	});
	afterEach(() => scanner.remove());

	/** Sends what the scanner holds through a proxy with those filters. */
	async function sendThrough(filters: { request?: Filter; reply?: Filter }, more: Values = {}, server = samba, options: RunOptions = {}): Promise<Run> {
		const proxy = await Proxy.start({ port: server.port, ...filters });
		try { return await scanner.send({ address: "127.0.0.1", port: proxy.port, share: server.share, user: server.user, password: server.password }, { path, ...more }, options); }
		finally { await proxy.close(); }
	}

	/** That no scan has arrived and all are here still. A temporary may be left where the connection ended first. */
	function assertNothingArrived(): void {
		deepEqual(onShare(samba, path).filter(name => !/^\.scan-.*\.part$/.test(name)), []);
		scanner.assertUntouched();
	}

	describe("replies that are not the server's end the connection", () => {
		afterEach(assertNothingArrived);

		const tampered: [string, Filter, Values, RegExp][] = [
			["an unsigned CREATE reply", first(Command.CREATE, ({ bytes, view }) => {
				view.setUint32(at.Flags, view.getUint32(at.Flags, true) & ~SIGNED, true);
				bytes.fill(0, at.Signature, at.Signature + 16);
				return bytes;
			}), {}, /CREATE: the server's reply is not signed/],
			["an unsigned WRITE reply", first(Command.WRITE, ({ bytes, view }) => {
				view.setUint32(at.Flags, view.getUint32(at.Flags, true) & ~SIGNED, true);
				return bytes;
			}), {}, /WRITE: the server's reply is not signed/],
			["an unsigned final SESSION_SETUP reply", first(Command.SESSION_SETUP, ({ bytes, view }) => {
				view.setUint32(at.Flags, view.getUint32(at.Flags, true) & ~SIGNED, true);
				return bytes;
			}, 1), {}, /SESSION_SETUP.*not signed/],
			["a signature with one bit wrong", first(Command.TREE_CONNECT, ({ bytes }) => {
				bytes[at.Signature + 5]! ^= 1;
				return bytes;
			}), {}, /TREE_CONNECT: the reply's signature is wrong/],
			["a signature with one bit wrong, SMB 2.1", first(Command.CREATE, ({ bytes }) => {
				bytes[at.Signature]! ^= 0x80;
				return bytes;
			}), { dialect: "2.1" }, /CREATE: the reply's signature is wrong/],
			["a byte of a signed body changed", first(Command.CREATE, ({ bytes }) => {
				bytes[at.body + 3]! ^= 1;
				return bytes;
			}), {}, /CREATE: the reply's signature is wrong/],
			["a WRITE reply that claims another count", first(Command.WRITE, ({ bytes, view }) => {
				view.setUint32(at.body + 4, 1, true);
				return bytes;
			}), {}, /WRITE: the reply's signature is wrong/],
			["a truncated TREE_CONNECT reply", first(Command.TREE_CONNECT, ({ bytes }) => shortened(bytes, bytes.length - 4 - 6)), {}, /TREE_CONNECT/],
			["a truncated reply to a compound", ({ bytes, command }) => command === Command.CREATE ? shortened(bytes, bytes.length - 4 - 6) : bytes, {}, /SET_INFO: the reply's signature is wrong/],
			["a reply of half a header", ({ bytes, command }) => command === Command.CREATE ? shortened(bytes, 40) : bytes, {}, /header|bytes/i],
			["a truncated NEGOTIATE reply", first(Command.NEGOTIATE, ({ bytes }) => shortened(bytes, 80)), {}, /NEGOTIATE/],
			["a reply with a message id that nobody asked", first(Command.NEGOTIATE, ({ bytes, view }) => {
				view.setUint32(at.MessageId, 77, true);
				return bytes;
			}), {}, /message id 77.*nobody asked/],
			["the same reply twice", first(Command.TREE_CONNECT, ({ bytes }) => [bytes, bytes]), {}, /message id \d+.*nobody asked/],
			["a dialect that was not offered", first(Command.NEGOTIATE, ({ bytes, view }) => {
				view.setUint16(at.body + 4, 0x0302, true);
				return bytes;
			}), { dialect: "2.0.2-3.0" }, /SMB 3\.0\.2.*not offered/],
			["a changed NEGOTIATE reply, SMB 3.1.1: preauth integrity", first(Command.NEGOTIATE, ({ bytes, view }) => {
				view.setUint32(at.body + 28, 65_536, true);
				return bytes;
			}), {}, /SESSION_SETUP: the reply's signature is wrong/],
			["a changed NEGOTIATE reply, SMB 3.0.2: FSCTL_VALIDATE_NEGOTIATE_INFO", first(Command.NEGOTIATE, ({ bytes, view }) => {
				view.setUint32(at.body + 24, view.getUint32(at.body + 24, true) ^ 0x8, true);
				return bytes;
			}), { dialect: "3.0.2" }, /VALIDATE_NEGOTIATE_INFO.*changed on its way/],
		];
		for (const [title, reply, more, pattern] of tampered) {
			it(title, async () => {
				scanner.put("a.pdf", 100_000);
				scanner.put("b.pdf", 1000);
				assertSaid(await sendThrough({ reply }, more), 1, pattern, /2 scans stayed here/);
			});
		}

		it("a request of which somebody has struck out all but SMB 2.1", async () => {
			scanner.put("a.pdf", 1000);
			const downgrade: Filter = ({ command, bytes, view }) => {
				if (command !== Command.NEGOTIATE) return bytes;
				// DialectCount 1: 2.1; no negotiate contexts.
				view.setUint16(at.body + 2, 1, true);
				view.setUint32(at.body + 28, 0, true);
				view.setUint32(at.body + 32, 0, true);
				view.setUint16(at.body + 36, 0x0210, true);
				return bytes;
			};
			// The server, asked by FSCTL_VALIDATE_NEGOTIATE_INFO, sees what was struck out and hangs up (3.3.5.15.12).
			assertSaid(await sendThrough({ request: downgrade }), 1, /between you and the server|closed the connection/, /1 scan stayed here/);
		});
	});

	describe("the server", () => {
		it("a full disk: nothing is left there, the scans stay here", async () => {
			const small = await startSamba({ fileLimit: 1_048_576 });
			try {
				scanner.put("large.pdf", 3_000_000);
				scanner.put("next.pdf", 2_000_000);
				assertSaid(await scanner.send(small, { path }), 1, /WRITE.*DISK_FULL.*the share is full: make room/, /2 scans stayed here/);
				deepEqual(onShare(small, path), []);
				scanner.assertUntouched();
			}
			finally { await small.stop(); }
		});

		it("dies in the middle", async () => {
			const mortal = await startSamba();
			try {
				const bytes = scanner.put("scan.pdf", 5_000_000);
				let writes = 0;
				const run = await sendThrough({ request(message) {
					if (membersOf(message.bytes).some(({ command }) => command === Command.WRITE) && ++writes === 10) mortal.cutConnections();
					return message.bytes;
				} }, { after: "delete" }, mortal);
				assertSaid(run, 0, /scan\.pdf: 127\.0\.0\.1.*(closed|reset) the connection.*; going on in \d\.\d s/, /1 scan arrived/);
				deepEqual(onShare(mortal, path), ["scan.pdf"]);
				assertSame(`${mortal.folderOf()}/${path}/scan.pdf`, bytes);
			}
			finally { await mortal.stop(); }
		});

		it("does not give back a file that it had kept open: it is gone on with by its name, over a connection that the server does not wait on", async () => {
			// Samba gives it back only where its times are those that it saved. What was being written when the connection broke comes after them now and then, here each time.
			const durable = await startSamba({ shares: [{ name: "scans", options: { "kernel oplocks": "no", "kernel share modes": "no", "posix locking": "no", "durable handles": "yes" } }] });
			try {
				const bytes = scanner.put("scan.pdf", 3_000_000), folder = `${durable.folderOf()}/${path}`;
				let writes = 0, written = 0, servers: number[] = [], waited = 0;
				const run = await sendThrough({ request(message) {
					for (const { command, bytes } of membersOf(message.bytes)) {
						if (command === Command.WRITE) written += bytes.length - 116;
					}
					if (message.connection === 1 && message.index === 0) {
						for (const end = Date.now() + 20_000; durable.connections().some(pid => servers.includes(pid));) ok(Date.now() < end, "the server of the first connection does not end");
						const past = new Date(Date.now() - 60_000);
						for (const name of readdirSync(folder)) utimesSync(`${folder}/${name}`, past, past);
					}
					return message.bytes;
				}, reply(message) {
					if (message.connection === 0 && message.command === Command.WRITE && ++writes === 100) {
						servers = durable.connections();
						message.cut(true);
					}
					if (membersOf(message.bytes).some(({ command, view }) => command === Command.CREATE && view.getUint32(at.Status, true) === Status.PENDING)) waited++;
					return message.bytes;
				} }, { after: "delete" }, durable, { hostOptions: deviceSlots });
				assertSaid(run, 0, /scan\.pdf: .* does not give back the file that it had kept open.*; going on in/, /1 scan arrived/);
				equal(waited, 0);
				deepEqual(onShare(durable, path), ["scan.pdf"]);
				assertSame(`${folder}/scan.pdf`, bytes);
				ok(written < 4_000_000, `${written} bytes of 3,000,000 were sent`);
			}
			finally { await durable.stop(); }
		});

		for (const [slots, hostOptions, slotLength] of [["a device's slots", deviceSlots, 16_384], ["the manifest's slots", [], 65_536]] as const) it(`a reset in the middle of the data, ${slots}`, async () => {
			const bytes = scanner.put("scan.pdf", 5_000_000);
			let writes = 0, written = 0;
			const run = await sendThrough({ request(message) {
				for (const { command, bytes } of membersOf(message.bytes)) {
					if (command === Command.WRITE) written += bytes.length - 116;
				}
				return message.bytes;
			}, reply(message) {
				if (message.command === Command.WRITE && ++writes === Math.ceil(3_200_000 / slotLength)) message.cut(true);
				return message.bytes;
			} }, { after: "delete" }, samba, { hostOptions });
			assertSaid(run, 0, /scan\.pdf: 127\.0\.0\.1 reset the connection.*going on/, /1 scan arrived/);
			deepEqual(onShare(samba, path), ["scan.pdf"]);
			assertSame(`${samba.folderOf()}/${path}/scan.pdf`, bytes);
			// It goes on where the server had confirmed: what is sent twice is what was under way, and what was sent before the folder was there.
			ok(written - bytes.length <= 25 * slotLength, `${written} bytes written for ${bytes.length}`);
		});

		// A guest's session is not signed, so a reply can say anything.
		const refusals: [string, number, number, RegExp][] = [
			["a file that is open elsewhere", Command.CREATE, Status.SHARING_VIOLATION, /CREATE.*SHARING_VIOLATION.*open elsewhere/],
			["a file that another program has locked", Command.WRITE, Status.FILE_LOCK_CONFLICT, /WRITE.*FILE_LOCK_CONFLICT.*locked by another program/],
			["a full disk that shows only at the FLUSH", Command.FLUSH, Status.DISK_FULL, /FLUSH.*DISK_FULL.*make room/],
			["no permission to rename", Command.SET_INFO, Status.ACCESS_DENIED, /SET_INFO.*ACCESS_DENIED/],
			["a server that is short of memory", Command.CREATE, Status.INSUFFICIENT_RESOURCES, /CREATE.*short of memory/],
			["a share that was taken away", Command.WRITE, Status.NETWORK_NAME_DELETED, /WRITE.*took the share away/],
			["a session that the server has ended", Command.WRITE, Status.USER_SESSION_DELETED, /ended the session/],
		];
		for (const [title, command, status, pattern] of refusals) {
			it(title, async () => {
				const open = await startSamba({ guest: true });
				try {
					scanner.put("scan.pdf", 300_000);
					const refuse: Filter = message => {
						for (const member of membersOf(message.bytes)) {
							if (member.command === command) member.view.setUint32(at.Status, status, true);
						}
						return message.bytes;
					};
					assertSaid(await sendThrough({ reply: refuse }, { auth: "guest", user: undefined, password: undefined, path: "/", patience: 1 }, open), 1, pattern, /1 scan stayed here/);
					ok(!onShare(open).includes("scan.pdf"), onShare(open).join(", "));
					scanner.assertUntouched();
				}
				finally { await open.stop(); }
			});
		}
	});

	describe("files that change while they are sent", () => {
		/** Calls change() when the first data goes over the wire. */
		function whenWriting(change: () => void): Filter {
			let done = false;
			return message => {
				if (message.command === Command.WRITE && !done) {
					done = true;
					change();
				}
				return message.bytes;
			};
		}

		const changes: [string, () => void, RegExp][] = [
			["grows", () => appendFileSync(scanner.path("scan.pdf"), "more"), /scan\.pdf.*changed while it was being sent/],
			["is written to", () => writeFileSync(scanner.path("scan.pdf"), "x", { flag: "r+" }), /scan\.pdf.*changed while it was being sent/],
			["disappears", () => unlinkSync(scanner.path("scan.pdf")), /scan\.pdf.*(changed|taken away)/],
			["shrinks", () => truncateSync(scanner.path("scan.pdf"), 100_000), /scan\.pdf.*(ended at|changed)/],
		];
		for (const [title, change, pattern] of changes) {
			it(title, async () => {
				scanner.put("scan.pdf", 4_000_000);
				const next = scanner.put("next.pdf", 1000);
				const run = await sendThrough({ request: whenWriting(change) }, { after: "delete" });
				assertSaid(run, 1, pattern, /1 scan arrived.*1 scan stayed here/);
				deepEqual(onShare(samba, path), ["next.pdf"]);
				assertSame(`${samba.folderOf()}/${path}/next.pdf`, next);
				deepEqual(scanner.names().filter(name => name !== "scan.pdf" && !name.startsWith(".")), []);
			});
		}
	});

	it("others' file is not taken for the scan because it has the inode of its temporary", async () => {
		const bytes = scanner.put("scan.pdf", 500_000);
		let kill: (signal: NodeJS.Signals) => void = () => {};
		// The rename does not reach the server.
		await sendThrough({ request(message) {
			if (!renames(message)) return message.bytes;
			kill("SIGKILL");
			return undefined;
		} }, {}, samba, { onStart: stop => { kill = stop; } });
		// As the server closes the file it sets the times that it was given.
		while (openConnections(samba) > 0) await sleep(10);
		const [part] = onShare(samba, path);
		ok(/^\.scan-.*\.part$/.test(part!), part);
		const folder = `${samba.folderOf()}/${path}`;
		renameSync(`${folder}/${part!}`, `${folder}/scan.pdf`);
		const others = noise(499_999, 99);
		writeFileSync(`${folder}/scan.pdf`, others);
		assertSaid(await scanner.sendAgain(samba, { path }), 0, /arrived as .*scan \(2\)\.pdf/);
		assertSame(`${folder}/scan.pdf`, others);
		assertSame(`${folder}/scan (2).pdf`, bytes);
		deepEqual(onShare(samba, path), ["scan (2).pdf", "scan.pdf"]);
	});

	it("a scan whose rename was not answered is found though nobody may read it, and not sent twice", async () => {
		// Without a durable handle it is looked for by name; a guest's replies can say anything.
		const open = await startSamba({ guest: true, shares: [{ name: "scans", options: { "durable handles": "no" } }] });
		try {
			const bytes = scanner.put("scan.pdf", 500_000);
			const FILE_READ_DATA = 1;
			let renamed = false, cut = false, refuse = false;
			const run = await sendThrough({
				request(message) {
					const { command, bytes, view } = message;
					renamed ||= renames(message);
					refuse ||= command === Command.CREATE && (view.getUint32(at.body + 24, true) & FILE_READ_DATA) !== 0 && Buffer.from(bytes).includes(Buffer.from("scan.pdf", "utf16le"));
					return bytes;
				},
				reply(message) {
					const { command, bytes, view } = message;
					if (renamed && !cut) {
						cut = true;
						message.cut(true);
						return undefined;
					}
					if (command === Command.CREATE && refuse) {
						refuse = false;
						view.setUint32(at.Status, Status.SHARING_VIOLATION, true);
					}
					return bytes;
				},
			}, { auth: "guest", user: undefined, password: undefined }, open);
			assertSaid(run, 0, /reset the connection.*going on/, /1 scan arrived/);
			deepEqual(onShare(open, path), ["scan.pdf"]);
			assertSame(`${open.folderOf()}/${path}/scan.pdf`, bytes);
		}
		finally { await open.stop(); }
	});

	it("the app ended by a signal leaves the scan here, and no scan there", async () => {
		scanner.put("scan.pdf", 5_000_000);
		let kill: (signal: NodeJS.Signals) => void = () => {};
		let writes = 0;
		const run = await sendThrough({ request(message) {
			if (message.command === Command.WRITE && ++writes === 5) kill("SIGTERM");
			return message.bytes;
		} }, { after: "delete" }, samba, { onStart: stop => { kill = stop; } });
		ok(run.code !== 0, String(run.code));
		assertNothingArrived();
		equal(readdirSync(scanner.folder).filter(name => !name.startsWith(".")).length, 1);
	});
});
