/** A file as one compound, and what becomes of it where a server, the network or the source does not play along. */
import { newFile } from "../../../modules/client/create.js";
import { Habits } from "../../../modules/client/habits.js";
import { put } from "../../../modules/client/put.js";
import { StorageError, TransportError } from "../../../modules/errors/errors.js";
import { bytesEqual, deepEqual, equal, ok, rejects } from "../../support/assert.js";
import { Command, Status, type Turn } from "../../support/peer.js";
import { type Bench, bench, pattern, putScan } from "./bench.js";

const INVALID_PARAMETER = 0xC000000D;
const encryptsShare = 0x8000;
const { TREE_CONNECT, CREATE, WRITE, FLUSH, QUERY_INFO, SET_INFO, CLOSE, SESSION_SETUP, NEGOTIATE, TREE_DISCONNECT, LOGOFF } = Command;
const logOn = [[NEGOTIATE], [SESSION_SETUP], [SESSION_SETUP]];
const published = [SET_INFO, CLOSE];
const left = [[TREE_DISCONNECT], [LOGOFF]];

/** Habits of a server whose share is known to take what is not encrypted. */
function known(): Habits {
	const habits = new Habits();
	habits.clear = true;
	return habits;
}

/** Uploads one scan of length bytes; it has to arrive, whole. */
async function arrives(it: Bench, length = 700): Promise<void> {
	putScan(it, "scan.pdf", pattern(length));
	const outcomes = await it.upload({ patienceMs: 10_000 });
	equal(outcomes[0]!.reason, undefined);
	deepEqual([...it.peer.files.keys()], ["scan.pdf"]);
	bytesEqual(Uint8Array.from(it.peer.files.get("scan.pdf")!.bytes), pattern(length));
}

/** Has the peer refuse a command in the compound that brings the file, or where wrong() says so. */
function refuse(it: Bench, command: number, status: number, wrong?: (turn: Turn) => boolean): void {
	wrong ??= ({ request, message }) => {
		const chained = (request[16]! & 4) !== 0 || request[20]! !== 0;
		return chained && (command === TREE_CONNECT || it.peer.turns.some(other => other.message === message && other.command === CREATE));
	};
	it.peer.before = turn => {
		if (turn.command !== command || !wrong!(turn)) return;
		turn.status = status;
		// The peer had made it already.
		if (command === CREATE) {
			for (const name of it.peer.files.keys()) it.peer.files.delete(name);
		}
	};
}

describe("a new file", () => {
	it("goes up in one message, and gets its name in another", () => bench({}, async it => {
		await arrives(it);
		deepEqual(it.peer.messages, [...logOn, [TREE_CONNECT], [CREATE, WRITE, WRITE, WRITE, FLUSH, QUERY_INFO, SET_INFO], published, ...left]);
	}));

	it("goes up with TREE_CONNECT, where it is known that the share need not be encrypted", () => bench({ cipher: 1, habits: known() }, async it => {
		await arrives(it);
		deepEqual(it.peer.messages, [...logOn, [TREE_CONNECT, CREATE, WRITE, WRITE, WRITE, FLUSH, QUERY_INFO, SET_INFO], published, ...left]);
	}));

	it("waits for TREE_CONNECT where the share might demand encryption, once", () => {
		const habits = new Habits();
		return bench({ cipher: 1, habits }, async it => {
			await arrives(it);
			deepEqual(it.peer.messages[3], [TREE_CONNECT]);
			equal(habits.clear, true);
		});
	});

	it("of more than goes into one message begins with it, as far as the server takes a WRITE", () => bench({ slotLength: 1024, maxWriteSize: 4096 }, async it => {
		await arrives(it, 10_000);
		const [begin, ...rest] = it.peer.messages.slice(4);
		deepEqual(begin, [CREATE, WRITE, WRITE, WRITE, WRITE]);
		deepEqual(rest.slice(-4), [[FLUSH, QUERY_INFO, SET_INFO], published, ...left]);
	}));

	it("of any length, odd or even, is padded within the message and whole on the share", async () => {
		for (const length of [1, 7, 8, 9, 255, 256, 257, 511, 4095, 4096, 4097])
			await bench({}, it => arrives(it, length));
	});

	it("is sealed on its way where the share turns out to demand it", () => {
		const habits = known();
		return bench({ cipher: 1, shareFlags: encryptsShare, habits }, async it => {
			refuse(it, CREATE, Status.ACCESS_DENIED, turn => !turn.sealed);
			await arrives(it);
			equal(habits.clear, false);
			ok(it.peer.turns.filter(turn => turn.status === Status.SUCCESS && turn.command > TREE_CONNECT).every(turn => turn.sealed));
		});
	});

	const refusals: [string, number, (habits: Habits) => boolean][] = [
		["TREE_CONNECT in a compound", TREE_CONNECT, habits => !habits.treeConnects && habits.files],
		["CREATE behind TREE_CONNECT", CREATE, habits => !habits.treeConnects],
		["WRITE in a compound", WRITE, habits => !habits.treeConnects || !habits.files],
		["FLUSH in a compound", FLUSH, habits => !habits.treeConnects || !habits.files],
	];
	for (const [what, command, learned] of refusals)
		it(`goes up all the same where a server refuses ${what}, and that is remembered`, () => {
			const habits = known();
			return bench({ habits }, async it => {
				refuse(it, command, INVALID_PARAMETER);
				await arrives(it);
				ok(learned(habits), JSON.stringify(habits));
			});
		});

	it("goes up all the same where a server hangs up on what it does not know", () => {
		const habits = known();
		return bench({ habits }, async it => {
			it.peer.tamper = (_reply, turn) => {
				if (turn.command !== TREE_CONNECT || turn.request[20] === 0) return undefined;
				it.peer.onError(new TransportError("hung up", "EOF"));
				return [];
			};
			await arrives(it);
			equal(it.interruptions.length, 1);
			equal(habits.treeConnects, false);
		});
	});

	it("is not put down to compounds where one has brought a file before", () => {
		const habits = known();
		habits.proven = true;
		habits.lost(new TransportError("reset", "ECONNRESET"), true);
		habits.lost(new TransportError("reset", "ECONNRESET"), false);
		deepEqual([habits.treeConnects, habits.files], [true, true]);
	});

	it("is not put down to compounds where the session ends, once one has brought a file", () => {
		const habits = known();
		habits.proven = true;
		return bench({ habits }, async it => {
			let refused = 0;
			it.peer.before = turn => {
				if (turn.command === WRITE && refused++ === 0) turn.status = Status.USER_SESSION_DELETED;
			};
			await arrives(it);
			deepEqual([habits.treeConnects, habits.files, it.interruptions.length], [true, true, 1]);
		});
	});

	it("is not put down to compounds where the connection is lost behind the first message", () => {
		const habits = known();
		return bench({ slotLength: 1024, maxWriteSize: 4096, habits }, async it => {
			let writes = 0;
			it.peer.tamper = (_reply, turn) => {
				if (turn.command !== WRITE || ++writes !== 6) return undefined;
				it.peer.onError(new TransportError("reset", "ECONNRESET"));
				return [];
			};
			await arrives(it, 10_000);
			deepEqual([habits.treeConnects, habits.files, it.interruptions.length], [true, true, 1]);
		});
	});

	it("whose share demands encryption only as the replies to its WRITEs are still under way waits for them", () => {
		const habits = known();
		return bench({ cipher: 1, shareFlags: encryptsShare, slotLength: 1024, maxWriteSize: 4096, habits }, async it => {
			refuse(it, CREATE, Status.ACCESS_DENIED, turn => !turn.sealed);
			await arrives(it, 10_000);
		});
	});

	it("whose WRITE fails in the middle gets no name", () => bench({}, async it => {
		let writes = 0;
		it.peer.before = turn => {
			if (turn.command === WRITE && ++writes === 2) turn.status = Status.DISK_FULL;
		};
		putScan(it, "scan.pdf", pattern(700));
		const outcomes = await it.upload();
		ok(/WRITE.*DISK_FULL/.test(outcomes[0]!.reason!.message), outcomes[0]!.reason!.message);
		deepEqual([...it.peer.files.keys()], []);
	}));

	it("whose source ends early closes the connection, and says what is wrong with the source", () => bench({}, async it => {
		putScan(it, "scan.pdf", pattern(500));
		const tree = await it.connect();
		const file = { path: "a.part", parameters: newFile, createGuid: new Uint8Array(16), source: `${it.folder}/scan.pdf`, length: 900, modified: 0 };
		await rejects(() => put(tree, file, () => {}, () => {}), StorageError, /ended at 500 of 900 bytes/);
		equal(it.connection!.alive, false);
	}));

	it("that is there already is left alone, and what was sent for it with it", () => bench({}, async it => {
		it.peer.files.set("a.part", { bytes: [1, 2, 3], name: "a.part", deletePending: false });
		putScan(it, "scan.pdf", pattern(500));
		const tree = await it.connect();
		const file = { path: "a.part", parameters: newFile, createGuid: new Uint8Array(16), source: `${it.folder}/scan.pdf`, length: 500, modified: 0 };
		await rejects(() => put(tree, file, () => {}, () => {}), Error, /CREATE a\.part: STATUS_OBJECT_NAME_COLLISION/);
		deepEqual(it.peer.files.get("a.part")!.bytes, [1, 2, 3]);
		equal(it.connection!.alive, true);
	}));
});
