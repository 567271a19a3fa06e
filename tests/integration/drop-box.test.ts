/** A real Samba that lets scans be put down and little else: not read, not listed, not renamed or deleted. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { deepEqual, equal, ok } from "../support/assert.js";
import { Command, Proxy, commandsOf } from "../support/proxy.js";
import { type Run, type RunOptions, type Values, deviceSlots } from "../support/run.js";
import { type Samba, startSamba } from "../support/samba.js";
import { Scanner, assertSaid, assertSame, noise, onShare, putOnShare } from "../support/scanner.js";

/** [MS-DTYP] 2.4.3: all that a file can be opened for, but for what is denied. */
const everything = 0x1F01FF, read = 0x1, del = 0x10000;

/** Shares by what their permissions deny, and the name under which a scan goes up there. */
const shares = [["nothing", 0, "temporary"], ["reading and listing", read, "temporary"], ["deleting and renaming", del, "own"], ["both", read | del, "own"]] as const;

for (const [what, denied, goesUpAs] of shares) describe(`a share that forbids ${what}`, function () {
	this.timeout(60_000);
	let samba: Samba;
	let scanner: Scanner;
	let path: string;
	let tests = 0;

	before(async () => {
		samba = await startSamba();
		const { status, stderr } = spawnSync("sharesec", ["-s", join(samba.folder, "smb.conf"), samba.share, "-R", `S-1-1-0:ALLOWED/0x0/0x${(everything & ~denied).toString(16)}`], { encoding: "utf8" });
		equal(status, 0, stderr);
	});
	after(() => samba.stop());
	beforeEach(() => {
		scanner = new Scanner();
		path = `test ${++tests}`;
	});
	afterEach(() => scanner.remove());

	function assertArrived(scans: Readonly<Record<string, Uint8Array>>): void {
		deepEqual(onShare(samba, path), Object.keys(scans).sort());
		for (const [name, bytes] of Object.entries(scans)) assertSame(join(samba.folderOf(), path, name), bytes);
	}

	/** Sends through a proxy, in WRITEs of 16 KiB; happens() is called with the WRITE of that number, counted from 1, and may cut the connection. */
	async function send(writes: Readonly<Record<number, (cut: () => void) => void>>, more: Values = {}, again = false, options: RunOptions = {}): Promise<Run> {
		let seen = 0;
		const proxy = await Proxy.start({ port: samba.port, request(message) {
			if (commandsOf(message.bytes).includes(Command.WRITE)) writes[++seen]?.(() => message.cut(true));
			return message.bytes;
		} });
		const target = { address: "127.0.0.1", port: proxy.port, share: samba.share, user: samba.user, password: samba.password };
		options = { hostOptions: deviceSlots, ...options };
		try { return await (again ? scanner.sendAgain(target, { path, ...more }, options) : scanner.send(target, { path, ...more }, options)); }
		finally { await proxy.close(); }
	}

	it(`scans arrive whole, after having gone up under ${goesUpAs === "own" ? "their own names" : "temporary ones"}`, async () => {
		const scans = { "1.pdf": scanner.put("1.pdf", 3_000_000), "2.pdf": scanner.put("2.pdf", 100_000), "3.pdf": scanner.put("3.pdf", 0) };
		let names: string[] = [];
		assertSaid(await send({ 50: () => { names = onShare(samba, path); } }), 0, /3 scans arrived/);
		equal(/^\.scan-.*\.part$/.test(names[0]!) ? "temporary" : "own", goesUpAs, names.join(", "));
		assertArrived(scans);
	});

	it("a taken name is never overwritten", async () => {
		const other = noise(500, 77);
		putOnShare(samba, `${path}/scan.pdf`, other);
		const bytes = scanner.put("scan.pdf", 100_000);
		assertSaid(await send({}), 0, /arrived as .*scan \(2\)\.pdf/);
		assertArrived({ "scan.pdf": other, "scan (2).pdf": bytes });
	});

	it("resets in the middle: once, under its name", async () => {
		const bytes = scanner.put("scan.pdf", 3_000_000);
		assertSaid(await send({ 50: cut => cut(), 100: cut => cut() }, { name: "{stem} {counter}.{ext}" }), 0, /1 scan arrived/);
		assertArrived({ "scan 0001.pdf": bytes });
	});

	it("a server that starts anew in the middle: once, under its name", async () => {
		const bytes = scanner.put("scan.pdf", 3_000_000);
		let restarted: Promise<void> | undefined;
		const run = await send({ 100: () => { restarted = samba.restart(); } });
		await restarted;
		assertSaid(run, 0, /going on in/, /1 scan arrived/);
		assertArrived({ "scan.pdf": bytes });
	});

	it("an app that is ended in the middle, and started anew: once, under its name", async () => {
		const bytes = scanner.put("scan.pdf", 3_000_000);
		assertSaid(await send({ 100: cut => cut(), 101: cut => cut(), 102: cut => cut() }, { patience: 0 }), 1, /1 scan stayed here/);
		assertSaid(await send({}, {}, true), 0, /1 scan arrived/);
		assertArrived({ "scan.pdf": bytes });
	});

	it("an app that is killed in the middle goes on where the journal last was", async () => {
		const bytes = scanner.put("scan.pdf", 3_000_000);
		let kill: (signal: NodeJS.Signals) => void, sent = 0;
		await send({ 150: cut => {
			kill("SIGKILL");
			cut();
		} }, {}, false, { onStart: how => { kill = how; } });
		// Whatever was not passed on is sent again, and at most a megabyte more.
		const count = (): void => { sent++; };
		assertSaid(await send(Object.fromEntries(Array.from({ length: 400 }, (_, i) => [i + 1, count])), {}, true), 0, /1 scan arrived/);
		assertArrived({ "scan.pdf": bytes });
		ok(sent > 30 && sent < 140, `${sent} WRITEs of 16 KiB in the second run`);
	});

	it("another file of the same name, in the place of one that was cut off, is left alone", async () => {
		const bytes = scanner.put("scan.pdf", 3_000_000), other = noise(4_000_000, 77);
		assertSaid(await send({ 100: cut => cut() }, { patience: 0 }), 1, /1 scan stayed here/);
		const own = onShare(samba, path).find(name => name === "scan.pdf");
		if (own) renameSync(join(samba.folderOf(), path, own), join(samba.folderOf(), path, "half"));
		// The connection that was lost must be gone on the server, too: else it still holds the file that was renamed.
		samba.cutConnections();
		putOnShare(samba, `${path}/scan.pdf`, other);
		assertSaid(await send({}, {}, true), 0, /arrived as .*scan \(2\)\.pdf/);
		assertSame(join(samba.folderOf(), path, "scan.pdf"), other);
		assertSame(join(samba.folderOf(), path, "scan (2).pdf"), bytes);
		deepEqual(onShare(samba, path).filter(name => name !== "half"), ["scan (2).pdf", "scan.pdf"]);
	});

	it("verify=content reads all of it back, or nothing arrives and it is said why", async () => {
		const bytes = scanner.put("scan.pdf", 100_000);
		const run = await send({}, { verify: "content" });
		if ((denied & read) === 0) {
			assertSaid(run, 0, /1 scan arrived/);
			assertArrived({ "scan.pdf": bytes });
		}
		else {
			assertSaid(run, 1, /scan\.pdf stays here: .*ACCESS_DENIED.*verify=content.*read/);
			deepEqual(onShare(samba, path), []);
		}
	});

	it("a scan that is there already, after the journal was lost, is not sent twice where that can be seen", async () => {
		const bytes = scanner.put("scan.pdf", 100_000);
		assertSaid(await send({}), 0);
		assertSaid(await send({}), 0);
		assertArrived((denied & read) === 0 ? { "scan.pdf": bytes } : { "scan.pdf": bytes, "scan (2).pdf": bytes });
	});
});

describe("a folder that only takes files, by its mode", function () {
	this.timeout(60_000);
	let samba: Samba;
	let scanner: Scanner;

	before(async () => { samba = await startSamba(); });
	after(() => samba.stop());
	beforeEach(() => { scanner = new Scanner(); });
	afterEach(() => scanner.remove());

	for (const mode of [0o1777, 0o333, 0o1733]) {
		it(mode.toString(8), async () => {
			const path = `mode ${mode.toString(8)}`, folder = join(samba.folderOf(), path);
			mkdirSync(folder);
			chmodSync(folder, mode);
			const scans = { "1.pdf": scanner.put("1.pdf", 100_000), "2.pdf": scanner.put("2.pdf", 2_000_000) };
			let writes = 0;
			const proxy = await Proxy.start({ port: samba.port, request(message) {
				if (commandsOf(message.bytes).includes(Command.WRITE) && ++writes === 50) message.cut(true);
				return message.bytes;
			} });
			try { assertSaid(await scanner.send({ address: "127.0.0.1", port: proxy.port, share: samba.share, user: samba.user, password: samba.password }, { path, verify: "content" }, { hostOptions: deviceSlots }), 0, /2 scans arrived/); }
			finally { await proxy.close(); }
			ok(writes > 50, String(writes));
			deepEqual(onShare(samba, path), Object.keys(scans));
			for (const [name, bytes] of Object.entries(scans)) assertSame(join(folder, name), bytes);
		});
	}
});
