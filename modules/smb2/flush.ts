/** [MS-SMB2] 2.2.17 SMB2 FLUSH Request, 2.2.18 SMB2 FLUSH Response. */
import { only, opaque, reserved, struct, u16 } from "./wire.js";

/** 2.2.17 SMB2 FLUSH Request. */
export const FlushRequest = struct("FLUSH Request", {
	StructureSize: only(u16, 24),
	Reserved1:     reserved(2),
	Reserved2:     reserved(4),
	FileId:        opaque(16),
});

/** 2.2.18 SMB2 FLUSH Response. */
export const FlushResponse = struct("FLUSH Response", {
	StructureSize: only(u16, 4),
	Reserved:      reserved(2),
});
