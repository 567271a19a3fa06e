/** verify=content against a real Samba: what is on its disk is not what was sent. */
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { deepEqual, ok } from "../support/assert.js";
import { Command, type Filter, Proxy, commandsOf } from "../support/proxy.js";
import type { Run, Values } from "../support/run.js";
import { type Samba, startSamba } from "../support/samba.js";
import { Scanner, assertSaid, assertSame, onShare } from "../support/scanner.js";

/** Turns a bit of a file over. */
function turn(path: string, at: number): void {
	const file = openSync(path, "r+"), byte = new Uint8Array(1);
	readSync(file, byte, 0, 1, at);
	byte[0]! ^= 1;
	writeSync(file, byte, 0, 1, at);
	closeSync(file);
}

describe("verify=content", function () {
	this.timeout(60_000);
	let samba: Samba;
	let scanner: Scanner;

	beforeEach(() => { scanner = new Scanner(); });
	afterEach(async () => {
		scanner.remove();
		await samba.stop();
	});

	async function send(request: Filter, more: Values = {}): Promise<Run> {
		const proxy = await Proxy.start({ port: samba.port, request });
		try { return await scanner.send({ address: "127.0.0.1", port: proxy.port, share: samba.share, user: samba.user, password: samba.password }, { verify: "content", ...more }); }
		finally { await proxy.close(); }
	}

	/** That nothing was published, and the next time all is well. */
	async function assertFoundOut(run: Run, bytes: Uint8Array, more: Values = {}): Promise<void> {
		assertSaid(run, 1, /scan\.pdf stays here: scan\.pdf: what the share holds is not what was sent/);
		deepEqual(onShare(samba), []);
		scanner.assertUntouched();
		assertSaid(await scanner.sendAgain(samba, { verify: "content", ...more }), 0, /1 scan arrived/);
		deepEqual(onShare(samba), ["scan.pdf"]);
		assertSame(join(samba.folderOf(), "scan.pdf"), bytes);
	}

	for (const [size, at] of [[1, 0], [100_000, 0], [100_000, 99_999], [3_000_000, 1_234_567]] as const) {
		it(`finds out that byte ${at} of ${size} differs on the server's disk`, async () => {
			samba = await startSamba();
			const bytes = scanner.put("scan.pdf", size);
			let turned = false;
			const run = await send(message => {
				if (commandsOf(message.bytes).includes(Command.READ) && !turned) {
					turned = true;
					turn(join(samba.folderOf(), onShare(samba)[0]!), at);
				}
				return message.bytes;
			});
			await assertFoundOut(run, bytes);
		});
	}

	it("finds out that a byte was changed on the way, in a session that is not signed", async () => {
		samba = await startSamba({ guest: true });
		const bytes = scanner.put("scan.pdf", 300_000);
		let turned = false;
		const guest = { auth: "guest", user: undefined, password: undefined };
		const run = await send(message => {
			if (commandsOf(message.bytes).includes(Command.WRITE) && !turned) {
				turned = true;
				// The end of a message is data, or what follows all of it: the middle is data in either case.
				message.bytes[message.bytes.length >> 1]! ^= 1;
			}
			return message.bytes;
		}, guest);
		ok(turned, run.text);
		await assertFoundOut(run, bytes, guest);
	});
});
