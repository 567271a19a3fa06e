import { ProtocolError } from "../../../modules/errors/errors.js";
import { ReadRequest, ReadResponse } from "../../../modules/smb2/read.js";
import { bytesEqual, equal, throws } from "../../support/assert.js";
import { BODY_AT, counting, isGolden, laid, patched, poisoned, received, truncated } from "./message.js";

const RESPONSE =
	"1100" +     // StructureSize
	"50" +       // DataOffset: 64 + 16
	"00" +       // Reserved
	"03000000" + // DataLength
	"00000000" + // DataRemaining
	"00000000";  // Reserved2/Flags

describe("smb2 READ Request", () => {
	it("is golden, with the one byte that Buffer must have", () => {
		bytesEqual(laid((memory, at) => {
			const request = new ReadRequest().begin(memory, at);
			request.Padding = 0x50;
			request.Flags = 1;
			request.Length = 0x4000;
			request.Offset = 0x0001456789ABCDEF;
			request.FileId = counting(16, 0xB0);
			request.MinimumCount = 1;
			request.RemainingBytes = 2;
			return request;
		}),
			"3100" +             // StructureSize
			"50" +               // Padding
			"01" +               // Flags
			"00400000" +         // Length
			"efcdab8967450100" + // Offset
			"b0b1b2b3b4b5b6b7b8b9babbbcbdbebf" + // FileId
			"01000000" +         // MinimumCount
			"00000000" +         // Channel
			"02000000" +         // RemainingBytes
			"0000" +             // ReadChannelInfoOffset
			"0000" +             // ReadChannelInfoLength
			"00");               // Buffer
	});

	it("stays inside its limit", () => {
		throws(() => new ReadRequest().begin(poisoned(256), BODY_AT, BODY_AT + 48), RangeError);
		equal(new ReadRequest().begin(poisoned(256), BODY_AT, BODY_AT + 49).end, BODY_AT + 49);
	});
});

describe("smb2 READ Response", () => {
	it("has a golden fixed part", () => {
		isGolden(ReadResponse, RESPONSE, { DataOffset: 80, DataLength: 3, DataRemaining: 0, Flags: 0 }, [[0, 2]]);
	});

	it("tells where the data lies", () => {
		const { memory, at, end } = received(RESPONSE + "aabbcc");
		const response = new ReadResponse().open(memory, at, end);
		bytesEqual(memory.bytes.slice(response.dataAt(), response.dataAt() + response.DataLength), "aabbcc");
	});

	it("is refused cut at any length, and when the data is not inside", () => {
		truncated(RESPONSE + "aabbcc", (memory, at, end) => new ReadResponse().open(memory, at, end).dataAt());
		for (const [offset, size, value] of [[2, 1, 0], [2, 1, 79], [2, 1, 81], [2, 1, 255], [4, 4, 4], [4, 4, 0x7FFFFFFF], [4, 4, 0xFFFFFFFF]]) {
			const { memory, at, end } = received(patched(RESPONSE + "aabbcc", offset, size, value));
			throws(() => new ReadResponse().open(memory, at, end).dataAt(), ProtocolError, /READ Response: Data/);
		}
	});
});
