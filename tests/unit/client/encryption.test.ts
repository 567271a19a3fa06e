/** What is signed by which algorithm, what is encrypted and when, and what becomes of a server that does otherwise ([MS-SMB2] 3.2.5.1.1, 3.2.5.2, 3.2.5.3.1). */
import { Key } from "../../../hosts/crypto/key.js";
import { headRoom, messageRoom } from "../../../modules/client/layout.js";
import { refusesOffer, type Policy } from "../../../modules/client/negotiate.js";
import { Sealing } from "../../../modules/client/sealing.js";
import { AuthenticationError, ProtocolError, TransportError } from "../../../modules/errors/errors.js";
import { Memory } from "../../../modules/smb2/wire.js";
import { bytesEqual, equal, ok, throws } from "../../support/assert.js";
import { Command, type PeerOptions, Status, type Turn } from "../../support/peer.js";
import { type Bench, bench, pattern, putScan } from "./bench.js";

const ciphers = Object.freeze({ "AES-128-CCM": 1, "AES-128-GCM": 2, "AES-256-CCM": 3, "AES-256-GCM": 4 });
const algorithms = Object.freeze({ "HMAC-SHA256": 0, "AES-CMAC": 1, "AES-GMAC": 2 });
const noSession = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0);

/** Uploads 1000 bytes through slots of 256; every WRITE of it is its own message. */
async function arrives(it: Bench): Promise<void> {
	putScan(it, "scan.pdf", pattern(1000));
	const [outcome] = await it.upload();
	equal(outcome!.reason, undefined);
	bytesEqual(Uint8Array.from(it.peer.files.get("scan.pdf")!.bytes), pattern(1000));
}

async function fails(it: Bench, ErrorClass: new (...values: never[]) => Error, message: RegExp): Promise<void> {
	putScan(it, "scan.pdf", pattern(100));
	const [outcome] = await it.upload({ after: "delete" });
	const reason = outcome!.reason;
	ok(reason instanceof ErrorClass && message.test(reason.message), `${ErrorClass.name} ${message} expected, got ${reason}`);
}

function with_(encryption: Policy["encryption"], options: PeerOptions, run: (it: Bench) => Promise<void>): Promise<void> {
	return bench(options, it => {
		it.policy = { ...it.policy, encryption };
		return run(it);
	});
}

/** Turns before the first that is sealed. */
function plainTurns(it: Bench): number { return it.peer.turns.findIndex(turn => turn.sealed); }

describe("signing in 3.1.1", () => {
	for (const [name, signing] of Object.entries(algorithms))
		it(`is by ${name} where the server chose it`, () => bench({ signing }, async it => {
			await arrives(it);
			ok(it.peer.turns.slice(3).every(turn => turn.signed));
		}));

	it("is by AES-CMAC where the server has no SIGNING_CAPABILITIES", () => bench({ signing: -1 }, arrives));

	it("refuses an algorithm that was not offered", () => bench({ signing: 2 }, it => {
		it.policy = { ...it.policy, signingAlgorithms: [1] };
		return fails(it, ProtocolError, /signing algorithm 0x0002 was not offered/);
	}));

	it("verifies each member of a compound over its own padding", () => bench({ compounds: true }, arrives));

	for (const signing of Object.values(algorithms))
		it(`refuses a reply signed wrongly by algorithm ${signing}`, () => bench({ signing }, it => {
			it.peer.tamper = (reply, turn) => {
				if (turn.command === Command.CREATE)
					reply[60]! ^= 0x80;
				return [reply];
			};
			return fails(it, ProtocolError, /CREATE: the reply's signature is wrong/);
		}));
});

describe("encryption", () => {
	for (const [name, cipher] of Object.entries(ciphers)) {
		it(`by ${name} covers everything from the log-on on, and nothing of it is signed besides`, () => with_("required", { cipher }, async it => {
			await arrives(it);
			equal(plainTurns(it), 3);
			ok(it.peer.turns.slice(3).every(turn => turn.sealed && !turn.signed));
			equal(it.connection!.dialect, 0x0311);
		}));

		it(`by ${name} takes compounds, sealed as one`, () => with_("preferred", { cipher, compounds: true }, arrives));
	}

	for (const dialect of [0x0300, 0x0302])
		it(`of 0x0${dialect.toString(16)} is by AES-128-CCM`, () => with_("required", { dialect }, async it => {
			await arrives(it);
			equal(plainTurns(it), 3);
			equal(it.peer.count(Command.IOCTL), 1);
		}));

	it("takes interim responses, sealed", () => with_("required", { cipher: 1 }, async it => {
		it.peer.tamper = (reply, turn) => turn.command === Command.WRITE ? [it.peer.seal(it.peer.pending(turn)), reply] : undefined;
		await arrives(it);
	}));

	it("begins where the server demands it of the session, or the share of its users", async () => {
		await bench({ cipher: 2, sessionFlags: 4 }, async it => {
			await arrives(it);
			equal(plainTurns(it), 3);
		});
		await bench({ cipher: 2, shareFlags: 0x8000 }, async it => {
			await arrives(it);
			equal(it.peer.turns[plainTurns(it)]!.command, Command.CREATE);
			ok(it.peer.turns.slice(4).every(turn => turn.sealed));
		});
		await bench({ dialect: 0x0302, shareFlags: 0x8000 }, async it => {
			await arrives(it);
			equal(it.peer.turns[plainTurns(it)]!.command, Command.IOCTL);
		});
	});

	it("is not begun where nobody demands it and nobody prefers it", () => bench({ cipher: 1 }, async it => {
		await arrives(it);
		equal(plainTurns(it), -1);
	}));

	it("is done without where it is only preferred", async () => {
		await with_("preferred", { cipher: -1 }, arrives);
		await with_("preferred", { cipher: 0 }, arrives);
		await with_("preferred", { dialect: 0x0210 }, arrives);
		await with_("preferred", { dialect: 0x0300, capabilities: 0x04 }, arrives);
	});

	it("is asked for with all ciphers, where the server has none of those that were offered at first", async () => {
		for (const encryption of ["on-demand", "preferred", "required"] as const) {
			await with_(encryption, { cipher: 0 }, async it => {
				it.policy = { ...it.policy, ciphers: [1, 3], moreCiphers: true };
				let refused: unknown;
				try { await it.connect(); }
				catch (error) { refused = error; }
				ok(refusesOffer(refused), String(refused));
				equal(it.peer.turns.length, 1);
			});
			await with_(encryption, { cipher: 3 }, it => {
				it.policy = { ...it.policy, ciphers: [1, 3], moreCiphers: true };
				return arrives(it);
			});
		}
		await with_("off", { cipher: -1 }, it => {
			it.policy = { ...it.policy, moreCiphers: true };
			return arrives(it);
		});
		await with_("preferred", { dialect: 0x0210 }, it => {
			it.policy = { ...it.policy, moreCiphers: true };
			return arrives(it);
		});
	});

	it("is not offered without a cipher that works", () => with_("preferred", { cipher: -1 }, async it => {
		it.policy = { ...it.policy, ciphers: [] };
		await arrives(it);
		equal(it.peer.turns[0]!.request[64 + 8]! & 0x40, 0, "SMB2_GLOBAL_CAP_ENCRYPTION");
	}));

	for (const [what, options] of [
		["without ENCRYPTION_CAPABILITIES", { cipher: -1 }], ["with no cipher in common", { cipher: 0 }], ["of SMB 2.1", { dialect: 0x0210, capabilities: 0x44 }],
		["of SMB 3.0 without the capability", { dialect: 0x0300, capabilities: 0x04 }],
	] as const)
		it(`that is required refuses a server ${what} before it is told anything`, () => with_("required", options, async it => {
			await fails(it, ProtocolError, /does not encrypt .*encryption=required/);
			equal(it.peer.turns.length, 1);
		}));

	it("that is off offers nothing, and refuses who demands it", async () => {
		await with_("off", {}, async it => {
			await arrives(it);
			const { request } = it.peer.turns[0]!;
			equal(request[64 + 8]! & 0x40, 0, "SMB2_GLOBAL_CAP_ENCRYPTION");
		});
		await with_("off", { cipher: 1 }, it => fails(it, ProtocolError, /cipher 0x0001 was not offered/));
		await with_("off", { sessionFlags: 4 }, it => fails(it, AuthenticationError, /demands encryption .*encryption=off/));
		await with_("off", { shareFlags: 0x8000 }, it => fails(it, ProtocolError, /share demands encryption, encryption=off/));
	});

	it("is nothing that a guest can have", async () => {
		for (const [encryption, options, message] of [
			["required", { cipher: 1 }, /no session key, so nothing could be encrypted/], ["on-demand", { cipher: 1, sessionFlags: 4 }, /without a key to encrypt with/],
		] as const)
			await with_(encryption, { guest: true, ...options }, it => {
				it.guestAsked = true;
				it.policy = { ...it.policy, signingRequired: false };
				return fails(it, AuthenticationError, message);
			});
		await with_("preferred", { guest: true, cipher: 1, shareFlags: 0x8000 }, it => {
			it.guestAsked = true;
			it.policy = { ...it.policy, signingRequired: false };
			return fails(it, ProtocolError, /share demands encryption, which a guest has no key for/);
		});
	});

	it("refuses a cipher that was not offered", () => bench({ cipher: 4 }, it => {
		it.policy = { ...it.policy, ciphers: [1, 2] };
		return fails(it, ProtocolError, /cipher 0x0004 was not offered/);
	}));
});

/** The turns of a sealed upload of one slot, from the first sealed one to the rename. */
const sealedTurns = Object.freeze([3, 4, 5, 6, 7, 8, 9]);

describe("an encrypted session that is lied to", () => {
	function attack(index: number, change: (reply: Uint8Array, turn: Turn, it: Bench) => readonly Uint8Array[], ErrorClass: new (...values: never[]) => Error, message: RegExp): Promise<void> {
		return with_("required", { cipher: 1 + index % 4 }, it => {
			it.peer.tamper = (reply, turn) => turn.index === index ? change(reply, turn, it) : undefined;
			return fails(it, ErrorClass, message);
		});
	}

	for (const index of sealedTurns) {
		it(`refuses turn ${index} in the clear, signed or not`, async () => {
			await attack(index, (reply, _turn, it) => [it.peer.reveal(reply)], ProtocolError, /reply is not encrypted/);
			await attack(index, (reply, _turn, it) => {
				const plain = it.peer.reveal(reply);
				plain[16]! |= 8;
				it.peer.sign(plain);
				return [plain];
			}, ProtocolError, /reply is not encrypted/);
		});

		it(`refuses turn ${index} with any bit changed, of the tag, the nonce, or the message`, async () => {
			for (const at of [4, 19, 20, 30, 52, 60, 115])
				await attack(index, reply => {
					reply[at]! ^= 1 << index % 8;
					return [reply];
				}, ProtocolError, /can't be decrypted/);
		});

		it(`refuses turn ${index} sealed for another session, or with another session inside`, async () => {
			await attack(index, (reply, _turn, it) => [it.peer.seal(it.peer.reveal(reply), noSession)], ProtocolError, /encrypted for another session/);
			await attack(index, (reply, _turn, it) => {
				const plain = it.peer.reveal(reply);
				plain[40]! ^= 1;
				return [it.peer.seal(plain)];
			}, ProtocolError, /belongs to another session/);
		});

		it(`refuses turn ${index} with a wrong OriginalMessageSize, wrong flags, or nothing inside`, async () => {
			await attack(index, reply => {
				reply[36]! ^= 1;
				return [reply];
			}, ProtocolError, /OriginalMessageSize/);
			await attack(index, reply => {
				reply[42] = 2;
				return [reply];
			}, ProtocolError, /TRANSFORM_HEADER: Flags/);
			await attack(index, (_reply, _turn, it) => [it.peer.seal(new Uint8Array(0))], ProtocolError, /OriginalMessageSize 0/);
		});

		it(`refuses turn ${index} cut off at any byte`, async () => {
			for (let length = 0; length < 110; length += 9)
				await attack(index, reply => [reply.slice(0, length)], ProtocolError, /bytes|needed|OriginalMessageSize/);
		});

		it(`refuses turn ${index} within two transforms`, () => attack(index, (reply, _turn, it) => [it.peer.seal(reply)], ProtocolError, /ProtocolId/));

		// The last is the rename: what is confirmed has arrived.
		if (index < 9)
			it(`refuses turn ${index} played twice`, () => attack(index, reply => [reply, reply.slice()], ProtocolError, /nobody asked/));
	}

	it("refuses to be put off in the clear", () => attack(5, (reply, turn, it) => [it.peer.pending(turn), reply], ProtocolError, /not encrypted/));

	it("refuses what is encrypted before anything was agreed on", () => bench({ cipher: 1 }, it => {
		it.peer.tamper = (reply, turn) => turn.command === Command.CREATE ? [it.peer.seal(reply)] : undefined;
		return fails(it, ProtocolError, /encrypted message although no encryption was agreed on/);
	}));

	it("calls a session lost that the server no longer has the keys of", () => with_("required", { cipher: 1 }, it => {
		it.peer.before = turn => {
			if (turn.command === Command.CREATE) {
				turn.status = Status.USER_SESSION_DELETED;
				turn.sealed = turn.signed = false;
			}
		};
		return fails(it, TransportError, /not encrypted, that the session is over/);
	}));

	it("refuses a compressed message", () => attack(4, reply => {
		reply[0] = 0xFC;
		return [reply];
	}, ProtocolError, /compressed/));
});

describe("sealing", () => {
	const key = (first: number): Key => {
		const made = new Key(16);
		made.load(Uint8Array.from({ length: 16 }, (_, i) => first + i), 0);
		return made;
	};

	function pair(limit?: number): { client: Sealing; server: Sealing } {
		const [one, other] = [key(1), key(100)];
		const both = { client: new Sealing(1, one, other, limit), server: new Sealing(1, other, one) };
		one.close();
		other.close();
		return both;
	}

	it("never takes a nonce twice, and ends with a TransportError when the key is used up", () => {
		const { client, server } = pair(3);
		const memory = new Memory(new ArrayBuffer(256));
		const nonces = new Set<string>();
		for (let i = 0; i < 3; i++) {
			memory.bytes.fill(0).set([1, 2, 3, 4, 5], 64);
			const at = client.seal(memory, 64, 69, noSession);
			equal(at, 64 - 52);
			nonces.add([...memory.bytes.slice(at + 20, at + 36)].join());
			equal(server.open(memory, at, 69, noSession), 64);
			bytesEqual(memory.bytes.slice(64, 69), Uint8Array.of(1, 2, 3, 4, 5));
		}
		equal(nonces.size, 3);
		throws(() => client.seal(memory, 64, 69, noSession), TransportError, /a new one is needed/);
		client.close();
		client.close();
		server.close();
		throws(() => client.seal(memory, 64, 69, noSession), Error);
	});

	it("has room before every message", () => {
		ok(messageRoom >= 4 + 52 && messageRoom % 16 === 0 && headRoom % 16 === 0);
	});
});
