/** [MS-SMB2] 2.2.41 SMB2 TRANSFORM_HEADER: stands before an encrypted message. */
import { holds, type Memory, only, opaque, reserved, struct, u16, u32 } from "./wire.js";

/** 2.2.41 Flags/EncryptionAlgorithm: for 3.0 and 3.0.2 it means AES-128-CCM, for 3.1.1 "encrypted". */
export const ENCRYPTED = 0x0001;

const transformId = 0x424D53FD;
const headerLength = 52;
/** Where Signature is, which takes the authentication tag, and Nonce, where the 32 bytes begin that are authenticated but not encrypted. */
export const signatureOffset = 4, nonceOffset = 20;

const Fields = struct("SMB2 TRANSFORM_HEADER", {
	ProtocolId:          only(u32, transformId),
	Signature:           opaque(16),
	/** 11 bytes for CCM, 12 for GCM, the rest zero. */
	Nonce:               opaque(16),
	OriginalMessageSize: u32,
	Reserved:            reserved(2),
	Flags:               only(u16, ENCRYPTED),
	SessionId:           opaque(8),
});

/** 2.2.41 SMB2 TRANSFORM_HEADER. The encrypted message follows. */
export class TransformHeader extends Fields {
	constructor() { super(); }

	/** Position of Signature, where the authentication tag goes. */
	get signatureAt(): number { return this.at + signatureOffset; }
	/** Position of Nonce, where the bytes begin (32 of them) that are authenticated but not encrypted. */
	get nonceAt(): number { return this.at + nonceOffset; }
	/** Where the encrypted message begins. */
	get messageAt(): number { return this.at + TransformHeader.size; }
	/** Compares SessionId without a copy. */
	isSession(sessionId: Uint8Array): boolean { return holds(this.memory, this.at + 44, sessionId); }

	/** The same, of a SessionId read as two numbers of 32 bits, little endian. */
	isSessionOf(low: number, high: number): boolean {
		const view = this.memory.view, at = this.at;
		return view.getUint32(at + 44, true) === low && view.getUint32(at + 48, true) === high;
	}

	/** begin(), and what is to be sent with every message, without a call for each field. */
	layOut(memory: Memory, at: number, length: number, sessionLow: number, sessionHigh: number): this {
		if (!(at >= 0 && at + headerLength <= memory.length))
			throw new RangeError(`SMB2 TRANSFORM_HEADER: ${headerLength} bytes at ${at} do not fit before ${memory.length}`);
		const view = memory.view;
		view.setUint32(at, transformId, true);
		// What a nonce does not fill is zero.
		view.setUint32(at + 28, 0, true);
		view.setUint32(at + 32, 0, true);
		view.setUint32(at + 36, length, true);
		view.setUint32(at + 40, ENCRYPTED << 16, true);
		view.setUint32(at + 44, sessionLow, true);
		view.setUint32(at + 48, sessionHigh, true);
		this.memory = memory;
		this.at = at;
		this.end = this.limit = at + headerLength;
		return this;
	}

	override open(memory: Memory, at: number, end: number): this {
		const view = memory.view;
		if (at >= 0 && at + headerLength <= end && end <= memory.length && view.getUint32(at, true) === transformId && view.getUint16(at + 42, true) === ENCRYPTED) {
			this.memory = memory;
			this.at = at;
			this.end = this.limit = end;
			return this;
		}
		// Says what is wrong.
		return super.open(memory, at, end);
	}
}

/** ProtocolId of what begins at at, or 0 where less than four bytes are left: tells a plain message from a sealed one. */
export function protocolId(view: DataView, at: number, end: number): number {
	return end - at < 4 ? 0 : view.getUint32(at, true);
}

/** First four bytes of a message, as protocolId() gives them: 0xFE, 0xFD, 0xFC or 0xFF and "SMB". */
export const ProtocolId = Object.freeze({
	SMB2: 0x424D53FE,
	TRANSFORM: 0x424D53FD,
	COMPRESSED: 0x424D53FC,
	SMB1: 0x424D53FF,
} as const);
