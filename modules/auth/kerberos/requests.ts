/** What a client says: AS-REQ, TGS-REQ (RFC 4120 5.4.1), AP-REQ (5.5.1) and what is sealed in them. Last fields are written first. */
import { random } from "../../../hosts/crypto/random.js";
import type { Stored } from "../../../hosts/crypto/stored.js";
import { applicationTag, contextTag, Tag } from "../der.js";
import { FieldWriter, principalRoom, sealWritten } from "./fields.js";
import { type EncryptionKey, etypes } from "./profile.js";
import { ApplicationTag, type KDCOption, MessageType, PAType, type Principal, VERSION } from "./protocol.js";

/** RFC 4120 5.2.7 PA-DATA. */
export interface PAData {
	readonly type: number;
	readonly value: Uint8Array;
}

/** A moment that no other message of ours names: whole milliseconds since 1970, and microseconds of their second. */
export interface Stamp {
	readonly time: number;
	readonly micros: number;
}

/** RFC 4120 5.4.1: the first moment of 1970 stands for as late as the KDC lets it be. */
const AS_LATE_AS_CAN_BE = 0;

export interface RequestBody {
	readonly options: typeof KDCOption[keyof typeof KDCOption] | 0;
	/** Only in an AS-REQ. */
	readonly client?: Principal;
	readonly realm: string;
	readonly server: Principal;
	readonly nonce: number;
}

/** RFC 4120 5.4.1 KDC-REQ-BODY, whole: a TGS-REQ also has a checksum over it. */
export function requestBody(body: RequestBody): Uint8Array {
	const { client, realm, server } = body;
	const writer = new FieldWriter(128 + 4 * realm.length + principalRoom(server) + (client ? principalRoom(client) : 0));
	const all = writer.at;
	for (let i = etypes.length; --i >= 0;)
		writer.integer(etypes[i]);
	writer.wrap(Tag.SEQUENCE, all);
	writer.wrap(contextTag(8), all);
	writer.integerField(7, body.nonce);
	writer.timeField(5, AS_LATE_AS_CAN_BE);
	writer.principalField(3, server);
	writer.textField(2, realm);
	if (client)
		writer.principalField(1, client);
	writer.flagsField(0, body.options);
	writer.wrap(Tag.SEQUENCE, all);
	return writer.finish();
}

/** RFC 4120 5.4.1, 5.2.7.1: a TGS-REQ whose PA-TGS-REQ is an AP-REQ of the ticket-granting ticket, which is written into its place. */
export function tgsRequest(ticket: Stored, etype: number, authenticator: Uint8Array, body: Uint8Array): Uint8Array {
	const writer = new FieldWriter(ticket.length + authenticator.length + body.length + 160);
	const all = writer.at;
	writer.rawField(4, body);
	const list = writer.at;
	putAPRequest(writer, 0, ticket, etype, authenticator);
	writer.wrap(Tag.OCTET_STRING, list);
	writer.wrap(contextTag(2), list);
	writer.integerField(1, PAType.TGS_REQ);
	writer.wrap(Tag.SEQUENCE, list);
	return finishRequest(writer, all, list, MessageType.TGS_REQ);
}

/** RFC 4120 5.4.1 KDC-REQ: an AS-REQ or a TGS-REQ around a body. */
export function kdcRequest(type: typeof MessageType.AS_REQ | typeof MessageType.TGS_REQ, padata: readonly PAData[], body: Uint8Array): Uint8Array {
	let room = body.length + 48;
	for (let i = 0; i < padata.length; i += 1)
		room += padata[i].value.length + 32;
	const writer = new FieldWriter(room);
	const all = writer.at;
	writer.rawField(4, body);
	if (padata.length > 0) {
		const list = writer.at;
		for (let i = padata.length; --i >= 0;) {
			const mark = writer.at;
			writer.octetsField(2, padata[i].value);
			writer.integerField(1, padata[i].type);
			writer.wrap(Tag.SEQUENCE, mark);
		}
		return finishRequest(writer, all, list, type);
	}
	return finishRequest(writer, all, undefined, type);
}

/** Puts around body and list of PA-DATA, if there is one, what a KDC-REQ has around them. */
function finishRequest(writer: FieldWriter, all: number, list: number | undefined, type: number): Uint8Array {
	if (list !== undefined) {
		writer.wrap(Tag.SEQUENCE, list);
		writer.wrap(contextTag(3), list);
	}
	writer.integerField(2, type);
	writer.integerField(1, VERSION);
	writer.wrap(Tag.SEQUENCE, all);
	writer.wrap(applicationTag(type), all);
	return writer.finish();
}

/** RFC 4120 5.2.7.2: the value of PA-ENC-TIMESTAMP. */
export function encryptedTimestamp(key: EncryptionKey, usage: number, stamp: Stamp): Uint8Array {
	const inner = new FieldWriter(48);
	const all = inner.at;
	inner.integerField(1, stamp.micros);
	inner.timeField(0, stamp.time);
	inner.wrap(Tag.SEQUENCE, all);
	const cipher = sealWritten(inner, key, usage);
	const writer = new FieldWriter(cipher.length + 32);
	const mark = writer.at;
	writer.octetsField(2, cipher);
	writer.integerField(0, key.etype);
	writer.wrap(Tag.SEQUENCE, mark);
	return writer.finish();
}

export interface Authenticator {
	readonly realm: string;
	readonly client: Principal;
	readonly stamp: Stamp;
	readonly checksumType: number;
	readonly checksum: Uint8Array;
	/** Ours: made in here, from random bytes. */
	readonly subkey?: EncryptionKey;
	readonly sequence?: number;
}

/** RFC 4120 5.5.1 Authenticator, sealed. */
export function sealedAuthenticator(it: Authenticator, key: EncryptionKey, usage: number): Uint8Array {
	const writer = new FieldWriter(192 + 4 * it.realm.length + principalRoom(it.client) + it.checksum.length);
	const all = writer.at;
	if (it.sequence !== undefined)
		writer.integerField(7, it.sequence);
	let subkeyEnd = 0;
	if (it.subkey) {
		const mark = writer.at;
		subkeyEnd = writer.length;
		writer.octetsField(1, new Uint8Array(it.subkey.profile.keyLength));
		writer.integerField(0, it.subkey.etype);
		writer.wrap(Tag.SEQUENCE, mark);
		writer.wrap(contextTag(6), mark);
	}
	writer.timeField(5, it.stamp.time);
	writer.integerField(4, it.stamp.micros);
	const mark = writer.at;
	writer.octetsField(1, it.checksum);
	writer.integerField(0, it.checksumType);
	writer.wrap(Tag.SEQUENCE, mark);
	writer.wrap(contextTag(3), mark);
	writer.principalField(2, it.client);
	writer.textField(1, it.realm);
	writer.integerField(0, VERSION);
	writer.wrap(Tag.SEQUENCE, all);
	writer.wrap(applicationTag(ApplicationTag.AUTHENTICATOR), all);
	const { subkey } = it;
	return sealWritten(writer, key, usage, subkey && (bytes => {
		const { keyLength } = subkey.profile, at = key.plainEnd(bytes) - subkeyEnd - keyLength;
		random(bytes, at, keyLength);
		subkey.key.load(bytes, at);
	}));
}

/** What the framings of GSS-API and SPNEGO take in front of an AP-REQ. */
const FRAMING = 128;

/** RFC 4120 5.5.1 AP-REQ: a ticket and an authenticator that was sealed with its key. */
export function apRequest(options: number, ticket: Stored, etype: number, authenticator: Uint8Array): Uint8Array {
	const writer = new FieldWriter(FRAMING + ticket.length + authenticator.length + 80);
	putAPRequest(writer, options, ticket, etype, authenticator);
	return writer.finish();
}

function putAPRequest(writer: FieldWriter, options: number, ticket: Stored, etype: number, authenticator: Uint8Array): void {
	const all = writer.at;
	writer.sealedField(4, etype, authenticator);
	const mark = writer.at;
	writer.stored(ticket);
	writer.wrap(contextTag(3), mark);
	writer.flagsField(2, options);
	writer.integerField(1, MessageType.AP_REQ);
	writer.integerField(0, VERSION);
	writer.wrap(Tag.SEQUENCE, all);
	writer.wrap(applicationTag(MessageType.AP_REQ), all);
}
