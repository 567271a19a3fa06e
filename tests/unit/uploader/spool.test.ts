import { isScanName, numberedName, Spool } from "../../../modules/uploader/spool.js";
import { deepEqual, equal, throws } from "../../support/assert.js";
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
		for (const name of ["a.pdf", ".hidden", "b.pdf.part", "c.TMP", "~lock", "d~", "e.crdownload"])
			save(`${folder}/${name}`, Uint8Array.of(1));
		createDirectory(`${folder}/sent`);
		deepEqual(names(new Spool(folder)), ["a.pdf"]);
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

	it("says when there is no such folder", () => throws(() => new Spool("/nowhere/at/all"), Error, /nowhere/));
});

describe("names", () => {
	it("are numbered before the extension", () => {
		equal(numberedName("scan.pdf", 2), "scan (2).pdf");
		equal(numberedName("scan.tar.gz", 3), "scan.tar (3).gz");
		equal(numberedName("scan", 2), "scan (2)");
		equal(numberedName(".scan", 2), ".scan (2)");
	});

	it("tell scans from what programs leave while they write", () => {
		equal(isScanName("scan.pdf"), true);
		equal(isScanName("partial.pdf"), true);
		equal(isScanName("x.partial"), false);
	});
});
