/** [MS-SMB2] 2.2.30 SMB2 CANCEL Request. It has no response; the header says what to cancel, by MessageId or AsyncId (3.2.4.24). */
import { only, reserved, struct, u16 } from "./wire.js";

/** 2.2.30 SMB2 CANCEL Request. */
export const CancelRequest = struct("CANCEL Request", {
	StructureSize: only(u16, 4),
	Reserved:      reserved(2),
});
