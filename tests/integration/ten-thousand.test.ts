/** A card of ten thousand small scans, sent by a device's machine: 32 bits, all of XS in what the manifest promises. */
import { readFileSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { equal, ok } from "../support/assert.js";
import { builds32, heapOf } from "../support/run.js";
import { type Samba, startSamba } from "../support/samba.js";
import { Scanner, assertSaid, onShare } from "../support/scanner.js";

const count = 10_000;
/** Both folders, a page for each file. */
const room = 2 * count * 4096 + 64 * 1_048_576;

function nameOf(number: number): string { return `scan ${String(number).padStart(5, "0")}.jpg`; }

/** Another content for each scan, of 1 to 997 bytes. */
function contentOf(number: number): Uint8Array { return new TextEncoder().encode(`scan ${number} `.repeat(166).slice(0, 1 + number % 997)); }

/** In memory where there is room: each scan takes three or four flushes here and on the share, of which a disk makes a minute in all. */
function scratchFolder(): string {
	try {
		const { bavail, bsize } = statfsSync("/dev/shm");
		return bavail * bsize > room ? "/dev/shm" : tmpdir();
	}
	catch { return tmpdir(); }
}

(builds32 ? describe : describe.skip)("ten thousand scans, 32 bits", function () {
	this.timeout(600_000);
	let samba: Samba;
	let scanner: Scanner;

	before(async () => {
		const under = scratchFolder();
		samba = await startSamba({ under });
		scanner = new Scanner(under);
	});
	after(async () => {
		await samba.stop();
		scanner.remove();
	});

	it("all arrive once, whole, in static=65536; the next run knows them all and sends none", async () => {
		for (let number = 0; number < count; number++) scanner.put(nameOf(number), contentOf(number));
		const options = { bits: 32, hostOptions: ["--report"], timeoutMs: 300_000 };
		const run = await scanner.send(samba, { path: "many" }, options);
		assertSaid(run, 0, /^10000 scans arrived/m);
		ok(heapOf(run)["staticUsed"]! <= 65_536, run.err);
		const there = onShare(samba, "many");
		equal(there.length, count);
		for (let number = 0; number < count; number++) {
			equal(there[number], nameOf(number));
			ok(readFileSync(join(samba.folderOf(), "many", nameOf(number))).equals(contentOf(number)), `${nameOf(number)} differs`);
		}
		const again = await scanner.sendAgain(samba, { path: "many" }, options);
		assertSaid(again, 0, /^Nothing new in .*: 10000 scans had arrived before/m);
		ok(heapOf(again)["staticUsed"]! <= 65_536, again.err);
		equal(onShare(samba, "many").length, count);
	});
});
