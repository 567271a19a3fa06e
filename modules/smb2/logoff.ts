/** [MS-SMB2] 2.2.7 SMB2 LOGOFF Request, 2.2.8 SMB2 LOGOFF Response. */
import { only, reserved, struct, u16 } from "./wire.js";

/** 2.2.7 SMB2 LOGOFF Request. */
export const LogoffRequest = struct("LOGOFF Request", {
	StructureSize: only(u16, 4),
	Reserved:      reserved(2),
});

/** 2.2.8 SMB2 LOGOFF Response. */
export const LogoffResponse = struct("LOGOFF Response", {
	StructureSize: only(u16, 4),
	Reserved:      reserved(2),
});
