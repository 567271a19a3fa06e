/** A scan's rename and the next scan's first message, which go out in one round trip: what becomes of either where the other fails. */
import Timer from "timer";
import { StorageError, TransportError } from "../../../modules/errors/errors.js";
import { Journal } from "../../../modules/uploader/journal/journal.js";
import { bytesEqual, deepEqual, equal, ok } from "../../support/assert.js";
import { Command, type Peer, Status, type Turn } from "../../support/peer.js";
import { type Bench, bench, pattern, putScan } from "./bench.js";

const fileRenameInformation = 10;

function isRename({ command, request }: Turn): boolean { return command === Command.SET_INFO && request[64 + 3] === fileRenameInformation; }

/** Refuses the first rename, which the peer has carried out by now. */
function refuseRename(it: Bench, status: number): void {
	let refused = false;
	it.peer.before = turn => {
		if (refused || !isRename(turn) || turn.status !== Status.SUCCESS) return;
		refused = true;
		const { files } = it.peer, file = files.get("a.pdf")!;
		files.delete("a.pdf");
		file.name = ".scan-0badcafe-1.part";
		files.set(file.name, file);
		turn.status = status;
	};
}

function putScans(it: Bench, names = ["a.pdf", "b.pdf", "c.pdf"], length = 700): void {
	for (const [i, name] of names.entries()) putScan(it, name, pattern(length + i));
}

/** What became of each scan, in the order in which that was told. */
function told(it: Bench): string[] { return it.outcomes.map(({ scan, name, reason }) => `${scan.name}: ${name ?? reason!.message}`); }

function names(peer: Peer): string[] { return [...peer.files.keys()].sort(); }

describe("the next scan", () => {
	for (const sealed of [false, true])
		it(`goes up before the rename of the last one is answered${sealed ? ", sealed" : ""}`, () => bench(sealed ? { cipher: 2, sessionFlags: 4 } : {}, async it => {
			putScans(it);
			let creates = 0;
			const seen: number[] = [];
			it.peer.before = turn => {
				if (turn.command === Command.CREATE) creates++;
				if (!isRename(turn)) return;
				it.peer.holding = true;
				const { peer } = it;
				Timer.set(() => {
					seen.push(creates);
					peer.holding = false;
					peer.release();
				}, 30);
			};
			await it.upload();
			deepEqual(told(it), ["a.pdf: a.pdf", "b.pdf: b.pdf", "c.pdf: c.pdf"]);
			deepEqual(seen, [2, 3, 3]);
			for (const [i, name] of names(it.peer).entries()) bytesEqual(Uint8Array.from(it.peer.files.get(name)!.bytes), pattern(700 + i));
		}));

	it("is not kept back by a name that is taken", () => bench({}, async it => {
		it.peer.files.set("a.pdf", { bytes: [...pattern(9)], name: "a.pdf", deletePending: false });
		putScans(it);
		await it.upload();
		deepEqual(told(it), ["a.pdf: a (2).pdf", "b.pdf: b.pdf", "c.pdf: c.pdf"]);
		deepEqual(names(it.peer), ["a (2).pdf", "a.pdf", "b.pdf", "c.pdf"]);
		bytesEqual(Uint8Array.from(it.peer.files.get("a (2).pdf")!.bytes), pattern(700));
	}));

	it("goes up where the last one can't get its name", () => bench({}, async it => {
		putScans(it);
		refuseRename(it, Status.SHARING_VIOLATION);
		await it.upload();
		ok(/SHARING_VIOLATION/.test(told(it)[0]!), told(it)[0]);
		deepEqual(told(it).slice(1), ["b.pdf: b.pdf", "c.pdf: c.pdf"]);
		deepEqual(names(it.peer), [".scan-0badcafe-1.part", "b.pdf", "c.pdf"]);
	}));

	it("leaves nothing on a share that is full when the last one is to get its name", () => bench({}, async it => {
		putScans(it);
		refuseRename(it, Status.DISK_FULL);
		await it.upload();
		equal(it.outcomes.length, 3);
		for (const line of told(it)) ok(/DISK_FULL/.test(line), line);
		deepEqual(names(it.peer), []);
	}));

	it("goes the last one's new way where nothing may be renamed", () => bench({}, async it => {
		putScans(it);
		refuseRename(it, Status.ACCESS_DENIED);
		await it.upload();
		deepEqual(told(it), ["a.pdf: a.pdf", "b.pdf: b.pdf", "c.pdf: c.pdf"]);
		deepEqual(names(it.peer), ["a.pdf", "b.pdf", "c.pdf"]);
		equal(it.peer.turns.filter(isRename).length, 2, "the second was begun in the old way");
	}));

	it("stays alone where the server takes no file like it, said before the last one has its name", () => bench({}, async it => {
		putScans(it);
		const held: Uint8Array[] = [];
		it.peer.tamper = (reply, turn) => {
			if (isRename(turn) && held.length === 0) {
				held.push(reply);
				return [];
			}
			return undefined;
		};
		it.peer.before = turn => {
			if (turn.command !== Command.CREATE || held.length !== 1) return;
			turn.status = Status.SHARING_VIOLATION;
			it.peer.files.delete(".scan-0badcafe-2.part");
			const { peer } = it, reply = held[0]!;
			held.push(reply);
			Timer.set(() => peer.deliver(reply), 30);
		};
		await it.upload();
		equal(told(it)[0], "a.pdf: a.pdf");
		ok(/b\.pdf: .*SHARING_VIOLATION/.test(told(it)[1]!), told(it)[1]);
		equal(told(it)[2], "c.pdf: c.pdf");
		deepEqual(names(it.peer), ["a.pdf", "c.pdf"]);
	}));

	for (const [when, renamed] of [["before it is carried out", false], ["before it is answered", true]] as const)
		it(`is gone on with, and the last one published once, when the connection is lost at the rename, ${when}`, () => bench({}, async it => {
			putScans(it);
			if (!renamed) refuseRename(it, Status.SUCCESS);
			const undo = it.peer.before;
			let cut = false;
			it.peer.before = turn => {
				undo(turn);
				if (cut || !isRename(turn)) return;
				cut = true;
				const { peer } = it;
				peer.holding = true;
				Timer.set(() => peer.onError(new TransportError("cut off", "ECONNRESET")), 30);
			};
			await it.upload({ patienceMs: 10_000 });
			deepEqual(told(it), ["a.pdf: a.pdf", "b.pdf: b.pdf", "c.pdf: c.pdf"]);
			deepEqual(names(it.peer), ["a.pdf", "b.pdf", "c.pdf"]);
			deepEqual(it.interruptions.map(({ message }) => message), ["cut off"], "one loss, told once");
			for (const [i, name] of names(it.peer).entries()) bytesEqual(Uint8Array.from(it.peer.files.get(name)!.bytes), pattern(700 + i));
		}));

	it("hears of the last one's end before the rest is passed over, where it can't be remembered", () => bench({}, async it => {
		putScans(it);
		let seed = 0;
		const journal = new Journal({ path: it.journal, anew: false, log() {}, random: (into, at, length) => into.fill(++seed, at, at + length) });
		let prepared = 0;
		const prepare = journal.prepare.bind(journal);
		// XS freezes the class.
		Object.defineProperty(journal, "prepare", { value() {
			if (++prepared === 2) throw new StorageError("no room", { cause: Object.assign(new Error("no room"), { code: "EIO" }) });
			prepare();
		} });
		it.peer.before = turn => {
			if (!isRename(turn)) return;
			const { peer } = it;
			peer.holding = true;
			Timer.set(() => {
				peer.holding = false;
				peer.release();
			}, 30);
		};
		await it.upload({ journal });
		deepEqual(told(it), ["b.pdf: no room", "a.pdf: a.pdf", "c.pdf: no room"]);
	}));

	it("stays, as the last one does, where no connection comes about any more; the next look brings each once", () => bench({}, async it => {
		putScans(it);
		let cut = false;
		it.peer.before = turn => {
			if (cut || !isRename(turn)) return;
			cut = true;
			const { peer } = it;
			peer.holding = true;
			Timer.set(() => peer.onError(new TransportError("cut off", "ECONNRESET")), 30);
		};
		await it.upload();
		deepEqual(told(it), ["a.pdf: cut off", "b.pdf: cut off", "c.pdf: cut off"]);
		it.outcomes.length = 0;
		await it.upload();
		deepEqual(told(it), ["a.pdf: a.pdf", "b.pdf: b.pdf", "c.pdf: c.pdf"]);
		deepEqual(names(it.peer), ["a.pdf", "b.pdf", "c.pdf"]);
	}));
});
