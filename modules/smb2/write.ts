/** [MS-SMB2] 2.2.21 SMB2 WRITE Request, 2.2.22 SMB2 WRITE Response. */
import { only, opaque, reserved, struct, u16, u32, u64 } from "./wire.js";

/** 2.2.21 Flags. */
export const WriteFlags = Object.freeze({ WRITE_THROUGH: 0x00000001, WRITE_UNBUFFERED: 0x00000002 } as const);

const Request = struct("WRITE Request", {
	StructureSize:          only(u16, 49),
	DataOffset:             u16,
	Length:                 u32,
	Offset:                 u64,
	FileId:                 opaque(16),
	Channel:                u32,
	RemainingBytes:         u32,
	WriteChannelInfoOffset: u16,
	WriteChannelInfoLength: u16,
	Flags:                  u32,
});

/** 2.2.21 SMB2 WRITE Request. */
export class WriteRequest extends Request {
	/**
	 * The length bytes at at, behind the fixed part in the same memory, are the data: nothing is moved. A gap of a few
	 * bytes between may serve to align the data; what it holds is sent. RangeError where the data overlaps the fixed part.
	 */
	setData(at: number, length: number): void {
		if (at < this.at + this.size || at + length > this.memory.bytes.length)
			throw new RangeError(`WRITE Request: data [${at}, ${at + length}) of a request at ${this.at}`);
		this.DataOffset = at - this.headerAt;
		this.Length = length;
		this.end = at + length;
	}
}

/** 2.2.22 SMB2 WRITE Response. */
export const WriteResponse = struct("WRITE Response", {
	StructureSize:          only(u16, 17),
	Reserved:               reserved(2),
	Count:                  u32,
	Remaining:              u32,
	WriteChannelInfoOffset: u16,
	WriteChannelInfoLength: u16,
});
