import Timer from "timer";
import { ProtocolError, StatusError } from "../../../modules/errors/errors.js";
import { bytesEqual, deepEqual, equal, ok } from "../../support/assert.js";
import { Command, Status } from "../../support/peer.js";
import { load } from "../../support/scratch.js";
import { bench, pattern, putScan } from "./bench.js";

describe("an upload", () => {
	for (const dialect of [0x0202, 0x0210, 0x0300, 0x0302, 0x0311]) {
		it(`brings a file of many slots to a server of dialect 0x0${dialect.toString(16)}`, () => bench({ dialect }, async it => {
			const bytes = pattern(5000);
			putScan(it, "scan.pdf", bytes);
			const outcomes = await it.upload();
			equal(outcomes[0]!.reason, undefined);
			equal(outcomes[0]!.name, "scan.pdf");
			deepEqual([...it.peer.files.keys()], ["scan.pdf"]);
			bytesEqual(Uint8Array.from(it.peer.files.get("scan.pdf")!.bytes), bytes);
			ok(it.peer.turns.slice(3).every(turn => turn.signed), "every request after the log-on is signed");
			equal(it.peer.count(Command.IOCTL), dialect < 0x0311 ? 1 : 0);
		}));
	}

	for (const length of [0, 1, 255, 256, 257, 1023, 1024, 1025])
		it(`of ${length} bytes through slots of 256`, () => bench({}, async it => {
			putScan(it, "scan.pdf", pattern(length));
			const outcomes = await it.upload();
			equal(outcomes[0]!.reason, undefined);
			bytesEqual(Uint8Array.from(it.peer.files.get("scan.pdf")!.bytes), pattern(length));
			equal(it.peer.count(Command.WRITE), Math.ceil(length / 256));
		}));

	it("goes on with a single credit at a time", () => bench({ credits: 1 }, async it => {
		putScan(it, "scan.pdf", pattern(3000));
		const outcomes = await it.upload();
		equal(outcomes[0]!.reason, undefined);
		bytesEqual(Uint8Array.from(it.peer.files.get("scan.pdf")!.bytes), pattern(3000));
	}));

	it("takes less than a slot at a time where the server's MaxWriteSize is smaller", () => bench({ slotLength: 16384, maxWriteSize: 4096 }, async it => {
		putScan(it, "scan.pdf", pattern(20000));
		const outcomes = await it.upload();
		equal(outcomes[0]!.reason, undefined);
		bytesEqual(Uint8Array.from(it.peer.files.get("scan.pdf")!.bytes), pattern(20000));
		equal(it.peer.count(Command.WRITE), 5);
	}));

	it("waits through unsigned interim responses, and counts their credits", () => bench({}, async it => {
		putScan(it, "scan.pdf", pattern(3000));
		it.peer.tamper = (reply, turn) => {
			if (turn.index < 4)
				return undefined;
			const interim = it.peer.pending(turn);
			return [interim, reply];
		};
		const outcomes = await it.upload();
		equal(outcomes[0]!.reason, undefined);
		bytesEqual(Uint8Array.from(it.peer.files.get("scan.pdf")!.bytes), pattern(3000));
	}));

	it("does not mind in which order WRITEs are answered", () => bench({}, async it => {
		const bytes = pattern(4096);
		putScan(it, "scan.pdf", bytes);
		it.peer.before = turn => {
			if (turn.command !== Command.WRITE || it.peer.holding)
				return;
			it.peer.holding = true;
			// All that can be in flight is sent before the first answer comes.
			void new Promise<void>(resolve => { later(50, resolve); }).then(() => {
				it.peer.holding = false;
				ok(it.peer.held.length > 1, "several WRITEs were in flight");
				it.peer.release(replies => replies.reverse());
			});
		};
		const outcomes = await it.upload();
		equal(outcomes[0]!.reason, undefined);
		bytesEqual(Uint8Array.from(it.peer.files.get("scan.pdf")!.bytes), bytes);
		// While the oldest is unanswered nothing counts as confirmed, for a resumed upload would leave a hole there.
		deepEqual(it.progress, [bytes.length]);
	}));

	it("numbers a name that is taken and replaces nothing", () => bench({}, async it => {
		for (const name of ["scan.pdf", "scan (2).pdf"])
			it.peer.files.set(name, { bytes: [1], name, deletePending: false });
		putScan(it, "scan.pdf", pattern(10));
		const outcomes = await it.upload();
		equal(outcomes[0]!.name, "scan (3).pdf");
		deepEqual(it.peer.files.get("scan.pdf")!.bytes, [1]);
		deepEqual(it.peer.files.get("scan (2).pdf")!.bytes, [1]);
	}));

	it("makes the folders that are missing", () => bench({}, async it => {
		putScan(it, "scan.pdf", pattern(10));
		const outcomes = await it.upload({ path: "in/box" });
		equal(outcomes[0]!.reason, undefined);
		deepEqual([...it.peer.files.keys()], ["in\\box\\scan.pdf"]);
	}));

	it("hears of the progress of every four WRITEs, and of the end", () => bench({}, async it => {
		putScan(it, "scan.pdf", pattern(3000));
		await it.upload();
		deepEqual(it.progress, [1024, 2048, 3000]);
	}));

	it("deletes its temporary file when the disk is full, and keeps the scan", () => bench({}, async it => {
		putScan(it, "scan.pdf", pattern(5000));
		it.peer.before = turn => {
			if (turn.command === Command.WRITE && it.peer.count(Command.WRITE) > 3)
				turn.status = Status.DISK_FULL;
		};
		const outcomes = await it.upload({ after: "delete" });
		ok(outcomes[0]!.reason instanceof StatusError);
		ok(/STATUS_DISK_FULL.*make room/.test(outcomes[0]!.reason.message), outcomes[0]!.reason.message);
		equal(it.peer.files.size, 0);
		bytesEqual(load(`${it.folder}/scan.pdf`), pattern(5000));
	}));

	it("believes no WRITE that took less than it was given", () => bench({}, async it => {
		putScan(it, "scan.pdf", pattern(1000));
		it.peer.before = turn => {
			if (turn.command === Command.WRITE)
				turn.body[4] = 1;
		};
		const outcomes = await it.upload();
		ok(outcomes[0]!.reason instanceof ProtocolError, String(outcomes[0]!.reason));
	}));

	it("publishes nothing whose length on the share is wrong", () => bench({}, async it => {
		putScan(it, "scan.pdf", pattern(1000));
		it.peer.before = turn => {
			if (turn.command === Command.QUERY_INFO)
				turn.body[16] = 1;
		};
		const outcomes = await it.upload();
		ok(/1 of 1000|bytes arrived/.test(outcomes[0]!.reason!.message), String(outcomes[0]!.reason));
		equal(it.peer.files.size, 0);
	}));
});

function later(ms: number, run: () => void): void {
	// A promise job alone would not let the pipeline's reader speak.
	Timer.set(run, ms);
}
