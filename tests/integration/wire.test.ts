/** What goes over the wire, as tshark reads it: every message well-formed, the commands that are expected, every signature right. */
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { deepEqual, equal, ok } from "../support/assert.js";
import { Command, Proxy, at, membersOf } from "../support/proxy.js";
import { deviceSlots, runProcess } from "../support/run.js";
import { type Samba, dialects, startSamba } from "../support/samba.js";
import { Scanner, assertSaid } from "../support/scanner.js";

async function tshark(capture: string, filter: string, ...fields: string[]): Promise<string[][]> {
	const run = await runProcess("tshark", ["-r", capture, "-Y", filter, "-T", "fields", ...fields.flatMap(field => ["-e", field])]);
	ok(run.code === 0, run.text);
	return run.out.split("\n").filter(Boolean).map(line => line.split("\t"));
}

describe("the wire", function () {
	this.timeout(90_000);

	for (const [index, dialect] of dialects.entries()) {
		const [slots, hostOptions, slotLength] = index % 2 === 0 ? ["a device's slots", deviceSlots, 16384] : ["the manifest's slots", [], 65536];
		describe(`${dialect}, ${slots}`, () => {
			let samba: Samba;
			let scanner: Scanner;
			let proxy: Proxy;
			let capture: string;

			before(async () => {
				samba = await startSamba({ minProtocol: dialect, maxProtocol: dialect, signing: "mandatory" });
				scanner = new Scanner();
				scanner.put("scan 1.pdf", 150_000);
				scanner.put("scan 2 ü.jpg", 70_000);
				// Where it is missing the first scan's beginning goes out in vain.
				mkdirSync(join(samba.folderOf(), "in"));
				chmodSync(join(samba.folderOf(), "in"), 0o777);
				proxy = await Proxy.start({ port: samba.port });
				const run = await scanner.send({ address: "127.0.0.1", port: proxy.port, share: samba.share, user: samba.user, password: samba.password }, { path: "in" }, { hostOptions });
				assertSaid(run, 0);
				capture = join(samba.folder, "capture.pcap");
				proxy.writeCapture(capture);
			});
			after(async () => {
				await proxy.close();
				await samba.stop();
				scanner.remove();
			});

			it("tshark finds nothing malformed in our requests", async () => {
				ok((await tshark(capture, "smb2", "frame.number")).length > 20, "tshark sees the messages");
				deepEqual(await tshark(capture, "(_ws.malformed || _ws.expert.severity == error) && tcp.dstport == 445", "frame.number", "_ws.expert.message"), []);
			});

			it("the commands are those of an upload, and everything that was opened is closed", () => {
				const sent = proxy.commands("request");
				const count = (command: number) => sent.filter(other => other === command).length;
				deepEqual(sent.slice(0, 4), [Command.NEGOTIATE, Command.SESSION_SETUP, Command.SESSION_SETUP, Command.TREE_CONNECT]);
				equal(count(Command.WRITE), Math.ceil(150_000 / slotLength) + Math.ceil(70_000 / slotLength));
				equal(count(Command.FLUSH), 2);
				deepEqual(sent.slice(-2), [Command.TREE_DISCONNECT, Command.LOGOFF]);
				equal(proxy.connections, 1);
			});

			it("all but the log-on is signed in both directions", async () => {
				const unsigned = await tshark(capture, "smb2.flags.signature == 0 && smb2.cmd >= 2", "frame.number", "smb2.cmd", "smb2.nt_status");
				deepEqual(unsigned.filter(([, , status]) => status !== "0x00000103"), []);
			});

			it("data goes to the temporary name, each byte of it once", async () => {
				const names = (await tshark(capture, "smb2.cmd == 5 && smb2.flags.response == 0", "smb2.filename")).map(([name]) => name!);
				ok(names.some(name => /^in\\\.scan-.*\.part$/.test(name)), names.join(", "));
				let written = 0;
				for (const { direction, bytes } of proxy.packets) {
					if (direction === "request") {
						for (const member of membersOf(bytes)) written += member.command === Command.WRITE ? member.view.getUint32(at.body + 4, true) : 0;
					}
				}
				equal(written, 220_000);
			});
		});
	}
});
