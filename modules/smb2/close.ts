/** [MS-SMB2] 2.2.15 SMB2 CLOSE Request, 2.2.16 SMB2 CLOSE Response. */
import { filetime, only, opaque, reserved, struct, u16, u32, u64 } from "./wire.js";

/** 2.2.15 Flags: POSTQUERY_ATTRIB asks for the attributes in the response. */
export const CloseFlags = Object.freeze({ POSTQUERY_ATTRIB: 0x0001 } as const);

/** 2.2.15 SMB2 CLOSE Request. */
export const CloseRequest = struct("CLOSE Request", {
	StructureSize: only(u16, 24),
	Flags:         u16,
	Reserved:      reserved(4),
	FileId:        opaque(16),
});

/** 2.2.16 SMB2 CLOSE Response. The attributes are there only if Flags says POSTQUERY_ATTRIB. */
export const CloseResponse = struct("CLOSE Response", {
	StructureSize:  only(u16, 60),
	Flags:          u16,
	Reserved:       reserved(4),
	CreationTime:   filetime,
	LastAccessTime: filetime,
	LastWriteTime:  filetime,
	ChangeTime:     filetime,
	AllocationSize: u64,
	EndofFile:      u64,
	FileAttributes: u32,
});
