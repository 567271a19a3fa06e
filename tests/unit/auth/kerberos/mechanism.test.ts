import { KerberosError } from "../../../../modules/auth/kerberos/failure.js";
import { KERBEROS_OID, MICROSOFT_KERBEROS_OID, writeMIC, writeToken } from "../../../../modules/auth/kerberos/gss.js";
import { Kerberos } from "../../../../modules/auth/kerberos/kerberos.js";
import type { KerberosMechanism, MechanismOptions } from "../../../../modules/auth/kerberos/mechanism.js";
import { etypes, profileOf } from "../../../../modules/auth/kerberos/profile.js";
import { NTLM } from "../../../../modules/auth/ntlm.js";
import { SPNEGO } from "../../../../modules/auth/spnego.js";
import { AuthenticationError, ProtocolError } from "../../../../modules/errors/errors.js";
import { bytesEqual, equal, ok, throws } from "../../../support/assert.js";
import { ascii, hex, toHex } from "../../../support/hex.js";
import { krbError, randomKey, ScriptedKDC, ScriptedNetwork, ScriptedServer } from "../../../support/scripted-kdc.js";
import * as samba from "../../../vectors/ntlm-samba.js";
import { reveal } from "../keys.js";

const now = 1_800_000_000_000, service = "cifs/nas.home.test";

interface Bench {
	mechanism: KerberosMechanism;
	server: ScriptedServer;
	kerberos: Kerberos;
	kdc: ScriptedKDC;
	logs: string[];
}

/** A mechanism with a ticket for a server that would take it. */
async function bench(run: (it: Bench) => void | Promise<void>, options: MechanismOptions = {}, etype = 20): Promise<void> {
	const kdc = new ScriptedKDC("HOME", () => now), logs: string[] = [];
	kdc.services.set(service, randomKey(etype));
	const kerberos = new Kerberos({
		user: "anna", password: "secret", realm: "HOME", kdcs: [{ host: "kdc", port: undefined }], network: new ScriptedNetwork({ kdc }),
		now: () => now, pause: async () => {}, log: line => logs.push(line), note: () => {},
	});
	const mechanism = await kerberos.mechanism("nas.home.test", options);
	try { await run({ mechanism: mechanism!, server: new ScriptedServer(kdc.services.get(service)!), kerberos, kdc, logs }); }
	finally {
		mechanism!.close();
		kerberos.close();
	}
}

/** What an acceptor's MIC is like: RFC 4121 4.2.6.1, written by hand. */
function acceptorMIC(server: ScriptedServer, message: Uint8Array, flags: number, sequence: number): Uint8Array {
	const header = hex(`0404${flags.toString(16).padStart(2, "0")}ffffffffff00000000${sequence.toString(16).padStart(8, "0")}`);
	return hex(toHex(header) + toHex(server.sessionKey!.checksum(23, message, header)));
}

describe("Kerberos mechanism", () => {
	it("begins with an AP-REQ that asks for the server's proof, in the framing of GSS-API", () => bench(({ mechanism }) => {
		const token = mechanism.initial();
		equal(toHex(token, 0, 2), "6082");
		bytesEqual(token.slice(4, 17), "0609 2a864886f712010202 0100");
		equal(token[17], 0x6E);
		ok(!mechanism.done);
		equal(mechanism.sessionKey, undefined);
		throws(() => mechanism.mic(token), TypeError, /no session key/);
	}));
	for (const etype of etypes) {
		it(`shares the acceptor's sub-key, or its own where there is none: ${profileOf(etype)!.name}`, async () => {
			for (const subkeyType of [undefined, ...etypes]) {
				await bench(({ mechanism, server }) => {
					server.subkeyType = subkeyType;
					equal(mechanism.step(server.accept(mechanism.initial())), undefined);
					bytesEqual(reveal(mechanism.sessionKey!), reveal(server.sessionKey!.key));
					equal(mechanism.sessionKey!.length, profileOf(subkeyType ?? etype)!.keyLength);
					const text = ascii("the list of mechanisms"), flags = 1 | (subkeyType === undefined ? 0 : 4);
					ok(mechanism.verifyMIC(text, acceptorMIC(server, text, flags, 77)));
					const mic = mechanism.mic(text), header = mic.slice(0, 16);
					equal(toHex(header, 0, 12), `0404${subkeyType === undefined ? "00" : "04"}ffffffffff00000000`);
					equal(parseInt(toHex(header, 12, 16), 16), server.last!.sequence);
					bytesEqual(mic.slice(16), server.sessionKey!.checksum(25, text, header));
				}, {}, etype);
			}
		});
	}
	it("takes no other MIC than the acceptor's first", () => bench(({ mechanism, server }) => {
		mechanism.step(server.accept(mechanism.initial()));
		const text = ascii("text"), good = acceptorMIC(server, text, 5, 77);
		ok(mechanism.verifyMIC(text, good));
		for (let at = 0; at < good.length; at += 1) {
			const bad = good.slice();
			bad[at]! ^= 1 << at % 8;
			ok(!mechanism.verifyMIC(text, bad), `byte ${at}`);
		}
		for (let length = 0; length < good.length; length += 1)
			ok(!mechanism.verifyMIC(text, good.slice(0, length)), `${length} bytes`);
		for (const [flags, sequence] of [[4, 77], [1, 77], [7, 77], [5, 78], [5, 0]] as const)
			ok(!mechanism.verifyMIC(text, acceptorMIC(server, text, flags, sequence)), `flags ${flags}, sequence ${sequence}`);
		ok(!mechanism.verifyMIC(text, mechanism.mic(text)), "our own");
		ok(!mechanism.verifyMIC(text, writeMIC({ key: server.sessionKey!, acceptorSubkey: true, sequence: 77 }, text)), "the initiator's");
	}));
	it("takes any sequence number where the server told none", () => bench(({ mechanism, server }) => {
		server.sequence = undefined;
		mechanism.step(server.accept(mechanism.initial()));
		ok(mechanism.verifyMIC(ascii("x"), acceptorMIC(server, ascii("x"), 5, 12345)));
	}));

	it("takes no answer but that of the server that the ticket is for, to this very AP-REQ", async () => {
		await bench(({ mechanism, server }) => {
			server.replyKey = key => randomKey(key.etype);
			throws(() => mechanism.step(server.accept(mechanism.initial())), ProtocolError, /not sealed with the ticket's key: this is not the server/);
		});
		for (const stamp of [(time: number, micros: number) => [time + 1000, micros], (time: number, micros: number) => [time, micros + 1]] as ((time: number, micros: number) => [number, number])[]) {
			await bench(({ mechanism, server }) => {
				server.stamp = stamp;
				throws(() => mechanism.step(server.accept(mechanism.initial())), ProtocolError, /answer to another AP-REQ/);
				ok(!mechanism.done);
				equal(mechanism.sessionKey, undefined);
			});
		}
		await bench(({ mechanism, server }) => {
			const first = server.accept(mechanism.initial());
			mechanism.initial();
			throws(() => mechanism.step(first), ProtocolError, /answer to another AP-REQ/, "a replay");
		});
	});
	it("takes one answer, once asked", () => bench(({ mechanism, server }) => {
		throws(() => mechanism.step(new Uint8Array(10)), ProtocolError, /not asked for/);
		const answer = server.accept(mechanism.initial());
		mechanism.step(answer);
		throws(() => mechanism.step(answer), ProtocolError, /not asked for/);
	}));
	it("refuses tokens of other kinds and mechanisms", () => bench(({ mechanism }) => {
		mechanism.initial();
		throws(() => mechanism.step(writeToken(0x0100, hex("6e00"))), ProtocolError, /TOK_ID 0x0100/);
		throws(() => mechanism.step(hex("600d 0609 2a864882f712010202 0200")), ProtocolError, /another mechanism's/);
		throws(() => mechanism.step(hex("600b 0609 2a864886f712010202")), ProtocolError, /TOK_ID/);
		throws(() => mechanism.step(hex("")), ProtocolError);
	}));
	it("refuses every answer with a changed bit", () => bench(({ mechanism, server }) => {
		const answer = server.accept(mechanism.initial());
		for (let at = 0; at < answer.length; at += 1) {
			const bad = answer.slice();
			bad[at]! ^= 1 << at % 8;
			throws(() => mechanism.step(bad), ProtocolError, undefined, `byte ${at}`);
			ok(!mechanism.done);
		}
		mechanism.step(answer);
	}));

	it("answers KRB_AP_ERR_SKEW once, with the server's time", () => bench(({ mechanism, server, logs }) => {
		mechanism.initial();
		const skew = writeToken(0x0300, krbError(37, now - 3_600_000));
		const again = mechanism.step(skew)!;
		equal(mechanism.step(server.accept(again)), undefined);
		equal(server.last!.time, now - 3_600_000);
		ok(/clock of nas\.home\.test differs/.test(logs[0]!), logs.join("\n"));
		bytesEqual(reveal(mechanism.sessionKey!), reveal(server.sessionKey!.key));
	}));
	it("says what the server's refusal means", async () => {
		for (const [code, pattern] of [
			[41, /KRB_AP_ERR_MODIFIED \(41\): cifs\/nas\.home\.test has not the key that the KDC has for it: renew its keytab/], [33, /KRB_AP_ERR_TKT_NYV \(33\): the clocks differ too much/],
			[34, /KRB_AP_ERR_REPEAT \(34\)/], [60, /KRB_ERR_GENERIC \(60\): the KDC refused|KRB_ERR_GENERIC \(60\)/], [24, /\(24\)/],
		] as const) {
			await bench(({ mechanism }) => {
				mechanism.initial();
				throws(() => mechanism.step(writeToken(0x0300, krbError(code, now))), KerberosError, pattern);
			});
		}
		await bench(({ mechanism }) => {
			mechanism.initial();
			mechanism.step(writeToken(0x0300, krbError(37, now - 3_600_000)));
			throws(() => mechanism.step(writeToken(0x0300, krbError(37, now - 3_600_000))), KerberosError, /KRB_AP_ERR_SKEW/);
		});
	});
	it("makes no token that is longer than can be sent", async () => {
		await bench(({ mechanism }) => {
			throws(() => mechanism.initial(), AuthenticationError, /makes a token of \d+ bytes, and 300 is the longest that can be sent: the account is in too many groups/);
		}, { longestToken: 300 });
	});
	it("has no key left after close, which may come twice", () => bench(({ mechanism, server }) => {
		mechanism.step(server.accept(mechanism.initial()));
		const key = mechanism.sessionKey!;
		mechanism.close();
		mechanism.close();
		throws(() => reveal(key));
	}));
});

describe("SPNEGO with Kerberos", () => {
	const der = (tag: string, ...content: string[]): string => {
		const length = content.join("").length / 2;
		return tag + (length > 255 ? `82${length.toString(16).padStart(4, "0")}` : length > 127 ? `81${length.toString(16)}` : length.toString(16).padStart(2, "0")) + content.join("");
	};
	const ntlm = (): NTLM => new NTLM({ user: "anna", password: "secret", server: "nas" });
	const hint = (...oids: Uint8Array[]): Uint8Array => hex(der("60", "06062b0601050502", der("a0", der("30", der("a0", der("30", ...oids.map(oid => der("06", toHex(oid)))))))));
	const completed = (token: Uint8Array, oid: Uint8Array | undefined, mic?: Uint8Array): Uint8Array => hex(der("a1", der("30", "a0030a0100",
		oid ? der("a1", der("06", toHex(oid))) : "", der("a2", der("04", toHex(token))), mic ? der("a3", der("04", toHex(mic))) : "")));
	/** The mechanism's token in a NegTokenInit of less than 64 KiB: what follows the last [2] OCTET STRING. */
	const tokenOf = (init: Uint8Array): Uint8Array => {
		const text = toHex(init), at = text.indexOf("6082", text.indexOf("a282")) / 2;
		return init.slice(at);
	};

	for (const [title, oid] of [["its own", KERBEROS_OID], ["Microsoft's", MICROSOFT_KERBEROS_OID], ["no", undefined]] as const) {
		it(`takes one round trip where the server answers by ${title} identifier`, () => bench(async ({ mechanism, server }) => {
			const spnego = new SPNEGO([mechanism, ntlm()]);
			const init = await spnego.initial(hint(MICROSOFT_KERBEROS_OID, KERBEROS_OID, hex("2b06010401823702020a")));
			const answer = server.accept(tokenOf(init));
			const types = hex(der("30", der("06", toHex(KERBEROS_OID)), "060a2b06010401823702020a"));
			ok(toHex(init).includes(toHex(types)), "MechTypeList");
			spnego.finish(completed(answer, oid, acceptorMIC(server, types, 5, 77)));
			ok(spnego.complete);
			equal(spnego.name, "Kerberos");
			bytesEqual(reveal(spnego.sessionKey!), reveal(server.sessionKey!.key));
			spnego.close();
		}));
	}
	it("offers it to servers that list only Microsoft's identifier, and not to those that list none", () => bench(async ({ mechanism }) => {
		const listed = new SPNEGO([mechanism]);
		ok((await listed.initial(hint(MICROSOFT_KERBEROS_OID))).length > 100);
		const both = new SPNEGO([mechanism, ntlm()]);
		ok(!toHex(await both.initial(hex(samba.hint))).includes(toHex(KERBEROS_OID)));
		equal(both.name, "NTLMv2");
		both.close();
	}));
	it("refuses a mechListMIC that is wrong", () => bench(async ({ mechanism, server }) => {
		const spnego = new SPNEGO([mechanism, ntlm()]);
		const answer = server.accept(tokenOf(await spnego.initial()));
		throws(() => spnego.finish(completed(answer, KERBEROS_OID, acceptorMIC(server, ascii("other types"), 5, 77))), ProtocolError, /mechListMIC is wrong/);
		spnego.close();
	}));
});
