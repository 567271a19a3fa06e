/** [MS-SMB2] 2.2.21 SMB2 WRITE Request, 2.2.22 SMB2 WRITE Response. */
import { Header } from "./header.js";
import { Memory, only, opaque, reserved, struct, u16, u32, u64 } from "./wire.js";

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
	constructor() { super(); }

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

/** Bytes of a response's Count, in memory[at, end). ProtocolError for what is no WRITE response. */
export function countOf(memory: Memory, at: number, end: number): number {
	const view = memory.view;
	// Nothing is allocated for a response that is well-formed.
	return end - at >= responseLength && view.getUint16(at, true) === structureSize ? view.getUint32(at + 4, true) : new WriteResponse().open(memory, at, end).Count;
}

const responseLength = WriteResponse.size, structureSize = 17;
/** Header and fixed part. */
const headLength = Header.size + WriteRequest.size;
/** Where they are: 2.2.1.2 and, behind the header, 2.2.21. */
const creditChargeAt = 6, creditRequestAt = 14, messageIdAt = 24, lengthAt = Header.size + 4, offsetAt = Header.size + 8;

/** Header and fixed part of a file's WRITEs, laid out once in the same memory: of each WRITE only what differs is written. */
export class WriteTemplate {
	readonly #memory: Memory;
	readonly #at: number;
	/** CreditCharge of most of them. */
	readonly #charge: number;

	/** In memory[at, at + headLength). fill: sets what all of them have in common. Their data follows the fixed part. */
	constructor(memory: Memory, at: number, charge: number, fill: (header: Header, request: WriteRequest) => void) {
		const header = new Header().begin(memory, at), request = new WriteRequest().begin(memory, at + Header.size);
		request.DataOffset = headLength;
		fill(header, request);
		this.#memory = memory;
		this.#at = at;
		this.#charge = charge;
	}

	/** Lays one out in memory[at, at + headLength), which the caller knows to be there: numbers below 2^53. */
	layOut(at: number, messageId: number, charge: number, creditRequest: number, offset: number, length: number): void {
		const { view, bytes } = this.#memory, from = this.#at;
		// In XS set() goes byte by byte, and this does not.
		bytes.copyWithin(at, from, from + headLength);
		if (charge !== this.#charge && view.getUint16(at + creditChargeAt, true) !== 0)
			view.setUint16(at + creditChargeAt, charge, true);
		view.setUint16(at + creditRequestAt, creditRequest, true);
		view.setUint32(at + messageIdAt, messageId, true);
		if (messageId > 0xFFFFFFFF)
			view.setUint32(at + messageIdAt + 4, messageId / 0x100000000, true);
		view.setUint32(at + lengthAt, length, true);
		view.setUint32(at + offsetAt, offset, true);
		if (offset > 0xFFFFFFFF)
			view.setUint32(at + offsetAt + 4, offset / 0x100000000, true);
	}
}
