/** Kerberos: what a KDC or a server says, as each message that it may be. */
import { FieldWriter } from "../../../modules/auth/kerberos/fields.js";
import { kerberosError } from "../../../modules/auth/kerberos/failure.js";
import { openToken } from "../../../modules/auth/kerberos/gss.js";
import { principalText } from "../../../modules/auth/kerberos/protocol.js";
import { openAPReply, openAPReplyPart, openError, openKDCReply, openKDCReplyPart, openMethodData } from "../../../modules/auth/kerberos/replies.js";
import { applicationTag, contextTag, Tag } from "../../../modules/auth/der.js";
import { AuthenticationError, ProtocolError } from "../../../modules/errors/errors.js";
import { ok } from "../../support/assert.js";
import { hex } from "../../support/hex.js";
import { methodData } from "../../support/scripted-kdc.js";
import * as mit from "../../vectors/kerberos-mit.js";
import { outcome, sumOf } from "../guide/target.js";

const readers: readonly ((bytes: Uint8Array) => string)[] = [
	bytes => {
		const error = openError(bytes), { message } = kerberosError(error, { user: "anna", realm: "HOME", server: "cifs/nas", byPassword: true });
		return `${error.code} ${error.time} ${error.clientRealm} ${message} ${error.data ? outcome([ProtocolError], () => JSON.stringify(openMethodData(error.data!).map(({ etype, iterations }) => [etype, iterations]))) : ""}`;
	},
	bytes => openMethodData(bytes).map(({ etype, salt, iterations }) => `${etype} ${salt ? sumOf(salt) : "none"} ${iterations}`).join(),
	...([11, 13] as const).map(type => (bytes: Uint8Array): string => {
		const { ticket, part, realm, client, etypeInfo } = openKDCReply(bytes, type);
		ok(ticket.length + part.cipher.length <= bytes.length, "more than there was");
		const copy = new Uint8Array(ticket.length);
		ticket.copyTo(copy, 0);
		return `${sumOf(copy)} ${part.etype} ${sumOf(part.cipher)} ${realm} ${principalText(client)} ${etypeInfo.length}`;
	}),
	bytes => {
		const { key, nonce, startTime, endTime, server } = openKDCReplyPart(bytes, 0, bytes.length);
		key.close();
		return `${nonce} ${startTime} ${endTime} ${principalText(server)} ${key.etype}`;
	},
	bytes => {
		const { etype, cipher } = openAPReply(bytes, 0, bytes.length);
		return `${etype} ${sumOf(cipher)}`;
	},
	bytes => {
		const { time, micros, subkey, sequence } = openAPReplyPart(bytes, 0, bytes.length);
		subkey?.close();
		return `${time} ${micros} ${subkey?.etype} ${sequence}`;
	},
	bytes => {
		const { id, at, end } = openToken(bytes);
		ok(at >= 0 && at <= end && end <= bytes.length, "outside of the token");
		return `${id} ${at} ${end}`;
	},
];

export function run(bytes: Uint8Array): string {
	return readers.map(read => outcome([ProtocolError, AuthenticationError], () => read(bytes.slice()))).join(" | ");
}

/** An element of an application tag around a sequence of fields, the last one written first. */
function message(tag: number, write: (writer: FieldWriter) => void): Uint8Array {
	const writer = new FieldWriter(512), all = writer.at;
	write(writer);
	writer.wrap(Tag.SEQUENCE, all);
	writer.wrap(applicationTag(tag), all);
	return writer.finish();
}

function key(writer: FieldWriter, number: number, etype: number, length: number): void {
	const mark = writer.at;
	writer.octetsField(1, new Uint8Array(length));
	writer.integerField(0, etype);
	writer.wrap(Tag.SEQUENCE, mark);
	writer.wrap(contextTag(number), mark);
}

export const seeds = (): Uint8Array[] => [
	...[mit.preauthRequired, mit.asReply, mit.tgsReply, mit.unknownServer, "600f06092a864886f7120102020200aabb"].map(hex),
	methodData([{ etype: 18, salt: "HOMEanna", iterations: 4096 }, { etype: 17 }]),
	message(25, writer => {
		writer.principalField(10, { type: 2, names: ["krbtgt", "HOME"] });
		writer.textField(9, "HOME");
		for (const number of [8, 7, 6, 5]) writer.timeField(number, 1_800_000_000_000 + number);
		writer.flagsField(4, 0x40E10000);
		writer.integerField(2, 0x12345678);
		writer.rawField(1, hex("3000"));
		key(writer, 0, 17, 16);
	}),
	message(15, writer => {
		writer.sealedField(2, 18, new Uint8Array(60));
		writer.integerField(1, 15);
		writer.integerField(0, 5);
	}),
	message(27, writer => {
		writer.integerField(3, 99);
		key(writer, 2, 20, 32);
		writer.integerField(1, 999999);
		writer.timeField(0, 1_800_000_000_000);
	}),
];
