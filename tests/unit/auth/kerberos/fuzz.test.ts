/** Any bytes into everything of Kerberos that reads: nothing but ProtocolError may come out. */
import { applicationTag, contextTag, DERReader, Tag } from "../../../../modules/auth/der.js";
import { FieldWriter } from "../../../../modules/auth/kerberos/fields.js";
import { openToken } from "../../../../modules/auth/kerberos/gss.js";
import { openAPReply, openAPReplyPart, openError, openKDCReply, openKDCReplyPart, openMethodData } from "../../../../modules/auth/kerberos/replies.js";
import { ProtocolError } from "../../../../modules/errors/errors.js";
import { ok } from "../../../support/assert.js";
import { hex, toHex } from "../../../support/hex.js";
import { methodData } from "../../../support/scripted-kdc.js";
import * as mit from "../../../vectors/kerberos-mit.js";
import { pseudoRandom } from "../keys.js";

const ROUNDS = 400;

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

/** RFC 4120 5.4.2 EncKDCRepPart with every field. */
const replyPart = message(25, writer => {
	writer.octetsField(12, hex("3000"));
	writer.principalField(10, { type: 2, names: ["krbtgt", "HOME"] });
	writer.textField(9, "HOME");
	for (const number of [8, 7, 6, 5])
		writer.timeField(number, 1_800_000_000_000 + number);
	writer.flagsField(4, 0x40E10000);
	writer.timeField(3, 1_900_000_000_000);
	writer.integerField(2, 0x12345678);
	writer.rawField(1, hex("3000"));
	key(writer, 0, 17, 16);
});
const apReply = message(15, writer => {
	writer.sealedField(2, 18, new Uint8Array(60));
	writer.integerField(1, 15);
	writer.integerField(0, 5);
});
const apReplyPart = message(27, writer => {
	writer.integerField(3, 99);
	key(writer, 2, 20, 32);
	writer.integerField(1, 999999);
	writer.timeField(0, 1_800_000_000_000);
});

const readers: [name: string, valid: string, read: (bytes: Uint8Array) => unknown][] = [
	["KRB-ERROR", mit.preauthRequired, openError],
	["METHOD-DATA", toHex(methodData([{ etype: 18, salt: "HOMEanna", iterations: 4096 }, { etype: 17 }])), openMethodData],
	["AS-REP", mit.asReply, bytes => openKDCReply(bytes, 11)],
	["TGS-REP", mit.tgsReply, bytes => openKDCReply(bytes, 13)],
	["EncKDCRepPart", toHex(replyPart), bytes => openKDCReplyPart(bytes, 0, bytes.length).key.close()],
	["AP-REP", toHex(apReply), bytes => openAPReply(bytes, 0, bytes.length)],
	["EncAPRepPart", toHex(apReplyPart), bytes => openAPReplyPart(bytes, 0, bytes.length).subkey?.close()],
	["token", "600f06092a864886f7120102020200aabb", openToken],
	["DER", mit.asReply, bytes => {
		const reader = new DERReader(bytes, "DER");
		for (let elements = 0; reader.more; elements += 1) {
			ok(elements <= bytes.length, "no way forward");
			reader.skip();
		}
	}],
];

/** Valid bytes, cut or prolonged, with a few other bytes in them; or a valid beginning and then anything. */
function mutant(next: () => number, valid: Uint8Array): Uint8Array {
	const below = (limit: number): number => next() % limit;
	const length = Math.max(0, valid.length + (below(3) === 0 ? below(40) - 20 : 0)), bytes = new Uint8Array(length);
	bytes.set(valid.slice(0, length));
	if (below(5) === 0) {
		for (let at = below(12); at < length; at += 1)
			bytes[at] = next() >>> 8;
		return bytes;
	}
	const wild = [0, 1, 0x30, 0x7F, 0x80, 0x81, 0x82, 0x83, 0x84, 0xA0, 0xA1, 0xFE, 0xFF];
	for (let writes = 1 + below(3); writes > 0 && length > 0; writes -= 1)
		bytes[below(2) === 0 ? below(length) : below(Math.min(length, 24))] = wild[below(wild.length)]!;
	return bytes;
}

describe("Kerberos fuzz", () => {
	readers.forEach(([name, valid, read], index) => {
		it(`${name}: any bytes give a message or ProtocolError`, () => {
			const next = pseudoRandom(0x5EED + index), bytes = hex(valid);
			read(bytes.slice());
			let refused = 0;
			for (let round = 0; round < ROUNDS; round += 1) {
				try { read(mutant(next, bytes)); }
				catch (error) {
					if (!(error instanceof ProtocolError)) throw error;
					refused += 1;
				}
			}
			ok(refused > 0, "not one was refused: the test tries nothing");
		});
	});
});
