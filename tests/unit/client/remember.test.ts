/** What the uploader remembers in the journal, and what it does without one. */
import { remove, status, Status as FileStatus } from "../../../hosts/storage/storage.js";
import { StorageError, TransportError } from "../../../modules/errors/errors.js";
import { Journal } from "../../../modules/uploader/journal/journal.js";
import { type JournalEntry, JournalState } from "../../../modules/uploader/journal/record.js";
import { PostponedScans } from "../../../modules/uploader/postponed.js";
import { deepEqual, equal, ok } from "../../support/assert.js";
import { Command, Status } from "../../support/peer.js";
import { save } from "../../support/scratch.js";
import { type Bench, bench, pattern, putScan } from "./bench.js";

function exists(path: string): boolean {
	const found = new FileStatus();
	status(path, found);
	return found.mode !== 0;
}

/** What became of each scan, in a word. */
function summary(it: Bench): string[] {
	const words = it.outcomes.map(({ scan, name, reason, before, waited, trouble }) => `${scan.name} ${before ? "before" : waited ? "waited" : reason ? "stayed" : name}${trouble ? " trouble" : ""}`);
	it.outcomes.length = 0;
	return words.sort();
}

function full(code: string): Error { return new StorageError(`journal: ${code}`, { cause: Object.assign(new Error(code), { code }) }); }

describe("the memory of what has arrived", () => {
	it("keeps a second look with after=keep from sending anything again", () => bench({}, async it => {
		for (const name of ["a.pdf", "b.pdf"]) putScan(it, name, pattern(10));
		await it.upload();
		deepEqual(summary(it), ["a.pdf a.pdf", "b.pdf b.pdf"]);
		const turns = it.peer.turns.length;
		await it.upload();
		deepEqual(summary(it), ["a.pdf before", "b.pdf before"]);
		equal(it.peer.turns.length, turns, "the server is not even asked");
		putScan(it, "c.pdf", pattern(10));
		await it.upload();
		deepEqual(summary(it), ["a.pdf before", "b.pdf before", "c.pdf c.pdf"]);
		deepEqual([...it.peer.files.keys()].sort(), ["a.pdf", "b.pdf", "c.pdf"]);
		deepEqual(it.warnings, []);
	}));

	it("takes a file that was changed for another scan", () => bench({}, async it => {
		putScan(it, "a.pdf", pattern(10));
		await it.upload();
		putScan(it, "a.pdf", pattern(11));
		it.outcomes.length = 0;
		await it.upload();
		deepEqual(summary(it), ["a.pdf a (2).pdf"]);
		await it.upload();
		deepEqual(summary(it), ["a.pdf before"]);
	}));

	it("is of what arrived, and of nothing that did not", () => bench({}, async it => {
		putScan(it, "a.pdf", pattern(10));
		it.peer.before = turn => { if (turn.command === Command.SET_INFO) turn.status = Status.SHARING_VIOLATION; };
		await it.upload();
		deepEqual(summary(it), ["a.pdf stayed"]);
		it.peer.before = () => {};
		await it.upload();
		deepEqual(summary(it), ["a.pdf waited"]);
		await it.upload({ postponed: new PostponedScans(() => 0) });
		deepEqual(summary(it), ["a.pdf a.pdf"]);
		deepEqual([...it.peer.files.keys()], ["a.pdf"]);
		equal(it.peer.count(Command.WRITE), 0, "what was sent is not sent again");
	}));

	it("tells what has arrived from what has not when no server answers", () => bench({}, async it => {
		putScan(it, "a.pdf", pattern(10));
		await it.upload();
		it.outcomes.length = 0;
		for (const name of ["b.pdf", "c.pdf"]) putScan(it, name, pattern(10));
		await it.upload({ connect: async () => { throw new TransportError("refused", "ECONNREFUSED"); } });
		deepEqual(summary(it), ["a.pdf before", "b.pdf stayed", "c.pdf stayed"]);
	}));

	it("has a file that could not be deleted dealt with at the next look, and not sent again", () => bench({}, async it => {
		putScan(it, "a.pdf", pattern(10));
		// A folder of that name is in the way of the one that what is sent moves to.
		save(`${it.folder}/sent`, pattern(1));
		const sent = await it.upload({ after: "move" });
		ok(sent.find(({ scan }) => scan.name === "a.pdf")!.trouble);
		remove(`${it.folder}/sent`);
		it.outcomes.length = 0;
		await it.upload({ after: "move" });
		deepEqual(summary(it), ["a.pdf before"]);
		ok(exists(`${it.folder}/sent/a.pdf`) && !exists(`${it.folder}/a.pdf`));
		deepEqual([...it.peer.files.keys()].filter(name => name.startsWith("a")), ["a.pdf"]);
	}));

	it("leaves alone what arrived while after=keep was set", () => bench({}, async it => {
		putScan(it, "a.pdf", pattern(10));
		await it.upload();
		it.outcomes.length = 0;
		await it.upload({ after: "delete" });
		deepEqual(summary(it), ["a.pdf before"]);
		ok(exists(`${it.folder}/a.pdf`));
	}));

	it("of a scan that was taken away half sent goes, and its temporary file with it", () => bench({}, async it => {
		putScan(it, "a.pdf", pattern(10));
		it.peer.before = turn => { if (turn.command === Command.SET_INFO) turn.status = Status.SHARING_VIOLATION; };
		await it.upload();
		deepEqual([...it.peer.files.keys()], [".scan-0badcafe-1.part"], "it is to be gone on with");
		it.peer.before = () => {};
		remove(`${it.folder}/a.pdf`);
		for (const name of ["b.pdf", "c.pdf"]) putScan(it, name, pattern(10));
		await it.upload();
		deepEqual([...it.peer.files.keys()].sort(), ["b.pdf", "c.pdf"]);
		putScan(it, "d.pdf", pattern(10));
		await it.upload();
		equal(it.peer.count(Command.QUERY_DIRECTORY), 0, "nothing is looked for where nothing can be");
	}));

	it("gives each temporary file a number that no earlier one had, over all looks", () => bench({}, async it => {
		const numbers = new Set<string>();
		for (const name of ["a.pdf", "b.pdf", "c.pdf"]) {
			putScan(it, name, pattern(10));
			it.peer.before = turn => {
				const found = /\.scan-0badcafe-(\d+)\.part/.exec(String.fromCharCode(...turn.request.filter(byte => byte !== 0)));
				if (turn.command === Command.CREATE && found) numbers.add(found[1]!);
			};
			await it.upload();
		}
		equal(numbers.size, 3, [...numbers].join(", "));
	}));
});

describe("without a journal", () => {
	for (const [code, after] of [["EROFS", "keep"], ["ENOSPC", "keep"], ["EROFS", "delete"], ["EACCES", "move"], ["EIO", "delete"]] as const) {
		it(`nothing is sent with after=${after} and ${code}: it could not be remembered`, () => bench({}, async it => {
			for (const name of ["a.pdf", "b.pdf"]) putScan(it, name, pattern(10));
			await it.upload({ after, journal: full(code) });
			deepEqual(summary(it), ["a.pdf stayed", "b.pdf stayed"]);
			equal(it.warnings.length, 1);
			equal(it.peer.turns.length, 0);
		}));
	}

	it("a full medium is no obstacle where scans are deleted once they have arrived", () => bench({}, async it => {
		putScan(it, "a.pdf", pattern(10));
		await it.upload({ after: "delete", journal: full("ENOSPC") });
		deepEqual(summary(it), ["a.pdf a.pdf"]);
		equal(exists(`${it.folder}/a.pdf`), false);
		equal(it.warnings.length, 1);
	}));

	it("from the middle of a long scan on: it is told why, and a full medium is no obstacle to the next scan", () => bench({ slotLength: 16_384 }, async it => {
		class Filling extends Journal {
			override record(entry: JournalEntry): void {
				if (entry.state !== JournalState.SENDING) return super.record(entry);
				this.close();
				throw full("ENOSPC");
			}
		}
		putScan(it, "a.pdf", pattern(1_100_000));
		let first = true;
		it.peer.before = turn => {
			// In XS the peer has no room for all of that: what it writes to an array of no elements is gone.
			if (turn.command === Command.CREATE && first) it.peer.files.get(".scan-0badcafe-1.part")!.bytes = new Uint8Array(0) as unknown as number[];
			if (turn.command === Command.CREATE) first = false;
			if (turn.command === Command.WRITE) it.peer.turns.length = 0;
		};
		putScan(it, "b.pdf", pattern(10));
		const outcomes = await it.upload({ after: "delete", journal: new Filling({ path: it.journal, anew: false, log() {}, random: (into, at, length) => into.fill(7, at, at + length) }) });
		equal(outcomes.find(({ scan }) => scan.name === "a.pdf")?.reason?.message, "journal: ENOSPC");
		deepEqual(summary(it), ["a.pdf stayed", "b.pdf b.pdf"]);
		deepEqual([...it.peer.files.keys()], ["b.pdf"]);
		equal(it.warnings.length, 1);
	}));

	it("but a name that is taken by this very scan is left as it is, and by another is passed over", () => bench({}, async it => {
		putScan(it, "a.pdf", pattern(10));
		it.peer.files.set("a.pdf", { bytes: [...pattern(10)], name: "a.pdf", deletePending: false });
		await it.upload({ after: "delete", journal: full("ENOSPC") });
		deepEqual(summary(it), ["a.pdf a.pdf"]);
		deepEqual([...it.peer.files.keys()], ["a.pdf"]);
		ok(!exists(`${it.folder}/a.pdf`));
		putScan(it, "a.pdf", pattern(11));
		await it.upload({ after: "delete", journal: full("ENOSPC") });
		deepEqual([...it.peer.files.keys()], ["a.pdf", "a (2).pdf"]);
	}));
});

describe("names by a pattern", () => {
	it("make the folders that they need, and are numbered within them", () => bench({}, async it => {
		putScan(it, "a.b.pdf", pattern(10));
		await it.upload({ path: "in", name: "{device}/v1.0/{name}" });
		deepEqual(summary(it), ["a.b.pdf 0badcafe/v1.0/a.b.pdf"]);
		putScan(it, "a.b.pdf", pattern(11));
		await it.upload({ path: "in", name: "{device}/v1.0/{name}" });
		deepEqual(summary(it), ["a.b.pdf 0badcafe/v1.0/a.b (2).pdf"]);
		deepEqual([...it.peer.files.keys()].sort(), ["in\\0badcafe\\v1.0\\a.b (2).pdf", "in\\0badcafe\\v1.0\\a.b.pdf"]);
	}));

	it("looks for what an earlier program has left on the share, unless there can be nothing", () => bench({}, async it => {
		putScan(it, "a.pdf", pattern(10));
		await it.upload({ tidy: { due: true } });
		equal(it.peer.count(Command.QUERY_DIRECTORY), 0, "a device that is new has left nothing");
		// Of numbers that were not written down before a later one was.
		for (const name of [".scan-0badcafe-1.part", ".scan-0badc0de-1.part"]) it.peer.files.set(name, { bytes: [1], name, deletePending: false });
		putScan(it, "b.pdf", pattern(10));
		await it.upload({ tidy: { due: true } });
		deepEqual([...it.peer.files.keys()].sort(), [".scan-0badc0de-1.part", "a.pdf", "b.pdf"]);
	}));

	it("meets a temporary file that it could not write down, goes around it, and deletes it afterwards", () => bench({}, async it => {
		putScan(it, "a.pdf", pattern(10));
		await it.upload();
		const leftover = ".scan-0badcafe-2.part";
		it.peer.files.set(leftover, { bytes: [1], name: leftover, deletePending: false });
		it.peer.files.set(".scan-0badc0de-3.part", { bytes: [1], name: ".scan-0badc0de-3.part", deletePending: false });
		putScan(it, "b.pdf", pattern(10));
		await it.upload();
		deepEqual([...it.peer.files.keys()].sort(), [".scan-0badc0de-3.part", "a.pdf", "b.pdf"]);
	}));

	it("makes room on a full share by what this device has left there, and tries once more", () => bench({}, async it => {
		const leftover = ".scan-0badcafe-7.part";
		it.peer.files.set(leftover, { bytes: [1], name: leftover, deletePending: false });
		it.peer.before = turn => {
			if (turn.command === Command.WRITE && it.peer.files.has(leftover)) turn.status = Status.DISK_FULL;
		};
		putScan(it, "a.pdf", pattern(10));
		await it.upload();
		deepEqual(summary(it), ["a.pdf a.pdf"]);
		deepEqual([...it.peer.files.keys()], ["a.pdf"]);
	}));

	it("tries a full share no second time where there was nothing to delete", () => bench({}, async it => {
		it.peer.before = turn => {
			if (turn.command === Command.WRITE) turn.status = Status.DISK_FULL;
		};
		putScan(it, "a.pdf", pattern(10));
		await it.upload();
		deepEqual(summary(it), ["a.pdf stayed"]);
		equal(it.peer.count(Command.WRITE), 1);
	}));
});
