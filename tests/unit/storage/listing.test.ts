/** hosts/storage/listing.ts over the file system that the tests run on. What only C shows is in tests/c/listing. */
import { Listing } from "../../../hosts/storage/listing.js";
import { createDirectory, remove } from "../../../hosts/storage/storage.js";
import { deepEqual, equal, ok, throws } from "../../support/assert.js";
import { clear, save, scratch } from "../../support/scratch.js";

const least = 4096;

/** Everything, batch by batch. */
function batches(listing: Listing): string[][] {
	const found: string[][] = [];
	const file = { size: 0, mtime: 0 };
	for (let count = listing.read(); count > 0; count = listing.read()) {
		const batch: string[] = [];
		for (let name = listing.next(file); name !== undefined; name = listing.next(file)) batch.push(name);
		equal(batch.length, count);
		found.push(batch);
	}
	equal(listing.read(), 0);
	equal(listing.next(file), undefined);
	return found;
}

describe("a listing", () => {
	let folder: string;
	beforeEach(() => { folder = scratch(); });
	afterEach(() => clear(folder));

	it("names each file once, with size and time, whatever fits at a time", () => {
		const expected: string[] = [];
		for (let i = 0; i < 150; i++) {
			const name = `${"x".repeat(i * 7 % 90)}${i}.pdf`;
			save(`${folder}/${name}`, new Uint8Array(i));
			expected.push(name);
		}
		createDirectory(`${folder}/folder.pdf`);
		for (const capacity of [least, 8192, 65536]) {
			const listing = new Listing(folder, "", capacity);
			const found = batches(listing);
			deepEqual(found.flat().sort(), [...expected].sort());
			ok(capacity === 65536 ? found.length === 1 : found.length > 1, `${found.length} batches`);
			listing.close();
		}
		const listing = new Listing(folder, "", 65536);
		const file = { size: -1, mtime: -1 };
		let last = 0;
		listing.read();
		for (let name = listing.next(file); name !== undefined; name = listing.next(file)) {
			equal(file.size, expected.indexOf(name));
			ok(Math.abs(Date.now() - file.mtime) < 600_000 && file.mtime >= last, String(file.mtime));
			last = file.mtime;
		}
		listing.close();
	});

	it("leaves out what the patterns say, in either case", () => {
		for (const name of ["a.pdf", ".a", "b.tmp", "B.TMP", "tmp", "c.tmp.pdf", "d~", "~d", "~"]) save(`${folder}/${name}`, Uint8Array.of(1));
		const listing = new Listing(folder, ".*  *.Tmp *~", least);
		deepEqual(batches(listing).flat().sort(), ["a.pdf", "c.tmp.pdf", "tmp", "~d"]);
		listing.close();
	});

	it("goes on where it was while files are taken away", () => {
		for (let i = 0; i < 100; i++) save(`${folder}/${"y".repeat(50)}${i}`, Uint8Array.of(1));
		const listing = new Listing(folder, "", least);
		const found: string[] = [];
		const file = { size: 0, mtime: 0 };
		while (listing.read() > 0) {
			for (let name = listing.next(file); name !== undefined; name = listing.next(file)) {
				found.push(name);
				remove(`${folder}/${name}`);
			}
		}
		equal(new Set(found).size, 100);
		equal(found.length, 100);
		listing.close();
	});

	it("an empty folder has nothing; a folder that is none throws, and so does one that goes away", () => {
		const listing = new Listing(folder, "", least);
		deepEqual(batches(listing), []);
		listing.close();
		throws(() => new Listing(`${folder}/none`, "", least).read(), Error, /^scan .*none: No such file/);
		throws(() => new Listing(folder, "", least - 1), RangeError, /capacity/);
		listing.close();
		throws(() => listing.read(), Error, /listing/);
	});
});
