/** The write pipeline that the application takes on the desktop: a PC's with 64 bits, a device's with 32, and any by --memory. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { equal } from "../support/assert.js";
import { eachWidth, run } from "./host.js";

describe("desktop host, memory for the write pipeline", function () {
	this.timeout(300_000);
	let folder: string;

	before(() => { folder = mkdtempSync(join(tmpdir(), "smb-scan-uploader-memory-")); });
	after(() => rmSync(folder, { recursive: true }));

	eachWidth(bits => {
		/** What the application says before it finds that there is nothing to send. */
		async function said(...options: string[]): Promise<string> {
			const { code, stderr } = await run("main", { bits, options, settings: ["server=127.0.0.1", "share=scans", "user=x", "password=y", `source=${folder}`] });
			equal(code, 0, stderr);
			return stderr;
		}

		it(bits === 64 ? "counts none: the manifest's slots are taken, which is not told" : "is a device's: four slots of 16 KiB", async () =>
			equal(await said(), bits === 64 ? "" : "write pipeline: 4 slots of 16 KiB, taken from 172 KiB of free memory\n"));

		it("is what --memory says", async () => {
			equal(await said("--memory", "176128"), "write pipeline: 4 slots of 16 KiB, taken from 172 KiB of free memory\n");
			equal(await said("--memory", "100000"), "write pipeline: 4 slots of 8 KiB, taken from 97 KiB of free memory\n");
			equal(await said("--memory", "1000000"), "write pipeline: 4 slots of 64 KiB, taken from 976 KiB of free memory\n");
		});

		it("that is no number of bytes is refused: 100", async () => {
			for (const text of ["", "x", "1k", "-1"]) {
				const { code, stderr } = await run("main", { bits, options: ["--memory", text] });
				equal(code, 100);
				equal(stderr, `--memory ${text}: expected a number of bytes\n`);
			}
		});
	});
});
