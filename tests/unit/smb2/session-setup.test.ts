import { ProtocolError } from "../../../modules/errors/errors.js";
import { SessionFlags, SessionSetupFlags, SessionSetupRequest, SessionSetupResponse } from "../../../modules/smb2/session-setup.js";
import { bytesEqual, deepEqual, throws } from "../../support/assert.js";
import { hex } from "../../support/hex.js";
import { counting, isGolden, laid, patched, received, truncated } from "./message.js";

const REQUEST =
	"1900" +             // StructureSize
	"01" +               // Flags
	"02" +               // SecurityMode
	"01000000" +         // Capabilities
	"00000000" +         // Channel
	"5800" +             // SecurityBufferOffset: 64 + 24
	"0300" +             // SecurityBufferLength
	"0102030405060708";  // PreviousSessionId
const RESPONSE =
	"0900" +             // StructureSize
	"0400" +             // SessionFlags
	"4800" +             // SecurityBufferOffset: 64 + 8
	"0300";              // SecurityBufferLength
const TOKEN = "a10730";

describe("smb2 SESSION_SETUP Request", () => {
	it("has a golden fixed part", () => {
		isGolden(SessionSetupRequest, REQUEST, {
			Flags: SessionSetupFlags.BINDING, SecurityMode: 2, Capabilities: 1, Channel: 0, SecurityBufferOffset: 88, SecurityBufferLength: 3,
			PreviousSessionId: counting(8, 1),
		}, [[0, 2]]);
	});

	it("carries the token behind it", () => {
		bytesEqual(laid((memory, at) => {
			const request = new SessionSetupRequest().begin(memory, at);
			request.Flags = 1;
			request.SecurityMode = 2;
			request.Capabilities = 1;
			request.PreviousSessionId = counting(8, 1);
			request.setSecurityBuffer(hex(TOKEN));
			return request;
		}), REQUEST + TOKEN);
	});

	it("refuses a token that its length field can't tell", () => {
		const { memory, at } = received(new Uint8Array(0x10100));
		throws(() => new SessionSetupRequest().begin(memory, at).setSecurityBuffer(new Uint8Array(0x10000)), RangeError, /SecurityBufferLength/);
	});
});

describe("smb2 SESSION_SETUP Response", () => {
	it("has a golden fixed part", () => {
		isGolden(SessionSetupResponse, RESPONSE, { SessionFlags: SessionFlags.ENCRYPT_DATA, SecurityBufferOffset: 72, SecurityBufferLength: 3 }, [[0, 2]]);
		deepEqual([SessionFlags.IS_GUEST, SessionFlags.IS_NULL], [1, 2]);
	});

	it("gives a copy of the token", () => {
		const { memory, at, end } = received(RESPONSE + TOKEN);
		const token = new SessionSetupResponse().open(memory, at, end).securityBuffer();
		memory.bytes.fill(0);
		bytesEqual(token, TOKEN);
	});

	it("is refused cut at any length", () => {
		truncated(RESPONSE + TOKEN, (memory, at, end) => new SessionSetupResponse().open(memory, at, end).securityBuffer());
	});

	it("is refused when the token lies in the fixed part or behind the end", () => {
		for (const [offset, value] of [[4, 0], [4, 71], [4, 73], [4, 0xFFFF], [6, 4], [6, 0x8000], [6, 0xFFFF]]) {
			const { memory, at, end } = received(patched(RESPONSE + TOKEN, offset, 2, value));
			throws(() => new SessionSetupResponse().open(memory, at, end).securityBuffer(), ProtocolError, /SESSION_SETUP Response: SecurityBuffer/);
		}
	});
});
