/** Kerberos in GSS-API (RFC 4121): the framing of tokens, the checksum of the first one, and MICs. */
import { equal } from "../../../hosts/crypto/random.js";
import { ProtocolError } from "../../errors/errors.js";
import { applicationTag, DERReader, DERWriter, Tag } from "../der.js";
import type { EncryptionKey } from "./profile.js";
import { KeyUsage } from "./protocol.js";

/** 1.2.840.113554.1.2.2 */
export const KERBEROS_OID = new Uint8Array([0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 0x01, 0x02, 0x02]);
/** 1.2.840.48018.1.2.2: the same with a bit lost, which Windows still names ([MS-SPNG] 3.1.5.2). */
export const MICROSOFT_KERBEROS_OID = new Uint8Array([0x2A, 0x86, 0x48, 0x82, 0xF7, 0x12, 0x01, 0x02, 0x02]);

/** RFC 4121 4.1: TOK_ID. */
export const TokenId = Object.freeze({ AP_REQ: 0x0100, AP_REP: 0x0200, KRB_ERROR: 0x0300 } as const);
const MIC_TOKEN = 0x0404;

/** RFC 4121 4.1.1.1: mutual authentication, replay detection, sequence, integrity. */
const CONTEXT_FLAGS = 2 | 4 | 8 | 32;
/** RFC 4121 4.1.1: the checksum type of an authenticator's checksum that is none. */
export const GSS_CHECKSUM = 0x8003;

/** RFC 4121 4.1.1: no channel bindings, and what the context is to be. */
export function contextChecksum(): Uint8Array {
	const checksum = new Uint8Array(24);
	checksum[0] = 16;
	checksum[20] = CONTEXT_FLAGS;
	return checksum;
}

/** RFC 4121 4.1, in the framing of RFC 2743 3.1. */
export function writeToken(id: number, message: Uint8Array): Uint8Array {
	const writer = new DERWriter(KERBEROS_OID.length + 8, message);
	writer.raw(new Uint8Array([id >> 8, id & 0xFF]));
	writer.octets(KERBEROS_OID, Tag.OID);
	writer.wrap(applicationTag(0), writer.end);
	return writer.finish();
}

/** What is in a token: bytes[at, end). */
export interface Token {
	readonly id: number;
	readonly at: number;
	readonly end: number;
}

export function openToken(bytes: Uint8Array): Token {
	const reader = new DERReader(bytes, "Kerberos token");
	reader.enter(applicationTag(0));
	if (!reader.oidIs(KERBEROS_OID))
		throw new ProtocolError("Kerberos token: it is another mechanism's");
	const { at, end } = reader;
	if (end !== bytes.length || end - at < 2)
		throw new ProtocolError(`Kerberos token: ${bytes.length} bytes, expected ${end} and a TOK_ID in them`);
	return { id: bytes[at] << 8 | bytes[at + 1], at: at + 2, end };
}

/** RFC 4121 4.2.2. */
const MICFlag = Object.freeze({ SENT_BY_ACCEPTOR: 1, ACCEPTOR_SUBKEY: 4 } as const);
const HEADER = 16;

export interface MICContext {
	readonly key: EncryptionKey;
	/** Whether the key is the acceptor's sub-key. */
	readonly acceptorSubkey: boolean;
	/** The first of that direction; undefined where it was not told: any will do. */
	readonly sequence: number | undefined;
}

/** RFC 4121 4.2.6.1, of the initiator. */
export function writeMIC({ key, acceptorSubkey, sequence }: MICContext, message: Uint8Array): Uint8Array {
	const header = new Uint8Array(HEADER).fill(0xFF, 3, 8);
	header[0] = MIC_TOKEN >> 8;
	header[1] = MIC_TOKEN & 0xFF;
	header[2] = acceptorSubkey ? MICFlag.ACCEPTOR_SUBKEY : 0;
	for (let i = 0; i < 4; i += 1)
		header[12 + i] = sequence! >>> 24 - 8 * i;
	const checksum = key.checksum(KeyUsage.INITIATOR_SIGN, message, header);
	const token = new Uint8Array(HEADER + checksum.length);
	token.set(header);
	token.set(checksum, HEADER);
	return token;
}

/** Whether a token is the acceptor's first MIC over message. */
export function verifyMIC({ key, acceptorSubkey, sequence }: MICContext, message: Uint8Array, token: Uint8Array): boolean {
	if (token.length !== HEADER + key.profile.macLength || (token[0] << 8 | token[1]) !== MIC_TOKEN)
		return false;
	if (token[2] !== (MICFlag.SENT_BY_ACCEPTOR | (acceptorSubkey ? MICFlag.ACCEPTOR_SUBKEY : 0)))
		return false;
	const sent = ((token[12] << 24 | token[13] << 16 | token[14] << 8 | token[15]) >>> 0);
	const high = token[8] | token[9] | token[10] | token[11];
	if (sequence !== undefined && (high !== 0 || sent !== sequence))
		return false;
	const checksum = key.checksum(KeyUsage.ACCEPTOR_SIGN, message, token.slice(0, HEADER));
	return equal(checksum, 0, token, HEADER, checksum.length);
}
