import { FileTime } from "../../../modules/smb2/wire.js";
import { SetInfoRequest, SetInfoResponse } from "../../../modules/smb2/set-info.js";
import { bytesEqual } from "../../support/assert.js";
import { counting, isGolden, laid } from "./message.js";

/** The fixed part, for a class of [MS-FSCC] and a length of Buffer. */
function fixed(fileInfoClass: string, bufferLength: string): string {
	return "2100" +        // StructureSize
		"01" +             // InfoType
		fileInfoClass +    // FileInfoClass
		bufferLength +     // BufferLength
		"6000" +           // BufferOffset: 64 + 32
		"0000" +           // Reserved
		"00000000" +       // AdditionalInformation
		"b0b1b2b3b4b5b6b7b8b9babbbcbdbebf"; // FileId
}

function set(set: (request: SetInfoRequest) => void): Uint8Array {
	return laid((memory, at) => {
		const request = new SetInfoRequest().begin(memory, at);
		request.FileId = counting(16, 0xB0);
		set(request);
		return request;
	});
}

describe("smb2 SET_INFO Request", () => {
	it("has a golden fixed part", () => {
		isGolden(SetInfoRequest, fixed("0a", "20000000").replace("00000000b0", "04030201b0"), {
			InfoType: 1, FileInfoClass: 10, BufferLength: 32, BufferOffset: 96, AdditionalInformation: 0x01020304, FileId: counting(16, 0xB0),
		}, [[0, 2]]);
	});

	it("renames, and replaces only if told to", () => {
		bytesEqual(set(request => request.setRename("d\\\u{1F600}.pdf")), fixed("0a", "24000000") +
			"00" +               // ReplaceIfExists
			"00000000000000" +   // Reserved
			"0000000000000000" + // RootDirectory
			"10000000" +         // FileNameLength
			"64005c003dd800de2e00700064006600"); // FileName
		bytesEqual(set(request => request.setRename("ab", true)), fixed("0a", "18000000") +
			"01" + "00000000000000" + "0000000000000000" + "04000000" + "61006200");
	});

	it("pads the rename to a name of one letter to 24 bytes", () => {
		bytesEqual(set(request => request.setRename("a")), fixed("0a", "18000000") +
			"00" + "00000000000000" + "0000000000000000" + "02000000" + "6100" + "0000");
	});

	it("sets the end of file", () => {
		bytesEqual(set(request => request.setEndOfFile(0x0001456789ABCDEF)), fixed("14", "08000000") + "efcdab8967450100");
	});

	it("marks for deletion, and unmarks", () => {
		bytesEqual(set(request => request.setDisposition(true)), fixed("0d", "01000000") + "01");
		bytesEqual(set(request => request.setDisposition(false)), fixed("0d", "01000000") + "00");
	});

	it("sets times, and leaves those alone that are not given", () => {
		bytesEqual(set(request => {
			const basic = request.setBasic();
			basic.LastWriteTime = 1714979289123;
			basic.ChangeTime = FileTime.KEEP;
		}), fixed("04", "28000000") +
			"0000000000000000" + // CreationTime
			"0000000000000000" + // LastAccessTime
			"30577f26849fda01" + // LastWriteTime
			"ffffffffffffffff" + // ChangeTime
			"00000000" +         // FileAttributes
			"00000000");         // Reserved
	});
});

describe("smb2 SET_INFO Response", () => {
	it("is golden", () => {
		isGolden(SetInfoResponse, "0200", {}, [[0, 2]]);
	});
});
