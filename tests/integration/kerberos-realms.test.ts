/** Kerberos across two realms, each with a KDC of its own: KDCs by the DNS, referrals to the server's realm, and those that lead in a circle. */
import { equal, ok } from "../support/assert.js";
import { type KDC, startKDC, startKerberosSamba } from "../support/kdc.js";
import { NameServer } from "../support/name-server.js";
import { allBits } from "../support/run.js";
import { type Samba, defaultUser } from "../support/samba.js";
import { Scanner, assertSaid, assertSame } from "../support/scanner.js";

const { name: user, password } = defaultUser;
const near = "NEAR.TEST", far = "FAR.TEST";

describe("Kerberos across realms", function () {
	this.timeout(90_000);
	let home: KDC, away: KDC;
	let samba: Samba;
	let names: NameServer;
	let scanner: Scanner;
	let bytes: Uint8Array;

	before(async () => {
		home = await startKDC({ realm: near, users: [{ name: user, password }], trusts: [{ from: near, to: far, hosts: ".far.test" }, { from: far, to: near }] });
		away = await startKDC({ realm: far, services: [{ name: "cifs/nas.far.test" }], trusts: [{ from: near, to: far }, { from: far, to: near, hosts: "lost.far.test" }] });
		samba = await startKerberosSamba(away, { signing: "mandatory", users: [{ name: user, password: "not this one", aliases: [`${near}\\${user}`] }] });
		names = await NameServer.start([
			{ name: `_kerberos._tcp.${near}`, host: "kdc.near.test", port: home.port },
			{ name: `_kerberos._tcp.${far}`, host: "kdc.far.test", port: away.port },
		]);
	});
	after(async () => {
		await names.close();
		await samba.stop();
		await away.stop();
		await home.stop();
	});
	beforeEach(() => {
		scanner = new Scanner();
		bytes = scanner.put("scan.pdf", 200_000);
	});
	afterEach(() => scanner.remove());

	for (const bits of allBits) {
		it(`an account of one realm uploads to a server of another, by referral, ${bits} bits`, async () => {
			const run = await scanner.send({ ...samba, share: samba.share, address: "nas.far.test", password }, { user: `${user}@${near}`, auth: "kerberos", path: `referred ${bits}`, verbose: true }, { bits, env: names.env(bits), hostOptions: ["--report"] });
			assertSaid(run, 0, /NEAR\.TEST refers to the realm FAR\.TEST for cifs\/nas\.far\.test/, /a ticket for cifs\/nas\.far\.test until/, /authenticated successfully \(Kerberos\)/);
			assertSame(`${samba.folderOf()}/referred ${bits}/scan.pdf`, bytes);
			const used = Number(/ staticUsed=(\d+)/.exec(run.err)?.[1]);
			ok(bits === 64 || used > 0 && used <= 65_536, run.err);
		});
	}

	it("KDCs that refer in a circle are asked no further, and no server is", async () => {
		const before = samba.log().length;
		const run = await scanner.send({ ...samba, share: samba.share, address: "lost.far.test", password }, { user: `${user}@${near}`, auth: "kerberos" }, { env: names.env() });
		assertSaid(run, 1, /the KDCs refer to NEAR\.TEST for cifs\/lost\.far\.test, after NEAR\.TEST, FAR\.TEST: that leads nowhere/);
		ok(!/TCP connection established/.test(run.text), run.text);
		equal(samba.log().length, before);
	});

	it("a realm that the DNS does not know", async () => {
		const run = await scanner.send({ ...samba, share: samba.share, address: "nas.far.test", password }, { user: `${user}@NOWHERE.TEST`, auth: "kerberos" }, { env: names.env() });
		assertSaid(run, 1, /no KDC is known for the realm NOWHERE\.TEST: the DNS has no _kerberos\._tcp\.NOWHERE\.TEST; check realm=…, or set kdc=…/);
	});
});
