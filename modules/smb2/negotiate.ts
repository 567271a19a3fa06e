/** [MS-SMB2] 2.2.3 SMB2 NEGOTIATE Request, 2.2.4 SMB2 NEGOTIATE Response, and the negotiate contexts of 3.1.1. */
import { ProtocolError } from "../errors/errors.js";
import { filetime, hex, only, opaque, range, reserved, struct, type Structure, textLength, u16, u32, writeText } from "./wire.js";

/** 2.2.3 Dialects, 2.2.4 DialectRevision. */
export const Dialect = Object.freeze({
	SMB2_02: 0x0202,
	SMB2_10: 0x0210,
	SMB3_00: 0x0300,
	SMB3_02: 0x0302,
	SMB3_11: 0x0311,
	/** Only in the answer to an SMB1 NEGOTIATE, which is never sent. */
	WILDCARD: 0x02FF,
} as const);

/** 2.2.3 SecurityMode. */
export const SecurityMode = Object.freeze({ SIGNING_ENABLED: 0x0001, SIGNING_REQUIRED: 0x0002 } as const);

/** 2.2.3 Capabilities (SMB2_GLOBAL_CAP_…). */
export const Capabilities = Object.freeze({
	DFS: 0x00000001,
	LEASING: 0x00000002,
	LARGE_MTU: 0x00000004,
	MULTI_CHANNEL: 0x00000008,
	PERSISTENT_HANDLES: 0x00000010,
	DIRECTORY_LEASING: 0x00000020,
	ENCRYPTION: 0x00000040,
	NOTIFICATIONS: 0x00000080,
} as const);

/** 2.2.3.1 ContextType. */
export const NegotiateContextType = Object.freeze({
	PREAUTH_INTEGRITY_CAPABILITIES: 0x0001,
	ENCRYPTION_CAPABILITIES: 0x0002,
	COMPRESSION_CAPABILITIES: 0x0003,
	NETNAME_NEGOTIATE_CONTEXT_ID: 0x0005,
	TRANSPORT_CAPABILITIES: 0x0006,
	RDMA_TRANSFORM_CAPABILITIES: 0x0007,
	SIGNING_CAPABILITIES: 0x0008,
} as const);

/** 2.2.3.1.1 HashAlgorithms. */
export const HashAlgorithm = Object.freeze({ SHA_512: 0x0001 } as const);

/** 2.2.3.1.2 Ciphers. NONE is a server's word for "no cipher in common". */
export const Cipher = Object.freeze({ NONE: 0x0000, AES128_CCM: 0x0001, AES128_GCM: 0x0002, AES256_CCM: 0x0003, AES256_GCM: 0x0004 } as const);

/** 2.2.3.1.7 SigningAlgorithms. */
export const SigningAlgorithm = Object.freeze({ HMAC_SHA256: 0x0000, AES_CMAC: 0x0001, AES_GMAC: 0x0002 } as const);

/** 2.2.3.1 SMB2 NEGOTIATE_CONTEXT. Data follows. */
export const NegotiateContext = struct("NEGOTIATE_CONTEXT", {
	ContextType: u16,
	DataLength:  u16,
	Reserved:    reserved(4),
});

const Request = struct("NEGOTIATE Request", {
	StructureSize:          only(u16, 36),
	DialectCount:           u16,
	SecurityMode:           u16,
	Reserved:               reserved(2),
	Capabilities:           u32,
	ClientGuid:             opaque(16),
	/** Below 3.1.1 these eight bytes are ClientStartTime, which must be zero. */
	NegotiateContextOffset: u32,
	NegotiateContextCount:  u16,
	Reserved2:              reserved(2),
});

/** 2.2.3 SMB2 NEGOTIATE Request. First the dialects, then the contexts, which belong there only if 3.1.1 is among them. */
export class NegotiateRequest extends Request {
	constructor() { super(); }

	/** Lays the dialects out and counts them. Once, before any context. */
	setDialects(dialects: readonly number[]): void {
		this.DialectCount = dialects.length;
		appendNumbers(this, dialects);
	}

	/** 2.2.3.1.1. salt may have any length; 32 bytes are usual. */
	addPreauthIntegrity(hashAlgorithms: readonly number[], salt: Uint8Array): void {
		const at = this.#add(NegotiateContextType.PREAUTH_INTEGRITY_CAPABILITIES, 4 + 2 * hashAlgorithms.length + salt.length);
		this.memory.view.setUint16(at, hashAlgorithms.length, true);
		this.memory.view.setUint16(at + 2, salt.length, true);
		const saltAt = writeNumbers(this, at + 4, hashAlgorithms);
		this.memory.bytes.set(salt, saltAt);
	}

	/** 2.2.3.1.2. Best first. */
	addEncryption(ciphers: readonly number[]): void {
		this.#addAlgorithms(NegotiateContextType.ENCRYPTION_CAPABILITIES, ciphers);
	}

	/** 2.2.3.1.7. Best first. */
	addSigning(algorithms: readonly number[]): void {
		this.#addAlgorithms(NegotiateContextType.SIGNING_CAPABILITIES, algorithms);
	}

	/** 2.2.3.1.4: the server's name, as the person gave it. */
	addNetName(name: string): void {
		writeText(this.memory, this.#add(NegotiateContextType.NETNAME_NEGOTIATE_CONTEXT_ID, textLength(name)), name);
	}

	#addAlgorithms(type: number, algorithms: readonly number[]): void {
		const at = this.#add(type, 2 + 2 * algorithms.length);
		this.memory.view.setUint16(at, algorithms.length, true);
		writeNumbers(this, at + 2, algorithms);
	}

	/** Lays out one context, counts it, and returns the position of its data. */
	#add(type: number, length: number): number {
		const at = this.append(NegotiateContext.size + length, 8);
		const context = new NegotiateContext().begin(this.memory, at, this.limit);
		context.ContextType = type;
		context.DataLength = length;
		if (this.NegotiateContextCount === 0)
			this.NegotiateContextOffset = at - this.headerAt;
		this.NegotiateContextCount++;
		return at + NegotiateContext.size;
	}
}

const Response = struct("NEGOTIATE Response", {
	StructureSize:          only(u16, 65),
	SecurityMode:           u16,
	DialectRevision:        u16,
	/** Reserved below 3.1.1, as is NegotiateContextOffset. */
	NegotiateContextCount:  u16,
	ServerGuid:             opaque(16),
	Capabilities:           u32,
	MaxTransactSize:        u32,
	MaxReadSize:            u32,
	MaxWriteSize:           u32,
	SystemTime:             filetime,
	ServerStartTime:        opaque(8),
	SecurityBufferOffset:   u16,
	SecurityBufferLength:   u16,
	NegotiateContextOffset: u32,
});

/** 2.2.4 SMB2 NEGOTIATE Response. */
export class NegotiateResponse extends Response {
	constructor() { super(); }

	/** A copy of the security token; empty where the server leaves the choice to the client. */
	securityBuffer(): Uint8Array {
		return this.partBytes("SecurityBuffer", this.SecurityBufferOffset, this.SecurityBufferLength);
	}

	/** The contexts of a 3.1.1 response, before the first. */
	contexts(): NegotiateContextCursor {
		return new NegotiateContextCursor(this);
	}
}

/** Walks the contexts of a NEGOTIATE Response: `while (cursor.next()) switch (cursor.ContextType) …`. */
export class NegotiateContextCursor {
	readonly #response: NegotiateResponse;
	readonly #context = new NegotiateContext();
	#left: number;
	/** Position of the current context's data. */
	dataAt = 0;
	/** One past its last byte. */
	dataEnd: number;

	constructor(response: NegotiateResponse) {
		this.#response = response;
		this.#left = response.NegotiateContextCount;
		this.dataEnd = response.headerAt + response.NegotiateContextOffset;
	}

	/** Goes to the next context; false behind the last. ProtocolError for one that is not wholly inside the message. */
	next(): boolean {
		if (this.#left === 0)
			return false;
		this.#left--;
		const response = this.#response, headerAt = response.headerAt, offset = Math.ceil((this.dataEnd - headerAt) / 8) * 8;
		if (this.dataAt === 0 && headerAt + offset !== this.dataEnd)
			throw new ProtocolError(`NEGOTIATE Response: NegotiateContextOffset ${this.dataEnd - headerAt}, a multiple of 8 expected`);
		const at = response.part("NegotiateContext", offset, NegotiateContext.size);
		this.#context.open(response.memory, at, response.end);
		this.dataAt = at + NegotiateContext.size;
		this.dataEnd = range("NEGOTIATE_CONTEXT", "Data", at, NegotiateContext.size, this.#context.DataLength, response.end, NegotiateContext.size) + this.#context.DataLength;
		return true;
	}

	get ContextType(): number { return this.#context.ContextType; }

	/**
	 * The one algorithm that the server chose, of an ENCRYPTION, SIGNING or PREAUTH_INTEGRITY context (2.2.4.1):
	 * all three begin with a count, which must be 1 in a response. PREAUTH_INTEGRITY has SaltLength between and the salt behind.
	 */
	algorithm(): number {
		const { view } = this.#response.memory, at = this.dataAt, length = this.dataEnd - at;
		const integrity = this.ContextType === NegotiateContextType.PREAUTH_INTEGRITY_CAPABILITIES;
		const needed = integrity ? 6 : 4;
		if (length < needed)
			throw new ProtocolError(`NEGOTIATE_CONTEXT ${hex(this.ContextType, 4)}: ${length} bytes, ${needed} needed`);
		const count = view.getUint16(at, true);
		if (count !== 1)
			throw new ProtocolError(`NEGOTIATE_CONTEXT ${hex(this.ContextType, 4)}: 1 algorithm expected, got ${count}`);
		if (integrity)
			range("PREAUTH_INTEGRITY_CAPABILITIES", "Salt", at, needed, view.getUint16(at + 2, true), this.dataEnd);
		return view.getUint16(at + needed - 2, true);
	}
}

/** Appends 16-bit numbers behind what is laid out. */
export function appendNumbers(structure: Structure, numbers: readonly number[]): void {
	writeNumbers(structure, structure.append(2 * numbers.length), numbers);
}

/** Writes 16-bit numbers, returns the position behind them. */
function writeNumbers(structure: Structure, at: number, numbers: readonly number[]): number {
	for (let i = 0; i < numbers.length; i++, at += 2)
		structure.memory.view.setUint16(at, numbers[i], true);
	return at;
}
