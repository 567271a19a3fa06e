/** [MS-SMB2] 2.2.41 SMB2 TRANSFORM_HEADER: stands before an encrypted message. */
import { holds, only, opaque, reserved, struct, u16, u32 } from "./wire.js";

/** 2.2.41 Flags/EncryptionAlgorithm: for 3.0 and 3.0.2 it means AES-128-CCM, for 3.1.1 "encrypted". */
export const ENCRYPTED = 0x0001;

const Fields = struct("SMB2 TRANSFORM_HEADER", {
	ProtocolId:          only(u32, 0x424D53FD),
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
	/** Position of Signature, where the authentication tag goes. */
	get signatureAt(): number { return this.at + 4; }
	/** Position of Nonce, where the bytes begin (32 of them) that are authenticated but not encrypted. */
	get nonceAt(): number { return this.at + 20; }
	/** Where the encrypted message begins. */
	get messageAt(): number { return this.at + TransformHeader.size; }
	/** Compares SessionId without a copy. */
	isSession(sessionId: Uint8Array): boolean { return holds(this.memory, this.at + 44, sessionId); }
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
