import { Stored } from "../../../../hosts/crypto/stored.js";
import { Password } from "../../../../modules/auth/kerberos/password.js";
import { profileOf } from "../../../../modules/auth/kerberos/profile.js";
import { principalText } from "../../../../modules/auth/kerberos/protocol.js";
import { isMessage, openError, openKDCReply, openKDCReplyPart, openMethodData } from "../../../../modules/auth/kerberos/replies.js";
import { apRequest, encryptedTimestamp, kdcRequest, requestBody, sealedAuthenticator } from "../../../../modules/auth/kerberos/requests.js";
import { ProtocolError } from "../../../../modules/errors/errors.js";
import { bytesEqual, deepEqual, equal, ok, throws } from "../../../support/assert.js";
import { ascii, hex, toHex } from "../../../support/hex.js";
import { derived } from "../../../vectors/kerberos.js";
import * as mit from "../../../vectors/kerberos-mit.js";
import { keyOf } from "./keys.js";

const anna = { type: 1, names: ["anna"] }, granting = { type: 2, names: ["krbtgt", "HOME.TEST"] };
const base = () => keyOf(18, derived.find(({ etype }) => etype === 18)!.key);

describe("Kerberos requests", () => {
	it("an AS-REQ, field by field", () => {
		const body = requestBody({ options: 0x00010000, client: anna, realm: "HOME.TEST", server: granting, nonce: 0x505f26d4 });
		bytesEqual(body, [
			"3074",
			"a007 0305 00 00010000",                                          // kdc-options: canonicalize
			"a111 300f a003 020101 a108 3006 1b04 616e6e61",                  // cname
			"a20b 1b09 484f4d452e54455354",                                   // realm
			"a31e 301c a003 020102 a115 3013 1b06 6b7262746774 1b09 484f4d452e54455354", // sname
			"a511 180f 31393730303130313030303030305a",                       // till
			"a706 0204 505f26d4",                                         // nonce
			"a80e 300c 020114 020112 020113 020111",                          // etype
		].join(""));
		bytesEqual(kdcRequest(10, [], body), mit.question);
		bytesEqual(kdcRequest(10, [{ type: 2, value: hex("0102") }], body), "6a8196 308193 a103 020105 a203 02010a a30f 300d 300b a103 020102 a204 0402 0102 a476" + toHex(body));
	});
	it("a TGS-REQ's body has no client, and long names make long lengths", () => {
		const body = requestBody({ options: 0, realm: "R".repeat(200), server: { type: 2, names: ["cifs", "\u00FC".repeat(100)] }, nonce: 1 });
		equal(body.length, 4 + (body[2]! << 8 | body[3]!));
		ok(toHex(body).includes("a281cb1b81c8" + "52".repeat(200)));
		ok(toHex(body).includes("1b81c8" + "c3bc".repeat(100)));
	});
	it("a time stamp, sealed", () => {
		const key = base(), value = encryptedTimestamp(key, 1, { time: 1709210096789, micros: 789001 });
		equal(toHex(value, 0, 11), "3041a003020112a23a0438");
		const cipher = value.slice(11);
		ok(key.open(1, cipher));
		bytesEqual(cipher.slice(key.plainAt, key.plainEnd(cipher)), "301a a011 180f 32303234303232393132333435365a a105 0203 0c0a09");
		key.close();
	});
	it("an authenticator, sealed, and an AP-REQ around it", () => {
		const key = base(), cipher = sealedAuthenticator({
			realm: "HOME", client: anna, stamp: { time: 1709210096789, micros: 789001 }, checksumType: 0x8003, checksum: hex("aabb"), sequence: 7,
		}, key, 11);
		const opened = cipher.slice();
		ok(key.open(11, opened));
		bytesEqual(opened.slice(key.plainAt, key.plainEnd(opened)), [
			"6252 3050", "a003 020105", "a106 1b04 484f4d45", "a211 300f a003 020101 a108 3006 1b04 616e6e61", "a30f 300d a005 0203 008003 a104 0402 aabb",
			"a405 0203 0c0a09", "a511 180f 32303234303232393132333435365a", "a703 020107",
		].join(""));
		bytesEqual(apRequest(0x20000000, new Stored(hex("ee61020500"), 1, 4), 18, hex("ccdd")), "6e2a 3028 a003 020105 a103 02010e a207 0305 00 20000000 a304 61020500 a40d 300b a003 020112 a204 0402 ccdd".replace(/\s/g, ""));
		key.close();
	});
});

describe("Kerberos replies", () => {
	it("KDC_ERR_PREAUTH_REQUIRED of MIT: the time, and salt in METHOD-DATA", () => {
		const error = openError(hex(mit.preauthRequired));
		equal(error.code, 25);
		equal(new Date(error.time).toISOString(), "2026-11-26T17:54:40.000Z");
		equal(error.text, "NEEDED_PREAUTH");
		deepEqual(openMethodData(error.data!), [{ etype: 18, salt: ascii("HOME.TESTanna"), iterations: undefined }]);
	});
	it("KDC_ERR_S_PRINCIPAL_UNKNOWN of MIT", () => {
		const error = openError(hex(mit.unknownServer));
		deepEqual([error.code, error.text, error.data, error.clientRealm], [7, "LOOKING_UP_SERVER", undefined, "HOME.TEST"]);
	});
	it("AS-REP and TGS-REP of MIT, opened by the password", async () => {
		const password = new Password("secret"), reply = openKDCReply(hex(mit.asReply), 11);
		deepEqual([reply.realm, reply.client, reply.part.etype], ["HOME.TEST", anna, 18]);
		deepEqual(reply.etypeInfo, [{ etype: 18, salt: ascii("HOME.TESTanna"), iterations: undefined }]);
		const key = await password.key(profileOf(18)!, reply.etypeInfo[0]!.salt!, 4096, async () => {});
		ok(key.open(3, reply.part.cipher));
		const part = openKDCReplyPart(reply.part.cipher, key.plainAt, key.plainEnd(reply.part.cipher));
		deepEqual([part.nonce, part.realm, principalText(part.server), part.endTime - part.startTime, part.key.etype], [0x505f26d4, "HOME.TEST", "krbtgt/HOME.TEST", 36_000_000, 20]);

		const granted = openKDCReply(hex(mit.tgsReply), 13);
		ok(part.key.open(8, granted.part.cipher));
		const server = openKDCReplyPart(granted.part.cipher, part.key.plainAt, part.key.plainEnd(granted.part.cipher));
		deepEqual([server.nonce, principalText(server.server), server.key.etype], [0x5cebd5c1, "cifs/nas", 18]);
		const ticket = new Uint8Array(241);
		granted.ticket.copyTo(ticket, 0);
		ok(isMessage(ticket, 1) && granted.ticket.length === 241);
		for (const closing of [password, key, part.key, server.key])
			closing.close();
	});
	it("cut anywhere are refused", () => {
		for (const [digits, open] of [
			[mit.preauthRequired, openError], [mit.unknownServer, openError],
			[mit.asReply, bytes => openKDCReply(bytes, 11)], [mit.tgsReply, bytes => openKDCReply(bytes, 13)],
		] as [string, (bytes: Uint8Array) => unknown][]) {
			const whole = hex(digits);
			open(whole);
			for (let length = 0; length < whole.length; length += 1)
				throws(() => open(whole.slice(0, length)), ProtocolError, undefined, `${length} bytes`);
		}
	});
	it("of another type or version are refused", () => {
		throws(() => openKDCReply(hex(mit.asReply), 13), ProtocolError, /TGS-REP: DER identifier 0x6b, expected 0x6d/);
		const old = hex(mit.asReply);
		old[12] = 4;
		throws(() => openKDCReply(old, 11), ProtocolError, /AS-REP: 4 in field 0, expected 5/);
	});
	it("with salts and iterations as KDCs write them", () => {
		const info = (inner: string): string => {
			const tlv = (tag: string, content: string): string => tag + toHex(Uint8Array.of(content.length / 2)) + content;
			return tlv("30", tlv("30", "a103020113" + tlv("a2", tlv("04", tlv("30", tlv("30", inner))))));
		};
		deepEqual(openMethodData(hex(info("a003020112"))), [{ etype: 18, salt: undefined, iterations: undefined }]);
		deepEqual(openMethodData(hex(info("a003020112a1021b00a206040400001000"))), [{ etype: 18, salt: new Uint8Array(0), iterations: 4096 }]);
		deepEqual(openMethodData(hex(info("a003020111a206040400000000")))[0]!.iterations, 2 ** 32);
		throws(() => openMethodData(hex(info("a003020111a2050403000000"))), ProtocolError, /parameters of 3 bytes/);
	});
});
