import { isUnchanged, Spool } from "../../../modules/uploader/spool.js";
import { deepEqual, equal, ok, throws } from "../../support/assert.js";
import { clear, save, scratch } from "../../support/scratch.js";
import { createDirectory } from "../../../hosts/storage/storage.js";

function names(spool: Spool): string[] {
	const found: string[] = [];
	for (let scan = spool.next(); scan !== undefined; scan = spool.next())
		found.push(scan.name);
	return found;
}

describe("the spool", () => {
	it("hands out every file once, in order, however many there are", () => {
		const folder = scratch();
		const expected: string[] = [];
		for (let i = 0; i < 50; i++) {
			const name = `scan-${String(i).padStart(3, "0")}.pdf`;
			save(`${folder}/${name}`, Uint8Array.of(i));
			expected.push(name);
		}
		const spool = new Spool(folder);
		const found = names(spool);
		// Times may be equal or grow, so that names decide or agree.
		deepEqual([...found].sort(), expected);
		equal(spool.next(), undefined);
		clear(folder);
	});

	it("passes over folders, hidden and unfinished files", () => {
		const folder = scratch();
		for (const name of ["a.pdf", ".hidden", "b.pdf.part", "c.TMP", "~lock", "d~", "e.crdownload", "f.partial", "g.filepart", ".tmp"])
			save(`${folder}/${name}`, Uint8Array.of(1));
		createDirectory(`${folder}/sent`);
		for (const name of ["partial.pdf", "tmp", "part"])
			save(`${folder}/${name}`, Uint8Array.of(1));
		deepEqual(names(new Spool(folder)).sort(), ["a.pdf", "part", "partial.pdf", "tmp"]);
		clear(folder);
	});

	it("goes on in the order of time while files are taken away", () => {
		const folder = scratch();
		for (let i = 0; i < 40; i++)
			save(`${folder}/${i}.pdf`, Uint8Array.of(i));
		const spool = new Spool(folder);
		const found: string[] = [];
		for (let scan = spool.next(); scan !== undefined; scan = spool.next())
			found.push(scan.name);
		equal(new Set(found).size, 40);
		clear(folder);
	});

	it("leaves what comes or changes meanwhile to the next look", () => {
		const folder = scratch();
		for (let i = 0; i < 20; i++)
			save(`${folder}/${i}.pdf`, Uint8Array.of(i));
		const spool = new Spool(folder);
		const first = spool.next()!;
		// Times have milliseconds: let one pass.
		for (const start = Date.now(); Date.now() < start + 5;);
		save(first.path, Uint8Array.of(1, 2));
		save(`${folder}/new.pdf`, Uint8Array.of(1));
		const found = names(spool);
		equal(found.length, 19);
		equal(found.includes(first.name), false);
		equal(found.includes("new.pdf"), false);
		clear(folder);
	});

	it("waits for a file until it was left alone for the settle time: known by the clock, or by seeing it twice", () => {
		const folder = scratch();
		save(`${folder}/a.pdf`, Uint8Array.of(1));
		let now: number | undefined;
		let ticks = 1000;
		const spool = new Spool(folder, { settleMs: 5000, now: () => now, ticks: () => ticks });
		const scan = spool.next()!;
		equal(spool.unsettledMs(scan), 5000, "no clock: seen just now");
		ticks = 3500;
		equal(spool.unsettledMs(scan), 2500);
		now = scan.mtime + 4999;
		equal(spool.unsettledMs(scan), 2500, "too young");
		now = scan.mtime - 3600_000;
		equal(spool.unsettledMs(scan), 2500, "a time in the future proves nothing");
		now = scan.mtime + 5000;
		equal(spool.unsettledMs(scan), 0, "old enough by the clock");
		equal(spool.unsettledMs({ ...scan, mtime: 315532800000 }), 2500, "1980: written without a clock");
		now = undefined;
		ticks = 6000;
		equal(spool.unsettledMs(scan), 0, "seen that long ago: isUnchanged() decides");
		ticks = 60_000;
		equal(spool.unsettledMs(scan), 0, "never less than 0");
		equal(isUnchanged(scan), true);
		save(`${folder}/a.pdf`, Uint8Array.of(1, 2));
		equal(isUnchanged(scan), false);
		clear(folder);
	});

	it("counts the settle time of each batch from when that one was read", () => {
		const folder = scratch();
		for (let i = 0; i < 40; i++)
			save(`${folder}/${String(i).padStart(2, "0")}${"x".repeat(240)}.pdf`, Uint8Array.of(i));
		let ticks = 0;
		const spool = new Spool(folder, { settleMs: 5000, now: () => undefined, ticks: () => ticks });
		const unsettled: number[] = [];
		for (let scan = spool.next(); scan !== undefined; scan = spool.next()) {
			unsettled.push(spool.unsettledMs(scan));
			ticks += 1000;
		}
		equal(unsettled.length, 40);
		deepEqual(unsettled.slice(0, 7), [5000, 4000, 3000, 2000, 1000, 0, 0]);
		ok(unsettled.slice(7).includes(5000), `a later batch was not seen before: ${unsettled.join(" ")}`);
		clear(folder);
	});

	it("takes every file at once where there is no settle time", () => {
		const folder = scratch();
		save(`${folder}/a.pdf`, Uint8Array.of(1));
		const spool = new Spool(folder);
		equal(spool.unsettledMs(spool.next()!), 0);
		clear(folder);
	});

	it("says when there is no such folder", () => throws(() => new Spool("/nowhere/at/all"), Error, /nowhere/));
});
