/** What becomes of the local file once the scan has arrived, and when it has not. */
import Timer from "timer";
import { createDirectory, move, status, Status as FileStatus } from "../../../hosts/storage/storage.js";
import { StorageError, TransportError } from "../../../modules/errors/errors.js";
import { equal, ok, rejects } from "../../support/assert.js";
import { Command, Status } from "../../support/peer.js";
import { save } from "../../support/scratch.js";
import { bench, pattern, putScan } from "./bench.js";

function exists(path: string): boolean {
	const found = new FileStatus();
	status(path, found);
	return found.mode !== 0;
}

describe("the local file", () => {
	it("stays with after=keep", () => bench({}, async it => {
		putScan(it, "scan.pdf", pattern(10));
		await it.upload();
		ok(exists(`${it.folder}/scan.pdf`));
	}));

	it("goes with after=delete, once the rename was confirmed and not before", () => bench({}, async it => {
		putScan(it, "scan.pdf", pattern(10));
		it.peer.before = () => ok(exists(`${it.folder}/scan.pdf`) || it.peer.files.has("scan.pdf"), "the scan is somewhere");
		const outcomes = await it.upload({ after: "delete" });
		equal(outcomes[0]!.trouble, undefined);
		equal(exists(`${it.folder}/scan.pdf`), false);
	}));

	it("moves to \"sent\" with after=move, under a free name", () => bench({}, async it => {
		putScan(it, "scan.pdf", pattern(10));
		createDirectory(`${it.folder}/sent`);
		save(`${it.folder}/sent/scan.pdf`, pattern(1));
		const outcomes = await it.upload({ after: "move" });
		equal(outcomes[0]!.trouble, undefined);
		equal(exists(`${it.folder}/scan.pdf`), false);
		ok(exists(`${it.folder}/sent/scan (2).pdf`));
	}));

	it("stays, and the run goes on, when its own upload fails", () => bench({}, async it => {
		putScan(it, "a.pdf", pattern(10));
		putScan(it, "b.pdf", pattern(10));
		let creates = 0;
		it.peer.before = turn => {
			if (turn.command === Command.CREATE && ++creates === 1)
				turn.status = Status.SHARING_VIOLATION;
		};
		const outcomes = await it.upload({ after: "delete" });
		equal(outcomes.length, 2);
		ok(outcomes[0]!.reason);
		equal(outcomes[1]!.reason, undefined);
		ok(exists(`${it.folder}/${outcomes[0]!.scan.name}`));
	}));

	it("stays, and no server is asked again, when nothing can be reached", () => bench({}, async it => {
		putScan(it, "a.pdf", pattern(10));
		putScan(it, "b.pdf", pattern(10));
		let connects = 0;
		const outcomes = await it.upload({ after: "delete", connect: async () => {
			connects++;
			throw new TransportError("refused", "ECONNREFUSED");
		} });
		equal(connects, 1);
		equal(outcomes.length, 2);
		ok(exists(`${it.folder}/a.pdf`) && exists(`${it.folder}/b.pdf`));
	}));

	it("stays when it is taken for another before it is sent", () => bench({}, async it => {
		putScan(it, "a.pdf", pattern(10));
		it.peer.before = turn => {
			if (turn.command === Command.FLUSH)
				save(`${it.folder}/a.pdf`, pattern(11));
		};
		const outcomes = await it.upload({ after: "delete" });
		ok(/changed while it was being sent/.test(outcomes[0]!.reason!.message));
		equal(it.peer.files.size, 0);
		ok(exists(`${it.folder}/a.pdf`));
	}));

	it("stays and is told of when it changes after it has arrived", () => bench({}, async it => {
		putScan(it, "a.pdf", pattern(10));
		it.peer.before = turn => {
			if (turn.command === Command.CLOSE)
				save(`${it.folder}/a.pdf`, pattern(11));
		};
		const outcomes = await it.upload({ after: "delete" });
		ok(/could not be deleted here.*changed/.test(outcomes[0]!.trouble!.message));
		ok(exists(`${it.folder}/a.pdf`));
	}));

	it("stays when it is written to during the time that it has to settle", () => bench({}, async it => {
		putScan(it, "a.pdf", pattern(10));
		let ticks = 0;
		Timer.set(() => save(`${it.folder}/a.pdf`, pattern(20)), 50);
		const outcomes = await it.upload({ after: "delete", settling: { settleMs: 150, now: () => undefined, ticks: () => ticks++ } });
		ok(/changed or taken away/.test(outcomes[0]!.reason!.message), outcomes[0]!.reason!.message);
		equal(it.peer.turns.filter(turn => turn.command === Command.CREATE).length, 0);
		ok(exists(`${it.folder}/a.pdf`));
	}));

	it("goes up once it has settled", () => bench({}, async it => {
		putScan(it, "a.pdf", pattern(10));
		const outcomes = await it.upload({ settling: { settleMs: 100, now: () => undefined, ticks: () => 0 } });
		equal(outcomes[0]!.reason, undefined);
	}));

	it("leaves no connection behind when its folder is taken away in the middle of a look", () => bench({}, async it => {
		const source = `${it.folder}/in`;
		createDirectory(source);
		// More than the spool knows at a time, so that it reads the folder again.
		for (let i = 0; i < 40; i++)
			save(`${source}/${"n".repeat(240)}${i}.pdf`, pattern(10));
		let moved = false;
		it.peer.before = turn => {
			if (turn.command === Command.CREATE && !moved) {
				moved = true;
				move(source, `${it.folder}/away`);
			}
		};
		await rejects(() => it.upload({ source }), StorageError, /source=.*in: .*No such file/i);
		equal(it.connection!.alive, false);
		equal(it.peer.count(Command.LOGOFF), 1);
	}));

	it("is not looked for in a folder that is not there", () => bench({}, async it => {
		await rejects(() => it.upload({ source: `${it.folder}/nowhere` }), Error, /source=.*nowhere/);
	}));
});
