/** What a server, or somebody between, may do to a session: every turn, every lie, and the error that must end it. */
import Timer from "timer";
import { AuthenticationError, ProtocolError, StatusError, TransportError } from "../../../modules/errors/errors.js";
import { newFile } from "../../../modules/client/create.js";
import { bytesEqual, equal, ok, rejects } from "../../support/assert.js";
import { Command, Status, type Tamper, type Turn } from "../../support/peer.js";
import { load } from "../../support/scratch.js";
import { type Bench, bench, pattern, putScan } from "./bench.js";

/** The turns of an upload of one slot to a 3.1.1 server, by what stands first. */
const turnsSigned = 11;

/** Changes the reply to one turn. */
function at(index: number, change: (reply: Uint8Array, turn: Turn) => readonly Uint8Array[] | undefined): Tamper {
	return (reply, turn) => turn.index === index ? change(reply, turn) : undefined;
}

async function fails(it: Bench, ErrorClass: new (...values: never[]) => Error, pattern_: RegExp): Promise<void> {
	putScan(it, "scan.pdf", pattern(100));
	const [outcome] = await it.upload({ after: "delete" });
	const reason = outcome!.reason;
	ok(reason instanceof ErrorClass, `${ErrorClass.name} expected, got ${reason}`);
	ok(pattern_.test(reason.message), reason.message);
	bytesEqual(load(`${it.folder}/scan.pdf`), pattern(100), "the scan stays");
}

describe("a session that is lied to", () => {
	it("has as many turns as the tests below count on", () => bench({}, async it => {
		putScan(it, "scan.pdf", pattern(100));
		equal((await it.upload())[0]!.reason, undefined);
		// NEGOTIATE, SESSION_SETUP twice, TREE_CONNECT, CREATE, WRITE, FLUSH, QUERY_INFO, SET_INFO twice, CLOSE, and the way out.
		equal(it.peer.turns.findIndex(turn => turn.command === Command.CLOSE), turnsSigned - 1);
	}));

	for (let index = 2; index < turnsSigned - 1; index++) {
		it(`refuses turn ${index} without a signature`, () => bench({}, it => {
			it.peer.tamper = at(index, reply => {
				reply[16]! &= ~8;
				reply.fill(0, 48, 64);
				return [reply];
			});
			return fails(it, ProtocolError, /not signed/);
		}));

		it(`refuses turn ${index} with a wrong signature`, () => bench({}, it => {
			it.peer.tamper = at(index, reply => {
				reply[55]! ^= 1;
				return [reply];
			});
			return fails(it, ProtocolError, /signature is wrong/);
		}));

		it(`refuses turn ${index} with a changed body`, () => bench({}, it => {
			it.peer.tamper = at(index, reply => {
				reply[reply.length - 1]! ^= 1;
				return [reply];
			});
			return fails(it, ProtocolError, /signature is wrong/);
		}));
	}

	for (let index = 0; index < turnsSigned - 1; index++) {
		it(`refuses turn ${index} for a message id that nobody asked`, () => bench({}, it => {
			it.peer.tamper = at(index, (reply, turn) => {
				reply[24]! += 77;
				if (turn.signed)
					it.peer.sign(reply);
				return [reply];
			});
			return fails(it, ProtocolError, /message id \d+ .*nobody asked|message id/);
		}));

		// The last of them is the rename: what is confirmed has arrived, whatever comes after.
		if (index < turnsSigned - 2) it(`refuses turn ${index} sent twice`, () => bench({}, it => {
			it.peer.tamper = at(index, reply => [reply, reply.slice()]);
			return fails(it, ProtocolError, /nobody asked/);
		}));

		it(`refuses turn ${index} cut off at any byte`, async () => {
			for (let length = 0; length < 64 + 20; length += 7) {
				await bench({}, it => {
					it.peer.tamper = at(index, reply => [reply.slice(0, Math.min(length, reply.length - 1))]);
					return fails(it, ProtocolError, /bytes|signature|needed|the server|ends at|NegotiateContext|nothing/);
				});
			}
		});

		it(`refuses turn ${index} as SMB1, encrypted, or as a request`, async () => {
			for (const [value, message] of [[0xFF, /SMB1/], [0xFD, /encrypted/]] as const) {
				await bench({}, it => {
					it.peer.tamper = at(index, reply => {
						reply[0] = value;
						return [reply];
					});
					return fails(it, ProtocolError, message);
				});
			}
			await bench({}, it => {
				it.peer.tamper = at(index, reply => {
					reply[16]! &= ~1;
					return [reply];
				});
				return fails(it, ProtocolError, /as a request/);
			});
		});

		it(`says which request failed when turn ${index} is refused`, () => bench({}, it => {
			it.peer.before = turn => {
				if (turn.index === index)
					turn.status = Status.SHARING_VIOLATION;
			};
			return fails(it, StatusError, /STATUS_SHARING_VIOLATION \(0xC0000043\)/);
		}));

		it(`ends when the network does at turn ${index}`, () => bench({}, it => {
			it.peer.tamper = at(index, () => {
				it.peer.onError(new TransportError("reset", "ECONNRESET"));
				return [];
			});
			return fails(it, TransportError, index === 0 ? /only SMB1/ : /reset/);
		}));
	}

	for (const index of [0, 2, 5, 9])
		it(`gives up on a server that is silent at turn ${index}`, () => bench({ answerMs: 200 }, it => {
			it.peer.tamper = at(index, () => []);
			return fails(it, TransportError, /no answer from 192\.0\.2\.1 for 0\.2 s/);
		}));

	it("notices a NEGOTIATE that was changed on its way, in 3.1.1 by preauth integrity", () => bench({}, it => {
		it.peer.tamper = at(0, reply => {
			reply[64 + 24]! ^= 0x04;
			return [reply];
		});
		return fails(it, ProtocolError, /signature is wrong/);
	}));

	for (const dialect of [0x0202, 0x0210, 0x0300, 0x0302])
		it(`notices a NEGOTIATE that was changed on its way, in 0x0${dialect.toString(16)} by FSCTL_VALIDATE_NEGOTIATE_INFO`, () => bench({ dialect }, it => {
			it.peer.tamper = at(0, reply => {
				reply[64 + 24]! ^= 0x04;
				return [reply];
			});
			return fails(it, ProtocolError, /NEGOTIATE was changed/);
		}));

	it("says what it may mean that a server hangs up when asked to confirm its NEGOTIATE", () => bench({ dialect: 0x0302 }, it => {
		it.peer.tamper = (_reply, turn) => {
			if (turn.command !== Command.IOCTL)
				return undefined;
			it.peer.onError(new TransportError("gone", "EOF"));
			return [];
		};
		return fails(it, TransportError, /closed the connection when it was asked to confirm.*somebody may be between/);
	}));

	it("takes a signed word that there is no FSCTL_VALIDATE_NEGOTIATE_INFO, and no unsigned one", async () => {
		await bench({ dialect: 0x0210 }, async it => {
			it.peer.before = turn => {
				if (turn.command === Command.IOCTL)
					turn.status = Status.NOT_SUPPORTED;
			};
			putScan(it, "scan.pdf", pattern(100));
			equal((await it.upload())[0]!.reason, undefined);
		});
		await bench({ dialect: 0x0210 }, it => {
			it.peer.before = turn => {
				if (turn.command === Command.IOCTL) {
					turn.status = Status.NOT_SUPPORTED;
					turn.signed = false;
				}
			};
			return fails(it, ProtocolError, /not signed/);
		});
	});

	it("takes no dialect that it did not offer", () => bench({ dialect: 0x0210 }, it => {
		it.policy = { ...it.policy, dialectMin: 0x0300 };
		return fails(it, ProtocolError, /SMB 2\.1 .*not offered/);
	}));

	it("takes no wildcard dialect", () => bench({ dialect: 0x02FF }, it => fails(it, ProtocolError, /0x02FF.*not offered/)));

	it("is nobody's guest unless asked", () => bench({ guest: true }, it => fails(it, AuthenticationError, /only as guest/)));

	it("is a guest when asked, and signs nothing", () => bench({ guest: true }, async it => {
		it.guestAsked = true;
		it.policy = { ...it.policy, signingRequired: false };
		putScan(it, "scan.pdf", pattern(100));
		equal((await it.upload())[0]!.reason, undefined);
		ok(it.peer.turns.every(turn => !turn.signed));
	}));

	it("says what a share lacks", async () => {
		await bench({ maximalAccess: 0x001200A9 }, it => fails(it, StatusError, /nothing may be written: STATUS_ACCESS_DENIED/));
		await bench({ shareFlags: 0x8000 }, it => fails(it, ProtocolError, /demands encryption/));
	});

	it("says what a server has in common with nobody", () => bench({}, it => {
		it.peer.before = turn => { turn.status = Status.NOT_SUPPORTED; };
		return fails(it, ProtocolError, /no dialect in common/);
	}));

	it("calls a session lost that the server no longer knows", () => bench({}, it => {
		it.peer.before = turn => {
			if (turn.command === Command.CREATE) {
				turn.status = Status.USER_SESSION_DELETED;
				turn.signed = false;
			}
		};
		return fails(it, TransportError, /session is over/);
	}));

	for (const command of [Command.CREATE, Command.WRITE])
		it(`is put off by interim responses to command ${command}, but not for ever`, function () {
			this.timeout(20_000);
			return bench({ answerMs: 200 }, async it => {
				let repeat: Timer | undefined;
				it.peer.tamper = (_reply, turn) => {
					if (turn.command !== command)
						return undefined;
					repeat ??= Timer.repeat(() => it.peer.deliver(it.peer.pending(turn)), 100);
					return [it.peer.pending(turn)];
				};
				try {
					await fails(it, TransportError, /no answer/);
				}
				finally {
					Timer.clear(repeat);
				}
			});
		});

	it("takes no interim response, which nobody signs, to what it did not ask", () => bench({}, it => {
		it.peer.tamper = (reply, turn) => turn.command === Command.CREATE ? [it.peer.pending({ ...turn, messageId: 4711 }), reply] : undefined;
		return fails(it, ProtocolError, /put off message id 4711/);
	}));

	it("ends when the server grants no more credits", () => bench({ credits: 0 }, it => fails(it, ProtocolError, /no credits/)));

	it("is given up when nobody wants anything of it", () => bench({ answerMs: 80, idleMs: 200 }, async it => {
		const tree = await it.connect();
		const closed = new Promise<void>(resolve => { it.connection!.onClose = resolve; });
		await tree.create("a.pdf", newFile);
		await closed;
		await rejects(() => tree.create("b.pdf", newFile), TransportError, /idle for 0\.2 s/);
	}));

	it("is given up all the same when the server chatters", () => bench({ answerMs: 80, idleMs: 200 }, async it => {
		await it.connect();
		const last = it.peer.turns[it.peer.turns.length - 1]!;
		const chatter = Timer.repeat(() => {
			const oplockBreak = it.peer.pending(last);
			oplockBreak.fill(0xFF, 24, 32);
			it.peer.deliver(oplockBreak);
		}, 20);
		try {
			await new Promise<void>(resolve => { it.connection!.onClose = resolve; });
		}
		finally {
			Timer.clear(chatter);
		}
	}));

	it("is ended, and no slot is lost, where a message has begun after a READ that is too long for what comes then", () => bench({ slotLength: 4096 }, async it => {
		const tree = await it.connect(), open = await tree.create("a.pdf", newFile);
		it.peer.before = turn => {
			if (turn.command === Command.READ)
				turn.status = Status.END_OF_FILE;
		};
		const { receiveAt } = it.buffers.pipeline;
		it.peer.receiveInto = at => {
			// As the transport does it with more in hand than fits the ordinary area.
			if (at === receiveAt)
				throw new RangeError("receive area [0, 2048): expected more than 2504 bytes");
		};
		equal(await open.read(0, 10, () => {}), 0);
		await rejects(() => open.status(), ProtocolError, /too long/);
	}));

	it("ends a list of files that has no end", () => bench({}, async it => {
		const tree = await it.connect();
		await (await tree.create("a.part", newFile)).close();
		it.peer.before = turn => {
			if (turn.command !== Command.QUERY_DIRECTORY)
				return;
			turn.status = Status.SUCCESS;
			turn.body = Uint8Array.of(9, 0, 72, 0, 0, 0, 0, 0);
		};
		await rejects(() => tree.list("", "*", () => {}), ProtocolError, /no end after 1000 answers/);
	}));

	it("leaves nobody waiting when it is closed", () => bench({}, async it => {
		it.peer.tamper = at(3, () => []);
		const connecting = it.connect();
		while (it.peer.turns.length < 4)
			await Promise.resolve();
		it.connection!.close();
		await rejects(() => connecting, TransportError, /closed/);
	}));
});
