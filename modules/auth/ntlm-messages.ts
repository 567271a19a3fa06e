/** The three messages of NTLM ([MS-NLMP] 2.2.1) and the target information that goes round in them (2.2.2.1): bytes and fields, no keys. */
import { ProtocolError } from "../errors/errors.js";
import { utf16Length, writeUTF16 } from "./utf16.js";

/** [MS-NLMP] 2.2.2.5 NEGOTIATE: the flags that we know. */
export const NegotiateFlag = Object.freeze({
	UNICODE: 0x00000001,
	REQUEST_TARGET: 0x00000004,
	SIGN: 0x00000010,
	NTLM: 0x00000200,
	ANONYMOUS: 0x00000800,
	ALWAYS_SIGN: 0x00008000,
	EXTENDED_SESSIONSECURITY: 0x00080000,
	TARGET_INFO: 0x00800000,
	VERSION: 0x02000000,
	NEGOTIATE_128: 0x20000000,
	KEY_EXCH: 0x40000000,
} as const);

/** What we ask for. Without SEAL: SMB seals by itself, and SIGN is enough for the server to grant 128 and KEY_EXCH. */
export const OFFERED = NegotiateFlag.UNICODE | NegotiateFlag.REQUEST_TARGET | NegotiateFlag.SIGN | NegotiateFlag.NTLM | NegotiateFlag.ALWAYS_SIGN
	| NegotiateFlag.EXTENDED_SESSIONSECURITY | NegotiateFlag.TARGET_INFO | NegotiateFlag.VERSION | NegotiateFlag.NEGOTIATE_128 | NegotiateFlag.KEY_EXCH;

/** What NTLMv2 with a full-strength key cannot do without: a challenge lacking one of these is a downgrade. */
const REQUIRED = Object.freeze(["UNICODE", "EXTENDED_SESSIONSECURITY", "TARGET_INFO", "NEGOTIATE_128"] as const);

/** [MS-NLMP] 2.2.2.1 AV_PAIR: the AvIds that we look at. */
export const AvId = Object.freeze({ EOL: 0, FLAGS: 6, TIMESTAMP: 7, TARGET_NAME: 9, CHANNEL_BINDINGS: 10 } as const);
/** Which pairs are ours to write, whatever the server put there: flags, target name, channel bindings. */
const OWN_PAIRS = 1 << AvId.FLAGS | 1 << AvId.TARGET_NAME | 1 << AvId.CHANNEL_BINDINGS;
/** More than any real server sends (five names of at most 510 bytes), so that a hostile one cannot fill the heap. */
const TARGET_INFO_MAX = 3072;
/** MsvAvFlags: a MIC is in the AUTHENTICATE message. */
const FLAG_MIC = 2;

export const get16 = (bytes: Uint8Array, at: number): number => bytes[at] | bytes[at + 1] << 8;
export const get32 = (bytes: Uint8Array, at: number): number => get16(bytes, at) | get16(bytes, at + 2) << 16;
export function put16(bytes: Uint8Array, at: number, value: number): number {
	bytes[at] = value & 0xFF;
	bytes[at + 1] = value >>> 8 & 0xFF;
	return at + 2;
}
export const put32 = (bytes: Uint8Array, at: number, value: number): number => put16(bytes, put16(bytes, at, value), value >>> 16);

/** "NTLMSSP\0" as two little-endian words, and MessageType. */
function writeHeader(bytes: Uint8Array, messageType: number): void {
	put32(bytes, 0, 0x4D4C544E);
	put32(bytes, 4, 0x00505353);
	put32(bytes, 8, messageType);
}

/** [MS-NLMP] 2.2.2.10 VERSION: 6.1 with NTLMSSP_REVISION_W2K3, the only field that means anything. */
function writeVersion(bytes: Uint8Array, at: number): void {
	put32(bytes, at, 0x00000106);
	put32(bytes, at + 4, 0x0F000000);
}

/** [MS-NLMP] 2.2.1.1 NEGOTIATE_MESSAGE, without domain and workstation. Always the same 40 bytes. */
export function negotiateMessage(): Uint8Array {
	const message = new Uint8Array(40);
	writeHeader(message, 1);
	put32(message, 12, OFFERED);
	writeVersion(message, 32);
	return message;
}

/** [MS-NLMP] 2.2.1.2 CHALLENGE_MESSAGE: a window over received bytes, checked whole when it is made. */
export class ChallengeMessage {
	/** Where the 8 bytes of ServerChallenge are. */
	static readonly serverChallengeAt = 24;

	readonly bytes: Uint8Array;
	/** NegotiateFlags: the server's choice among OFFERED. */
	readonly flags: number;
	/** Where MsvAvTimestamp's 8 bytes are, or -1 where the server sent none. */
	readonly timestampAt: number;
	readonly #infoAt: number;
	/** At MsvAvEOL. */
	readonly #infoEnd: number;
	readonly #avFlags: number;
	/** Bytes of the pairs that are copied. */
	readonly #copied: number;

	/** ProtocolError for bytes that are no CHALLENGE_MESSAGE, or one that takes away what NTLMv2 needs. */
	constructor(bytes: Uint8Array) {
		if (bytes.length < 48 || get32(bytes, 0) !== 0x4D4C544E || get32(bytes, 4) !== 0x00505353 || get32(bytes, 8) !== 2)
			throw new ProtocolError(`NTLM CHALLENGE: ${bytes.length} bytes that are no CHALLENGE_MESSAGE`);
		this.bytes = bytes;
		const flags = this.flags = get32(bytes, 20);
		for (let i = 0; i < REQUIRED.length; i += 1) {
			if ((flags & NegotiateFlag[REQUIRED[i]]) === 0)
				throw new ProtocolError(`NTLM CHALLENGE: flags 0x${(flags >>> 0).toString(16)} lack ${REQUIRED[i]}, which NTLMv2 needs`);
		}
		this.#field(12, "TargetName");
		const at = this.#infoAt = this.#field(40, "TargetInfo"), end = at + get16(bytes, 40);
		if (end - at > TARGET_INFO_MAX)
			throw new ProtocolError(`NTLM CHALLENGE: TargetInfo of ${end - at} bytes, expected at most ${TARGET_INFO_MAX}`);

		let next = at, seen = 0, timestampAt = -1, avFlags = 0, copied = 0;
		for (;;) {
			const id = end - next < 4 ? -1 : get16(bytes, next), value = next + 4, length = id < 0 ? 0 : get16(bytes, next + 2);
			if (id < 0 || length > end - value)
				throw new ProtocolError(`NTLM CHALLENGE: TargetInfo of ${end - at} bytes ends within a pair, expected MsvAvEOL`);
			if (id === AvId.EOL && length === 0)
				break;
			if (id === AvId.EOL || id === AvId.FLAGS && length !== 4 || id === AvId.TIMESTAMP && length !== 8)
				throw new ProtocolError(`NTLM CHALLENGE: AV_PAIR ${id} of ${length} bytes`);
			const bit = id < 31 ? 1 << id : 0;
			if (seen & bit)
				throw new ProtocolError(`NTLM CHALLENGE: AV_PAIR ${id} twice`);
			seen |= bit;
			if (id === AvId.TIMESTAMP)
				timestampAt = value;
			if (id === AvId.FLAGS)
				avFlags = get32(bytes, value);
			if (!(bit & OWN_PAIRS))
				copied += 4 + length;
			next = value + length;
		}
		this.#infoEnd = next;
		this.timestampAt = timestampAt;
		this.#avFlags = avFlags;
		this.#copied = copied;
	}

	/** Bytes that writeTargetInfo() writes for that target name. */
	targetInfoLength(targetName: string): number { return this.#copied + 4 + 4 + 4 + 16 + 4 + utf16Length(targetName) + 4; }

	/**
	 * [MS-NLMP] 3.1.5.1.2: writes the server's pairs, then MsvAvFlags with the MIC bit, MsvAvChannelBindings of zeros (SMB has no channel to
	 * bind to), MsvAvTargetName and MsvAvEOL. Returns the position past them.
	 */
	writeTargetInfo(out: Uint8Array, at: number, targetName: string): number {
		const bytes = this.bytes;
		for (let next = this.#infoAt, past; next < this.#infoEnd; next = past) {
			const id = get16(bytes, next);
			past = next + 4 + get16(bytes, next + 2);
			if (id < 31 && 1 << id & OWN_PAIRS)
				continue;
			for (let i = next; i < past; i += 1)
				out[at++] = bytes[i];
		}
		at = put32(out, at, AvId.FLAGS | 4 << 16);
		at = put32(out, at, this.#avFlags | FLAG_MIC);
		at = put32(out, at, AvId.CHANNEL_BINDINGS | 16 << 16);
		out.fill(0, at, at + 16);
		at = put32(out, at + 16, AvId.TARGET_NAME | utf16Length(targetName) << 16);
		at = writeUTF16(targetName, out, at);
		return put32(out, at, AvId.EOL);
	}

	/** Len, MaxLen and BufferOffset at at: returns where the field's bytes are, all of them behind the fixed part and inside the message. */
	#field(at: number, name: string): number {
		const length = get16(this.bytes, at), offset = get32(this.bytes, at + 4) >>> 0;
		if (length > 0 && (offset < 48 || offset > this.bytes.length || length > this.bytes.length - offset))
			throw new ProtocolError(`NTLM CHALLENGE: ${name} of ${length} bytes at ${offset} does not lie in a message of ${this.bytes.length}`);
		return length > 0 ? offset : 48;
	}
}

/** Sizes and places of an AUTHENTICATE_MESSAGE's payload; the caller fills the responses and the key in. */
export interface AuthenticateLayout {
	readonly flags: number;
	readonly user: string;
	readonly domain: string;
	readonly workstation: string;
	readonly lmLength: number;
	readonly ntLength: number;
	readonly keyLength: number;
}

/** [MS-NLMP] 2.2.1.3 AUTHENTICATE_MESSAGE of exact size, always with the room for a MIC. */
export class AuthenticateMessage {
	static readonly micAt = 72;
	readonly bytes: Uint8Array;
	readonly lmAt: number;
	readonly ntAt: number;
	readonly keyAt: number;

	constructor(layout: AuthenticateLayout) {
		const { flags, user, domain, workstation, lmLength, ntLength, keyLength } = layout;
		const names = utf16Length(domain) + utf16Length(user) + utf16Length(workstation);
		const bytes = this.bytes = new Uint8Array(88 + names + lmLength + ntLength + keyLength);
		writeHeader(bytes, 3);
		let at = field(bytes, 28, 88, writeUTF16(domain, bytes, 88));
		at = field(bytes, 36, at, writeUTF16(user, bytes, at));
		at = field(bytes, 44, at, writeUTF16(workstation, bytes, at));
		this.lmAt = at;
		at = this.ntAt = field(bytes, 12, at, at + lmLength);
		at = this.keyAt = field(bytes, 20, at, at + ntLength);
		field(bytes, 52, at, at + keyLength);
		put32(bytes, 60, flags);
		if (flags & NegotiateFlag.VERSION)
			writeVersion(bytes, 64);
	}
}

/** Describes bytes[at, end) by Len, MaxLen and BufferOffset; returns end. */
function field(bytes: Uint8Array, fieldAt: number, at: number, end: number): number {
	put16(bytes, fieldAt, end - at);
	put16(bytes, fieldAt + 2, end - at);
	put32(bytes, fieldAt + 4, at);
	return end;
}

/** Writes milliseconds since 1970 as a FILETIME: units of 100 ns since 1601, in two halves that stay exact. */
export function writeFileTime(milliseconds: number, bytes: Uint8Array, at: number): void {
	const since1601 = Math.floor(milliseconds) + 11644473600000;
	// since1601 * 10000 = upper * 2^16 + lower
	const upper = Math.floor(since1601 / 65536) * 10000, lower = since1601 % 65536 * 10000;
	const low = upper % 65536 * 65536 + lower;
	put32(bytes, at, low % 4294967296 >>> 0);
	put32(bytes, at + 4, Math.floor(upper / 65536) + Math.floor(low / 4294967296) >>> 0);
}
