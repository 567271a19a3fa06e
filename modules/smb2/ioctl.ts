/** [MS-SMB2] 2.2.31 SMB2 IOCTL Request, 2.2.32 SMB2 IOCTL Response, for FSCTL_VALIDATE_NEGOTIATE_INFO alone. */
import { RELATED_FILE_ID } from "./header.js";
import { appendNumbers } from "./negotiate.js";
import { only, opaque, reserved, struct, u16, u32 } from "./wire.js";

/** 2.2.31 CtlCode. */
export const CtlCode = Object.freeze({ VALIDATE_NEGOTIATE_INFO: 0x00140204 } as const);

/** 2.2.31 Flags: an FSCTL, not an IOCTL. */
export const IoctlFlags = Object.freeze({ IS_FSCTL: 0x00000001 } as const);

/** 2.2.31.4 VALIDATE_NEGOTIATE_INFO Request: what the client's NEGOTIATE said. The dialects follow. */
export const ValidateNegotiateInfoRequest = struct("VALIDATE_NEGOTIATE_INFO Request", {
	Capabilities: u32,
	Guid:         opaque(16),
	SecurityMode: u16,
	DialectCount: u16,
});

/** 2.2.32.6 VALIDATE_NEGOTIATE_INFO Response: what the server's NEGOTIATE should have said. */
export const ValidateNegotiateInfoResponse = struct("VALIDATE_NEGOTIATE_INFO Response", {
	Capabilities: u32,
	Guid:         opaque(16),
	SecurityMode: u16,
	Dialect:      u16,
});

const Request = struct("IOCTL Request", {
	StructureSize:     only(u16, 57),
	Reserved:          reserved(2),
	CtlCode:           u32,
	FileId:            opaque(16),
	InputOffset:       u32,
	InputCount:        u32,
	MaxInputResponse:  u32,
	OutputOffset:      u32,
	OutputCount:       u32,
	MaxOutputResponse: u32,
	Flags:             u32,
	Reserved2:         reserved(4),
});

/** 2.2.31 SMB2 IOCTL Request. */
export class IoctlRequest extends Request {
	constructor() { super(); }

	/** Lays out FSCTL_VALIDATE_NEGOTIATE_INFO (3.2.5.5). The input's Capabilities, Guid and SecurityMode are returned to be filled. */
	setValidateNegotiateInfo(dialects: readonly number[]): InstanceType<typeof ValidateNegotiateInfoRequest> {
		const at = this.append(ValidateNegotiateInfoRequest.size, 8);
		appendNumbers(this, dialects);
		this.CtlCode = CtlCode.VALIDATE_NEGOTIATE_INFO;
		this.FileId = RELATED_FILE_ID;
		this.InputOffset = at - this.headerAt;
		this.InputCount = this.end - at;
		this.MaxOutputResponse = ValidateNegotiateInfoResponse.size;
		this.Flags = IoctlFlags.IS_FSCTL;
		const input = new ValidateNegotiateInfoRequest().begin(this.memory, at, this.end);
		input.DialectCount = dialects.length;
		return input;
	}
}

const Response = struct("IOCTL Response", {
	StructureSize: only(u16, 49),
	Reserved:      reserved(2),
	CtlCode:       u32,
	FileId:        opaque(16),
	InputOffset:   u32,
	InputCount:    u32,
	OutputOffset:  u32,
	OutputCount:   u32,
	Flags:         u32,
	Reserved2:     reserved(4),
});

/** 2.2.32 SMB2 IOCTL Response. */
export class IoctlResponse extends Response {
	constructor() { super(); }

	/** Position of the output, OutputCount bytes of it. */
	outputAt(): number { return this.part("Output", this.OutputOffset, this.OutputCount); }

	/** The output, as the answer to FSCTL_VALIDATE_NEGOTIATE_INFO. */
	validateNegotiateInfo(): InstanceType<typeof ValidateNegotiateInfoResponse> {
		const at = this.outputAt();
		return new ValidateNegotiateInfoResponse().open(this.memory, at, at + this.OutputCount);
	}
}
