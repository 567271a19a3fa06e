/** [MS-SMB2] 2.2.2 SMB2 ERROR Response: what a request gets in place of its own response when it fails. */
import { ProtocolError } from "../errors/errors.js";
import { type Memory, only, range, reserved, struct, u16, u32, u8 } from "./wire.js";

/** 2.2.2.1 ErrorId. */
export const ErrorId = Object.freeze({ DEFAULT: 0x00000000, SHARE_REDIRECT: 0x72645253 } as const);

/** 2.2.2.1 SMB2 ERROR Context Response, 3.1.1 only. ErrorContextData follows. */
export const ErrorContext = struct("ERROR Context", {
	ErrorDataLength: u32,
	ErrorId:         u32,
});

const Response = struct("ERROR Response", {
	StructureSize:     only(u16, 9),
	/** How many contexts ErrorData holds; 0 below 3.1.1, where it is the bare data. */
	ErrorContextCount: u8,
	Reserved:          reserved(1),
	ByteCount:         u32,
});

/** 2.2.2 SMB2 ERROR Response. open() also proves ErrorData: whatever is in it, the message is whole. */
export class ErrorResponse extends Response {
	constructor() { super(); }

	override open(memory: Memory, at: number, end: number): this {
		super.open(memory, at, end);
		range("ERROR Response", "ErrorData", this.at, this.size, this.ByteCount, this.end);
		return this;
	}

	/**
	 * The length that STATUS_BUFFER_TOO_SMALL asks for (2.2.2.2), undefined where the server did not say.
	 * The link of STATUS_STOPPED_ON_SYMLINK and other data are left alone.
	 */
	requiredLength(): number | undefined {
		const dataAt = this.at + this.size, dataEnd = dataAt + this.ByteCount;
		if (this.ErrorContextCount === 0)
			return dataEnd - dataAt >= 4 ? this.memory.view.getUint32(dataAt, true) : undefined;
		const context = new ErrorContext();
		let at = dataAt;
		for (let left = this.ErrorContextCount; left > 0; left--) {
			if (at > dataEnd)
				throw new ProtocolError(`ERROR Response: ${this.ErrorContextCount} contexts in ${this.ByteCount} bytes`);
			context.open(this.memory, at, dataEnd);
			const length = context.ErrorDataLength;
			const contextDataAt = range("ERROR Context", "ErrorContextData", at, context.size, length, dataEnd);
			if (context.ErrorId === ErrorId.DEFAULT && length >= 4)
				return this.memory.view.getUint32(contextDataAt, true);
			at += Math.ceil((context.size + length) / 8) * 8;
		}
		return undefined;
	}
}
