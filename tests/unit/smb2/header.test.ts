import { ProtocolError } from "../../../modules/errors/errors.js";
import { Command, commandName, Flags, Header, RELATED_FILE_ID } from "../../../modules/smb2/header.js";
import { bytesEqual, deepEqual, equal, throws } from "../../support/assert.js";
import { hex } from "../../support/hex.js";
import { counting, isGolden, poisoned, received, truncated } from "./message.js";

const SYNC =
	"fe534d42" +         // ProtocolId
	"4000" +             // StructureSize
	"0100" +             // CreditCharge
	"160000c0" +         // Status
	"0900" +             // Command
	"1f00" +             // CreditRequest/CreditResponse
	"09000000" +         // Flags
	"00000000" +         // NextCommand
	"0807060504030200" + // MessageId
	"00000000" +         // Reserved
	"78563412" +         // TreeId
	"a1a2a3a4a5a6a7a8" + // SessionId
	"b0b1b2b3b4b5b6b7b8b9babbbcbdbebf"; // Signature

const ASYNC =
	"fe534d42" + "4000" + "0100" + "03010000" + "0900" + "1f00" + "03000000" + "00000000" + "0300000000000000" +
	"0102030405060708" + // AsyncId
	"a1a2a3a4a5a6a7a8" + "00000000000000000000000000000000";

describe("smb2 SMB2 Header", () => {
	it("is golden in its SYNC form", () => {
		isGolden(Header, SYNC, {
			CreditCharge: 1, Status: 0xC0000016, Command: Command.WRITE, CreditRequest: 31, Flags: Flags.SERVER_TO_REDIR | Flags.SIGNED,
			NextCommand: 0, MessageId: 0x0002030405060708, TreeId: 0x12345678, SessionId: hex("a1a2a3a4a5a6a7a8"), Signature: counting(16, 0xB0),
		}, [[0, 4], [4, 2]]);
	});

	it("is golden in its ASYNC form", () => {
		isGolden(Header, ASYNC, {
			CreditCharge: 1, Status: 0x103, Command: Command.WRITE, CreditRequest: 31, Flags: Flags.SERVER_TO_REDIR | Flags.ASYNC_COMMAND,
			MessageId: 3, AsyncId: counting(8, 1), SessionId: hex("a1a2a3a4a5a6a7a8"),
		});
	});

	it("tells the forms, directions and signedness apart", () => {
		const header = new Header();
		let { memory, at, end } = received(SYNC);
		header.open(memory, at, end);
		deepEqual([header.async, header.isResponse, header.isSigned, header.unsolicited], [false, true, true, false]);
		({ memory, at, end } = received(ASYNC));
		header.open(memory, at, end);
		deepEqual([header.async, header.isResponse, header.isSigned, header.unsolicited], [true, true, false, false]);
	});

	it("reads the credits and the channel sequence under either name", () => {
		const { memory, at, end } = received(SYNC);
		const header = new Header().open(memory, at, end);
		equal(header.CreditResponse, 31);
		header.ChannelSequence = 0x0102;
		equal(header.Status, 0xC0000102);
	});

	it("recognises a message that nobody asked for before its MessageId is read", () => {
		const { memory, at, end } = received(SYNC.replace("0807060504030200", "ffffffffffffffff"));
		const header = new Header().open(memory, at, end);
		equal(header.unsolicited, true);
		throws(() => header.MessageId, ProtocolError);
		memory.bytes[at + 31] = 0xFE;
		equal(header.unsolicited, false);
	});

	it("compares session ids in place", () => {
		const { memory, at, end } = received(SYNC);
		const header = new Header().open(memory, at, end);
		equal(header.isSession(hex("a1a2a3a4a5a6a7a8")), true);
		equal(header.isSession(hex("a1a2a3a4a5a6a7a9")), false);
	});

	it("knows where the signature and the body lie", () => {
		const { memory, at, end } = received(SYNC);
		const header = new Header().open(memory, at, end);
		bytesEqual(memory.bytes.slice(header.signatureAt, header.signatureAt + 16), counting(16, 0xB0));
		equal(header.bodyAt, end);
	});

	it("names commands", () => {
		equal(commandName(Command.SESSION_SETUP), "SESSION_SETUP");
		equal(commandName(0x1234), "command 4660");
	});

	it("has the FileId of related requests", () => {
		bytesEqual(RELATED_FILE_ID, "ff".repeat(16));
	});
});

describe("smb2 compound", () => {
	/** A chain of messages of 64 + bodies[i] bytes, as link() makes it. */
	function chain(bodies: number[]): { memory: ReturnType<typeof poisoned>; at: number; end: number } {
		const memory = poisoned(1024), at = 12;
		const header = new Header();
		let end = at;
		for (let i = 0; i < bodies.length; i++) {
			header.begin(memory, i === 0 ? at : header.link(end));
			header.MessageId = i;
			end = header.at + 64 + bodies[i];
		}
		return { memory, at, end };
	}

	function walk({ memory, at, end }: ReturnType<typeof chain>): number[][] {
		const header = new Header();
		const seen: number[][] = [];
		do {
			header.open(memory, at, end);
			seen.push([header.MessageId, header.at, header.end]);
			at = header.end;
		} while (at < end);
		return seen;
	}

	it("is walked header by header, the last one to the end of the frame", () => {
		deepEqual(walk(chain([4, 24, 49])), [[0, 12, 84], [1, 84, 172], [2, 172, 285]]);
		deepEqual(walk(chain([7])), [[0, 12, 83]]);
	});

	it("pads each request but the last to 8 bytes, with zeros", () => {
		const { memory, at } = chain([3, 4]);
		// Only the header of each was written: what a body would hold is still poison.
		bytesEqual(memory.bytes.slice(at + 64, at + 72), "a5a5a5" + "0000000000");
		equal(memory.view.getUint32(at + 20, true), 72);
		equal(memory.view.getUint32(at + 72 + 20, true), 0);
	});

	it("does not link past the limit", () => {
		const memory = poisoned(80);
		const header = new Header().begin(memory, 0, 71);
		throws(() => header.link(70), RangeError);
		equal(header.NextCommand, 0);
		equal(header.begin(memory, 0, 72).link(70), 72);
	});

	it("is refused when NextCommand is unaligned, inside the header, or leaves no room for another", () => {
		for (const next of [1, 4, 8, 56, 63, 65, 68, 76, 84, 160, 0x80000000, 0xFFFFFFF8, 0xFFFFFFFF]) {
			const { memory, at, end } = chain([4, 4]);
			memory.view.setUint32(at + 20, next, true);
			throws(() => walk({ memory, at, end }), ProtocolError, /NextCommand/, String(next));
		}
	});

	it("is refused when it is cut short", () => {
		const { memory, at, end } = chain([4, 0]);
		truncated(memory.bytes.slice(at, end), (memory, at, end) => { walk({ memory, at, end }); });
	});
});
