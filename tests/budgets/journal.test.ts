/** What the spool and the journal cost a device with ten thousand scans on its card, all of which it keeps. */
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { equal, ok } from "../support/assert.js";
import { builds32, host, runProcess } from "../support/run.js";

const scans = 10_000;

(builds32 ? describe : describe.skip)("budgets: the journal, 32 bits", function () {
	this.timeout(300_000);
	let folder: string;

	before(() => {
		folder = mkdtempSync(join(tmpdir(), "smb-scan-uploader-many-"));
		for (let i = 0; i < scans; i++) {
			const path = join(folder, `scan ${String(i).padStart(5, "0")}.pdf`);
			writeFileSync(path, "x");
			// In no order, and several in the same second.
			const time = 1_700_000_001 + i * 7919 % 5000;
			utimesSync(path, time, time);
		}
	});
	after(() => rmSync(folder, { recursive: true, force: true }));

	it(`looks through ${scans} scans in a few readings of the folder, and 16 KB of the heap`, async () => {
		const { executable, moduleList } = await host(32, "release");
		const run = await runProcess(executable, ["--main", "tests/budgets/fixtures/spool", "--creation", "static=32768,chunk=8192,heap=512,stack=384", moduleList, `source=${folder}`]);
		const [, count, ms, bytes] = /^(\d+) files, (\d+) ms, (\d+) bytes/m.exec(run.out) ?? [];
		equal(run.code, 0, run.text);
		equal(count, String(scans));
		// Some 50 readings; one for every sixteen files would take minutes.
		ok(Number(ms) < 60_000, run.text);
		ok(Number(bytes) <= 16_384, run.text);
	});

	// Half of what a device has: the other half is for the session.
	it(`remembers ${scans} scans within static=32768, and the second look sends none again`, async () => {
		const { executable, moduleList } = await host(32, "release");
		const run = await runProcess(executable, ["--main", "tests/budgets/fixtures/journal", "--report", "--creation", "static=32768,chunk=8192,heap=512,stack=384", moduleList, `source=${folder}`], { timeoutMs: 280_000 });
		equal(run.code, 0, run.text);
		const looks = [...run.out.matchAll(/: (\d+) known, (\d+) unknown, journal (\d+) bytes, at the end (\d+) bytes/g)].map(([, ...numbers]) => numbers.map(Number));
		equal(looks.length, 2, run.text);
		const [first, second] = looks as [number[], number[]];
		equal(`${first[0]} ${first[1]}`, `0 ${scans}`, run.text);
		equal(`${second[0]} ${second[1]}`, `${scans} 0`, run.text);
		// The marks of a look are there already.
		ok(second[2]! <= 5300, `the journal takes ${second[2]} bytes of the heap: ${run.text}`);
		const report = Object.fromEntries([...run.err.matchAll(/(\w+)=(\d+)/g)].map(([, key, value]) => [key!, Number(value)]));
		ok(report["staticUsed"]! > 0 && report["staticUsed"]! <= 32_768, run.err);
		const sizes = readdirSync(folder).filter(name => name.startsWith(".scan-")).map(name => statSync(join(folder, name)).size);
		ok(sizes.every(size => size <= 64 * scans), `files of ${sizes.join(" and ")} bytes`);
	});
});
