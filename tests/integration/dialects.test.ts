/** Against a real Samba: every dialect, signed, as guest, over port 139; in both widths of the host. */
import { deepEqual, ok } from "../support/assert.js";
import { allBits } from "../support/run.js";
import { type Samba, dialects, startSamba } from "../support/samba.js";
import { Scanner, assertSaid, assertSame, onShare } from "../support/scanner.js";

const names: Record<string, { setting: string; hex: string; text: string }> = {
	SMB2_02: { setting: "2.0.2", hex: "0x0202", text: "SMB 2.0.2" },
	SMB2_10: { setting: "2.1", hex: "0x0210", text: "SMB 2.1" },
	SMB3_00: { setting: "3.0", hex: "0x0300", text: "SMB 3.0" },
	SMB3_02: { setting: "3.0.2", hex: "0x0302", text: "SMB 3.0.2" },
	SMB3_11: { setting: "3.1.1", hex: "0x0311", text: "SMB 3.1.1" },
};

/** A loopback address that no other run of these tests uses, so that port 139 and 445 are free there. */
function ownAddress(number: number): string { return `127.${64 + number}.${process.pid >> 8 & 255}.${process.pid & 255 || 1}`; }

function escaped(text: string): string { return text.replace(/[.()]/g, "\\$&"); }

describe("dialects", function () {
	this.timeout(60_000);
	let samba: Samba;
	let scanner: Scanner;
	let bytes: Uint8Array;

	before(() => {
		scanner = new Scanner();
		bytes = scanner.put("scan.pdf", 200_000);
	});
	after(() => scanner.remove());
	afterEach(() => samba.stop());

	for (const bits of allBits) {
		for (const dialect of dialects) {
			const { setting, hex, text } = names[dialect]!;

			it(`the server speaks ${text} only, signing mandatory, ${bits} bits`, async () => {
				samba = await startSamba({ minProtocol: dialect, maxProtocol: dialect, signing: "mandatory" });
				const run = await scanner.send(samba, { path: "in", verbose: true }, { bits });
				assertSaid(run, 0, new RegExp(`SMB2: Negotiated dialect: ${hex} \\(${escaped(text)}\\)`), /scan\.pdf: 200 KB, .*arrived as in\/scan\.pdf/, /signed/);
				assertSame(`${samba.folderOf()}/in/scan.pdf`, bytes);
			});

			it(`dialect=${setting} against a server that speaks all, ${bits} bits`, async () => {
				samba = await startSamba();
				const run = await scanner.send(samba, { path: "in", verbose: true, dialect: setting }, { bits });
				assertSaid(run, 0, new RegExp(`SMB2: Negotiated dialect: ${hex} \\(${escaped(text)}\\)`));
				assertSame(`${samba.folderOf()}/in/scan.pdf`, bytes);
			});
		}
	}

	it("a range takes its highest dialect", async () => {
		samba = await startSamba();
		assertSaid(await scanner.send(samba, { dialect: "2.1-3.0.2", verbose: true }), 0, /Negotiated dialect: 0x0302/);
		await samba.stop();
		samba = await startSamba({ maxProtocol: "SMB3_00" });
		assertSaid(await scanner.send(samba, { dialect: "2.1-3.0.2", verbose: true }), 0, /Negotiated dialect: 0x0300/);
	});

	it("verbose tells each step in order", async () => {
		samba = await startSamba();
		const run = await scanner.send(samba, { path: "scans", verbose: true });
		assertSaid(run, 0);
		const steps = [
			`SMB2: Connecting to ${samba.address}, share: scans, path: /scans/`,
			"SMB2: TCP connection established",
			"SMB2: Negotiating protocol",
			"SMB2: Negotiated dialect: 0x0311 (SMB 3.1.1)",
			"SMB2: User authenticated successfully",
			"SMB2: Share connected successfully",
		];
		deepEqual(steps.map(step => run.err.indexOf(step)).filter(at => at < 0), [], run.text);
		const found = steps.map(step => run.err.indexOf(step));
		deepEqual(found, [...found].sort((a, b) => a - b), run.text);
		ok(run.out.includes("scan.pdf"), run.text);
	});

	it("without verbose the log is quiet", async () => {
		samba = await startSamba();
		const run = await scanner.send(samba);
		assertSaid(run, 0);
		ok(!run.text.includes("SMB2:"), run.text);
	});

	it("the password is in nothing that is said", async () => {
		samba = await startSamba();
		const run = await scanner.send(samba, { verbose: true });
		assertSaid(run, 0);
		ok(!run.text.includes(samba.password), run.text);
	});

	it("signing=when-offered works, too", async () => {
		samba = await startSamba();
		assertSaid(await scanner.send(samba, { signing: "when-offered" }), 0);
		assertSame(`${samba.folderOf()}/scan.pdf`, bytes);
	});

	it("a domain before the user name, or beside it", async () => {
		samba = await startSamba();
		assertSaid(await scanner.send(samba, { user: `WORKGROUP\\${samba.user}`, path: "a" }), 0);
		assertSaid(await scanner.send(samba, { domain: "WORKGROUP", path: "b" }), 0);
		deepEqual([...onShare(samba, "a"), ...onShare(samba, "b")], ["scan.pdf", "scan.pdf"]);
	});

	it("auth=guest is let in where the share takes guests, and said so", async () => {
		samba = await startSamba({ guest: true });
		const run = await scanner.send(samba, { auth: "guest", user: undefined, password: undefined, path: "guests" });
		assertSaid(run, 0, /guest/, /not signed/);
		assertSame(`${samba.folderOf()}/guests/scan.pdf`, bytes);
	});

	it("port 139: the NetBIOS session service", async () => {
		samba = await startSamba({ address: ownAddress(1), port: 139 });
		const run = await scanner.send(samba, { path: "netbios", verbose: true });
		assertSaid(run, 0, /port 139/);
		assertSame(`${samba.folderOf()}/netbios/scan.pdf`, bytes);
	});

	it("without a port: 445", async () => {
		samba = await startSamba({ address: ownAddress(2), port: 445 });
		assertSaid(await scanner.send(samba, { port: undefined }), 0, /port 445/);
	});

	it("without a port, where nothing listens on 445: 139", async () => {
		samba = await startSamba({ address: ownAddress(3), port: 139 });
		assertSaid(await scanner.send(samba, { port: undefined }), 0, /port 139/);
		assertSame(`${samba.folderOf()}/scan.pdf`, bytes);
	});

	it("small windows and few credits are slower, never wrong", async () => {
		scanner.put("large.pdf", 1_000_003);
		samba = await startSamba({ global: { "smb2 max write": 8192, "smb2 max credits": 8 } });
		assertSaid(await scanner.send(samba), 0);
		deepEqual(onShare(samba), ["large.pdf", "scan.pdf"]);
		scanner.assertUntouched();
		assertSame(`${samba.folderOf()}/scan.pdf`, bytes);
	});
});
