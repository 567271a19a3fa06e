/** NetBIOS session service: names (RFC 1001 14.1) and the session packets (RFC 1002 4.3) around the messages of port 139. */
import { isAddress } from "./host.js";

/** RFC 1002 4.3.1: TYPE. Direct TCP knows only MESSAGE ([MS-SMB2] 2.1). */
export const SessionPacket = Object.freeze({
	MESSAGE: 0x00,
	REQUEST: 0x81,
	POSITIVE_RESPONSE: 0x82,
	NEGATIVE_RESPONSE: 0x83,
	RETARGET_RESPONSE: 0x84,
	KEEP_ALIVE: 0x85,
} as const);

/** RFC 1002 4.3.4: ERROR_CODE of a negative response. */
export const SessionError = Object.freeze({
	NOT_LISTENING_ON_CALLED_NAME: 0x80,
	NOT_LISTENING_FOR_CALLING_NAME: 0x81,
	CALLED_NAME_NOT_PRESENT: 0x82,
	INSUFFICIENT_RESOURCES: 0x83,
	UNSPECIFIED_ERROR: 0x8F,
} as const);

/** The name that SMB servers take whatever they are called. */
export const anyServer = "*SMBSERVER";

/** Bytes of a SESSION REQUEST, its header included. */
export const sessionRequestLength = 72;

const encodedNameLength = 34;
/** The sixteenth byte of a name: which service of that machine is meant. */
const serverSuffix = 0x20;
const workstationSuffix = 0x00;

/** RangeError unless name is 1 to 15 printable ASCII characters: the sixteenth byte is not the name's. */
export function checkName(name: string): void {
	if (!/^[\x20-\x7E]{1,15}$/.test(name))
		throw new RangeError(`NetBIOS name "${name}": expected 1 to 15 printable ASCII characters`);
}

/** Writes an encoded name to bytes[at, at + 34): a label of 32 letters "A" to "P", two for each byte, and the empty label. */
export function writeName(bytes: Uint8Array, at: number, name: string, suffix: number): void {
	checkName(name);
	bytes[at++] = 32;
	for (let i = 0; i < 16; i++) {
		const byte = i === 15 ? suffix : i < name.length ? name.charCodeAt(i) : 0x20;
		bytes[at++] = 0x41 + (byte >>> 4);
		bytes[at++] = 0x41 + (byte & 0x0F);
	}
	bytes[at] = 0;
}

/** RFC 1002 4.3.2 SESSION REQUEST to bytes[at, at + 72). */
export function writeSessionRequest(bytes: Uint8Array, at: number, calledName: string, callingName: string): void {
	bytes[at] = SessionPacket.REQUEST;
	bytes[at + 1] = 0;
	bytes[at + 2] = 0;
	bytes[at + 3] = 2 * encodedNameLength;
	writeName(bytes, at + 4, calledName, serverSuffix);
	writeName(bytes, at + 4 + encodedNameLength, callingName, workstationSuffix);
}

/** The NetBIOS name that a server of that host name usually has: its first label, upper case, cut to 15; undefined where there is none. */
export function serverName(host: string): string | undefined {
	const name = host.split(".")[0].toUpperCase().slice(0, 15);
	return isAddress(host) || !/^[\x21-\x7E]+$/.test(name) ? undefined : name;
}

/** What a negative response's error code says. */
export function sessionErrorText(code: number): string {
	switch (code) {
		case SessionError.NOT_LISTENING_ON_CALLED_NAME: return "not listening on called name";
		case SessionError.NOT_LISTENING_FOR_CALLING_NAME: return "not listening for calling name";
		case SessionError.CALLED_NAME_NOT_PRESENT: return "called name not present";
		case SessionError.INSUFFICIENT_RESOURCES: return "called name present, but insufficient resources";
		case SessionError.UNSPECIFIED_ERROR: return "unspecified error";
		default: return "unknown error";
	}
}

/** The TransportError code of a negative response: "SESSION_82". */
export function sessionErrorCode(code: number): string { return "SESSION_" + code.toString(16).toUpperCase(); }

/** RFC 1002 4.3.3 to 4.3.5: the LENGTH of a response of that type; -1 for what is no response. */
export function sessionResponseLength(type: number): number {
	switch (type) {
		case SessionPacket.POSITIVE_RESPONSE: return 0;
		case SessionPacket.NEGATIVE_RESPONSE: return 1;
		case SessionPacket.RETARGET_RESPONSE: return 6;
		default: return -1;
	}
}

/** The address and port of RFC 1002 4.3.5 at at. */
export function retargetText(bytes: Uint8Array, at: number): string {
	return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]} port ${bytes[at + 4] << 8 | bytes[at + 5]}`;
}
