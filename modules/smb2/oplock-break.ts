/**
 * [MS-SMB2] 2.2.23 SMB2 OPLOCK_BREAK Notification, 2.2.24 Acknowledgment, 2.2.25 Response: a server tells (Header.unsolicited) that it
 * takes caching back, the client consents, the server answers. For an oplock all three have one form, for a lease two.
 */
import { only, opaque, reserved, struct, u16, u32, u8 } from "./wire.js";

/** 2.2.23.1, 2.2.24.1, 2.2.25.1: of an oplock. OplockLevel as in create.ts. */
export const OplockBreak = struct("OPLOCK_BREAK", {
	StructureSize: only(u16, 24),
	OplockLevel:   u8,
	Reserved:      reserved(1),
	Reserved2:     reserved(4),
	FileId:        opaque(16),
});

/** 2.2.23.2 Flags. */
export const LeaseBreakFlags = Object.freeze({ ACK_REQUIRED: 0x00000001 } as const);

/** 2.2.23.2 Lease Break Notification. */
export const LeaseBreakNotification = struct("Lease Break Notification", {
	StructureSize:     only(u16, 44),
	/** Reserved for version 1 leases. */
	NewEpoch:          u16,
	Flags:             u32,
	LeaseKey:          opaque(16),
	CurrentLeaseState: u32,
	NewLeaseState:     u32,
	BreakReason:       reserved(4),
	AccessMaskHint:    reserved(4),
	ShareMaskHint:     reserved(4),
});

/** 2.2.24.2 Lease Break Acknowledgment, 2.2.25.2 Lease Break Response. */
export const LeaseBreak = struct("Lease Break", {
	StructureSize: only(u16, 36),
	Reserved:      reserved(2),
	Flags:         reserved(4),
	LeaseKey:      opaque(16),
	LeaseState:    u32,
	LeaseDuration: reserved(8),
});
