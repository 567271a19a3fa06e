import { Kerberos, type KerberosOptions } from "../../../../modules/auth/kerberos/kerberos.js";
import { KerberosError } from "../../../../modules/auth/kerberos/failure.js";
import type { KerberosMechanism } from "../../../../modules/auth/kerberos/mechanism.js";
import { ProtocolError, TransportError } from "../../../../modules/errors/errors.js";
import { bytesEqual, deepEqual, equal, ok, rejects } from "../../../support/assert.js";
import { ascii } from "../../../support/hex.js";
import { krbError, methodData, randomKey, ScriptedKDC, ScriptedNetwork, ScriptedServer } from "../../../support/scripted-kdc.js";
import { reveal } from "../keys.js";

const AS = 10, TGS = 12;

interface Bench {
	kdc: ScriptedKDC;
	network: ScriptedNetwork;
	kerberos: Kerberos;
	logs: string[];
	notes: string[];
	/** What this machine takes for the time. */
	clock: { now: number };
}

/** Anna of HOME, whose KDC knows the server "nas.home.test". */
async function bench(run: (it: Bench) => Promise<void>, options: Partial<KerberosOptions> = {}): Promise<void> {
	const clock = { now: 1_800_000_000_000 }, kdc = new ScriptedKDC("HOME", () => clock.now), logs: string[] = [], notes: string[] = [];
	kdc.services.set("cifs/nas.home.test", randomKey(20));
	const network = new ScriptedNetwork({ kdc });
	const kerberos = new Kerberos({
		user: "anna", password: "secret", realm: "HOME", kdcs: [{ host: "kdc", port: undefined }], network,
		now: () => clock.now, pause: async () => {}, log: line => logs.push(line), note: line => notes.push(line), ...options,
	});
	try { await run({ kdc, network, kerberos, logs, notes, clock }); }
	finally { kerberos.close(); }
}

/** Lets a server with that key accept the mechanism; both sides then have the same key. */
function accepted(mechanism: KerberosMechanism | undefined, server: ScriptedServer): void {
	ok(mechanism, "a mechanism");
	equal(mechanism.step(server.accept(mechanism.initial())), undefined);
	ok(mechanism.done);
	bytesEqual(reveal(mechanism.sessionKey!), reveal(server.sessionKey!.key));
}

describe("Kerberos", () => {
	it("asks for salt, proves the password once, and gets a server's ticket", () => bench(async ({ kdc, network, kerberos, logs }) => {
		const mechanism = await kerberos.mechanism("NAS.home.test.");
		accepted(mechanism, new ScriptedServer(kdc.services.get("cifs/nas.home.test")!));
		deepEqual(kdc.requests.map(({ type, proof }) => [type, proof]), [[AS, false], [AS, true], [TGS, false]]);
		deepEqual(kdc.requests[0]!.client, { type: 1, names: ["anna"] });
		deepEqual(network.asked, ["kdc:88", "kdc:88", "kdc:88"]);
		deepEqual(logs, []);
		mechanism!.close();
	}));

	for (const etype of [17, 18, 19, 20]) {
		it(`with an account, a ticket and an answer of type ${etype}, whatever salt the KDC names`, () => bench(async ({ kdc, kerberos }) => {
			kdc.etype = etype;
			kdc.salt = "salt of its own";
			kdc.services.set("cifs/nas.home.test", randomKey(etype));
			const mechanism = await kerberos.mechanism("nas.home.test"), server = new ScriptedServer(kdc.services.get("cifs/nas.home.test")!);
			server.subkeyType = etype;
			accepted(mechanism, server);
			equal(mechanism!.sessionKey!.length, etype === 18 || etype === 20 ? 32 : 16);
			mechanism!.close();
		}));
	}

	it("takes tickets of 4 KiB, and refuses longer ones with a word before memory is full", () => bench(async ({ kdc, kerberos }) => {
		kdc.services.set("cifs/other.home.test", randomKey(20));
		kdc.padding = 3500;
		ok(await kerberos.mechanism("nas.home.test"));
		kdc.padding = 4096;
		await rejects(() => kerberos.mechanism("other.home.test"), KerberosError, /the ticket for cifs\/other\.home\.test has 4\d\d\d bytes, and 4096 are the most: the account is in too many groups/);
	}));
	it("keeps its tickets, and asks for no second one at once", () => bench(async ({ kdc, kerberos }) => {
		const [first, second] = await Promise.all([kerberos.mechanism("nas.home.test"), kerberos.mechanism("nas.home.test")]);
		const third = await kerberos.mechanism("nas.home.test");
		for (const mechanism of [first, second, third]) {
			accepted(mechanism, new ScriptedServer(kdc.services.get("cifs/nas.home.test")!));
			mechanism!.close();
		}
		deepEqual([kdc.count(AS), kdc.count(TGS)], [2, 1]);
	}));
	it("gets a new ticket where the session has expired, with the ticket-granting ticket at hand", () => bench(async ({ kdc, kerberos }) => {
		(await kerberos.mechanism("nas.home.test"))!.close();
		const renewed = await kerberos.mechanism("nas.home.test", { renewed: true });
		accepted(renewed, new ScriptedServer(kdc.services.get("cifs/nas.home.test")!));
		deepEqual([kdc.count(AS), kdc.count(TGS)], [2, 2]);
		renewed!.close();
	}));
	it("gets new tickets before the old ones end", () => bench(async ({ kdc, kerberos, clock }) => {
		(await kerberos.mechanism("nas.home.test"))!.close();
		clock.now += kdc.lifetime - 301_000;
		(await kerberos.mechanism("nas.home.test"))!.close();
		equal(kdc.count(TGS), 1, "five minutes and a second before the end");
		clock.now += 2000;
		(await kerberos.mechanism("nas.home.test"))!.close();
		deepEqual([kdc.count(AS), kdc.count(TGS)], [4, 2]);
	}));
	it("keeps a few tickets, not more, and their keys out of the way of mechanisms", () => bench(async ({ kdc, kerberos }) => {
		for (let i = 0; i < 6; i += 1)
			kdc.services.set(`cifs/nas${i}.home.test`, randomKey(18));
		const mechanisms: KerberosMechanism[] = [];
		for (let i = 0; i < 6; i += 1)
			mechanisms.push((await kerberos.mechanism(`nas${i}.home.test`))!);
		mechanisms.forEach((mechanism, i) => {
			accepted(mechanism, new ScriptedServer(kdc.services.get(`cifs/nas${i}.home.test`)!));
			mechanism.close();
		});
	}));
	it("begins anew where the KDC does not take its ticket-granting ticket any more, once", () => bench(async ({ kdc, kerberos }) => {
		(await kerberos.mechanism("nas.home.test"))!.close();
		for (const code of [31, 32]) {
			let refusals = 1;
			kdc.answer = ({ type }) => type === TGS && refusals-- > 0 ? krbError(code, kdc.time) : undefined;
			(await kerberos.mechanism("nas.home.test", { renewed: true }))!.close();
		}
		kdc.answer = ({ type }) => type === TGS ? krbError(32, kdc.time) : undefined;
		await rejects(() => kerberos.mechanism("nas.home.test", { renewed: true }), KerberosError, /KRB_AP_ERR_TKT_EXPIRED \(32\)/);
	}));

	describe("the clock", () => {
		for (const ahead of [-7_200_000, 7_200_000, 50 * 365 * 86_400_000]) {
			it(`is corrected where the KDC's is ${ahead / 1000} s ahead`, () => bench(async ({ kdc, kerberos, logs }) => {
				kdc.ahead = ahead;
				const mechanism = await kerberos.mechanism("nas.home.test"), server = new ScriptedServer(kdc.services.get("cifs/nas.home.test")!);
				accepted(mechanism, server);
				ok(Math.abs(server.last!.time - kdc.time) < 2000, "the authenticator has the KDC's time");
				equal(kdc.count(AS), 2);
				equal(logs.filter(line => /clock and the KDC's differ by \d+ s/.test(line)).length, 1, logs.join("\n"));
				mechanism!.close();
			}));
		}
		it("is corrected after KRB_AP_ERR_SKEW, and the proof sent once more", () => bench(async ({ kdc, kerberos }) => {
			let skew = 1;
			kdc.answer = ({ type, proof }) => {
				if (type !== AS || !proof || skew-- <= 0) return undefined;
				kdc.ahead = 600_000;
				return krbError(37, kdc.time);
			};
			(await kerberos.mechanism("nas.home.test"))!.close();
			equal(kdc.count(AS, true), 2);
		}));
		it("is corrected in the middle of the exchanges, too", () => bench(async ({ kdc, kerberos }) => {
			(await kerberos.mechanism("nas.home.test"))!.close();
			kdc.ahead = -1_000_000;
			(await kerberos.mechanism("nas.home.test", { renewed: true }))!.close();
			equal(kdc.count(TGS), 3);
		}));
		it("is not tried for ever where the KDC only says that it is wrong", () => bench(async ({ kdc, kerberos }) => {
			kdc.answer = ({ proof }) => proof ? krbError(37, kdc.time + 400_000 * kdc.requests.length) : undefined;
			await rejects(() => kerberos.mechanism("nas.home.test"), KerberosError, /KRB_AP_ERR_SKEW \(37\): the clocks differ too much/);
			equal(kdc.count(AS, true), 2);
		}));
		it("gives no stamp twice", () => bench(async ({ kdc, kerberos }) => {
			const stamps: string[] = [];
			for (let i = 0; i < 5; i += 1) {
				const mechanism = await kerberos.mechanism("nas.home.test"), server = new ScriptedServer(kdc.services.get("cifs/nas.home.test")!);
				accepted(mechanism, server);
				stamps.push(`${server.last!.time}.${server.last!.micros}`);
				mechanism!.close();
			}
			equal(new Set(stamps).size, 5, stamps.join(" "));
		}));
	});

	describe("what is refused", () => {
		it("a wrong password: proved once, never again, not even for another server", () => bench(async ({ kdc, kerberos }) => {
			kdc.password = "another";
			for (const server of ["nas.home.test", "nas.home.test", "other.home.test"]) {
				await rejects(() => kerberos.mechanism(server), KerberosError, /KDC_ERR_PREAUTH_FAILED \(24\): the password of anna is wrong: check password=…/);
				await rejects(() => kerberos.mechanism(server, { optional: true }), KerberosError, /password of anna/);
			}
			equal(kdc.count(AS), 2);
			equal(kdc.count(AS, true), 1);
		}));
		it("a wrong password where no proof is asked for: found out here", () => bench(async ({ kdc, kerberos }) => {
			kdc.preauth = false;
			(await kerberos.mechanism("nas.home.test"))!.close();
			equal(kdc.count(AS), 1);
			kdc.password = "another";
			kdc.answer = ({ type }) => type === TGS ? krbError(32, kdc.time) : undefined;
			await rejects(() => kerberos.mechanism("nas.home.test", { renewed: true }), KerberosError, /does not fit the password of anna/);
		}));
		const codes: readonly [code: number, pattern: RegExp][] = [
			[1, /KDC_ERR_NAME_EXP \(1\): the account anna has expired/], [6, /KDC_ERR_C_PRINCIPAL_UNKNOWN \(6\): the realm HOME has no account "anna"/],
			[12, /KDC_ERR_POLICY \(12\): a rule of the realm HOME forbids/], [14, /KDC_ERR_ETYPE_NOSUPP \(14\): the KDC has no AES key for the account anna/],
			[18, /KDC_ERR_CLIENT_REVOKED \(18\): the account anna is disabled, or locked/], [23, /KDC_ERR_KEY_EXPIRED \(23\): the password of anna has expired/],
		];
		for (const [code, pattern] of codes) {
			it(`code ${code} for the account, and nothing more is asked`, () => bench(async ({ kdc, kerberos }) => {
				kdc.answer = () => krbError(code, kdc.time);
				for (let i = 0; i < 3; i += 1)
					await rejects(() => kerberos.mechanism("nas.home.test", { optional: true }), KerberosError, pattern);
				equal(kdc.requests.length, 1);
			}));
		}
		it("Active Directory's reason is told from its NTSTATUS", async () => {
			for (const [status, pattern] of [["340200c0", /is locked after wrong passwords/], ["720000c0", /is disabled: enable it/], ["710000c0", /password of anna has expired/], ["240200c0", /must be changed first/]] as const) {
				await bench(async ({ kdc, kerberos }) => {
					// [MS-KILE] 2.2.1: KERB-ERROR-DATA of type 3 around KERB-EXT-ERROR.
					const data = Uint8Array.from([0x30, 0x15, 0xA1, 3, 2, 1, 3, 0xA2, 0x0E, 4, 0x0C, ...Uint8Array.from({ length: 4 }, (_, i) => parseInt(status.substring(2 * i, 2 * i + 2), 16)), 0, 0, 0, 0, 1, 0, 0, 0]);
					kdc.answer = () => krbError(18, kdc.time, { data });
					await rejects(() => kerberos.mechanism("nas.home.test"), KerberosError, pattern);
				});
			}
		});
		it("an account without AES keys", () => bench(async ({ kdc, kerberos }) => {
			kdc.answer = () => krbError(25, kdc.time, { data: methodData([{ etype: 23 }, { etype: 3 }]) });
			await rejects(() => kerberos.mechanism("nas.home.test"), KerberosError, /no AES key for the account anna/);
		}));
		it("more or fewer iterations than make sense", () => bench(async ({ kdc, kerberos }) => {
			kdc.iterations = 0;
			await rejects(() => kerberos.mechanism("nas.home.test"), ProtocolError, /4294967296 iterations/);
			kdc.iterations = 10_000_000;
			await rejects(() => kerberos.mechanism("nas.home.test"), ProtocolError, /10000000 iterations/);
			kdc.iterations = 1;
			await rejects(() => kerberos.mechanism("nas.home.test"), ProtocolError, /1 iterations of string-to-key, expected at least 1024: somebody may be after the password/);
			equal(kdc.count(AS, true), 0);
		}));
		it("an answer to another request, for another server, or sealed with another key", () => bench(async ({ kdc, kerberos }) => {
			kdc.nonce = nonce => nonce + 1;
			await rejects(() => kerberos.mechanism("nas.home.test"), ProtocolError, /answer to another request/);
			kdc.nonce = nonce => nonce;
			kdc.server = () => ({ type: 2, names: ["cifs", "evil.home.test"] });
			await rejects(() => kerberos.mechanism("nas.home.test"), ProtocolError, /AS-REP: a ticket for cifs\/evil\.home\.test, expected krbtgt\/HOME/);
			kdc.server = server => server.names[0] === "cifs" ? { type: 2, names: ["cifs", "evil.home.test"] } : server;
			await rejects(() => kerberos.mechanism("nas.home.test"), ProtocolError, /TGS-REP: a ticket for cifs\/evil\.home\.test, expected cifs\/nas\.home\.test/);
			kdc.server = server => server;
			kdc.replyKey = () => randomKey(20);
			await rejects(() => kerberos.mechanism("nas.home.test"), ProtocolError, /somebody may be between you and the KDC/);
		}));
		it("an answer that is none", () => bench(async ({ kdc, kerberos }) => {
			for (const bytes of ["", "HTTP/1.1 400 Bad Request", "\x6b"]) {
				kdc.answer = () => ascii(bytes);
				await rejects(() => kerberos.mechanism("nas.home.test"), ProtocolError);
			}
		}));
	});

	describe("the server", () => {
		it("unknown: a clear word; another mechanism may take over, and the log says so", () => bench(async ({ kerberos, logs }) => {
			await rejects(() => kerberos.mechanism("other.home.test"), KerberosError, /KDC_ERR_S_PRINCIPAL_UNKNOWN \(7\): the realm HOME knows no cifs\/other\.home\.test: give server=…/);
			equal(await kerberos.mechanism("other.home.test", { optional: true }), undefined);
			deepEqual(logs.length, 1);
			ok(/knows no cifs\/other.*: going on without Kerberos$/.test(logs[0]!), logs[0]!);
		}));
		it("by a short name, and then in the realm's domain", () => bench(async ({ kdc, kerberos }) => {
			kdc.services.set("cifs/nas.home", randomKey(18));
			accepted(await kerberos.mechanism("nas"), new ScriptedServer(kdc.services.get("cifs/nas.home")!));
			kdc.services.set("cifs/short", randomKey(18));
			accepted(await kerberos.mechanism("SHORT"), new ScriptedServer(kdc.services.get("cifs/short")!));
			await rejects(() => kerberos.mechanism("none"), KerberosError, /knows no cifs\/none\.home/);
			equal(kdc.count(TGS), 5);
			await rejects(() => kerberos.mechanism("fe80::1"), KerberosError, /knows no cifs\/fe80::1/);
			equal(kdc.count(TGS), 6);
		}));
		it("in another realm, two referrals away", () => bench(async ({ kdc, network, kerberos, notes, clock }) => {
			const middle = new ScriptedKDC("MIDDLE", () => clock.now), far = new ScriptedKDC("FAR", () => clock.now), foreign = new ScriptedNetwork({ middle, far });
			kdc.trusts.set("MIDDLE", { key: middle.granting, servers: /\.far\.test$/ });
			middle.trusts.set("FAR", { key: far.granting, servers: /\.far\.test$/ });
			far.services.set("cifs/nas.far.test", randomKey(19));
			const exchange = network.exchange.bind(network);
			network.exchange = (host, port, request) => host === "kdc" ? exchange(host, port, request) : foreign.exchange(host, port, request);
			network.realms["MIDDLE"] = [{ host: "gone", port: 88 }, { host: "middle", port: 88 }];
			network.realms["FAR"] = [{ host: "far", port: 1088 }];
			for (let i = 0; i < 2; i += 1) {
				const mechanism = await kerberos.mechanism("nas.far.test");
				accepted(mechanism, new ScriptedServer(far.services.get("cifs/nas.far.test")!));
				mechanism!.close();
			}
			deepEqual(foreign.asked, ["gone:88", "middle:88", "far:1088"]);
			equal(notes.filter(line => /refers to the realm/.test(line)).length, 2);
		}));
		it("in realms that only refer to each other", () => bench(async ({ kdc, network, kerberos, clock }) => {
			const other = new ScriptedKDC("OTHER", () => clock.now), both = new ScriptedNetwork({ kdc, other });
			kdc.trusts.set("OTHER", { key: other.granting, servers: /./ });
			other.trusts.set("HOME", { key: kdc.granting, servers: /./ });
			network.exchange = both.exchange.bind(both);
			network.realms["OTHER"] = [{ host: "other", port: 88 }];
			network.realms["HOME"] = [{ host: "kdc", port: 88 }];
			await rejects(() => kerberos.mechanism("nas.nowhere.test"), ProtocolError, /refer to HOME for cifs\/nas\.nowhere\.test, after HOME, OTHER: that leads nowhere/);
		}));
		it("in a realm whose KDC nobody knows", () => bench(async ({ kdc, kerberos }) => {
			kdc.trusts.set("FAR", { key: randomKey(18), servers: /\.far\.test$/ });
			await rejects(() => kerberos.mechanism("nas.far.test"), TransportError, /no KDC is known for the realm FAR; set kdc=…/);
		}));
	});

	describe("KDCs", () => {
		it("are asked in order, and the one that answered goes first from then on", () => bench(async ({ network, kerberos, notes }) => {
			(await kerberos.mechanism("nas.home.test"))!.close();
			deepEqual(network.asked, ["dead:88", "kdc:750", "kdc:750", "kdc:750"]);
			ok(notes.some(line => /dead refuses connections/.test(line)), notes.join("\n"));
		}, { kdcs: [{ host: "dead", port: undefined }, { host: "kdc", port: 750 }] }));
		it("all dead: the first one's reason, and another mechanism may take over", () => bench(async ({ network, kerberos, logs }) => {
			await rejects(() => kerberos.mechanism("nas.home.test"), TransportError, /^dead refuses connections/);
			equal(await kerberos.mechanism("nas.home.test", { optional: true }), undefined);
			ok(/dead refuses.*going on without Kerberos/.test(logs[0]!), logs[0]!);
			deepEqual(network.asked, ["dead:88", "gone:88", "dead:88", "gone:88"]);
		}, { kdcs: [{ host: "dead", port: undefined }, { host: "gone", port: undefined }] }));
		it("found by the network where none was given", () => bench(async ({ network, kerberos }) => {
			network.realms["HOME"] = [{ host: "kdc", port: 8888 }];
			(await kerberos.mechanism("nas.home.test"))!.close();
			deepEqual(network.asked, ["kdc:8888", "kdc:8888", "kdc:8888"]);
		}, { kdcs: [] }));
		it("that can't serve now are passed over", () => bench(async ({ kdc, kerberos }) => {
			let busy = 1;
			kdc.answer = () => busy-- > 0 ? krbError(29, kdc.time) : undefined;
			(await kerberos.mechanism("nas.home.test"))!.close();
			kdc.answer = () => krbError(29, kdc.time);
			await rejects(() => kerberos.mechanism("nas.home.test", { renewed: true }), KerberosError, /KDC_ERR_SVC_UNAVAILABLE \(29\).*try again later/);
		}, { kdcs: [{ host: "kdc", port: undefined }, { host: "kdc", port: undefined }] }));
		it("get the proof of the password from no other than the one that asked for it", () => bench(async ({ kdc, network, kerberos }) => {
			const exchange = network.exchange.bind(network);
			let asked = 0;
			network.exchange = (host, port, request) => ++asked === 2 ? Promise.reject(new TransportError("no answer", "ETIMEDOUT")) : exchange(host, port, request);
			await rejects(() => kerberos.mechanism("nas.home.test"), TransportError, /no answer/);
			equal(asked, 2);
			equal(kdc.count(AS, true), 0);
		}, { kdcs: [{ host: "kdc", port: 1 }, { host: "kdc", port: 2 }] }));
	});

	describe("datagrams", () => {
		const twoKDCs = { kdcs: [{ host: "dead", port: undefined }, { host: "kdc", port: undefined }] };

		it("carry the first request and that for the ticket, and never what proves the password", () => bench(async ({ kdc, network, kerberos }) => {
			network.longestDatagram = 1400;
			accepted(await kerberos.mechanism("nas.home.test"), new ScriptedServer(kdc.services.get("cifs/nas.home.test")!));
			deepEqual(kdc.requests.map(({ type, proof }) => [type, proof]), [[AS, false], [AS, true], [TGS, false]]);
			deepEqual(network.asked, ["udp kdc:88", "kdc:88", "udp kdc:88"]);
		}));
		it("go from one KDC to the next, and the one that answered goes first from then on", () => bench(async ({ network, kerberos }) => {
			network.longestDatagram = 1400;
			(await kerberos.mechanism("nas.home.test"))!.close();
			deepEqual(network.asked, ["udp dead:88", "udp kdc:88", "kdc:88", "udp kdc:88"]);
		}, twoKDCs));
		it("in vain where TCP is not: none are sent any more", () => bench(async ({ network, kerberos }) => {
			network.longestDatagram = 1400;
			network.datagram = () => undefined;
			(await kerberos.mechanism("nas.home.test"))!.close();
			deepEqual(network.asked, ["udp dead:88", "udp kdc:88", "dead:88", "kdc:88", "kdc:88", "kdc:88"]);
		}, twoKDCs));
		it("that alone get through to a KDC: the next attempt finds one that TCP reaches", () => bench(async ({ network, kerberos }) => {
			network.longestDatagram = 1400;
			const exchange = network.exchange.bind(network);
			network.exchange = async (host, port, request) => {
				const reply = await exchange(host, port, request);
				if (port === 1) throw new TransportError("refused", "ECONNREFUSED");
				return reply;
			};
			await rejects(() => kerberos.mechanism("nas.home.test"), TransportError, /refused/);
			(await kerberos.mechanism("nas.home.test"))!.close();
			deepEqual(network.asked, ["udp kdc:1", "kdc:1", "kdc:1", "kdc:2", "kdc:2", "kdc:2"]);
		}, { kdcs: [{ host: "kdc", port: 1 }, { host: "kdc", port: 2 }] }));
		it("and TCP in vain: both are tried again", () => bench(async ({ network, kerberos }) => {
			network.longestDatagram = 1400;
			for (let i = 0; i < 2; i++) await rejects(() => kerberos.mechanism("nas.home.test"), TransportError, /^dead refuses/);
			deepEqual(network.asked, ["udp dead:88", "dead:88", "udp dead:88", "dead:88"]);
		}, { kdcs: [{ host: "dead", port: undefined }] }));
		it("are for requests that fit: a long ticket goes over TCP", () => bench(async ({ kdc, network, kerberos }) => {
			network.longestDatagram = 1400;
			kdc.padding = 1100;
			(await kerberos.mechanism("nas.home.test"))!.close();
			deepEqual(network.asked, ["udp kdc:88", "kdc:88", "kdc:88"]);
		}));
		it("an answer too long for one comes from the same KDC over TCP", () => bench(async ({ kdc, network, kerberos }) => {
			network.longestDatagram = 1400;
			network.datagram = () => krbError(52, kdc.time);
			(await kerberos.mechanism("nas.home.test"))!.close();
			deepEqual(network.asked, ["udp dead:88", "udp kdc:88", "kdc:88", "kdc:88", "udp kdc:88", "kdc:88"]);
		}, twoKDCs));
		it("a refusal is not believed to a stranger: the same KDC has the last word over TCP", () => bench(async ({ kdc, network, kerberos }) => {
			network.longestDatagram = 1400;
			for (const code of [6, 18, 29, 37, 68]) {
				network.datagram = () => krbError(code, kdc.time, { clientRealm: "EVIL" });
				(await kerberos.mechanism("nas.home.test", { renewed: true }))!.close();
			}
			await rejects(() => kerberos.mechanism("other.home.test"), KerberosError, /KDC_ERR_S_PRINCIPAL_UNKNOWN/);
		}));
		it("cut off, with something behind it, or garbage: none", async () => {
			const broken: ((reply: Uint8Array) => Uint8Array)[] = [reply => reply.slice(0, -1), reply => reply.slice(0, 1), reply => new Uint8Array([...reply, 0]), () => ascii("HTTP/1.1 400 Bad Request"), () => new Uint8Array(0)];
			for (const datagram of broken) await bench(async ({ network, kerberos }) => {
				network.longestDatagram = 1400;
				network.datagram = datagram;
				(await kerberos.mechanism("nas.home.test"))!.close();
				deepEqual(network.asked, ["udp kdc:88", "kdc:88", "kdc:88", "kdc:88"]);
			});
		});
	});

	describe("the account", () => {
		it("is an enterprise name where it has a suffix, and found in another realm", () => bench(async ({ kdc, network, kerberos, clock }) => {
			const other = new ScriptedKDC("OTHER", () => clock.now), both = new ScriptedNetwork({ kdc, other });
			other.services.set("cifs/nas.home.test", randomKey(18));
			network.exchange = both.exchange.bind(both);
			network.realms["OTHER"] = [{ host: "other", port: 88 }];
			kdc.answer = () => krbError(68, kdc.time, { clientRealm: "OTHER" });
			accepted(await kerberos.mechanism("nas.home.test"), new ScriptedServer(other.services.get("cifs/nas.home.test")!));
			deepEqual(kdc.requests[0]!.client, { type: 10, names: ["anna@corp.test"] });
			equal(kerberos.realm, "OTHER");
		}, { user: "anna@corp.test" }));
		it("is not looked for in circles", () => bench(async ({ kdc, network, kerberos }) => {
			let hop = 0;
			kdc.answer = () => krbError(68, kdc.time, { clientRealm: `R${hop++}` });
			network.find = async () => [{ host: "kdc", port: 88 }];
			await rejects(() => kerberos.mechanism("nas.home.test"), KerberosError, /KDC_ERR_WRONG_REALM/);
			ok(kdc.requests.length <= 7, String(kdc.requests.length));
		}));
	});

	it("has nothing left after close, which may come twice", () => bench(async ({ kerberos }) => {
		(await kerberos.mechanism("nas.home.test"))!.close();
		kerberos.close();
		kerberos.close();
		await rejects(() => kerberos.mechanism("nas.home.test"), TypeError, /closed/);
	}));
});
