/** How the pipeline's memory is laid out for SMB: what a slot needs before its data, what control messages need at most. */
import { Header } from "../smb2/header.js";
import { WriteRequest } from "../smb2/write.js";

/** The length prefix of Direct TCP and RFC 1002. */
export const prefixLength = 4;
/** From the header of a WRITE to its data: 112 bytes, so that data aligned to 16 has an aligned header as well. */
export const writeHeadLength = Header.size + WriteRequest.size;
/** Before the data of a slot: prefix, transform header (52, for sealed messages), header and WRITE, up to the next multiple of 16. */
export const headRoom = Math.ceil((prefixLength + 52 + writeHeadLength) / 16) * 16;
/** The longest answer to anything that is asked, with room to spare: SESSION_SETUP with a domain controller's target information. */
export const receiveLength = 2048;
/** A CREATE with a path of 500 characters and its contexts. Longer requests take a slot. */
export const controlLength = 1344;
