import { ProtocolError } from "../../../modules/errors/errors.js";
import {
	AccessMask, CreateAction, CreateDisposition, CreateOptions, CreateRequest, CreateResponse, FileAttributes, ImpersonationLevel, OplockLevel,
	ShareAccess,
} from "../../../modules/smb2/create.js";
import {
	AllocationSize, CreateContext, CreateContextName, DurableHandleReconnect, DurableHandleReconnectV2, DurableHandleRequest,
	DurableHandleRequestV2, DurableHandleResponse, DurableHandleResponseV2, Lease, LeaseState, LeaseV2, QueryMaximalAccessRequest,
	QueryMaximalAccessResponse, QueryOnDiskIdResponse,
} from "../../../modules/smb2/create-context.js";
import type { Memory } from "../../../modules/smb2/wire.js";
import { bytesEqual, deepEqual, equal, throws } from "../../support/assert.js";
import { BODY_AT, counting, isGolden, laid, patched, poisoned, received, truncated } from "./message.js";

/** The fixed part of a request, with its name's and contexts' places. */
function fixed(nameLength: string, contextsOffset = "00000000", contextsLength = "00000000"): string {
	return "3900" +          // StructureSize
		"00" +               // SecurityFlags
		"09" +               // RequestedOplockLevel
		"02000000" +         // ImpersonationLevel
		"0000000000000000" + // SmbCreateFlags
		"0000000000000000" + // Reserved
		"83011100" +         // DesiredAccess
		"20000000" +         // FileAttributes
		"05000000" +         // ShareAccess
		"02000000" +         // CreateDisposition
		"44000000" +         // CreateOptions
		"7800" +             // NameOffset: 64 + 56
		nameLength +         // NameLength
		contextsOffset +     // CreateContextsOffset
		contextsLength;      // CreateContextsLength
}

function begin(memory: Memory, at: number, limit?: number): CreateRequest {
	const request = new CreateRequest().begin(memory, at, limit);
	request.RequestedOplockLevel = OplockLevel.BATCH;
	request.ImpersonationLevel = ImpersonationLevel.IMPERSONATION;
	request.DesiredAccess = AccessMask.FILE_READ_DATA | AccessMask.FILE_WRITE_DATA | AccessMask.FILE_READ_ATTRIBUTES | AccessMask.FILE_WRITE_ATTRIBUTES |
		AccessMask.DELETE | AccessMask.SYNCHRONIZE;
	request.FileAttributes = FileAttributes.ARCHIVE;
	request.ShareAccess = ShareAccess.READ | ShareAccess.DELETE;
	request.CreateDisposition = CreateDisposition.CREATE;
	request.CreateOptions = CreateOptions.NON_DIRECTORY_FILE | CreateOptions.SEQUENTIAL_ONLY;
	return request;
}

const NAME = "61005c003dd800de7800"; // a \ 😀 x
const DH2Q =
	"38000000" + // Next: 56
	"1000" +     // NameOffset
	"0400" +     // NameLength
	"0000" +     // Reserved
	"1800" +     // DataOffset
	"20000000" + // DataLength
	"44483251" + // Name
	"00000000" + // Padding
	"60ea0000" + // Timeout
	"00000000" + // Flags
	"0000000000000000" + // Reserved
	"101112131415161718191a1b1c1d1e1f"; // CreateGuid
const MXAC =
	"18000000" + "1000" + "0400" + "0000" +
	"0000" +     // DataOffset
	"00000000" + // DataLength
	"4d784163" + // Name
	"00000000";  // Padding
const QFID = "00000000" + "1000" + "0400" + "0000" + "0000" + "00000000" + "51466964";
const REQUEST = fixed("0a00", "88000000", "64000000") + // offset 64 + 56 + 10 + 6 = 136, length 56 + 24 + 20 = 100
	NAME + "000000000000" + DH2Q + MXAC + QFID;

function request(memory: Memory, at: number, limit?: number): CreateRequest {
	const request = begin(memory, at, limit);
	request.setName("a\\\u{1F600}x");
	const durable = request.addContext(CreateContextName.DURABLE_HANDLE_REQUEST_V2, new DurableHandleRequestV2());
	durable.Timeout = 60000;
	durable.CreateGuid = counting(16, 0x10);
	request.addContext(CreateContextName.QUERY_MAXIMAL_ACCESS_REQUEST);
	request.addContext(CreateContextName.QUERY_ON_DISK_ID);
	return request;
}

describe("smb2 CREATE Request", () => {
	it("has a golden fixed part", () => {
		isGolden(CreateRequest, fixed("0a00", "88000000", "64000000"), {
			RequestedOplockLevel: 9, ImpersonationLevel: 2, DesiredAccess: 0x00110183, FileAttributes: 0x20, ShareAccess: 5, CreateDisposition: 2,
			CreateOptions: 0x44, NameOffset: 120, NameLength: 10, CreateContextsOffset: 136, CreateContextsLength: 100,
		}, [[0, 2]]);
	});

	it("carries its name", () => {
		bytesEqual(laid((memory, at) => {
			const request = begin(memory, at);
			request.setName("a\\\u{1F600}x");
			return request;
		}), fixed("0a00") + NAME);
	});

	it("has a Buffer even where the name is that of the root", () => {
		bytesEqual(laid((memory, at) => {
			const request = begin(memory, at);
			request.setName("");
			return request;
		}), fixed("0000") + "0000000000000000");
	});

	it("chains contexts, 8-byte aligned, the last without Next or padding", () => {
		bytesEqual(laid(request), REQUEST);
	});

	it("may have one context alone", () => {
		bytesEqual(laid((memory, at) => {
			const request = begin(memory, at);
			request.setName("abcd");
			request.addContext(CreateContextName.DURABLE_HANDLE_REQUEST, new DurableHandleRequest());
			return request;
		}), fixed("0800", "80000000", "28000000") + "6100620063006400" +
			"00000000" + "1000" + "0400" + "0000" + "1800" + "10000000" + "44486e51" + "00000000" + "00".repeat(16));
	});

	it("stays inside its limit", () => {
		const memory = poisoned(512), length = REQUEST.length / 2;
		equal(request(memory, BODY_AT, BODY_AT + length).end, BODY_AT + length);
		for (let short = 1; short <= length; short++)
			throws(() => request(memory, BODY_AT, BODY_AT + length - short), RangeError);
		equal(memory.bytes[BODY_AT + length], 0xA5);
	});
});

const RESPONSE_FIXED =
	"5900" +             // StructureSize
	"ff" +               // OplockLevel
	"01" +               // Flags
	"02000000" +         // CreateAction
	"00803ed5deb19d01" + // CreationTime
	"10a73ed5deb19d01" + // LastAccessTime
	"30577f26849fda01" + // LastWriteTime
	"0000000000000000" + // ChangeTime
	"0000100000000000" + // AllocationSize
	"efcdab8967450100" + // EndofFile
	"20000000" +         // FileAttributes
	"00000000" +         // Reserved2
	"b0b1b2b3b4b5b6b7b8b9babbbcbdbebf" + // FileId
	"98000000" +         // CreateContextsOffset: 64 + 88
	"58000000";          // CreateContextsLength: 32 + 56
const RESPONSE = RESPONSE_FIXED +
	"20000000" + "1000" + "0400" + "0000" + "1800" + "08000000" + "4d784163" + "00000000" + "00000000" + "ff011f00" + // MxAc
	"00000000" + "1000" + "0400" + "0000" + "1800" + "20000000" + "51466964" + "00000000" + // QFid
	"0102030405060708" + "1112131415161718" + "00".repeat(16);

/** Everything that a response holds. */
function open(memory: Memory, at: number, end: number): unknown[] {
	const response = new CreateResponse().open(memory, at, end);
	const contexts = response.contexts();
	const seen: unknown[] = [];
	while (contexts.next()) {
		if (contexts.is(CreateContextName.QUERY_MAXIMAL_ACCESS_REQUEST)) {
			const access = new QueryMaximalAccessResponse().open(memory, contexts.dataAt, contexts.dataEnd);
			seen.push("MxAc", access.QueryStatus, access.MaximalAccess);
		}
		else if (contexts.is(CreateContextName.QUERY_ON_DISK_ID)) {
			const id = new QueryOnDiskIdResponse().open(memory, contexts.dataAt, contexts.dataEnd);
			seen.push("QFid", id.DiskFileId, id.VolumeId);
		}
		else
			seen.push("?");
	}
	return seen;
}

describe("smb2 CREATE Response", () => {
	it("has a golden fixed part", () => {
		isGolden(CreateResponse, RESPONSE_FIXED, {
			OplockLevel: OplockLevel.LEASE, Flags: 1, CreateAction: CreateAction.CREATED, CreationTime: 0, LastAccessTime: 1, LastWriteTime: 1714979289123,
			ChangeTime: -11644473600000, AllocationSize: 0x100000, EndofFile: 0x0001456789ABCDEF, FileAttributes: 0x20, FileId: counting(16, 0xB0),
			CreateContextsOffset: 152, CreateContextsLength: 88,
		}, [[0, 2]]);
	});

	it("walks the contexts", () => {
		const { memory, at, end } = received(RESPONSE);
		deepEqual(open(memory, at, end), ["MxAc", 0, 0x001F01FF, "QFid", counting(8, 1), counting(8, 0x11)]);
	});

	it("may have none", () => {
		const { memory, at, end } = received(patched(RESPONSE_FIXED, 84, 4, 0));
		deepEqual(open(memory, at, end), []);
	});

	it("may have contexts with names that we do not know, of any length", () => {
		const { memory, at, end } = received(patched(RESPONSE, 88 + 6, 2, 16));
		deepEqual(open(memory, at, end).slice(0, 2), ["?", "QFid"]);
		memory.view.setUint16(at + 88 + 6, 0, true);
		deepEqual(open(memory, at, end).slice(0, 2), ["?", "QFid"]);
	});

	it("is refused cut at any length", () => {
		truncated(RESPONSE, open);
	});

	it("is refused when offsets or lengths are wild", () => {
		const wild: [offset: number, size: number, values: number[]][] = [
			[80, 4, [0, 63, 64, 151, 153, 160, 0x7FFFFFFF, 0xFFFFFFF8, 0xFFFFFFFF]], // CreateContextsOffset
			[84, 4, [1, 15, 33, 89, 96, 0x7FFFFFFF, 0xFFFFFFF8, 0xFFFFFFFF]],        // CreateContextsLength
			[88, 4, [1, 8, 15, 16, 24, 31, 33, 88, 96, 0x7FFFFFF8, 0xFFFFFFF8]],     // Next of the first
			[92, 2, [0, 15, 29, 0x7FFF, 0xFFFF]],                                    // NameOffset
			[94, 2, [17, 0x7FFF, 0xFFFF]],                                           // NameLength
			[98, 2, [0, 15, 25, 0x7FFF, 0xFFFF]],                                    // DataOffset
			[100, 4, [0, 7, 9, 0x7FFFFFFF, 0xFFFFFFFF]],                             // DataLength
			[132, 4, [31, 33, 0xFFFFFFFF]],                                          // DataLength of the second
		];
		for (const [offset, size, values] of wild) {
			for (const value of values) {
				const { memory, at, end } = received(patched(RESPONSE, offset, size, value));
				throws(() => open(memory, at, end), ProtocolError, undefined, `${value} at ${offset}`);
			}
		}
	});

	it("is refused when Next is unaligned, inside its context, or leaves the chain, whatever lies there", () => {
		for (const next of [8, 12, 33, 36, 88]) {
			const { memory, at, end } = received(patched(RESPONSE, 88, 4, next));
			throws(() => open(memory, at, end), ProtocolError, new RegExp(`Next ${next} of 88 bytes`));
		}
	});

	it("ends a chain whose Next points back or on itself", () => {
		for (const next of [0xFFFFFFE0, 0xFFFFFFF0, 8]) {
			const { memory, at, end } = received(patched(RESPONSE, 120, 4, next));
			throws(() => open(memory, at, end), ProtocolError, /Next/);
		}
	});
});

describe("smb2 create contexts", () => {
	it("are golden", () => {
		isGolden(CreateContext, "38000000" + "1000" + "0400" + "0000" + "1800" + "20000000",
			{ Next: 56, NameOffset: 16, NameLength: 4, DataOffset: 24, DataLength: 32 });
		isGolden(DurableHandleRequest, "00".repeat(16), {});
		isGolden(DurableHandleResponse, "00".repeat(8), {});
		isGolden(DurableHandleReconnect, "b0b1b2b3b4b5b6b7b8b9babbbcbdbebf", { FileId: counting(16, 0xB0) });
		isGolden(DurableHandleRequestV2, "60ea0000" + "02000000" + "0000000000000000" + "101112131415161718191a1b1c1d1e1f",
			{ Timeout: 60000, Flags: 2, CreateGuid: counting(16, 0x10) });
		isGolden(DurableHandleResponseV2, "60ea0000" + "02000000", { Timeout: 60000, Flags: 2 });
		isGolden(DurableHandleReconnectV2, "b0b1b2b3b4b5b6b7b8b9babbbcbdbebf" + "101112131415161718191a1b1c1d1e1f" + "02000000",
			{ FileId: counting(16, 0xB0), CreateGuid: counting(16, 0x10), Flags: 2 });
		isGolden(QueryMaximalAccessRequest, "30577f26849fda01", { Timestamp: 1714979289123 });
		isGolden(QueryMaximalAccessResponse, "220000c0" + "ff011f00", { QueryStatus: 0xC0000022, MaximalAccess: 0x001F01FF });
		isGolden(AllocationSize, "efcdab8967450100", { AllocationSize: 0x0001456789ABCDEF });
		isGolden(QueryOnDiskIdResponse, "0102030405060708" + "1112131415161718" + "00".repeat(16), { DiskFileId: counting(8, 1), VolumeId: counting(8, 0x11) });
		isGolden(Lease, "101112131415161718191a1b1c1d1e1f" + "07000000" + "02000000" + "0000000000000000",
			{ LeaseKey: counting(16, 0x10), LeaseState: LeaseState.READ_CACHING | LeaseState.HANDLE_CACHING | LeaseState.WRITE_CACHING, LeaseFlags: 2 });
		isGolden(LeaseV2, "101112131415161718191a1b1c1d1e1f" + "03000000" + "04000000" + "0000000000000000" + "202122232425262728292a2b2c2d2e2f" + "0201" + "0000",
			{ LeaseKey: counting(16, 0x10), LeaseState: 3, Flags: 4, ParentLeaseKey: counting(16, 0x20), Epoch: 0x0102 });
	});
});
