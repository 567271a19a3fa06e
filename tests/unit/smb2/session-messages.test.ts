import { CancelRequest } from "../../../modules/smb2/cancel.js";
import { EchoRequest, EchoResponse } from "../../../modules/smb2/echo.js";
import { FlushRequest, FlushResponse } from "../../../modules/smb2/flush.js";
import { LogoffRequest, LogoffResponse } from "../../../modules/smb2/logoff.js";
import { LeaseBreak, LeaseBreakFlags, LeaseBreakNotification, OplockBreak } from "../../../modules/smb2/oplock-break.js";
import { TreeDisconnectRequest, TreeDisconnectResponse } from "../../../modules/smb2/tree-disconnect.js";
import { counting, isGolden } from "./message.js";

describe("smb2 messages of two fields", () => {
	for (const Class of [
		LogoffRequest, LogoffResponse, TreeDisconnectRequest, TreeDisconnectResponse, EchoRequest, EchoResponse, CancelRequest, FlushResponse,
	]) {
		it(`${new Class().title} is golden`, () => {
			isGolden(Class,
				"0400" +  // StructureSize
				"0000",   // Reserved
				{}, [[0, 2]]);
		});
	}
});

describe("smb2 FLUSH Request", () => {
	it("is golden", () => {
		isGolden(FlushRequest,
			"1800" +     // StructureSize
			"0000" +     // Reserved1
			"00000000" + // Reserved2
			"b0b1b2b3b4b5b6b7b8b9babbbcbdbebf", // FileId
			{ FileId: counting(16, 0xB0) }, [[0, 2]]);
	});
});

describe("smb2 OPLOCK_BREAK", () => {
	it("is golden for an oplock", () => {
		isGolden(OplockBreak,
			"1800" +     // StructureSize
			"01" +       // OplockLevel
			"00" +       // Reserved
			"00000000" + // Reserved2
			"b0b1b2b3b4b5b6b7b8b9babbbcbdbebf", // FileId
			{ OplockLevel: 1, FileId: counting(16, 0xB0) }, [[0, 2]]);
	});

	it("is golden for a lease", () => {
		isGolden(LeaseBreakNotification,
			"2c00" +     // StructureSize
			"0200" +     // NewEpoch
			"01000000" + // Flags
			"101112131415161718191a1b1c1d1e1f" + // LeaseKey
			"07000000" + // CurrentLeaseState
			"01000000" + // NewLeaseState
			"00000000" + // BreakReason
			"00000000" + // AccessMaskHint
			"00000000",  // ShareMaskHint
			{ NewEpoch: 2, Flags: LeaseBreakFlags.ACK_REQUIRED, LeaseKey: counting(16, 0x10), CurrentLeaseState: 7, NewLeaseState: 1 }, [[0, 2]]);
		isGolden(LeaseBreak,
			"2400" +     // StructureSize
			"0000" +     // Reserved
			"00000000" + // Flags
			"101112131415161718191a1b1c1d1e1f" + // LeaseKey
			"01000000" + // LeaseState
			"0000000000000000", // LeaseDuration
			{ LeaseKey: counting(16, 0x10), LeaseState: 1 }, [[0, 2]]);
	});
});
