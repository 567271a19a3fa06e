import { CloseFlags, CloseRequest, CloseResponse } from "../../../modules/smb2/close.js";
import { counting, isGolden } from "./message.js";

describe("smb2 CLOSE Request", () => {
	it("is golden", () => {
		isGolden(CloseRequest,
			"1800" +     // StructureSize
			"0100" +     // Flags
			"00000000" + // Reserved
			"b0b1b2b3b4b5b6b7b8b9babbbcbdbebf", // FileId
			{ Flags: CloseFlags.POSTQUERY_ATTRIB, FileId: counting(16, 0xB0) }, [[0, 2]]);
	});
});

describe("smb2 CLOSE Response", () => {
	it("is golden", () => {
		isGolden(CloseResponse,
			"3c00" +             // StructureSize
			"0100" +             // Flags
			"00000000" +         // Reserved
			"00803ed5deb19d01" + // CreationTime
			"10a73ed5deb19d01" + // LastAccessTime
			"30577f26849fda01" + // LastWriteTime
			"0000000000000000" + // ChangeTime
			"0000100000000000" + // AllocationSize
			"efcdab8967450100" + // EndofFile
			"20000000",          // FileAttributes
			{
				Flags: 1, CreationTime: 0, LastAccessTime: 1, LastWriteTime: 1714979289123, ChangeTime: -11644473600000, AllocationSize: 0x100000,
				EndofFile: 0x0001456789ABCDEF, FileAttributes: 0x20,
			}, [[0, 2]]);
	});
});
