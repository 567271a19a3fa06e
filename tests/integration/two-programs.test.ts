/** Two uploaders at once: in one folder of scans, and two devices that take themselves for one, for one's card is a copy of the other's. */
import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { deepEqual, equal } from "../support/assert.js";
import { Command, Proxy, commandsOf } from "../support/proxy.js";
import type { Run, RunOptions, Values } from "../support/run.js";
import { type Samba, startSamba } from "../support/samba.js";
import { Scanner, assertSaid, assertSame, onShare } from "../support/scanner.js";

describe("two uploaders", function () {
	this.timeout(60_000);
	let samba: Samba;
	let scanner: Scanner;

	beforeEach(async () => {
		samba = await startSamba();
		scanner = new Scanner();
	});
	afterEach(async () => {
		scanner.remove();
		await samba.stop();
	});

	/** Sends what the scanner holds; with one of its first WRITEs it stands still until what happens() returns has ended, and is cut off then; where that is nothing it goes on. */
	async function sendWhile(happens: () => Promise<unknown> | undefined, more: Values = {}, options: RunOptions = {}): Promise<Run> {
		let writes = 0, stands = false;
		const proxy = await Proxy.start({ port: samba.port, request(message) {
			if (commandsOf(message.bytes).includes(Command.WRITE) && ++writes === 5) {
				const happening = happens();
				stands = happening !== undefined;
				happening?.finally(() => {
					stands = false;
					message.cut(true);
				});
			}
			return stands ? undefined : message.bytes;
		} });
		try { return await scanner.sendAgain({ address: "127.0.0.1", port: proxy.port, share: samba.share, user: samba.user, password: samba.password }, more, options); }
		finally { await proxy.close(); }
	}

	it("in one folder: the second sends nothing and says why; later it may", async () => {
		const bytes = scanner.put("scan.pdf", 3_000_000);
		let second: Promise<Run> | undefined;
		assertSaid(await sendWhile(() => second = scanner.sendAgain(samba, { after: "delete" }), { after: "delete" }), 0, /1 scan arrived/);
		assertSaid((await second)!, 1, /journal .*: another uploader is at work with it.*Nothing is sent until it has ended/, /1 scan stayed here/);
		deepEqual(onShare(samba), ["scan.pdf"]);
		assertSame(join(samba.folderOf(), "scan.pdf"), bytes);
		assertSaid(await scanner.sendAgain(samba, { after: "delete" }), 0, /No scans in/);
	});

	it("in one folder: one that was killed is in nobody's way", async () => {
		const bytes = scanner.put("scan.pdf", 3_000_000);
		let kill: (signal: NodeJS.Signals) => void = () => {};
		const { code } = await sendWhile(async () => kill("SIGKILL"), {}, { onStart: stop => { kill = stop; } });
		equal(code, 128);
		assertSaid(await scanner.sendAgain(samba), 0, /1 scan arrived/);
		deepEqual(onShare(samba), ["scan.pdf"]);
		assertSame(join(samba.folderOf(), "scan.pdf"), bytes);
	});

	it("with one journal in two copies: each cleans up after the other, and all scans arrive", async () => {
		const twin = new Scanner();
		try {
			scanner.put("first.pdf", 1000);
			assertSaid(await scanner.send(samba), 0);
			for (const name of readdirSync(scanner.folder)) if (name.startsWith(".scan-journal")) cpSync(scanner.path(name), twin.path(name));
			const scans = { "a.pdf": scanner.put("a.pdf", 20_000_000), "b.pdf": twin.put("b.pdf", 100_000), "c.pdf": twin.put("c.pdf", 3_000_000) };
			let other: Promise<Run> | undefined;
			assertSaid(await sendWhile(() => {
				other = twin.sendAgain(samba, { after: "delete" });
				return undefined;
			}), 0);
			assertSaid((await other)!, 0);
			deepEqual(onShare(samba), [...Object.keys(scans), "first.pdf"]);
			for (const [name, bytes] of Object.entries(scans)) assertSame(join(samba.folderOf(), name), bytes);
		}
		finally { twin.remove(); }
	});
});
