/** [MS-SMB2] 2.2.13.2 SMB2_CREATE_CONTEXT: the request values (2.2.13.2.x) and response values (2.2.14.2.x) that we know. */
import { ProtocolError } from "../errors/errors.js";
import { characterAt, filetime, type Memory, opaque, range, reserved, struct, u16, u32, u64 } from "./wire.js";

/** Names of contexts, four characters each: 2.2.13.2. */
export const CreateContextName = Object.freeze({
	/** 2.2.13.2.3 SMB2_CREATE_DURABLE_HANDLE_REQUEST. */
	DURABLE_HANDLE_REQUEST: "DHnQ",
	/** 2.2.13.2.4 SMB2_CREATE_DURABLE_HANDLE_RECONNECT. */
	DURABLE_HANDLE_RECONNECT: "DHnC",
	/** 2.2.13.2.5 SMB2_CREATE_QUERY_MAXIMAL_ACCESS_REQUEST. */
	QUERY_MAXIMAL_ACCESS_REQUEST: "MxAc",
	/** 2.2.13.2.6 SMB2_CREATE_ALLOCATION_SIZE. */
	ALLOCATION_SIZE: "AlSi",
	/** 2.2.13.2.8 SMB2_CREATE_REQUEST_LEASE and 2.2.13.2.10 SMB2_CREATE_REQUEST_LEASE_V2. */
	REQUEST_LEASE: "RqLs",
	/** 2.2.13.2.9 SMB2_CREATE_QUERY_ON_DISK_ID: no data in the request. */
	QUERY_ON_DISK_ID: "QFid",
	/** 2.2.13.2.11 SMB2_CREATE_DURABLE_HANDLE_REQUEST_V2. */
	DURABLE_HANDLE_REQUEST_V2: "DH2Q",
	/** 2.2.13.2.12 SMB2_CREATE_DURABLE_HANDLE_RECONNECT_V2. */
	DURABLE_HANDLE_RECONNECT_V2: "DH2C",
} as const);
export type CreateContextName = typeof CreateContextName[keyof typeof CreateContextName];

const Context = struct("CREATE_CONTEXT", {
	Next:       u32,
	NameOffset: u16,
	NameLength: u16,
	Reserved:   reserved(2),
	DataOffset: u16,
	DataLength: u32,
});

/** 2.2.13.2 SMB2_CREATE_CONTEXT. Offsets count from its own first byte. */
export class CreateContext extends Context {
	/** Where a name of four characters ends. */
	static readonly NAME_END = 20;
	/** Where the data begins behind such a name. */
	static readonly DATA_OFFSET = 24;
	constructor() { super(); }

	/** Writes the name; length is that of the data, which follows. */
	set(name: CreateContextName, length: number): void {
		const { view, bytes } = this.memory, at = this.at + CreateContext.size, count = name.length;
		this.NameOffset = CreateContext.size;
		this.NameLength = count;
		for (let i = 0; i < count; i++)
			view.setUint8(at + i, characterAt.call(name, i));
		if (length > 0) {
			bytes.fill(0, this.at + CreateContext.NAME_END, this.at + CreateContext.DATA_OFFSET);
			this.DataOffset = CreateContext.DATA_OFFSET;
			this.DataLength = length;
		}
	}
}

/** Walks a chain of contexts: `while (cursor.next()) if (cursor.is(CreateContextName.…)) data.open(memory, cursor.dataAt, cursor.dataEnd)`. */
export class CreateContextCursor {
	readonly #memory: Memory;
	readonly #end: number;
	readonly #context = new CreateContext();
	#nextAt: number;
	#nameAt = 0;
	/** Position of the current context's data. */
	dataAt = 0;
	/** One past its last byte. */
	dataEnd = 0;

	/** The chain lies in [at, end). */
	constructor(memory: Memory, at: number, end: number) {
		this.#memory = memory;
		this.#nextAt = at;
		this.#end = end;
	}

	/** Goes to the next context; false behind the last. ProtocolError for one that is not wholly inside the chain. */
	next(): boolean {
		const at = this.#nextAt;
		if (at === this.#end)
			return false;
		const context = this.#context.open(this.#memory, at, this.#end);
		const { Next: next, NameLength, DataLength } = context;
		if (next !== 0 && (next < CreateContext.size || next % 8 !== 0 || at + next >= this.#end))
			throw new ProtocolError(`CREATE_CONTEXT: Next ${next} of ${this.#end - at} bytes`);
		const end = this.#nextAt = next === 0 ? this.#end : at + next;
		this.#nameAt = range("CREATE_CONTEXT", "Name", at, context.NameOffset, NameLength, end, CreateContext.size);
		this.dataAt = range("CREATE_CONTEXT", "Data", at, context.DataOffset, DataLength, end, CreateContext.size);
		this.dataEnd = this.dataAt + DataLength;
		return true;
	}

	/** Whether the current context has this name. */
	is(name: CreateContextName): boolean {
		const count = name.length;
		if (this.#context.NameLength !== count)
			return false;
		for (let i = 0; i < count; i++) {
			if (this.#memory.view.getUint8(this.#nameAt + i) !== characterAt.call(name, i))
				return false;
		}
		return true;
	}
}

/** 2.2.13.2.3 SMB2_CREATE_DURABLE_HANDLE_REQUEST. */
export const DurableHandleRequest = struct("DURABLE_HANDLE_REQUEST", {
	DurableRequest: reserved(16),
});

/** 2.2.14.2.3 SMB2_CREATE_DURABLE_HANDLE_RESPONSE. */
export const DurableHandleResponse = struct("DURABLE_HANDLE_RESPONSE", {
	Reserved: reserved(8),
});

/** 2.2.13.2.4 SMB2_CREATE_DURABLE_HANDLE_RECONNECT. */
export const DurableHandleReconnect = struct("DURABLE_HANDLE_RECONNECT", {
	FileId: opaque(16),
});

/** 2.2.13.2.11 and 2.2.14.2.12 Flags. */
export const DurableHandleFlags = Object.freeze({ PERSISTENT: 0x00000002 } as const);

/** 2.2.13.2.11 SMB2_CREATE_DURABLE_HANDLE_REQUEST_V2. */
export const DurableHandleRequestV2 = struct("DURABLE_HANDLE_REQUEST_V2", {
	/** Milliseconds; 0 leaves it to the server. */
	Timeout:    u32,
	Flags:      u32,
	Reserved:   reserved(8),
	CreateGuid: opaque(16),
});

/** 2.2.14.2.12 SMB2_CREATE_DURABLE_HANDLE_RESPONSE_V2. */
export const DurableHandleResponseV2 = struct("DURABLE_HANDLE_RESPONSE_V2", {
	/** Milliseconds that the server keeps the handle. */
	Timeout: u32,
	Flags:   u32,
});

/** 2.2.13.2.12 SMB2_CREATE_DURABLE_HANDLE_RECONNECT_V2. */
export const DurableHandleReconnectV2 = struct("DURABLE_HANDLE_RECONNECT_V2", {
	FileId:     opaque(16),
	CreateGuid: opaque(16),
	Flags:      u32,
});

/** 2.2.13.2.5 SMB2_CREATE_QUERY_MAXIMAL_ACCESS_REQUEST; may be left out, then the server always answers. */
export const QueryMaximalAccessRequest = struct("QUERY_MAXIMAL_ACCESS_REQUEST", {
	Timestamp: filetime,
});

/** 2.2.14.2.5 SMB2_CREATE_QUERY_MAXIMAL_ACCESS_RESPONSE. */
export const QueryMaximalAccessResponse = struct("QUERY_MAXIMAL_ACCESS_RESPONSE", {
	QueryStatus:   u32,
	/** create.ts's AccessMask. */
	MaximalAccess: u32,
});

/** 2.2.13.2.6 SMB2_CREATE_ALLOCATION_SIZE. */
export const AllocationSize = struct("ALLOCATION_SIZE", {
	AllocationSize: u64,
});

/** 2.2.14.2.9 SMB2_CREATE_QUERY_ON_DISK_ID response: two opaque numbers, the file's on its volume and the volume's. */
export const QueryOnDiskIdResponse = struct("QUERY_ON_DISK_ID", {
	DiskFileId: opaque(8),
	VolumeId:   opaque(8),
	Reserved:   reserved(16),
});

/** 2.2.13.2.8 LeaseState. */
export const LeaseState = Object.freeze({ NONE: 0x00, READ_CACHING: 0x01, HANDLE_CACHING: 0x02, WRITE_CACHING: 0x04 } as const);

/** 2.2.13.2.8 SMB2_CREATE_REQUEST_LEASE, 2.2.14.2.10 SMB2_CREATE_RESPONSE_LEASE. */
export const Lease = struct("LEASE", {
	LeaseKey:      opaque(16),
	LeaseState:    u32,
	LeaseFlags:    u32,
	LeaseDuration: reserved(8),
});

/** 2.2.13.2.10 SMB2_CREATE_REQUEST_LEASE_V2, 2.2.14.2.11 SMB2_CREATE_RESPONSE_LEASE_V2. 3.x only. */
export const LeaseV2 = struct("LEASE_V2", {
	LeaseKey:       opaque(16),
	LeaseState:     u32,
	Flags:          u32,
	LeaseDuration:  reserved(8),
	ParentLeaseKey: opaque(16),
	Epoch:          u16,
	Reserved:       reserved(2),
});
