/** hosts/storage/storage.ts over the file system that the tests run on. */
import { crc32, createDirectory, File, flushFolder, getText, Lock, move, putText, remove, replace, Scan, status, Status } from "../../../hosts/storage/storage.js";
import { bytesEqual, deepEqual, equal, ok, throws } from "../../support/assert.js";
import { clear, load, save, scratch } from "../../support/scratch.js";

/** What run() throws: its message and code. */
function failure(run: () => unknown): { message: string; code?: string } {
	try { run(); }
	catch (error) {
		const { message, code } = error as Error & { code?: string };
		return { message, code };
	}
	throw new Error("nothing was thrown");
}

function names(folder: string): string[] {
	const scan = new Scan(folder);
	const found: string[] = [];
	for (let name = scan.next(); name !== undefined; name = scan.next()) found.push(name);
	scan.close();
	return found.sort();
}

function stat(path: string): Status {
	const result = new Status();
	status(path, result);
	return result;
}

const abc = Uint8Array.of(97, 98, 99);

describe("storage", () => {
	let folder: string;
	const path = (name: string): string => folder + "/" + name;
	beforeEach(() => { folder = scratch(); });
	afterEach(() => clear(folder));

	it("Lock: one at a time, until it is closed", () => {
		const lock = new Lock(path("lock"));
		equal(failure(() => new Lock(path("lock"))).code, "EBUSY");
		new Lock(path("another")).close();
		lock.close();
		lock.close();
		new Lock(path("lock")).close();
		equal(failure(() => new Lock(path("none/lock"))).code, "ENOENT");
	});

	describe("File", () => {
		it("writes and reads at any position", () => {
			const file = new File(path("f"), "w+");
			file.write(abc, 0);
			file.write(Uint8Array.of(1, 2).buffer, 5);
			const bytes = new Uint8Array(10).fill(0xA5);
			equal(file.read(bytes, 0), 7);
			bytesEqual(bytes, Uint8Array.of(97, 98, 99, 0, 0, 1, 2, 0xA5, 0xA5, 0xA5));
			const two = new ArrayBuffer(2);
			equal(file.read(two, 1), 2);
			bytesEqual(new Uint8Array(two), Uint8Array.of(98, 99));
			equal(file.read(bytes, 7), 0, "at the end");
			equal(file.read(bytes, 1000), 0, "past the end");
			equal(file.read(new Uint8Array(0), 0), 0);
			file.flush();
			file.close();
		});
		it("uses the part of a buffer that a view shows", () => {
			const file = new File(path("f"), "w+");
			const whole = Uint8Array.of(0, 1, 2, 3, 4, 5);
			file.write(whole.subarray(2, 4), 0);
			equal(file.read(whole.subarray(4, 6), 0), 2);
			bytesEqual(whole, Uint8Array.of(0, 1, 2, 3, 2, 3));
			file.close();
		});
		it("reads into and writes from a part of a buffer, and knows its length", () => {
			const file = new File(path("f"), "w+");
			const bytes = Uint8Array.of(0, 1, 2, 3, 4, 5);
			file.writeFrom(bytes, 1, 3, 0);
			equal(file.length, 3);
			equal(file.readInto(bytes, 4, 2, 1), 2);
			bytesEqual(bytes, Uint8Array.of(0, 1, 2, 3, 2, 3));
			equal(file.readInto(bytes, 0, 6, 2), 1, "at the end");
			equal(bytes[0], 3);
			for (const [at, length] of [[-1, 1], [0, 7], [6, 1], [0.5, 1], [1, NaN]] as const) {
				throws(() => file.readInto(bytes, at, length, 0), RangeError);
				throws(() => file.writeFrom(bytes, at, length, 0), RangeError);
			}
			file.writeFrom(bytes, 6, 0, 0);
			equal(file.length, 3);
			file.close();
			for (const call of [() => file.readInto(bytes, 0, 1, 0), () => file.writeFrom(bytes, 0, 1, 0), () => file.length]) equal(failure(call).code, "EBADF");
		});
		it("has positions and sizes beyond 32 bits", () => {
			const file = new File(path("sparse"), "w+");
			file.write(abc, 5_000_000_000);
			const bytes = new Uint8Array(4);
			equal(file.read(bytes, 4_999_999_999), 4);
			bytesEqual(bytes, Uint8Array.of(0, 97, 98, 99));
			file.close();
			equal(stat(path("sparse")).size, 5_000_000_003);
		});
		it("r wants the file to be there, r+ too; w+ makes it, or empties it", () => {
			for (const mode of ["r", "r+"]) deepEqual(failure(() => new File(path("f"), mode)), { message: "open " + path("f") + ": No such file or directory", code: "ENOENT" });
			save(path("f"), abc);
			const reading = new File(path("f"), "r");
			equal(failure(() => reading.write(abc, 0)).code, "EBADF");
			reading.close();
			const both = new File(path("f"), "r+");
			both.write(Uint8Array.of(120), 1);
			both.close();
			bytesEqual(load(path("f")), Uint8Array.of(97, 120, 99));
			new File(path("f"), "w+").close();
			equal(stat(path("f")).size, 0);
			for (const mode of ["", "w", "a", "rw", "r+ "]) throws(() => new File(path("f"), mode), RangeError, /mode/);
		});
		it("refuses folders", () => {
			for (const mode of ["r", "r+", "w+"]) equal(failure(() => new File(folder, mode)).code, "EISDIR");
		});
		it("setSize cuts and extends", () => {
			save(path("f"), abc);
			const file = new File(path("f"), "r+");
			file.setSize(1);
			file.setSize(3);
			file.close();
			bytesEqual(load(path("f")), Uint8Array.of(97, 0, 0));
		});
		it("refuses positions that are none, and buffers that are none", () => {
			const file = new File(path("f"), "w+");
			for (const position of [-1, 0.5, NaN, Infinity, 2 ** 53 + 2]) {
				throws(() => file.read(new Uint8Array(1), position), RangeError, /position/);
				throws(() => file.write(abc, position), RangeError, /position/);
				throws(() => file.setSize(position), RangeError, /length/);
			}
			throws(() => file.read({} as Uint8Array, 0), TypeError);
			throws(() => file.write("abc" as unknown as Uint8Array, 0), TypeError);
			equal(stat(path("f")).size, 0);
			file.close();
		});
		it("close() may come twice, and nothing else after it", () => {
			const file = new File(path("f"), "w+");
			file.close();
			file.close();
			for (const call of [() => file.read(new Uint8Array(1), 0), () => file.write(abc, 0), () => file.setSize(0), () => file.flush()]) equal(failure(call).code, "EBADF");
		});
	});

	describe("Scan", () => {
		it("names what is in a folder, and only that", () => {
			save(path("a"), abc);
			save(path(".b"), abc);
			createDirectory(path("c"));
			save(path("c/d"), abc);
			deepEqual(names(folder), [".b", "a", "c"]);
			deepEqual(names(path("c")), ["d"]);
		});
		it("stays at the end", () => {
			const scan = new Scan(folder);
			equal(scan.next(), undefined);
			equal(scan.next(), undefined);
			scan.close();
			scan.close();
			equal(failure(() => scan.next()).code, "EBADF");
		});
		it("says why a folder can't be read", () => {
			save(path("f"), abc);
			deepEqual(failure(() => new Scan(path("none"))), { message: "scan " + path("none") + ": No such file or directory", code: "ENOENT" });
			equal(failure(() => new Scan(path("f"))).code, "ENOTDIR");
		});
		it("gives names that lead back to the file, in any script, with emoji, and 255 bytes long", () => {
			const all = ["scan 😀.pdf", "Übersicht März.tiff", "文書.jpg", "a\u0301.png", "%s%n.pdf", "é".repeat(125) + ".pdf!", "x".repeat(251) + ".pdf"];
			for (const name of all) save(path(name), abc);
			const found = names(folder);
			deepEqual(found, [...all].sort());
			for (const name of found) {
				bytesEqual(load(path(name)), abc, name);
				equal(stat(path(name)).size, 3, name);
			}
			const smile = found.find(name => name.startsWith("scan "))!;
			equal([...smile].length, 10, "one character, however many units it counts: two in Node, one in XS");
			equal(smile.codePointAt(5), 0x1F600);
			move(path(smile), path("nicht 😀.pdf"));
			ok(names(folder).includes("nicht 😀.pdf"));
		});
	});

	describe("status", () => {
		it("tells files from folders, sizes and times", () => {
			const before = Date.now();
			save(path("f"), abc);
			const file = stat(path("f"));
			ok(file.isFile() && !file.isDirectory());
			equal(file.size, 3);
			// A file system's clock may lag a tick behind.
			ok(Math.abs(file.mtime - before) < 5000, `${file.mtime} against ${before}`);
			equal(Math.floor(file.mtime), file.mtime);
			const directory = stat(folder);
			ok(directory.isDirectory() && !directory.isFile());
		});
		it("is all zero where there is nothing, and after something", () => {
			save(path("f"), abc);
			const result = stat(path("f"));
			status(path("none"), result);
			deepEqual([result.size, result.mtime, result.mode], [0, 0, 0]);
			ok(!result.isFile() && !result.isDirectory());
			status(path("f/below"), result);
			equal(result.mode, 0, "below a file there is nothing either");
		});
		it("says why it can't tell", () => {
			equal(failure(() => stat(path("x".repeat(300)))).code, "ENAMETOOLONG");
		});
	});

	describe("remove", () => {
		it("deletes files and empty folders", () => {
			save(path("f"), abc);
			createDirectory(path("d"));
			remove(path("f"));
			remove(path("d"));
			deepEqual(names(folder), []);
		});
		it("says why not", () => {
			deepEqual(failure(() => remove(path("none"))), { message: "remove " + path("none") + ": No such file or directory", code: "ENOENT" });
			createDirectory(path("d"));
			save(path("d/f"), abc);
			equal(failure(() => remove(path("d"))).code, "ENOTEMPTY");
			bytesEqual(load(path("d/f")), abc);
		});
	});

	describe("move", () => {
		it("renames files and folders", () => {
			save(path("a"), abc);
			move(path("a"), path("b"));
			deepEqual(names(folder), ["b"]);
			bytesEqual(load(path("b")), abc);
			createDirectory(path("d"));
			move(path("b"), path("d/b"));
			move(path("d"), path("e"));
			deepEqual(names(path("e")), ["b"]);
		});
		it("never replaces", () => {
			save(path("a"), abc);
			save(path("b"), Uint8Array.of(1));
			createDirectory(path("d"));
			deepEqual(failure(() => move(path("a"), path("b"))), { message: "move " + path("b") + ": File exists", code: "EEXIST" });
			equal(failure(() => move(path("a"), path("d"))).code, "EEXIST");
			equal(failure(() => move(path("d"), path("a"))).code, "EEXIST");
			equal(failure(() => move(path("a"), path("a"))).code, "EEXIST");
			bytesEqual(load(path("a")), abc);
			bytesEqual(load(path("b")), Uint8Array.of(1));
		});
		it("says why not", () => {
			deepEqual(failure(() => move(path("none"), path("b"))), { message: "move " + path("none") + ": No such file or directory", code: "ENOENT" });
		});
	});

	describe("replace", () => {
		it("puts a file in the place of another, or of none", () => {
			save(path("new"), abc);
			replace(path("new"), path("f"));
			deepEqual(names(folder), ["f"]);
			save(path("new"), Uint8Array.of(1));
			replace(path("new"), path("f"));
			deepEqual(names(folder), ["f"]);
			bytesEqual(load(path("f")), Uint8Array.of(1));
			flushFolder(folder);
		});
		it("says why not", () => {
			save(path("f"), abc);
			equal(failure(() => replace(path("none"), path("f"))).code, "ENOENT");
			equal(failure(() => flushFolder(path("none"))).code, "ENOENT");
			bytesEqual(load(path("f")), abc);
		});
	});

	describe("crc32", () => {
		const digits = Uint8Array.of(0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39);
		it("of \"123456789\" is the check value that every catalogue of CRCs names", () => equal(crc32(0, digits, 0, 9), 0xCBF43926));
		it("goes on from the part before, split anywhere", () => {
			for (let at = 0; at <= 9; at++) equal(crc32(crc32(0, digits, 0, at), digits, at, 9 - at), 0xCBF43926);
			equal(crc32(0, digits, 0, 0), 0);
			throws(() => crc32(0, digits, 5, 5), RangeError);
		});
	});

	describe("texts", () => {
		it("become UTF-8 and come back", () => {
			const bytes = new Uint8Array(40).fill(0xA5);
			equal(putText("Ü文😀", bytes, 1), 9);
			bytesEqual(bytes.slice(0, 11), "A5 C39C E69687 F09F9880 A5");
			equal(getText(bytes, 1, 9), "Ü文😀");
			equal(getText(bytes, 1, 0), "");
			equal(putText("", bytes, 40), 0);
			throws(() => putText("ab", bytes, 39), RangeError);
			throws(() => getText(bytes, 39, 2), RangeError);
			equal(getText(Uint8Array.of(0x61, 0xFF), 0, 2), "a\uFFFD");
		});
	});

	describe("createDirectory", () => {
		it("says whether it was new", () => {
			equal(createDirectory(path("d")), true);
			equal(createDirectory(path("d")), false);
		});
		it("says why not", () => {
			save(path("f"), abc);
			deepEqual(failure(() => createDirectory(path("f"))), { message: "createDirectory " + path("f") + ": File exists", code: "EEXIST" });
			equal(failure(() => createDirectory(path("none/d"))).code, "ENOENT");
		});
	});

	it("refuses a U+0000 in a name instead of using the part before it", () => {
		save(path("f"), abc);
		equal(failure(() => remove(path("f\0.pdf"))).code, "EINVAL");
		equal(failure(() => new File(path("f\0"), "r")).code, "EINVAL");
		equal(failure(() => move(path("f"), path("g\0"))).code, "EINVAL");
		deepEqual(names(folder), ["f"]);
	});

	it("names a long path whole in an error", () => {
		const long = path("😀".repeat(50) + "/" + "y".repeat(200));
		equal(failure(() => new File(long, "r")).message, "open " + long + ": No such file or directory");
	});
});
