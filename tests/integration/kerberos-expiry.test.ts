/** Tickets that expire: while a scan is on its way, for a server ends the session with the ticket; and between two scans. */
import { deepEqual, equal, ok } from "../support/assert.js";
import { type KDC, startKDC, startKerberosSamba } from "../support/kdc.js";
import { Command, type Message, Proxy, at } from "../support/proxy.js";
import { allBits, builds32 } from "../support/run.js";
import { type Samba, defaultUser } from "../support/samba.js";
import { Scanner, assertSaid, assertSame, onShare } from "../support/scanner.js";

const service = "cifs/127.0.0.1";
const { name: user, password } = defaultUser;
const NETWORK_SESSION_EXPIRED = 0xC000035C;

/** Sees which WRITEs a server confirmed, and which of those are sent again. */
class Writes {
	readonly again: number[] = [];
	expired = 0;
	readonly #sent = new Map<string, number>();
	readonly #confirmed = new Set<number>();

	request({ command, connection, view, bytes }: Message): Uint8Array {
		if (command === Command.WRITE) {
			const offset = view.getUint32(at.body + 8, true);
			this.#sent.set(`${connection} ${view.getUint32(at.MessageId, true)}`, offset);
			if (this.#confirmed.has(offset)) this.again.push(offset);
		}
		return bytes;
	}
	reply({ command, connection, view, bytes }: Message): Uint8Array {
		const status = view.getUint32(at.Status, true);
		if (status === NETWORK_SESSION_EXPIRED) this.expired++;
		if (command === Command.WRITE && status === 0) this.#confirmed.add(this.#sent.get(`${connection} ${view.getUint32(at.MessageId, true)}`)!);
		return bytes;
	}
}

describe("Kerberos tickets that expire", function () {
	this.timeout(90_000);
	let kdc: KDC;
	let samba: Samba;
	let scanner: Scanner;
	let settings: { auth: string; realm: string; kdc: string };

	before(async () => {
		kdc = await startKDC({ users: [{ name: user, password }], services: [{ name: service }] });
		samba = await startKerberosSamba(kdc, { signing: "mandatory" });
		settings = { auth: "kerberos", realm: kdc.realm, kdc: `${kdc.address}:${kdc.port}` };
	});
	after(async () => {
		await samba.stop();
		await kdc.stop();
	});
	beforeEach(() => { scanner = new Scanner(); });
	afterEach(() => scanner.remove());

	/** How many tickets the KDC has issued in an exchange. */
	function issued(exchange: "AS_REQ" | "TGS_REQ"): number { return kdc.log().split("\n").filter(line => line.includes(exchange) && line.includes("ISSUE")).length; }

	for (const bits of allBits) {
		it(`in the middle of an upload: it goes on with a new one, and nothing that was confirmed is sent again, ${bits} bits${bits === 32 ? ", in the 64 KiB of a device" : ""}`, async () => {
			kdc.admin([`modprinc -maxlife "3 seconds" ${service}`]);
			const bytes = scanner.put("scan.pdf", 2_000_000), tickets = issued("TGS_REQ"), logons = issued("AS_REQ"), writes = new Writes();
			const proxy = await Proxy.start({ port: samba.port, speed: 400_000, request: message => writes.request(message), reply: message => writes.reply(message) });
			try {
				const run = await scanner.send({ address: "127.0.0.1", port: proxy.port, share: samba.share, user, password }, { ...settings, path: `expired ${bits}` }, { bits, hostOptions: ["--report"] });
				assertSaid(run, 0, /STATUS_NETWORK_SESSION_EXPIRED .*going on in/);
				assertSame(`${samba.folderOf()}/expired ${bits}/scan.pdf`, bytes);
				deepEqual(onShare(samba, `expired ${bits}`), ["scan.pdf"]);
				ok(writes.expired > 0, "the server ended the session");
				deepEqual(writes.again, []);
				// Samba does not give back a file of a session that has expired: the connection after that one has the same ticket.
				const refused = run.text.split("does not give back the file").length - 1;
				equal(issued("TGS_REQ") - tickets, proxy.connections - refused, "a new ticket for each session that was ended");
				equal(issued("AS_REQ") - logons, 1, "one ticket-granting ticket for all of them");
				const used = Number(/ staticUsed=(\d+)/.exec(run.err)?.[1]);
				ok(bits === 64 || used > 0 && used <= 65_536, run.err);
			}
			finally { await proxy.close(); }
		});
	}

	(builds32 ? it : it.skip)("with the connection, while one scan is to get its name and the next is on its way: both arrive once, in the 64 KiB of a device", async () => {
		kdc.admin([`modprinc -maxlife "2 seconds" ${service}`]);
		const names = ["1.pdf", "2.pdf", "3.pdf"], bytes = names.map((name, i) => scanner.put(name, 30_000 + i)), tickets = issued("TGS_REQ");
		let renames = 0, begun = 0;
		const proxy = await Proxy.start({
			port: samba.port,
			request({ command, connection, bytes }) {
				if (connection === 0 && command === Command.SET_INFO) renames++;
				if (connection === 0 && command === Command.CREATE && renames > 0) begun++;
				return bytes;
			},
			reply(message) {
				if (message.connection > 0 || message.command !== Command.SET_INFO) return message.bytes;
				setTimeout(() => message.cut(true), 2500);
				return undefined;
			},
		});
		try {
			const run = await scanner.send({ address: "127.0.0.1", port: proxy.port, share: samba.share, user, password }, { ...settings, path: "cut off", encryption: "off" }, { bits: 32, hostOptions: ["--report"] });
			assertSaid(run, 0, /1\.pdf: .*going on in/, /3 scans arrived/);
			for (const [i, name] of names.entries()) assertSame(`${samba.folderOf()}/cut off/${name}`, bytes[i]!);
			deepEqual(onShare(samba, "cut off"), names);
			equal(`${renames} renamed, ${begun} begun`, "1 renamed, 1 begun");
			equal(issued("TGS_REQ") - tickets, 2);
			const used = Number(/ staticUsed=(\d+)/.exec(run.err)?.[1]);
			ok(used > 0 && used <= 65_536, run.err);
		}
		finally { await proxy.close(); }
	});

	it("between two scans: new ones are got, the ticket-granting ticket included", async () => {
		kdc.admin([`modprinc -maxlife "10 hours" ${service}`, `modprinc -maxlife "2 seconds" krbtgt/${kdc.realm}`]);
		const logons = issued("AS_REQ"), scans = 4;
		let arrived = 0, stop = (): void => {};
		const next = (): void => { scanner.put(`${arrived + 1}.pdf`, 1000); };
		next();
		await scanner.send(samba, { ...settings, path: "between", watch: 1, after: "delete" }, {
			onStart: kill => { stop = () => kill("SIGTERM"); },
			onLine: line => {
				if (!/arrived as/.test(line)) return;
				if (++arrived === scans) stop();
				else next();
			},
		});
		deepEqual(onShare(samba, "between"), ["1.pdf", "2.pdf", "3.pdf", "4.pdf"]);
		ok(issued("AS_REQ") - logons >= 2, kdc.log());
	});
});
