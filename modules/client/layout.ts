/** How the pipeline's memory is laid out for SMB: what a slot needs before its data, what control messages need at most. */
import { Header } from "../smb2/header.js";
import { ReadResponse } from "../smb2/read.js";
import { TransformHeader } from "../smb2/transform-header.js";
import { WriteRequest } from "../smb2/write.js";

/** The length prefix of Direct TCP and RFC 1002. */
export const prefixLength = 4;
/** From the header of a WRITE to its data: 112 bytes, so that data aligned to 16 has an aligned header as well. */
export const writeHeadLength = Header.size + WriteRequest.size;
/** Before a message that may be sealed: prefix and transform header, up to the next multiple of 16. */
export const messageRoom = Math.ceil((prefixLength + TransformHeader.size) / 16) * 16;
/** Before the data of a slot: that, header and WRITE. */
export const headRoom = messageRoom + writeHeadLength;
/** What stands before the data of a READ response at most: prefix, transform header, header and the response's fixed part. */
export const readHeadLength = prefixLength + TransformHeader.size + Header.size + ReadResponse.size;
/** The longest answer to anything that is asked, with room to spare: SESSION_SETUP with a domain controller's target information. */
export const receiveLength = 2048;
/** What the pipeline has behind the last slot. */
export const tailLength = 16;
/** A CREATE with a path of 500 characters and its contexts, and the room before it. Longer requests take a slot. */
export const controlLength = messageRoom + 1344 + writeHeadLength;
/** Behind them: header and fixed part of a WRITE, as a template. */
export const templateLength = writeHeadLength;
