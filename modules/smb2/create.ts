/** [MS-SMB2] 2.2.13 SMB2 CREATE Request, 2.2.14 SMB2 CREATE Response. Their contexts are in create-context.ts. */
import { CreateContext, CreateContextCursor, type CreateContextName } from "./create-context.js";
import { filetime, only, opaque, range, reserved, struct, type Structure, u16, u32, u64, u8 } from "./wire.js";

/** 2.2.13 RequestedOplockLevel, 2.2.14 OplockLevel. */
export const OplockLevel = Object.freeze({ NONE: 0x00, II: 0x01, EXCLUSIVE: 0x08, BATCH: 0x09, LEASE: 0xFF } as const);

/** 2.2.13 ImpersonationLevel. */
export const ImpersonationLevel = Object.freeze({ ANONYMOUS: 0, IDENTIFICATION: 1, IMPERSONATION: 2, DELEGATE: 3 } as const);

/** 2.2.13.1.1 File_Pipe_Printer_Access_Mask; for folders (2.2.13.1.2) the first two are FILE_LIST_DIRECTORY and FILE_ADD_FILE. */
export const AccessMask = Object.freeze({
	FILE_READ_DATA: 0x00000001,
	FILE_WRITE_DATA: 0x00000002,
	FILE_APPEND_DATA: 0x00000004,
	FILE_READ_EA: 0x00000008,
	FILE_WRITE_EA: 0x00000010,
	FILE_EXECUTE: 0x00000020,
	FILE_DELETE_CHILD: 0x00000040,
	FILE_READ_ATTRIBUTES: 0x00000080,
	FILE_WRITE_ATTRIBUTES: 0x00000100,
	DELETE: 0x00010000,
	READ_CONTROL: 0x00020000,
	WRITE_DAC: 0x00040000,
	WRITE_OWNER: 0x00080000,
	SYNCHRONIZE: 0x00100000,
	MAXIMUM_ALLOWED: 0x02000000,
	GENERIC_ALL: 0x10000000,
	GENERIC_EXECUTE: 0x20000000,
	GENERIC_WRITE: 0x40000000,
	GENERIC_READ: 0x80000000,
} as const);

/** [MS-FSCC] 2.6 File Attributes. */
export const FileAttributes = Object.freeze({
	READONLY: 0x00000001,
	HIDDEN: 0x00000002,
	SYSTEM: 0x00000004,
	DIRECTORY: 0x00000010,
	ARCHIVE: 0x00000020,
	NORMAL: 0x00000080,
	TEMPORARY: 0x00000100,
	REPARSE_POINT: 0x00000400,
} as const);

/** 2.2.13 ShareAccess. */
export const ShareAccess = Object.freeze({ READ: 0x00000001, WRITE: 0x00000002, DELETE: 0x00000004 } as const);

/** 2.2.13 CreateDisposition (FILE_…). */
export const CreateDisposition = Object.freeze({ SUPERSEDE: 0, OPEN: 1, CREATE: 2, OPEN_IF: 3, OVERWRITE: 4, OVERWRITE_IF: 5 } as const);

/** 2.2.13 CreateOptions (FILE_…): those a client may want that only writes files. */
export const CreateOptions = Object.freeze({
	DIRECTORY_FILE: 0x00000001,
	WRITE_THROUGH: 0x00000002,
	SEQUENTIAL_ONLY: 0x00000004,
	NON_DIRECTORY_FILE: 0x00000040,
	DELETE_ON_CLOSE: 0x00001000,
	OPEN_REPARSE_POINT: 0x00200000,
} as const);

/** 2.2.14 CreateAction (FILE_…). */
export const CreateAction = Object.freeze({ SUPERSEDED: 0, OPENED: 1, CREATED: 2, OVERWRITTEN: 3 } as const);

const Request = struct("CREATE Request", {
	StructureSize:        only(u16, 57),
	SecurityFlags:        reserved(1),
	RequestedOplockLevel: u8,
	ImpersonationLevel:   u32,
	SmbCreateFlags:       reserved(8),
	Reserved:             reserved(8),
	DesiredAccess:        u32,
	FileAttributes:       u32,
	ShareAccess:          u32,
	CreateDisposition:    u32,
	CreateOptions:        u32,
	NameOffset:           u16,
	NameLength:           u16,
	CreateContextsOffset: u32,
	CreateContextsLength: u32,
});

/** 2.2.13 SMB2 CREATE Request. First the name, then the contexts. */
export class CreateRequest extends Request {
	constructor() { super(); }

	/** name: relative to the share's root, with \ between folders and none at the start; "" is the root. */
	setName(name: string): void {
		const at = this.appendText(name, 8);
		this.NameOffset = at - this.headerAt;
		this.NameLength = this.end - at;
		// Buffer must not be empty, even where the name is.
		if (name.length === 0)
			this.memory.bytes.fill(0, this.append(8), this.end);
	}

	/** Adds a context with data, if there is any: data is begun in its place, all zero, and returned to be filled. */
	addContext(name: CreateContextName): undefined;
	addContext<S extends Structure>(name: CreateContextName, data: S): S;
	addContext(name: CreateContextName, data?: Structure): Structure | undefined {
		const length = data === undefined ? 0 : data.size;
		const at = this.append(data === undefined ? CreateContext.NAME_END : CreateContext.DATA_OFFSET + length, 8);
		if (this.CreateContextsLength === 0)
			this.CreateContextsOffset = at - this.headerAt;
		else
			this.#linkLast(at);
		this.CreateContextsLength = this.end - this.headerAt - this.CreateContextsOffset;
		new CreateContext().begin(this.memory, at, this.end).set(name, length);
		return data?.begin(this.memory, at + CreateContext.DATA_OFFSET, this.end);
	}

	/** Points Next of what was the last context to the one at at. */
	#linkLast(at: number): void {
		const context = new CreateContext();
		for (let last = this.headerAt + this.CreateContextsOffset; ; last += context.Next) {
			context.aim(this.memory, last);
			if (context.Next === 0) {
				context.Next = at - last;
				return;
			}
		}
	}
}

const Response = struct("CREATE Response", {
	StructureSize:        only(u16, 89),
	OplockLevel:          u8,
	Flags:                u8,
	CreateAction:         u32,
	CreationTime:         filetime,
	LastAccessTime:       filetime,
	LastWriteTime:        filetime,
	ChangeTime:           filetime,
	AllocationSize:       u64,
	EndofFile:            u64,
	FileAttributes:       u32,
	Reserved2:            reserved(4),
	FileId:               opaque(16),
	CreateContextsOffset: u32,
	CreateContextsLength: u32,
});

/** 2.2.14 SMB2 CREATE Response. */
export class CreateResponse extends Response {
	constructor() { super(); }

	/** The contexts, before the first. */
	contexts(): CreateContextCursor {
		const length = this.CreateContextsLength;
		const at = range("CREATE Response", "CreateContexts", this.headerAt, this.CreateContextsOffset, length, this.end, 64 + this.size);
		return new CreateContextCursor(this.memory, at, at + length);
	}
}
