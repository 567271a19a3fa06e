/** [MS-SMB2] 2.2.9 SMB2 TREE_CONNECT Request, 2.2.10 SMB2 TREE_CONNECT Response. */
import { only, reserved, struct, u16, u32, u8 } from "./wire.js";

/** 2.2.9 Flags, 3.1.1 only. */
export const TreeConnectFlags = Object.freeze({ CLUSTER_RECONNECT: 0x0001, REDIRECT_TO_OWNER: 0x0002, EXTENSION_PRESENT: 0x0004 } as const);

/** 2.2.10 ShareType. */
export const ShareType = Object.freeze({ DISK: 0x01, PIPE: 0x02, PRINT: 0x03 } as const);

/** 2.2.10 ShareFlags: those that concern a client that only writes files. */
export const ShareFlags = Object.freeze({
	DFS: 0x00000001,
	DFS_ROOT: 0x00000002,
	ENCRYPT_DATA: 0x00008000,
	COMPRESS_DATA: 0x00100000,
	ISOLATED_TRANSPORT: 0x00200000,
} as const);

/** 2.2.10 Capabilities (SMB2_SHARE_CAP_…). */
export const ShareCapabilities = Object.freeze({
	DFS: 0x00000008,
	CONTINUOUS_AVAILABILITY: 0x00000010,
	SCALEOUT: 0x00000020,
	CLUSTER: 0x00000040,
	ASYMMETRIC: 0x00000080,
	REDIRECT_TO_OWNER: 0x00000100,
} as const);

const Request = struct("TREE_CONNECT Request", {
	StructureSize: only(u16, 9),
	/** Reserved below 3.1.1. */
	Flags:         u16,
	PathOffset:    u16,
	PathLength:    u16,
});

/** 2.2.9 SMB2 TREE_CONNECT Request. */
export class TreeConnectRequest extends Request {
	constructor() { super(); }

	/** path: \\server\share. */
	setPath(path: string): void {
		const at = this.appendText(path);
		this.PathOffset = at - this.headerAt;
		this.PathLength = this.end - at;
	}
}

/** 2.2.10 SMB2 TREE_CONNECT Response. */
export const TreeConnectResponse = struct("TREE_CONNECT Response", {
	StructureSize: only(u16, 16),
	ShareType:     u8,
	Reserved:      reserved(1),
	ShareFlags:    u32,
	Capabilities:  u32,
	/** create.ts's AccessMask. */
	MaximalAccess: u32,
});
