/** [MS-SMB2] 2.2.11 SMB2 TREE_DISCONNECT Request, 2.2.12 SMB2 TREE_DISCONNECT Response. */
import { only, reserved, struct, u16 } from "./wire.js";

/** 2.2.11 SMB2 TREE_DISCONNECT Request. */
export const TreeDisconnectRequest = struct("TREE_DISCONNECT Request", {
	StructureSize: only(u16, 4),
	Reserved:      reserved(2),
});

/** 2.2.12 SMB2 TREE_DISCONNECT Response. */
export const TreeDisconnectResponse = struct("TREE_DISCONNECT Response", {
	StructureSize: only(u16, 4),
	Reserved:      reserved(2),
});
