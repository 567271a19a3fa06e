/** What may arrive, and when: Direct TCP's messages ([MS-SMB2] 2.1) and the packets of a NetBIOS session (RFC 1002 4.3). */
import { bytesText } from "./failure.js";
import { SessionPacket, sessionResponseLength } from "./netbios.js";

/** Bytes of Direct TCP's length and of a session packet's header. */
export const prefixLength = 4;

/** Why a message of that length cannot come; undefined where it can. most is what there is room for, asked whether there is anything to answer. */
export function wrongMessage(length: number, most: number, asked: boolean): string | undefined {
	return !asked ? "sent a message before it was asked: is it an SMB server?"
		: length > most ? `sent a message of ${length} bytes, expected at most ${most}`
		// Nothing calls an empty message a keep-alive: [MS-SMB2] 2.1 has none, RFC 1002 a type of its own.
		: length === 0 ? "sent an empty message"
		: undefined;
}

/** Why what begins at bytes[at], and is no message, cannot come; undefined where it can. requesting: the answer to a SESSION REQUEST is due. */
export function wrongPacket(bytes: Uint8Array, at: number, length: number, netbios: boolean, requesting: boolean): string | undefined {
	const type = bytes[at];
	const responseLength = sessionResponseLength(type);
	if (!netbios)
		return responseLength < 0 ? `sent ${bytesText(bytes, at)}, which begins no message: is it an SMB server?`
			: "answered as a NetBIOS session service (RFC 1002): was port 139 meant?";
	if (type === SessionPacket.KEEP_ALIVE ? length === 0 : requesting && length === responseLength)
		return undefined;
	return `sent ${bytesText(bytes, at)}, which is no session packet that could come now: is it an SMB server?`;
}
