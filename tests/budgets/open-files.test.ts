/** A device's medium lets three files be open at a time (MAX_FILES of hosts/esp32/storage/card.c): the scan that is sent, and two beside it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { equal } from "../support/assert.js";
import { Command, Proxy, type ProxyOptions } from "../support/proxy.js";
import { root } from "../support/repository.js";
import { deviceSlots, runProcess } from "../support/run.js";
import { type Samba, startSamba } from "../support/samba.js";
import { Scanner, assertSaid } from "../support/scanner.js";

const filesMax = Number(/#define MAX_FILES (\d+)/.exec(readFileSync(join(root, "hosts/esp32/storage/card.c"), "utf8"))![1]);

(process.platform === "linux" ? describe : describe.skip)("budgets: open files", function () {
	this.timeout(60_000);
	let samba: Samba;
	let folder: string;
	let scanner: Scanner;

	before(async () => {
		samba = await startSamba();
		folder = mkdtempSync(join(tmpdir(), "smb-scan-uploader-open-files-"));
		const compiled = await runProcess("gcc", ["-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", join(folder, "open-files.so"), join(root, "tests/budgets/fixtures/open-files.c"), "-ldl"]);
		equal(compiled.code, 0, compiled.text);
	});
	after(async () => {
		await samba.stop();
		rmSync(folder, { recursive: true });
	});
	beforeEach(() => { scanner = new Scanner(); });
	afterEach(() => scanner.remove());

	/** Sends what the scanner holds; returns how many files were open at a time. */
	async function mostOpen(scans: number, after: string, options: Omit<ProxyOptions, "port"> = {}): Promise<number> {
		const result = join(folder, after), proxy = await Proxy.start({ port: samba.port, ...options });
		try {
			const run = await scanner.send({ address: "127.0.0.1", port: proxy.port, share: samba.share, user: samba.user!, password: samba.password! },
				{ path: after, after, state: join(scanner.folder, ".state.json") }, { hostOptions: deviceSlots, env: { LD_PRELOAD: join(folder, "open-files.so"), OPEN_FILES_FOLDER: scanner.folder, OPEN_FILES_RESULT: result } });
			assertSaid(run, 0, new RegExp(`${scans} scans arrived`));
			return Number(readFileSync(result, "utf8"));
		}
		finally { await proxy.close(); }
	}

	it(`are ${filesMax} while the journal is rewritten`, async () => {
		for (let i = 0; i < 140; i++) scanner.put(`${1000 + i}.pdf`, 100);
		equal(await mostOpen(140, "keep"), filesMax);
	});

	it(`are ${filesMax} when the state is to be written again while one scan gets its name and the next is on its way`, async () => {
		scanner.put("1.pdf", 1000);
		scanner.put("2.pdf", 1_700_000);
		const held: Uint8Array[] = [];
		let since = 0, released = 0;
		equal(await mostOpen(2, "move", {
			speed: 100_000,
			reply({ command, bytes }) {
				if (command === Command.SET_INFO && since === 0) {
					since = Date.now();
					held.push(bytes);
					return [];
				}
				// Of the WRITEs of the next one.
				if (held.length === 0 || Date.now() - since < 10_500) return bytes;
				released++;
				return [held.pop()!, bytes];
			},
		}), filesMax);
		equal(released, 1);
	});
});
