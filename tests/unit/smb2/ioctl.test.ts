import { ProtocolError } from "../../../modules/errors/errors.js";
import { CtlCode, IoctlRequest, IoctlResponse, ValidateNegotiateInfoRequest, ValidateNegotiateInfoResponse } from "../../../modules/smb2/ioctl.js";
import { Dialect } from "../../../modules/smb2/negotiate.js";
import { bytesEqual, deepEqual, throws } from "../../support/assert.js";
import { counting, isGolden, laid, patched, received, truncated } from "./message.js";

const REQUEST =
	"3900" +     // StructureSize
	"0000" +     // Reserved
	"04021400" + // CtlCode
	"ffffffffffffffffffffffffffffffff" + // FileId
	"78000000" + // InputOffset: 64 + 56
	"1c000000" + // InputCount
	"00000000" + // MaxInputResponse
	"00000000" + // OutputOffset
	"00000000" + // OutputCount
	"18000000" + // MaxOutputResponse
	"01000000" + // Flags
	"00000000" + // Reserved2
	"44000000" + // Capabilities
	"a0a1a2a3a4a5a6a7a8a9aaabacadaeaf" + // Guid
	"0100" +     // SecurityMode
	"0200" +     // DialectCount
	"0003" + "0203"; // Dialects

const RESPONSE_FIXED =
	"3100" +     // StructureSize
	"0000" +     // Reserved
	"04021400" + // CtlCode
	"ffffffffffffffffffffffffffffffff" + // FileId
	"70000000" + // InputOffset
	"00000000" + // InputCount
	"70000000" + // OutputOffset: 64 + 48
	"18000000" + // OutputCount
	"00000000" + // Flags
	"00000000";  // Reserved2
const OUTPUT =
	"44000000" + // Capabilities
	"a0a1a2a3a4a5a6a7a8a9aaabacadaeaf" + // Guid
	"0100" +     // SecurityMode
	"0203";      // Dialect

describe("smb2 IOCTL Request", () => {
	it("is golden with FSCTL_VALIDATE_NEGOTIATE_INFO", () => {
		bytesEqual(laid((memory, at) => {
			const request = new IoctlRequest().begin(memory, at);
			const info = request.setValidateNegotiateInfo([Dialect.SMB3_00, Dialect.SMB3_02]);
			info.Capabilities = 0x44;
			info.Guid = counting(16, 0xA0);
			info.SecurityMode = 1;
			return request;
		}), REQUEST);
	});

	it("has golden fixed parts", () => {
		isGolden(IoctlRequest, REQUEST.slice(0, 112), {
			CtlCode: CtlCode.VALIDATE_NEGOTIATE_INFO, FileId: new Uint8Array(16).fill(255), InputOffset: 120, InputCount: 28, MaxInputResponse: 0,
			OutputOffset: 0, OutputCount: 0, MaxOutputResponse: 24, Flags: 1,
		}, [[0, 2]]);
		isGolden(ValidateNegotiateInfoRequest, REQUEST.slice(112, 160), { Capabilities: 0x44, Guid: counting(16, 0xA0), SecurityMode: 1, DialectCount: 2 });
		isGolden(ValidateNegotiateInfoResponse, OUTPUT, { Capabilities: 0x44, Guid: counting(16, 0xA0), SecurityMode: 1, Dialect: Dialect.SMB3_02 });
	});
});

describe("smb2 IOCTL Response", () => {
	it("has a golden fixed part", () => {
		isGolden(IoctlResponse, RESPONSE_FIXED, {
			CtlCode: 0x00140204, FileId: new Uint8Array(16).fill(255), InputOffset: 112, InputCount: 0, OutputOffset: 112, OutputCount: 24, Flags: 0,
		}, [[0, 2]]);
	});

	it("opens the answer to FSCTL_VALIDATE_NEGOTIATE_INFO", () => {
		const { memory, at, end } = received(RESPONSE_FIXED + OUTPUT);
		const info = new IoctlResponse().open(memory, at, end).validateNegotiateInfo();
		deepEqual([info.Capabilities, info.Guid, info.SecurityMode, info.Dialect], [0x44, counting(16, 0xA0), 1, Dialect.SMB3_02]);
	});

	it("is refused cut at any length, and when the output is not inside or too short", () => {
		truncated(RESPONSE_FIXED + OUTPUT, (memory, at, end) => new IoctlResponse().open(memory, at, end).validateNegotiateInfo());
		for (const [offset, value] of [[32, 0], [32, 111], [32, 113], [32, 0xFFFFFFFF], [36, 0], [36, 23], [36, 25], [36, 0xFFFFFFFF]]) {
			const { memory, at, end } = received(patched(RESPONSE_FIXED + OUTPUT, offset, 4, value));
			throws(() => new IoctlResponse().open(memory, at, end).validateNegotiateInfo(), ProtocolError);
		}
	});
});
