/** What comes back: AS-REP, TGS-REP (RFC 4120 5.4.2), AP-REP (5.5.2), KRB-ERROR (5.9.1), and what is sealed in them. Each is checked whole when it is opened. */
import { Stored } from "../../../hosts/crypto/stored.js";
import { ProtocolError } from "../../errors/errors.js";
import { applicationTag, contextTag, Tag } from "../der.js";
import { FieldReader, type Sealed } from "./fields.js";
import type { EncryptionKey } from "./profile.js";
import { ApplicationTag, MessageType, PAType, type Principal, VERSION } from "./protocol.js";

/** RFC 4120 5.2.7.5 ETYPE-INFO2-ENTRY. */
export interface EtypeInfo {
	readonly etype: number;
	/** undefined: the default, realm and name in a row. */
	readonly salt: Uint8Array | undefined;
	/** undefined: the profile's default. */
	readonly iterations: number | undefined;
}

export interface KDCReply {
	readonly realm: string;
	readonly client: Principal;
	/** The Ticket (RFC 4120 5.3), whole and as it came. */
	readonly ticket: Stored;
	readonly part: Sealed;
	/** What PA-ETYPE-INFO2 says; empty without it. */
	readonly etypeInfo: readonly EtypeInfo[];
}

/** RFC 4120 5.4.2 EncKDCRepPart. */
export interface KDCReplyPart {
	/** The caller's to close. */
	readonly key: EncryptionKey;
	readonly nonce: number;
	readonly startTime: number;
	readonly endTime: number;
	readonly realm: string;
	readonly server: Principal;
}

export interface KRBError {
	readonly code: number;
	/** The KDC's or server's time, milliseconds since 1970. Nothing proves it. */
	readonly time: number;
	/** The client's realm according to the KDC. */
	readonly clientRealm: string | undefined;
	readonly text: string;
	readonly data: Uint8Array | undefined;
}

/** Whether a message begins as that type does. */
export function isMessage(bytes: Uint8Array, type: number): boolean { return bytes.length > 0 && bytes[0] === applicationTag(type); }

/** Whether that is a message of that type, and all of it: datagrams come from anybody, and some hosts cut them off. */
export function isWholeMessage(bytes: Uint8Array, type: number): boolean {
	if (!isMessage(bytes, type) || bytes.length < 2)
		return false;
	let at = 2, length = bytes[1];
	if (length > 0x80) {
		at += length & 0x7F;
		length = 0;
		for (let i = 2; i < at; i++)
			length = length * 256 + bytes[i];
	}
	return at + length === bytes.length;
}

/** type: AS_REP or TGS_REP. */
export function openKDCReply(bytes: Uint8Array, type: typeof MessageType.AS_REP | typeof MessageType.TGS_REP): KDCReply {
	const reader = new FieldReader(bytes, type === MessageType.AS_REP ? "AS-REP" : "TGS-REP");
	const all = reader.enter(applicationTag(type)), sequence = reader.enter(Tag.SEQUENCE);
	reader.onlyField(0, VERSION);
	reader.onlyField(1, type);
	let etypeInfo: readonly EtypeInfo[] = [];
	if (reader.has(2)) {
		const field = reader.enter(contextTag(2));
		etypeInfo = readPAData(reader, bytes);
		reader.leave(field);
	}
	const realm = reader.textField(3), client = reader.principalField(4);
	const field = reader.enter(contextTag(5));
	const at = reader.whole(applicationTag(ApplicationTag.TICKET)), ticket = new Stored(bytes, at, reader.at - at);
	reader.leave(field);
	const part = reader.sealedField(6);
	reader.skipRest();
	reader.leave(sequence);
	reader.leave(all);
	return { realm, client, ticket, part, etypeInfo };
}

/** Of a decrypted part, bytes[at, end). Either tag will do: some KDCs seal an AS-REP's part as if it were a TGS-REP's. */
export function openKDCReplyPart(bytes: Uint8Array, at: number, end: number): KDCReplyPart {
	const reader = new FieldReader(bytes, "EncKDCRepPart", at, end);
	const all = reader.enter(applicationTag(reader.next(applicationTag(ApplicationTag.ENC_AS_REP_PART)) ? ApplicationTag.ENC_AS_REP_PART : ApplicationTag.ENC_TGS_REP_PART));
	const sequence = reader.enter(Tag.SEQUENCE);
	const key = reader.keyField(0);
	try {
		reader.skipField(1);
		const nonce = reader.unsignedField(2);
		reader.skipField(3);
		reader.flagsField(4);
		const authTime = reader.timeField(5);
		const startTime = reader.has(6) ? reader.timeField(6) : authTime;
		const endTime = reader.timeField(7);
		reader.skipField(8);
		const realm = reader.textField(9), server = reader.principalField(10);
		reader.skipRest();
		reader.leave(sequence);
		reader.leave(all);
		return { key, nonce, startTime, endTime, realm, server };
	}
	catch (error) {
		key.close();
		throw error;
	}
}

export function openError(bytes: Uint8Array): KRBError {
	const reader = new FieldReader(bytes, "KRB-ERROR");
	const all = reader.enter(applicationTag(MessageType.KRB_ERROR)), sequence = reader.enter(Tag.SEQUENCE);
	reader.onlyField(0, VERSION);
	reader.onlyField(1, MessageType.KRB_ERROR);
	reader.skipField(2);
	reader.skipField(3);
	const time = reader.timeField(4);
	reader.skipField(5);
	const code = reader.integerField(6);
	const clientRealm = reader.has(7) ? reader.textField(7) : undefined;
	reader.skipField(8);
	reader.skipField(9);
	reader.skipField(10);
	const text = reader.has(11) ? reader.textField(11) : "";
	const data = reader.has(12) ? reader.octetsField(12) : undefined;
	reader.skipRest();
	reader.leave(sequence);
	reader.leave(all);
	return { code, time, clientRealm, text, data };
}

/** RFC 4120 5.9.1: METHOD-DATA, which the error data of KDC_ERR_PREAUTH_REQUIRED is. */
export function openMethodData(bytes: Uint8Array): readonly EtypeInfo[] { return readPAData(new FieldReader(bytes, "METHOD-DATA"), bytes); }

/** RFC 4120 5.2.7: a list of PA-DATA, of which only PA-ETYPE-INFO2 is read. */
function readPAData(reader: FieldReader, bytes: Uint8Array): readonly EtypeInfo[] {
	let found: readonly EtypeInfo[] = [];
	const list = reader.enter(Tag.SEQUENCE);
	while (reader.more) {
		const entry = reader.enter(Tag.SEQUENCE);
		const type = reader.integerField(1), field = reader.enter(contextTag(2));
		const at = reader.content(Tag.OCTET_STRING);
		if (type === PAType.ETYPE_INFO2)
			found = readEtypeInfo(new FieldReader(bytes, "ETYPE-INFO2", at, reader.at));
		reader.leave(field);
		reader.leave(entry);
	}
	reader.leave(list);
	return found;
}

/** RFC 4120 5.2.7.5. */
function readEtypeInfo(reader: FieldReader): EtypeInfo[] {
	const entries: EtypeInfo[] = [];
	const list = reader.enter(Tag.SEQUENCE);
	while (reader.more) {
		const entry = reader.enter(Tag.SEQUENCE);
		const etype = reader.integerField(0);
		let salt: Uint8Array | undefined, iterations: number | undefined;
		if (reader.has(1)) {
			const field = reader.enter(contextTag(1));
			salt = reader.octets(Tag.GENERAL_STRING);
			reader.leave(field);
		}
		if (reader.has(2))
			iterations = iterationsOf(reader.octetsField(2));
		reader.skipRest();
		reader.leave(entry);
		entries.push({ etype, salt, iterations });
	}
	reader.leave(list);
	return entries;
}

/** RFC 3962 4: four bytes, of which all zero stand for 2^32. */
function iterationsOf(parameters: Uint8Array): number {
	if (parameters.length !== 4)
		throw new ProtocolError(`ETYPE-INFO2: string-to-key parameters of ${parameters.length} bytes, expected 4`);
	const iterations = ((parameters[0] * 256 + parameters[1]) * 256 + parameters[2]) * 256 + parameters[3];
	return iterations === 0 ? 2 ** 32 : iterations;
}

/** RFC 4120 5.5.2 AP-REP, bytes[at, end). */
export function openAPReply(bytes: Uint8Array, at: number, end: number): Sealed {
	const reader = new FieldReader(bytes, "AP-REP", at, end);
	const all = reader.enter(applicationTag(MessageType.AP_REP)), sequence = reader.enter(Tag.SEQUENCE);
	reader.onlyField(0, VERSION);
	reader.onlyField(1, MessageType.AP_REP);
	const part = reader.sealedField(2);
	reader.skipRest();
	reader.leave(sequence);
	reader.leave(all);
	if (reader.more)
		throw new ProtocolError(`AP-REP: ${end - reader.at} bytes too many`);
	return part;
}

/** RFC 4120 5.5.2 EncAPRepPart. */
export interface APReplyPart {
	readonly time: number;
	readonly micros: number;
	/** The acceptor's, the caller's to close. */
	readonly subkey: EncryptionKey | undefined;
	readonly sequence: number | undefined;
}

export function openAPReplyPart(bytes: Uint8Array, at: number, end: number): APReplyPart {
	const reader = new FieldReader(bytes, "EncAPRepPart", at, end);
	const all = reader.enter(applicationTag(ApplicationTag.ENC_AP_REP_PART)), sequence = reader.enter(Tag.SEQUENCE);
	const time = reader.timeField(0), micros = reader.integerField(1);
	const subkey = reader.has(2) ? reader.keyField(2) : undefined;
	try {
		const sequenceNumber = reader.has(3) ? reader.unsignedField(3) : undefined;
		reader.skipRest();
		reader.leave(sequence);
		reader.leave(all);
		return { time, micros, subkey, sequence: sequenceNumber };
	}
	catch (error) {
		subkey?.close();
		throw error;
	}
}
