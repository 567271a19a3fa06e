/** A Samba whose share is full, or read-only, and later is not; one whose clock is years off. */
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { deepEqual, equal, ok } from "../support/assert.js";
import type { Run, Values } from "../support/run.js";
import { type Samba, otherClock, startSamba } from "../support/samba.js";
import { Scanner, assertSaid, assertSame, noise, onShare, putOnShare } from "../support/scanner.js";

describe("a share in trouble", function () {
	this.timeout(60_000);
	let scanner: Scanner;
	let samba: Samba;

	beforeEach(() => { scanner = new Scanner(); });
	afterEach(async () => {
		scanner.remove();
		await samba.stop();
	});

	/** Runs the app, which goes on looking, on a clock that is a hundred times as fast; mend() is called when it has said that a scan stays. It ends when the last of names has arrived. */
	async function watch(names: readonly string[], more: Values, mend: () => void): Promise<Run> {
		let end: (signal: NodeJS.Signals) => void = () => {};
		let mended = false;
		const run = await scanner.send(samba, { watch: 1, timeout: 600, ...more }, {
			env: otherClock("+0 x100"),
			onStart: kill => { end = kill; },
			onLine: line => {
				if (/stays here/.test(line) && !mended) {
					mended = true;
					mend();
				}
				else if (new RegExp(`${names[names.length - 1]}: .*arrived as`).test(line)) end("SIGTERM");
			},
		});
		ok(mended, run.text);
		return run;
	}

	function assertOnShare(scans: Readonly<Record<string, Uint8Array>>): void {
		deepEqual(onShare(samba), Object.keys(scans).sort());
		for (const [name, bytes] of Object.entries(scans)) assertSame(join(samba.folderOf(), name), bytes);
	}

	describe("full", () => {
		let other: string;

		beforeEach(async () => {
			samba = await startSamba({ shares: [{ name: "scans", bytes: 4 << 20 }] });
			other = putOnShare(samba, "other", noise(3_000_000, 9));
		});

		it("the scans stay, with the reason; nothing is left there; once there is room the next run sends them", async () => {
			const scans = { "1.pdf": scanner.put("1.pdf", 2_000_000), "2.pdf": scanner.put("2.pdf", 1000) };
			assertSaid(await scanner.send(samba), 1, /1\.pdf stays here: WRITE.*DISK_FULL.*the share is full: make room/, /2\.pdf stays here: for the same reason/, /2 scans stayed here/);
			deepEqual(onShare(samba), ["other"]);
			scanner.assertUntouched();
			rmSync(other);
			assertSaid(await scanner.sendAgain(samba), 0, /2 scans arrived/);
			assertOnShare(scans);
		});

		it("what was half sent gives its room back", async () => {
			// Cut off by the person, with 1 MB and more on the share, which the journal knows of.
			const bytes = scanner.put("1.pdf", 3_500_000);
			rmSync(other);
			let end: (signal: NodeJS.Signals) => void = () => {};
			const timer = setInterval(() => {
				const part = onShare(samba).find(name => name.endsWith(".part"));
				if (part !== undefined && statSync(join(samba.folderOf(), part)).size > 2_000_000) end("SIGKILL");
			}, 1);
			try { await scanner.send(samba, {}, { onStart: kill => { end = kill; } }); }
			finally { clearInterval(timer); }
			other = putOnShare(samba, "other", noise(1_000_000, 9));
			assertSaid(await scanner.sendAgain(samba), 1, /DISK_FULL/);
			deepEqual(onShare(samba), ["other"]);
			rmSync(other);
			assertSaid(await scanner.sendAgain(samba), 0, /1 scan arrived/);
			assertOnShare({ "1.pdf": bytes });
		});

		it("an app that goes on looking looks again after minutes, and sends them", async () => {
			const scans = { "1.pdf": scanner.put("1.pdf", 2_000_000), "2.pdf": scanner.put("2.pdf", 1000) };
			const run = await watch(Object.keys(scans), {}, () => rmSync(other));
			assertOnShare(scans);
			equal((run.text.match(/DISK_FULL/g) ?? []).length, 1, run.text);
		});
	});

	describe("read-only", () => {
		it("by the server's settings: the scans stay, with the reason; later the next run sends them", async () => {
			samba = await startSamba({ shares: [{ name: "scans", readOnly: true }] });
			const scans = { "1.pdf": scanner.put("1.pdf", 100_000), "2.pdf": scanner.put("2.pdf", 1000) };
			assertSaid(await scanner.send(samba), 1, /1\.pdf stays here: .*ACCESS_DENIED.*write permission/, /2 scans stayed here/);
			scanner.assertUntouched();
			samba.configure({ "read only": "no" });
			assertSaid(await scanner.sendAgain(samba), 0, /2 scans arrived/);
			assertOnShare(scans);
		});

		it("by the server's settings: an app that goes on looking looks again after minutes, and sends them", async () => {
			samba = await startSamba({ shares: [{ name: "scans", readOnly: true }] });
			const bytes = scanner.put("1.pdf", 100_000);
			const run = await watch(["1.pdf"], {}, () => samba.configure({ "read only": "no" }));
			assertOnShare({ "1.pdf": bytes });
			equal((run.text.match(/ACCESS_DENIED/g) ?? []).length, 1, run.text);
		});

		it("by its medium", async () => {
			samba = await startSamba({ shares: [{ name: "scans", bytes: 4 << 20 }] });
			const scans = { "1.pdf": scanner.put("1.pdf", 100_000), "2.pdf": scanner.put("2.pdf", 1000) };
			samba.remount("ro");
			assertSaid(await scanner.send(samba), 1, /1\.pdf stays here: CREATE.*MEDIA_WRITE_PROTECTED.*the share is read-only/, /2\.pdf stays here: for the same reason/);
			samba.remount("rw");
			assertSaid(await scanner.sendAgain(samba), 0, /2 scans arrived/);
			assertOnShare(scans);
		});
	});

	// Samba's accounts end in February 2036, by default.
	for (const clock of ["@2001-09-09 01:46:40", "@2035-06-01 12:00:00"]) {
		it(`a clock at ${clock.slice(1, 5)}: scans arrive with their own times`, async () => {
			samba = await startSamba({ clock });
			const scans = { "1.pdf": scanner.put("1.pdf", 100_000), "2.pdf": scanner.put("2.pdf", 0) };
			assertSaid(await scanner.send(samba, { verify: "content" }), 0, /2 scans arrived/);
			assertOnShare(scans);
			for (const name of Object.keys(scans)) equal(statSync(join(samba.folderOf(), name)).mtimeMs, statSync(scanner.path(name)).mtimeMs);
			assertSaid(await scanner.sendAgain(samba), 0, /2 scans had arrived before/);
			// The journal is lost: what the share holds is compared, by content.
			assertSaid(await scanner.send(samba), 0, /2 scans arrived/);
			assertOnShare(scans);
		});
	}
});
