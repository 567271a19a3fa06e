/** [MS-SMB2] 2.2.19 SMB2 READ Request, 2.2.20 SMB2 READ Response. */
import { type Memory, only, opaque, reserved, struct, u16, u32, u64, u8 } from "./wire.js";

const Request = struct("READ Request", {
	StructureSize:         only(u16, 49),
	/** Where the server should place the data in its response, counted from the header. */
	Padding:               u8,
	Flags:                 u8,
	Length:                u32,
	Offset:                u64,
	FileId:                opaque(16),
	MinimumCount:          u32,
	Channel:               u32,
	RemainingBytes:        u32,
	ReadChannelInfoOffset: u16,
	ReadChannelInfoLength: u16,
});

/** 2.2.19 SMB2 READ Request. Buffer must not be empty, so end lies one zero byte behind the fixed part. */
export class ReadRequest extends Request {
	constructor() { super(); }

	override begin(memory: Memory, at: number, limit?: number): this {
		super.begin(memory, at, limit);
		memory.bytes[this.append(1)] = 0;
		return this;
	}
}

const Response = struct("READ Response", {
	StructureSize: only(u16, 17),
	DataOffset:    u8,
	Reserved:      reserved(1),
	DataLength:    u32,
	DataRemaining: u32,
	/** Reserved2 below 3.1.1. */
	Flags:         u32,
});

/** 2.2.20 SMB2 READ Response. */
export class ReadResponse extends Response {
	constructor() { super(); }

	/** Position of the data, DataLength bytes of it. */
	dataAt(): number { return this.part("Data", this.DataOffset, this.DataLength); }
}
