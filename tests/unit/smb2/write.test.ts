import { Header } from "../../../modules/smb2/header.js";
import { WriteFlags, WriteRequest, WriteResponse } from "../../../modules/smb2/write.js";
import { bytesEqual, deepEqual, equal, throws } from "../../support/assert.js";
import { BODY_AT, counting, HEADER_AT, isGolden, poisoned } from "./message.js";

const REQUEST =
	"3100" +             // StructureSize
	"8000" +             // DataOffset: 64 + 48 + 16
	"00400000" +         // Length
	"efcdab8967450100" + // Offset
	"b0b1b2b3b4b5b6b7b8b9babbbcbdbebf" + // FileId
	"00000000" +         // Channel
	"00000100" +         // RemainingBytes
	"0000" +             // WriteChannelInfoOffset
	"0000" +             // WriteChannelInfoLength
	"01000000";          // Flags

describe("smb2 WRITE Request", () => {
	it("has a golden fixed part", () => {
		isGolden(WriteRequest, REQUEST, {
			DataOffset: 128, Length: 16384, Offset: 0x0001456789ABCDEF, FileId: counting(16, 0xB0), Channel: 0, RemainingBytes: 0x10000,
			WriteChannelInfoOffset: 0, WriteChannelInfoLength: 0, Flags: WriteFlags.WRITE_THROUGH,
		}, [[0, 2]]);
	});

	it("points at data that is in its place already, and moves nothing", () => {
		const memory = poisoned(256);
		const request = new WriteRequest().begin(memory, BODY_AT);
		request.setData(BODY_AT + 64, 20);
		deepEqual([request.DataOffset, request.Length, request.end], [128, 20, BODY_AT + 84]);
		bytesEqual(memory.bytes.slice(BODY_AT + 48, BODY_AT + 84), "a5".repeat(36));
	});

	it("may have no data", () => {
		const request = new WriteRequest().begin(poisoned(256), BODY_AT);
		request.setData(BODY_AT + 48, 0);
		deepEqual([request.DataOffset, request.Length, request.end], [112, 0, BODY_AT + 48]);
	});

	it("refuses data that overlaps it or is outside of the memory", () => {
		const request = new WriteRequest().begin(poisoned(256), BODY_AT);
		throws(() => request.setData(BODY_AT + 47, 1), RangeError);
		throws(() => request.setData(250, 7), RangeError);
		throws(() => request.setData(BODY_AT + 0x10000, 0), RangeError);
	});

	it("is patched for the next slot by the fields that change", () => {
		const memory = poisoned(256);
		const header = new Header().begin(memory, HEADER_AT), request = new WriteRequest().begin(memory, BODY_AT);
		request.FileId = counting(16, 0xB0);
		header.aim(memory, HEADER_AT).MessageId = 77;
		request.aim(memory, BODY_AT).Offset = 0x4000;
		equal(header.MessageId, 77);
		bytesEqual(memory.bytes.slice(BODY_AT, BODY_AT + 32), "3100" + "0000" + "00000000" + "0040000000000000" + "b0b1b2b3b4b5b6b7b8b9babbbcbdbebf");
	});
});

describe("smb2 WRITE Response", () => {
	it("is golden", () => {
		isGolden(WriteResponse,
			"1100" +     // StructureSize
			"0000" +     // Reserved
			"00400000" + // Count
			"00000000" + // Remaining
			"0000" +     // WriteChannelInfoOffset
			"0000",      // WriteChannelInfoLength
			{ Count: 16384, Remaining: 0, WriteChannelInfoOffset: 0, WriteChannelInfoLength: 0 }, [[0, 2]]);
	});
});
