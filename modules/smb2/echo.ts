/** [MS-SMB2] 2.2.28 SMB2 ECHO Request, 2.2.29 SMB2 ECHO Response. */
import { only, reserved, struct, u16 } from "./wire.js";

/** 2.2.28 SMB2 ECHO Request. */
export const EchoRequest = struct("ECHO Request", {
	StructureSize: only(u16, 4),
	Reserved:      reserved(2),
});

/** 2.2.29 SMB2 ECHO Response. */
export const EchoResponse = struct("ECHO Response", {
	StructureSize: only(u16, 4),
	Reserved:      reserved(2),
});
