import { ProtocolError } from "../../../modules/errors/errors.js";
import { QueryDirectoryFlags, QueryDirectoryRequest, QueryDirectoryResponse } from "../../../modules/smb2/query-directory.js";
import type { Memory } from "../../../modules/smb2/wire.js";
import { bytesEqual, deepEqual, throws } from "../../support/assert.js";
import { counting, isGolden, laid, patched, received, truncated } from "./message.js";

const REQUEST =
	"2100" +     // StructureSize
	"0c" +       // FileInformationClass
	"01" +       // Flags
	"04030201" + // FileIndex
	"b0b1b2b3b4b5b6b7b8b9babbbcbdbebf" + // FileId
	"6000" +     // FileNameOffset: 64 + 32
	"0a00" +     // FileNameLength
	"00100000";  // OutputBufferLength
const RESPONSE =
	"0900" +     // StructureSize
	"4800" +     // OutputBufferOffset: 64 + 8
	"26000000";  // OutputBufferLength: 24 + 14
const ENTRIES =
	"18000000" + "00000000" + "08000000" + "61003dd800de6200" + "00000000" + // "a😀b", and padding
	"00000000" + "00000000" + "02000000" + "2e00";                           // "."

function request(ask: (request: QueryDirectoryRequest) => void): Uint8Array {
	return laid((memory, at) => {
		const request = new QueryDirectoryRequest().begin(memory, at);
		request.Flags = QueryDirectoryFlags.RESTART_SCANS;
		request.FileIndex = 0x01020304;
		request.FileId = counting(16, 0xB0);
		request.OutputBufferLength = 4096;
		ask(request);
		return request;
	});
}

function names(memory: Memory, at: number, end: number): string[] {
	const entries = new QueryDirectoryResponse().open(memory, at, end).names();
	const seen: string[] = [];
	while (entries.next())
		seen.push(entries.fileName());
	return seen;
}

describe("smb2 QUERY_DIRECTORY Request", () => {
	it("has a golden fixed part", () => {
		isGolden(QueryDirectoryRequest, REQUEST, {
			FileInformationClass: 12, Flags: 1, FileIndex: 0x01020304, FileId: counting(16, 0xB0), FileNameOffset: 96, FileNameLength: 10, OutputBufferLength: 4096,
		}, [[0, 2]]);
	});

	it("asks for names, or for more", () => {
		bytesEqual(request(request => request.askNames("*.tmp")), REQUEST + "2a002e0074006d007000");
		bytesEqual(request(request => request.askFiles("*.tmp")), REQUEST.replace("21000c", "210025") + "2a002e0074006d007000");
	});
});

describe("smb2 QUERY_DIRECTORY Response", () => {
	it("has a golden fixed part", () => {
		isGolden(QueryDirectoryResponse, RESPONSE, { OutputBufferOffset: 72, OutputBufferLength: 38 }, [[0, 2]]);
	});

	it("walks the entries", () => {
		const { memory, at, end } = received(RESPONSE + ENTRIES);
		deepEqual(names(memory, at, end), ["a\u{1F600}b", "."]);
	});

	it("walks entries with sizes and times", () => {
		const entry = "00000000" + "00000000" + "00803ed5deb19d01" + "10a73ed5deb19d01" + "30577f26849fda01" + "0000000000000000" + "efcdab8967450100" +
			"0000100000000000" + "20000000" + "02000000" + "00000000" + "02" + "00" + "4100" + "00".repeat(22) + "0000" + "0102030405060708" + "7800";
		const { memory, at, end } = received(RESPONSE.replace("26000000", "6a000000") + entry);
		const entries = new QueryDirectoryResponse().open(memory, at, end).files();
		deepEqual([entries.next(), entries.fileName(), entries.entry.EndOfFile, entries.entry.LastWriteTime, entries.next()],
			[true, "x", 0x0001456789ABCDEF, 1714979289123, false]);
	});

	it("may hold nothing", () => {
		const { memory, at, end } = received("0900" + "0000" + "00000000");
		deepEqual(names(memory, at, end), []);
	});

	it("is refused cut at any length", () => {
		truncated(RESPONSE + ENTRIES, names);
	});

	it("is refused when NextEntryOffset is inside its entry or leaves the buffer, whatever lies there", () => {
		for (const next of [1, 8, 11, 39, 0xFFFFFFFF]) {
			const { memory, at, end } = received(patched(RESPONSE + ENTRIES, 8, 4, next));
			throws(() => names(memory, at, end), ProtocolError, new RegExp(`NextEntryOffset ${next} of 38 bytes`));
		}
	});

	it("is refused when offsets or lengths are wild", () => {
		const wild: [offset: number, size: number, values: number[]][] = [
			[2, 2, [0, 71, 73, 0xFFFF]],                                        // OutputBufferOffset
			[4, 4, [1, 11, 37, 39, 0xFFFFFFFF]],                                // OutputBufferLength
			[8, 4, [1, 8, 11, 25, 30, 37, 39, 0x7FFFFFFF, 0xFFFFFFE8, 0xFFFFFFFF]], // NextEntryOffset
			[16, 4, [7, 14, 0x7FFFFFFF, 0xFFFFFFFF]],                           // FileNameLength
			[32, 4, [0xFFFFFFE8, 1, 15, 0xFFFFFFFF]],                           // NextEntryOffset of the second
			[40, 4, [1, 4, 0xFFFFFFFF]],                                        // FileNameLength of the second
		];
		for (const [offset, size, values] of wild) {
			for (const value of values) {
				const { memory, at, end } = received(patched(RESPONSE + ENTRIES, offset, size, value));
				throws(() => names(memory, at, end), ProtocolError, undefined, `${value} at ${offset}`);
			}
		}
	});
});
