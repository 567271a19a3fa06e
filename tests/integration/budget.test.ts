/** docs/DESIGN.md, budgets: 20 MiB go up while all of XS stays within what the manifest promises to a device. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { equal, ok } from "../support/assert.js";
import { root } from "../support/repository.js";
import { builds32, heapOf } from "../support/run.js";
import { type Samba, startSamba } from "../support/samba.js";
import { Scanner, assertSaid, assertSame } from "../support/scanner.js";

const { creation } = JSON.parse(readFileSync(join(root, "manifest.json"), "utf8")) as { creation: { static: number } };

/** CCM and GCM make no difference to XS: that they seal in place is C's. */
const protections = [["signed", {}], ["signed by AES-GMAC", { "signing-algorithms": "AES-GMAC" }], ["encrypted", { encryption: "required" }]] as const;

(builds32 ? describe : describe.skip)("the budget of a device, 32 bits", function () {
	this.timeout(120_000);
	let samba: Samba;
	let scanner: Scanner;

	before(async () => { samba = await startSamba(); });
	after(() => samba.stop());
	beforeEach(() => { scanner = new Scanner(); });
	afterEach(() => scanner.remove());

	it("the manifest promises at most 64 KiB", () => ok(creation.static <= 65_536, String(creation.static)));

	for (const [how, settings] of protections) it(`20 MiB in static=65536, ${how}: chunks, slots and stack`, async () => {
		const bytes = scanner.put("scan.pdf", 20 * 1_048_576);
		const run = await scanner.send(samba, { path: how, ...settings }, { bits: 32, hostOptions: ["--report"] });
		assertSaid(run, 0, new RegExp(how.split(" ")[0]!));
		assertSame(`${samba.folderOf()}/${how}/scan.pdf`, bytes);
		const heap = heapOf(run);
		equal(heap["slotSize"], 16);
		ok(heap["staticUsed"]! > 0 && heap["staticUsed"]! <= 65_536, run.err);
		const peak = heap["slotsPeak"]! * 16 + heap["chunksPeak"]! + heap["stackSize"]! * 16;
		ok(peak <= 65_536, `${peak} bytes: ${run.err}`);
	});

	for (const [how, settings] of protections) it(`nothing is allocated per WRITE, ${how}: 1 MiB and 60 MiB peak alike, after as many collections`, async () => {
		const peaks: number[] = [], collections: number[] = [];
		// Slots are made as they are needed, so that few are free.
		const hostOptions = ["--report", "--creation", "heap=512"];
		for (const size of [1, 60]) {
			const one = new Scanner();
			one.put(`${size} MiB.pdf`, size * 1_048_576);
			const run = await one.send(samba, { path: `peaks ${how}`, ...settings }, { bits: 32, hostOptions });
			assertSaid(run, 0);
			const heap = heapOf(run);
			peaks.push(heap["slotsPeak"]!);
			collections.push(heap["collections"]!);
			one.remove();
		}
		ok(Math.abs(peaks[1]! - peaks[0]!) <= 64, `peaks of slots: ${peaks.join(" and ")}`);
		// 3776 WRITEs more: some 450 slots are free between two collections, so that a slot for each WRITE makes eight. A line of progress may come in between.
		ok(collections[1]! - collections[0]! <= 3, `collections: ${collections.join(" and ")}`);
	});

	it("the self-test of algorithms=measured, too", async () => {
		scanner.put("scan.jpg", 1_048_576);
		const run = await scanner.send(samba, { path: "measured", algorithms: "measured" }, { bits: 32, hostOptions: ["--report"] });
		assertSaid(run, 0, /self-test: AES-256-GCM [0-9.]+ MB\/s/);
		ok(heapOf(run)["staticUsed"]! <= 65_536, run.err);
	});

	it("fifty files one after the other, too", async () => {
		for (let number = 1; number <= 50; number++) scanner.put(`scan ${number}.jpg`, 30_000);
		const run = await scanner.send(samba, { path: "many" }, { bits: 32, hostOptions: ["--report"] });
		assertSaid(run, 0, /50 scans arrived/);
		ok(heapOf(run)["staticUsed"]! <= 65_536, run.err);
	});
});
