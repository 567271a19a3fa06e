/** Signing and encryption against a real Samba: every algorithm and cipher that it can be made to choose, as the session's, the share's and the server's wish; tshark decrypts and verifies. */
import { join } from "node:path";
import { deepEqual, equal, ok } from "../support/assert.js";
import { Proxy } from "../support/proxy.js";
import { allBits, runProcess } from "../support/run.js";
import { type Samba, type SambaOptions, startSamba } from "../support/samba.js";
import { Scanner, assertSaid, assertSame, onShare } from "../support/scanner.js";

const signings = ["AES-CMAC", "AES-GMAC", "HMAC-SHA256"];
const ciphers = ["AES-128-CCM", "AES-128-GCM", "AES-256-CCM", "AES-256-GCM"];

/** smb.conf(5) knows CMAC and GMAC by the length of their key. */
function only(signing: string, cipher: string): Record<string, string> {
	return { "server smb3 signing algorithms": signing.replace("AES-", "AES-128-"), "server smb3 encryption algorithms": cipher };
}

describe("encryption and signing", function () {
	this.timeout(60_000);
	let samba: Samba;
	let scanner: Scanner;
	let bytes: Uint8Array;

	before(() => {
		scanner = new Scanner();
		bytes = scanner.put("scan.pdf", 300_001);
	});
	after(() => scanner.remove());
	afterEach(() => samba.stop());

	async function arrives(options: SambaOptions, settings: Record<string, string>, how: string, bits = 64): Promise<void> {
		samba = await startSamba({ signing: "mandatory", ...options });
		const run = await scanner.send(samba, { path: "in", ...settings }, { bits });
		assertSaid(run, 0, new RegExp(how.replace(/[()]/g, "\\$&")));
		assertSame(`${samba.folderOf()}/in/scan.pdf`, bytes);
	}

	for (const signing of signings) {
		it(`signed by ${signing}`, () => arrives({ global: only(signing, "AES-128-GCM") }, { "signing-algorithms": signing }, `signed (${signing})`));

		for (const cipher of ciphers)
			it(`signed by ${signing}, then encrypted by ${cipher}`, () => arrives({ global: only(signing, cipher) }, { encryption: "required", "signing-algorithms": signing }, `encrypted (${cipher})`));
	}

	for (const bits of allBits) {
		for (const cipher of ciphers) {
			it(`a server that demands encryption: ${cipher}, ${bits} bits`, () => arrives({ encrypt: "required", global: only("AES-CMAC", cipher) }, {}, `encrypted (${cipher})`, bits));

			it(`a share that demands encryption: ${cipher}, ${bits} bits`, () => arrives({ shares: [{ name: "scans", encrypt: "required" }], global: only("AES-CMAC", cipher) }, {}, `encrypted (${cipher})`, bits));
		}

		for (const [dialect, setting] of [["SMB3_00", "3.0"], ["SMB3_02", "3.0.2"]] as const) {
			it(`${setting}: encryption=required, ${bits} bits`, () => arrives({ maxProtocol: dialect }, { encryption: "required" }, "encrypted (AES-128-CCM)", bits));
			it(`${setting}: a share that demands it, ${bits} bits`, () => arrives({ maxProtocol: dialect, shares: [{ name: "scans", encrypt: "required" }] }, { dialect: setting }, "encrypted (AES-128-CCM)", bits));
			it(`${setting}: a server that demands it, ${bits} bits`, () => arrives({ maxProtocol: dialect, encrypt: "required" }, { dialect: setting }, "encrypted (AES-128-CCM)", bits));
		}
	}

	it("AES-CMAC, whatever the server would rather have", () => arrives({}, {}, "signed (AES-CMAC)"));

	for (const signing of ["AES-GMAC", "HMAC-SHA256"])
		it(`${signing}, where the server takes nothing else`, () => arrives({ global: only(signing, "AES-128-GCM") }, {}, `signed (${signing})`));

	it("signing-algorithms=AES-CMAC does not give in", async () => {
		samba = await startSamba({ global: only("AES-GMAC", "AES-128-GCM") });
		assertSaid(await scanner.send(samba, { "signing-algorithms": "AES-CMAC" }), 1, /NEGOTIATE: STATUS_INVALID_PARAMETER/);
	});

	it("encryption-algorithms=AES-256-GCM offers that alone", () => arrives({}, { encryption: "required", "encryption-algorithms": "AES-256-GCM" }, "encrypted (AES-256-GCM)"));

	for (const bits of allBits) {
		it(`algorithms=measured says what it measured before it connects, and a server that takes none of the first is offered the rest, ${bits} bits`, async () => {
			samba = await startSamba({ signing: "mandatory" });
			const run = await scanner.send(samba, { path: "in", verbose: true, encryption: "preferred", algorithms: "measured" }, { bits });
			assertSaid(run, 0);
			const [measured, rest] = [run.err.slice(0, run.err.indexOf("Connecting to")), run.err.slice(run.err.indexOf("Connecting to"))];
			for (const name of [...signings, ...ciphers])
				ok(new RegExp(`^self-test: ${name} [0-9.]+ MB/s$`, "m").test(measured), run.err);
			ok(!rest.includes("self-test"), run.err);
			assertSame(`${samba.folderOf()}/in/scan.pdf`, bytes);
			await samba.stop();

			const [, signing, cipher] = /^self-test: offered at first are (.*); (.*)$/m.exec(measured)!.map(list => list.split(", "));
			ok(signing!.length > 0 && cipher!.length > 0, run.err);
			// Where all are about as fast nothing is kept back.
			const [otherSigning, otherCipher] = [signings.find(name => !signing!.includes(name)) ?? signings[0]!, ciphers.find(name => !cipher!.includes(name)) ?? ciphers[0]!];
			await arrives({ global: only(otherSigning, otherCipher) }, { encryption: "required", algorithms: "measured" }, `encrypted (${otherCipher})`, bits);
			await samba.stop();
			await arrives({ global: only(signing![0]!, otherCipher) }, { encryption: "required", "signing-algorithms": signing![0]!, algorithms: "measured" }, `encrypted (${otherCipher})`, bits);
		});
	}

	it("encryption=preferred takes what there is", async () => {
		await arrives({}, { encryption: "preferred" }, "encrypted (");
		await samba.stop();
		await arrives({ maxProtocol: "SMB2_10" }, { encryption: "preferred" }, "signed (HMAC-SHA256)");
		await samba.stop();
		await arrives({ encrypt: "off" }, { encryption: "preferred" }, "signed (");
	});

	it("encryption=required refuses a server that cannot, before it is told the user's name", async () => {
		samba = await startSamba({ encrypt: "off" });
		const proxy = await Proxy.start({ port: samba.port });
		try {
			const run = await scanner.send({ ...target(samba), port: proxy.port }, { encryption: "required" });
			assertSaid(run, 1, /does not encrypt .*encryption=required/);
			deepEqual(proxy.commands("request"), [0]);
			deepEqual(onShare(samba), []);
		}
		finally { await proxy.close(); }
	});

	it("encryption=off refuses a server or a share that demands it", async () => {
		samba = await startSamba({ encrypt: "required" });
		assertSaid(await scanner.send(samba, { encryption: "off" }), 1, /demands encryption .*check encryption=…/);
		await samba.stop();
		samba = await startSamba({ shares: [{ name: "scans", encrypt: "required" }] });
		assertSaid(await scanner.send(samba, { encryption: "off" }), 1, /demands encryption|ACCESS_DENIED/);
		deepEqual(onShare(samba), []);
	});

	for (const [name, settings, options] of [
		["signed by AES-CMAC", {}, {}],
		["encrypted by AES-128-CCM", { encryption: "required" }, { global: only("AES-CMAC", "AES-128-CCM") }],
		["encrypted by AES-128-GCM", { encryption: "required" }, { global: only("AES-CMAC", "AES-128-GCM") }],
		["encrypted by AES-256-GCM", { encryption: "required" }, { global: only("AES-CMAC", "AES-256-GCM") }],
		["3.0.2, encrypted", { encryption: "required", dialect: "3.0.2" }, {}],
	] as const) {
		it(`tshark, which is told the password, reads what is ${name} and finds it sound`, async () => {
			samba = await startSamba({ signing: "mandatory", ...options });
			const proxy = await Proxy.start({ port: samba.port });
			try {
				assertSaid(await scanner.send({ ...target(samba), port: proxy.port }, settings), 0);
				const capture = join(samba.folder, "capture.pcap");
				proxy.writeCapture(capture);
				const told = ["-o", `ntlmssp.nt_password:${samba.password}`, "-o", "smb2.verify_signatures:TRUE"];
				const read = async (filter: string, ...fields: string[]): Promise<string[][]> => {
					const run = await runProcess("tshark", ["-r", capture, ...told, "-Y", filter, "-T", "fields", ...fields.flatMap(field => ["-e", field])]);
					ok(run.code === 0, run.text);
					return run.out.split("\n").filter(Boolean).map(line => line.split("\t"));
				};
				const writes = await read("smb2.cmd == 9 && smb2.flags.response == 0", "smb2.write_length");
				equal(writes.flatMap(([lengths]) => lengths!.split(",")).reduce((sum, length) => sum + Number(length), 0), bytes.length, "it sees every WRITE");
				// Of a compound it verifies a member without the padding that belongs to it (3.1.4.1): those it calls bad, the server's as well.
				deepEqual(await read("smb2.bad_signature && !(smb2.chain_offset > 0) || _ws.malformed && !smb2.bad_signature && tcp.dstport == 445", "frame.number"), []);
				const verified = (await read("smb2.good_signature", "frame.number")).length;
				ok("encryption" in settings || verified > 10, `${verified} frames with right signatures`);
				const sealed = await read("smb2.header.transform.signature", "frame.number");
				ok("encryption" in settings ? sealed.length > 10 : sealed.length === 0, `${sealed.length} sealed messages`);
				// In the clear, nobody reads the name.
				const raw = await runProcess("tshark", ["-r", capture, "-Y", "smb2.filename contains \".scan-\"", "-T", "fields", "-e", "frame.number"]);
				ok(("encryption" in settings) === (raw.out.trim() === ""), raw.text);
			}
			finally { await proxy.close(); }
		});
	}
});

function target({ address, port, share, user, password }: Samba) { return { address, port, share, user, password }; }
