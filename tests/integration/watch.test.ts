/** Against a real Samba: an app that goes on looking at the folder. */
import { deepEqual, equal, ok } from "../support/assert.js";
import { type Samba, startSamba } from "../support/samba.js";
import { Scanner, assertSaid, assertSame, onShare } from "../support/scanner.js";
import { join } from "node:path";

describe("watching", function () {
	this.timeout(60_000);
	let samba: Samba;
	let scanner: Scanner;

	before(async () => { samba = await startSamba(); });
	after(() => samba.stop());
	beforeEach(() => { scanner = new Scanner(); });
	afterEach(() => scanner.remove());

	it("sends what comes later", async () => {
		scanner.put("first.pdf", 1000);
		let end: (signal: NodeJS.Signals) => void = () => {};
		let second: Uint8Array | undefined;
		const run = await scanner.send(samba, { watch: 1, after: "move" }, {
			onStart: kill => { end = kill; },
			onLine: line => {
				if (/first\.pdf.*arrived/.test(line))
					second = scanner.put("second.pdf", 70_000);
				else if (/second\.pdf.*arrived/.test(line))
					setTimeout(() => end("SIGTERM"), 100);
			},
		});
		equal((run.text.match(/arrived as/g) ?? []).length, 2, run.text);
		deepEqual(onShare(samba), ["first.pdf", "second.pdf"]);
		assertSame(join(samba.folderOf(), "second.pdf"), second!);
		deepEqual(scanner.names(), ["sent"]);
	});

	it("sends each scan once with after=keep", async () => {
		scanner.put("kept 1.pdf", 1000);
		let end: (signal: NodeJS.Signals) => void = () => {};
		let looks = 0;
		const run = await scanner.send(samba, { watch: 1, after: "keep", path: "kept" }, {
			onStart: kill => { end = kill; },
			onLine: line => {
				if (/kept 1\.pdf.*arrived/.test(line))
					scanner.put("kept 2.pdf", 70_000);
				if (/had arrived before/.test(line) && ++looks === 3)
					end("SIGTERM");
			},
		});
		equal((run.text.match(/arrived as/g) ?? []).length, 2, run.text);
		deepEqual(onShare(samba, "kept"), ["kept 1.pdf", "kept 2.pdf"]);
		deepEqual(scanner.names(), ["kept 1.pdf", "kept 2.pdf"]);
	});

	it("looks again when the server was away", async () => {
		const mortal = await startSamba();
		const { port } = mortal;
		await mortal.stop();
		scanner.put("scan.pdf", 1000);
		let back: Promise<Samba> | undefined;
		let end: (signal: NodeJS.Signals) => void = () => {};
		const run = await scanner.send(mortal, { watch: 1, after: "delete" }, {
			onStart: kill => { end = kill; },
			onLine: line => {
				if (/stays here/.test(line))
					back ??= startSamba({ port, users: [{ name: mortal.user, password: mortal.password }] });
				else if (/scan\.pdf.*arrived/.test(line))
					setTimeout(() => end("SIGTERM"), 100);
			},
		});
		ok(/refuses connections/.test(run.text), run.text);
		const again = await back!;
		try {
			deepEqual(onShare(again), ["scan.pdf"]);
			deepEqual(scanner.names(), []);
		}
		finally {
			await again.stop();
		}
	});

	it("asks no second time with a password that was refused, so that no account is locked", async () => {
		scanner.put("scan.pdf", 1000);
		const run = await scanner.send(samba, { watch: 1, after: "move", password: "wrong" });
		assertSaid(run, 1, /STATUS_LOGON_FAILURE/, /not tried again, so as not to lock the account/);
		equal((run.text.match(/LOGON_FAILURE/g) ?? []).length, 1);
		scanner.assertUntouched();
	});
});
