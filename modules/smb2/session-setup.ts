/** [MS-SMB2] 2.2.5 SMB2 SESSION_SETUP Request, 2.2.6 SMB2 SESSION_SETUP Response. */
import { only, opaque, struct, u16, u32, u8 } from "./wire.js";

/** 2.2.5 Flags. */
export const SessionSetupFlags = Object.freeze({ BINDING: 0x01 } as const);

/** 2.2.6 SessionFlags. */
export const SessionFlags = Object.freeze({ IS_GUEST: 0x0001, IS_NULL: 0x0002, ENCRYPT_DATA: 0x0004 } as const);

const Request = struct("SESSION_SETUP Request", {
	StructureSize:        only(u16, 25),
	Flags:                u8,
	/** The low byte of negotiate.ts's SecurityMode. */
	SecurityMode:         u8,
	Capabilities:         u32,
	Channel:              u32,
	SecurityBufferOffset: u16,
	SecurityBufferLength: u16,
	PreviousSessionId:    opaque(8),
});

/** 2.2.5 SMB2 SESSION_SETUP Request. */
export class SessionSetupRequest extends Request {
	constructor() { super(); }

	/** Lays the security token out behind the fixed part. */
	setSecurityBuffer(token: Uint8Array): void {
		this.SecurityBufferLength = token.length;
		this.SecurityBufferOffset = this.appendBytes(token) - this.headerAt;
	}
}

const Response = struct("SESSION_SETUP Response", {
	StructureSize:        only(u16, 9),
	SessionFlags:         u16,
	SecurityBufferOffset: u16,
	SecurityBufferLength: u16,
});

/** 2.2.6 SMB2 SESSION_SETUP Response. */
export class SessionSetupResponse extends Response {
	constructor() { super(); }

	/** A copy of the security token. */
	securityBuffer(): Uint8Array {
		return this.partBytes("SecurityBuffer", this.SecurityBufferOffset, this.SecurityBufferLength);
	}
}
