/** Kerberos against a real KDC (MIT) and a real Samba with its keytab: each encryption type, each way to be refused, tickets that serve again. */
import { join } from "node:path";
import { deepEqual, equal, ok } from "../support/assert.js";
import { type KDC, type KDCOptions, KDCRelay, encryptionTypes, startKDC, startKerberosSamba } from "../support/kdc.js";
import { Command, Proxy, at, commandsOf } from "../support/proxy.js";
import { type Run, type Values, builds32, host, runProcess, words } from "../support/run.js";
import { type Samba, defaultUser, freePort, startSamba } from "../support/samba.js";
import { Scanner, assertSaid, assertSame, onShare } from "../support/scanner.js";

const service = "cifs/127.0.0.1";
const { name: user, password } = defaultUser;

function kerberos(kdc: KDC, more: Values = {}): Values { return { auth: "kerberos", realm: kdc.realm, kdc: `${kdc.address}:${kdc.port}`, ...more }; }

/** NEGOTIATE, SESSION_SETUP, and one compound with all that a short file takes. */
const turnsToFirstFile = 3;

/** How often the KDC logged a line like that. */
function logged(kdc: KDC, pattern: RegExp): number { return kdc.log().split("\n").filter(line => pattern.test(line)).length; }

describe("Kerberos", function () {
	this.timeout(90_000);
	let kdc: KDC;
	let samba: Samba;
	let scanner: Scanner;
	let bytes: Uint8Array;

	before(async () => {
		kdc = await startKDC({
			udp: true,
			policies: [{ name: "strict", options: "-maxfailure 2 -failurecountinterval 0 -lockoutduration 0" }],
			users: [
				{ name: user, password, options: "-policy strict" },
				...encryptionTypes.map(type => ({ name: `only-${type}`, password, etypes: [type] })),
				{ name: "umlaut", password: "pä$$wörd-€-\u{1D11E}" },
				{ name: "trusting", password, options: "-requires_preauth" },
				{ name: "disabled", password, options: "-allow_tix" },
				{ name: "expired", password, options: "-expire yesterday" },
				{ name: "pw-expired", password, options: "-pwexpire yesterday" },
				{ name: "locked", password, options: "-policy strict" },
				{ name: "old", password, etypes: ["arcfour-hmac"] },
			],
			services: [{ name: service }, { name: "cifs/keyless", keytab: false }],
		});
		samba = await startKerberosSamba(kdc, {
			signing: "mandatory",
			users: [{ name: user, password, aliases: [user, "umlaut", "trusting", ...encryptionTypes.map(type => `only-${type}`)].map(name => `WORKGROUP\\${name}`) }],
		});
	});
	after(async () => {
		await samba.stop();
		await kdc.stop();
	});
	beforeEach(() => {
		scanner = new Scanner();
		bytes = scanner.put("scan.pdf", 200_000);
	});
	afterEach(() => {
		scanner.assertUntouched();
		scanner.remove();
	});

	describe("uploads", () => {
		const dialects: readonly [name: string, setting: string][] = [["SMB 2.1", "2.1"], ["SMB 3.1.1", "3.1.1"]];
		for (const type of encryptionTypes) {
			for (const [name, dialect] of dialects) {
				it(`with keys of ${type} alone, ${name}, signed`, async () => {
					kdc.admin([`cpw -randkey -e ${type}:normal ${service}`, `setstr ${service} session_enctypes ${type}`, `ktadd -norandkey -k ${kdc.keytab} ${service}`]);
					const path = `${type}-${dialect}`;
					const run = await scanner.send(samba, { ...kerberos(kdc), user: `only-${type}`, dialect, path, verbose: true });
					assertSaid(run, 0, new RegExp(`a ticket for ${service} until .*\\(${type}, `), /User authenticated successfully \(Kerberos\)/, /signed/);
					assertSame(`${samba.folderOf()}/${path}/scan.pdf`, bytes);
					ok(!run.text.includes(password), run.text);
				});
			}
		}

		for (const type of ["aes256-cts-hmac-sha1-96", "aes128-cts-hmac-sha256-128"]) {
			for (const cipher of ["AES-256-GCM", "AES-256-CCM", "AES-128-GCM"]) {
				it(`encrypted by ${cipher} with a key of ${type}`, async () => {
					kdc.admin([`cpw -randkey -e ${type}:normal ${service}`, `setstr ${service} session_enctypes ${type}`, `ktadd -norandkey -k ${kdc.keytab} ${service}`]);
					const path = `${cipher}-${type}`;
					const run = await scanner.send(samba, { ...kerberos(kdc), encryption: "required", "encryption-algorithms": cipher, path });
					assertSaid(run, 0, new RegExp(`encrypted \\(${cipher}\\)`));
					assertSame(`${samba.folderOf()}/${path}/scan.pdf`, bytes);
				});
			}
		}

		it("with a password beyond ASCII", async () => {
			assertSaid(await scanner.send(samba, { ...kerberos(kdc), user: "umlaut", password: "pä$$wörd-€-\u{1D11E}", path: "umlaut" }), 0);
			assertSame(`${samba.folderOf()}/umlaut/scan.pdf`, bytes);
		});
		it("where the KDC asks for no proof first", async () => {
			assertSaid(await scanner.send(samba, { ...kerberos(kdc), user: "trusting", path: "trusting" }), 0);
			assertSaid(await scanner.send(samba, { ...kerberos(kdc), user: "trusting", password: "wrong", path: "trusting" }), 1, /does not fit the password of trusting: check password=…/);
		});
		it("the realm as the user's own, in small letters", async () => {
			const run = await scanner.send(samba, { ...kerberos(kdc), realm: undefined, user: `${user}@${kdc.realm.toLowerCase()}`, path: "own" });
			assertSaid(run, 0);
			assertSame(`${samba.folderOf()}/own/scan.pdf`, bytes);
		});
		it("auth=auto takes Kerberos where a KDC is set, and one SESSION_SETUP for it", async () => {
			const proxy = await Proxy.start({ port: samba.port });
			try {
				const run = await scanner.send({ ...samba, address: "127.0.0.1", port: proxy.port, share: samba.share, user, password }, { ...kerberos(kdc), auth: undefined, path: "auto", verbose: true });
				assertSaid(run, 0, /\(Kerberos\)/);
				deepEqual(proxy.commands("request").slice(0, 3), [Command.NEGOTIATE, Command.SESSION_SETUP, Command.TREE_CONNECT]);
				const capture = join(kdc.folder, "capture.pcap");
				proxy.writeCapture(capture);
				const tshark = (filter: string): Promise<Run> => runProcess("tshark", ["-r", capture, "-Y", filter, "-T", "fields", "-e", "frame.number", "-e", "kerberos.msg_type", "-e", "_ws.expert.message"]);
				equal((await tshark("smb2.cmd == 1 && kerberos.msg_type == 14")).out.trim().split("\t")[1], "14", "tshark sees the AP-REQ");
				equal((await tshark("(_ws.malformed || _ws.expert.severity == error) && tcp.dstport == 445")).out, "");
			}
			finally { await proxy.close(); }
		});
		it("the first KDCs dead or unknown", async () => {
			const dead = await freePort();
			const run = await scanner.send(samba, { ...kerberos(kdc), kdc: `127.0.0.1:${dead},kdc.invalid,${kdc.address}:${kdc.port}`, path: "second", verbose: true });
			assertSaid(run, 0, new RegExp(`127\\.0\\.0\\.1 port ${dead} does not answer by UDP`), /kdc\.invalid port 88 does not answer by UDP/);
			assertSame(`${samba.folderOf()}/second/scan.pdf`, bytes);
		});
		it("a machine whose clock is two hours late", async () => {
			const { executable, moduleList } = await host(64);
			const run = await runProcess("faketime", ["-f", "-2h", executable, moduleList, ...words(scanner.settings(samba, { ...kerberos(kdc), path: "late" }))]);
			assertSaid(run, 0, /clock and the KDC's differ by 7[12]\d\d s: the KDC's time is used/);
			assertSame(`${samba.folderOf()}/late/scan.pdf`, bytes);
		});
	});

	describe("tickets", () => {
		/** Looks again and again, until that many scans have arrived. */
		async function watch(scans: number, more: Values, port = samba.port): Promise<Run> {
			const box = new Scanner();
			box.put("1.pdf", 1000);
			let arrived = 0, stop = (): void => {};
			try {
				return await box.send({ address: "127.0.0.1", port, share: samba.share, user, password }, { ...kerberos(kdc), watch: 1, after: "delete", ...more }, {
					onStart: kill => { stop = () => kill("SIGTERM"); },
					onLine: line => {
						if (!/arrived as/.test(line)) return;
						if (++arrived === scans) stop();
						else box.put(`${arrived + 1}.pdf`, 1000);
					},
				});
			}
			finally { box.remove(); }
		}

		it("serve every connection until they expire", async () => {
			const before = { as: logged(kdc, /AS_REQ/), tgs: logged(kdc, /TGS_REQ/) };
			await watch(3, { path: "again" });
			deepEqual(onShare(samba, "again"), ["1.pdf", "2.pdf", "3.pdf"]);
			equal(logged(kdc, /AS_REQ/) - before.as, 2);
			equal(logged(kdc, /TGS_REQ/) - before.tgs, 1);
		});
		it(`at hand make the first file wait for ${turnsToFirstFile} round trips behind the TCP connection, and for no KDC`, async () => {
			const proxy = await Proxy.start({ port: samba.port });
			try {
				const before = logged(kdc, /TGS_REQ/);
				await watch(2, { path: "turns" }, proxy.port);
				equal(logged(kdc, /TGS_REQ/) - before, 1);
				// The second connection is the one with a ticket at hand, and a folder that is there.
				const second = proxy.packets.filter(({ connection }) => connection === 1);
				const created = second.findIndex(({ direction, bytes }) => direction === "reply" && commandsOf(bytes).includes(Command.CREATE));
				equal(new DataView(second[created]!.bytes.buffer).getUint32(at.Status, true), 0, "it is created");
				let turns = 0;
				for (let i = 1; i <= created; i++) if (second[i]!.direction === "reply" && second[i - 1]!.direction === "request") turns++;
				equal(turns, turnsToFirstFile, second.slice(0, created + 1).map(({ direction, bytes }) => `${direction} ${commandsOf(bytes).join("+")}`).join(", "));
			}
			finally { await proxy.close(); }
		});
		it("are renewed before they expire", async () => {
			kdc.admin([`modprinc -maxlife "2 seconds" ${service}`]);
			const before = { as: logged(kdc, /AS_REQ/), tgs: logged(kdc, /TGS_REQ/) };
			try { await watch(4, { path: "renewed" }); }
			finally { kdc.admin([`modprinc -maxlife "10 hours" ${service}`]); }
			equal(onShare(samba, "renewed").length, 4);
			equal(logged(kdc, /AS_REQ/) - before.as, 2);
			ok(logged(kdc, /TGS_REQ/) - before.tgs >= 2, kdc.log());
		});
	});

	describe("the account", () => {
		const refusals: readonly [title: string, user: string, pattern: RegExp][] = [
			["unknown", "nobody", /KDC_ERR_C_PRINCIPAL_UNKNOWN \(6\): the realm SCANS\.TEST has no account "nobody": check user=… and realm=…/],
			["disabled", "disabled", /KDC_ERR_CLIENT_REVOKED \(18\): the account disabled is disabled, or locked.*enable or unlock it/],
			["expired", "expired", /KDC_ERR_NAME_EXP \(1\): the account expired has expired: extend it/],
			["password expired", "pw-expired", /KDC_ERR_KEY_EXPIRED \(23\): the password of pw-expired has expired: set a new one/],
			["no AES key", "old", /the KDC has no AES key for the account old, or wants more than its password: set that anew, or allow AES for it/],
		];
		for (const [title, user, pattern] of refusals) {
			it(title, async () => {
				for (const auth of ["kerberos", "auto"])
					assertSaid(await scanner.send(samba, { ...kerberos(kdc, { auth }), user }), 1, pattern);
			});
		}

		it("a wrong password is tried once, however many scans there are, and by no other mechanism", async () => {
			scanner.put("b.pdf", 100);
			scanner.put("c.pdf", 100);
			const proxy = await Proxy.start({ port: samba.port });
			try {
				const run = await scanner.send({ address: "127.0.0.1", port: proxy.port, share: samba.share, user, password: "wrong-word" }, kerberos(kdc, { auth: "auto" }));
				assertSaid(run, 1, /KDC_ERR_PREAUTH_FAILED \(24\): the password of scanner is wrong: check password=…/, /3 scans stayed/);
				ok(!run.text.includes("wrong-word"), run.text);
				equal(proxy.connections, 0);
				ok(/Failed password attempts: 1$/m.test(kdc.admin([`getprinc ${user}`])), kdc.admin([`getprinc ${user}`]));
			}
			finally { await proxy.close(); }
		});
		it("locked after wrong passwords", async () => {
			for (let attempt = 0; attempt < 2; attempt++)
				assertSaid(await scanner.send(samba, { ...kerberos(kdc), user: "locked", password: "wrong" }), 1, /PREAUTH_FAILED/);
			assertSaid(await scanner.send(samba, { ...kerberos(kdc), user: "locked" }), 1, /KDC_ERR_CLIENT_REVOKED.*locked after wrong passwords: enable or unlock it/);
		});
	});

	describe("the server and the KDC", () => {
		it("a server that the realm does not know: a clear word, or NTLM where auth=auto lets it", async () => {
			const pattern = /KDC_ERR_S_PRINCIPAL_UNKNOWN \(7\): the realm SCANS\.TEST knows no cifs\/localhost\.scans\.test: give server=… the name that the server has there/;
			assertSaid(await scanner.send(samba, { ...kerberos(kdc), server: "localhost" }), 1, pattern);
			const run = await scanner.send(samba, { ...kerberos(kdc, { auth: "auto" }), server: "localhost", path: "fallback" });
			assertSaid(run, 0, pattern, /going on without Kerberos/, /localhost: logged on by NTLMv2, not by Kerberos/);
			assertSame(`${samba.folderOf()}/fallback/scan.pdf`, bytes);
		});
		it("no KDC answers", async () => {
			const nowhere = `127.0.0.1:${await freePort()}`;
			const pattern = /127\.0\.0\.1 refuses connections on port \d+: is the KDC on\?/;
			assertSaid(await scanner.send(samba, { ...kerberos(kdc), kdc: nowhere }), 1, pattern);
			assertSaid(await scanner.send(samba, { ...kerberos(kdc, { auth: "auto" }), kdc: nowhere, path: "no-kdc" }), 0, pattern, /going on without Kerberos/);
		});
		it("a KDC that is none", async () => {
			assertSaid(await scanner.send(samba, { ...kerberos(kdc), kdc: `127.0.0.1:${samba.port}` }), 1, /127\.0\.0\.1/);
		});
		it("a realm that the KDC does not serve", async () => {
			assertSaid(await scanner.send(samba, { ...kerberos(kdc), realm: "OTHER.TEST" }), 1, /Kerberos|OTHER\.TEST/);
		});
		it("a server without Kerberos", async () => {
			const plain = await startSamba();
			try {
				assertSaid(await scanner.send(plain, kerberos(kdc)), 1, /the server does not offer Kerberos/);
				assertSaid(await scanner.send(plain, kerberos(kdc, { auth: "auto" })), 0, /logged on by NTLMv2, not by Kerberos/);
			}
			finally { await plain.stop(); }
		});
		it("a server whose keytab is old", async () => {
			kdc.admin([`cpw -randkey ${service}`]);
			try { assertSaid(await scanner.send(samba, kerberos(kdc)), 1, /127\.0\.0\.1 refuses the Kerberos ticket.*keytab/); }
			finally { kdc.admin([`ktadd -norandkey -k ${kdc.keytab} ${service}`]); }
		});
		it("a KDC whose clock is ahead of the server's", async () => {
			const ahead = await startKDC({ clock: "+3h", users: [{ name: user, password }], services: [{ name: service }] });
			const other = await startKerberosSamba(ahead);
			try { assertSaid(await scanner.send(other, kerberos(ahead)), 1, /clock/); }
			finally {
				await other.stop();
				await ahead.stop();
			}
		});
	});

	describe("datagrams", () => {
		/** One upload through a relay: how many datagrams and connections the KDC got. */
		async function counted(options: KDCOptions, passes = true): Promise<[datagrams: number, connections: number]> {
			const own = await startKDC({ ...options, policies: [{ name: "strict", options: "-maxfailure 2" }], users: [{ name: user, password, options: "-policy strict" }], services: [{ name: service }] });
			const relay = await KDCRelay.start(own);
			const other = await startKerberosSamba(own);
			relay.passes = passes;
			try {
				const run = await scanner.send(other, kerberos(own, { kdc: `127.0.0.1:${relay.port}` }));
				assertSaid(run, 0);
				assertSame(`${other.folderOf()}/scan.pdf`, bytes);
				const before: [number, number] = [relay.datagrams, relay.connections];
				if (!passes) return before;
				const wrong = await scanner.send(other, kerberos(own, { kdc: `127.0.0.1:${relay.port}`, password: "wrong" }));
				assertSaid(wrong, 1, /KDC_ERR_PREAUTH_FAILED/);
				ok(/Failed password attempts: 1$/m.test(own.admin([`getprinc ${user}`])), "a wrong password counts once");
				return before;
			}
			finally {
				relay.close();
				await other.stop();
				await own.stop();
			}
		}

		it("carry both short requests, and no proof of the password", async () => deepEqual(await counted({ udp: true }), [2, 1]));
		it("too short for the KDC's answers: the rest comes over TCP", async () => deepEqual(await counted({ udp: true, longestDatagram: 100 }), [2, 3]));
		it("that get lost: two are sent, then TCP, and none any more", async () => deepEqual(await counted({ udp: true }, false), [2, 3]));
	});

	describe("settings (exit code 2)", () => {
		it("Kerberos without a realm", async () => {
			assertSaid(await scanner.send(samba, { auth: "kerberos" }), 2, /realm=… is missing: the Kerberos realm, such as EXAMPLE\.ORG; or say user=name@EXAMPLE\.ORG/);
			assertSaid(await scanner.send(samba, { kdc: "dc.example.org" }), 2, /realm=… is missing/);
		});
		it("what contradicts itself, and what can be no host", async () => {
			assertSaid(await scanner.send(samba, { auth: "ntlm", realm: kdc.realm }), 2, /realm=… and kdc=… are for Kerberos/);
			assertSaid(await scanner.send(samba, kerberos(kdc, { kdc: "dc/1" })), 2, /kdc "dc\/1"/);
			assertSaid(await scanner.send(samba, kerberos(kdc, { kdc: "dc:99999" })), 2, /kdc=dc:99999: expected Kerberos servers/);
		});
	});

	(builds32 ? it : it.skip)("20 MiB in the 64 KiB of a device, 32 bits", async () => {
		const large = scanner.put("large.pdf", 20 * 1_048_576);
		const run = await scanner.send(samba, { ...kerberos(kdc), path: "budget" }, { bits: 32, hostOptions: ["--report"] });
		assertSaid(run, 0);
		assertSame(`${samba.folderOf()}/budget/large.pdf`, large);
		const used = Number(/ staticUsed=(\d+)/.exec(run.err)?.[1]);
		ok(used > 0 && used <= 65_536, run.err);
	});
});
