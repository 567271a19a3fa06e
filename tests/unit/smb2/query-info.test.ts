import { ProtocolError } from "../../../modules/errors/errors.js";
import {
	FileBasicInformation, FileDispositionInformation, FileEndOfFileInformation, FileFsFullSizeInformation, FileIdBothDirectoryInformation,
	FileNamesInformation, FileNetworkOpenInformation, FileRenameInformation, FileStandardInformation,
} from "../../../modules/smb2/file-information.js";
import { QueryInfoRequest, QueryInfoResponse } from "../../../modules/smb2/query-info.js";
import { bytesEqual, deepEqual, throws } from "../../support/assert.js";
import { counting, isGolden, laid, patched, received, truncated } from "./message.js";

const STANDARD =
	"0000100000000000" + // AllocationSize
	"efcdab8967450100" + // EndOfFile
	"01000000" +         // NumberOfLinks
	"01" +               // DeletePending
	"00" +               // Directory
	"0000";              // Reserved
const RESPONSE =
	"0900" +             // StructureSize
	"4800" +             // OutputBufferOffset: 64 + 8
	"18000000";          // OutputBufferLength

function asked(infoType: string, fileInfoClass: string, outputBufferLength: string): string {
	return "2900" +          // StructureSize
		infoType +           // InfoType
		fileInfoClass +      // FileInfoClass
		outputBufferLength + // OutputBufferLength
		"0000" +             // InputBufferOffset
		"0000" +             // Reserved
		"00000000" +         // InputBufferLength
		"00000000" +         // AdditionalInformation
		"00000000" +         // Flags
		"b0b1b2b3b4b5b6b7b8b9babbbcbdbebf"; // FileId
}

describe("smb2 QUERY_INFO Request", () => {
	it("is golden", () => {
		isGolden(QueryInfoRequest,
			"2900" + "02" + "07" + "20000000" + "6800" + "0000" + "04000000" + "01020304" + "05060708" + "b0b1b2b3b4b5b6b7b8b9babbbcbdbebf", {
				InfoType: 2, FileInfoClass: 7, OutputBufferLength: 32, InputBufferOffset: 104, InputBufferLength: 4, AdditionalInformation: 0x04030201,
				Flags: 0x08070605, FileId: counting(16, 0xB0),
			}, [[0, 2]]);
	});

	it("asks for each structure by its class and length", () => {
		function ask(ask: (request: QueryInfoRequest) => void): Uint8Array {
			return laid((memory, at) => {
				const request = new QueryInfoRequest().begin(memory, at);
				request.FileId = counting(16, 0xB0);
				ask(request);
				return request;
			});
		}
		bytesEqual(ask(request => request.askBasic()), asked("01", "04", "28000000"));
		bytesEqual(ask(request => request.askStandard()), asked("01", "05", "18000000"));
		bytesEqual(ask(request => request.askNetworkOpen()), asked("01", "22", "38000000"));
		bytesEqual(ask(request => request.askFsFullSize()), asked("02", "07", "20000000"));
	});
});

describe("smb2 QUERY_INFO Response", () => {
	it("has a golden fixed part", () => {
		isGolden(QueryInfoResponse, RESPONSE, { OutputBufferOffset: 72, OutputBufferLength: 24 }, [[0, 2]]);
	});

	it("opens what was asked for", () => {
		const { memory, at, end } = received(RESPONSE + STANDARD);
		const standard = new QueryInfoResponse().open(memory, at, end).read(new FileStandardInformation());
		deepEqual([standard.AllocationSize, standard.EndOfFile, standard.DeletePending], [0x100000, 0x0001456789ABCDEF, 1]);
	});

	it("is refused cut at any length, and when the buffer is not inside or too short", () => {
		truncated(RESPONSE + STANDARD, (memory, at, end) => new QueryInfoResponse().open(memory, at, end).read(new FileStandardInformation()));
		for (const [offset, size, value] of [[2, 2, 0], [2, 2, 71], [2, 2, 73], [2, 2, 0xFFFF], [4, 4, 0], [4, 4, 23], [4, 4, 25], [4, 4, 0xFFFFFFFF]]) {
			const { memory, at, end } = received(patched(RESPONSE + STANDARD, offset, size, value));
			throws(() => new QueryInfoResponse().open(memory, at, end).read(new FileStandardInformation()), ProtocolError);
		}
	});
});

describe("smb2 file information", () => {
	const times = "00803ed5deb19d01" + "10a73ed5deb19d01" + "30577f26849fda01" + "0000000000000000";
	const timesRead = { CreationTime: 0, LastAccessTime: 1, LastWriteTime: 1714979289123, ChangeTime: -11644473600000 };
	it("is golden", () => {
		isGolden(FileStandardInformation, STANDARD, { AllocationSize: 0x100000, EndOfFile: 0x0001456789ABCDEF, NumberOfLinks: 1, DeletePending: 1, Directory: 0 });
		isGolden(FileBasicInformation, times + "20000000" + "00000000", { ...timesRead, FileAttributes: 0x20 });
		isGolden(FileNetworkOpenInformation, times + "0000100000000000" + "efcdab8967450100" + "20000000" + "00000000",
			{ ...timesRead, AllocationSize: 0x100000, EndOfFile: 0x0001456789ABCDEF, FileAttributes: 0x20 });
		isGolden(FileEndOfFileInformation, "efcdab8967450100", { EndOfFile: 0x0001456789ABCDEF });
		isGolden(FileDispositionInformation, "01", { DeletePending: 1 });
		isGolden(FileRenameInformation, "01" + "00000000000000" + "0000000000000000" + "0a000000", { ReplaceIfExists: 1, FileNameLength: 10 });
		isGolden(FileFsFullSizeInformation, "0000100000000000" + "0100100000000000" + "0200100000000000" + "08000000" + "00020000", {
			TotalAllocationUnits: 0x100000, CallerAvailableAllocationUnits: 0x100001, ActualAvailableAllocationUnits: 0x100002,
			SectorsPerAllocationUnit: 8, BytesPerSector: 512,
		});
		isGolden(FileNamesInformation, "10000000" + "02000000" + "04000000", { NextEntryOffset: 16, FileIndex: 2, FileNameLength: 4 });
		isGolden(FileIdBothDirectoryInformation,
			"78000000" +         // NextEntryOffset
			"02000000" +         // FileIndex
			times +
			"efcdab8967450100" + // EndOfFile
			"0000100000000000" + // AllocationSize
			"20000000" +         // FileAttributes
			"0a000000" +         // FileNameLength
			"03000000" +         // EaSize
			"00" +               // ShortNameLength
			"00" +               // Reserved1
			"00".repeat(24) +    // ShortName
			"0000" +             // Reserved2
			"0102030405060708",  // FileId
			{
				...timesRead, NextEntryOffset: 120, FileIndex: 2, EndOfFile: 0x0001456789ABCDEF, AllocationSize: 0x100000, FileAttributes: 0x20,
				FileNameLength: 10, EaSize: 3, ShortNameLength: 0, FileId: counting(8, 1),
			});
	});
});
