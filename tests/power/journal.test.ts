/** The journal when power is lost at every single call, and comes back to a medium that has kept what was flushed and any part of the rest. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { equal, ok } from "../support/assert.js";
import { Power, type Survival } from "../support/power.js";
import { host, runProcess, words } from "../support/run.js";

const survivals: Survival[] = [
	{ kind: "nothing" }, { kind: "all" }, { kind: "torn", seed: 1 }, { kind: "some", seed: 2 }, { kind: "some", seed: 3 },
	{ kind: "nothing", medium: "fat" }, { kind: "some", seed: 4, medium: "fat" },
];

(process.platform === "linux" ? describe : describe.skip)("the journal, when power is lost", function () {
	this.timeout(600_000);
	let base: string;
	before(() => { base = mkdtempSync(join(tmpdir(), "smb-scan-uploader-journal-")); });
	after(() => rmSync(base, { recursive: true, force: true }));

	async function driver(values: Record<string, string | number>): Promise<[string, string[]]> {
		const { executable, moduleList } = await host(64, "release");
		return [executable, ["--main", "tests/power/fixtures/journal", "--creation", "static=8388608,chunk=524288,heap=32768,stack=4096", moduleList, ...words(values)]];
	}

	/** Sweeps the script over the calls from first on, as far as last; returns how many calls it made power fail at. */
	async function sweep(script: Record<string, string | number>, first = 1, last = Infinity): Promise<number> {
		const medium = join(base, "medium");
		const cases: string[] = [];
		let at = first;
		for (; at <= last; at++) {
			rmSync(medium, { recursive: true, force: true });
			mkdirSync(medium);
			const power = new Power(medium);
			const [program, line] = await driver({ ...script, mode: "run", folder: medium });
			const { run, lost } = await power.run(program, line, { at });
			if (!lost) break;
			const returned = run.out.trim() === "" ? -1 : Number(run.out.trim().split("\n").at(-1));
			survivals.forEach((survival, i) => {
				const folder = join(base, `${at}-${i}`);
				power.restore({ ...survival, seed: (survival.seed ?? 0) * 1000 + at }, folder);
				cases.push(`${returned} ${folder}`);
			});
		}
		const list = join(base, "cases");
		writeFileSync(list, cases.join("\n"));
		const [program, line] = await driver({ ...script, mode: "check", cases: list });
		const { out, code, text } = await runProcess(program, line, { timeoutMs: 500_000 });
		ok(code === 0 && out.includes(`${cases.length} checked, 0 wrong`), text);
		for (const line of cases) rmSync(line.split(" ")[1]!, { recursive: true, force: true });
		return at - first;
	}

	for (const seed of [1, 2]) {
		it(`has all that it said was remembered, and believes nothing else, at every call of script ${seed}`, async () => {
			const calls = await sweep({ seed, steps: 60, scans: 12 });
			ok(calls > 150, `${calls} calls`);
		});
	}

	it("and at every call of the rewriting that a full tail brings about", async () => {
		const medium = join(base, "whole");
		mkdirSync(medium);
		const script = { seed: 3, steps: 132, scans: 132, plain: "true" };
		const [program, line] = await driver({ ...script, mode: "run", folder: medium });
		const { calls, lost } = await new Power(medium).run(program, line);
		equal(lost, false);
		const rewriting = calls.indexOf("open .scan-journal-b");
		ok(rewriting > 250, `the tail is full at call ${rewriting}`);
		const end = calls.indexOf("flush .scan-journal-b", calls.indexOf("write .scan-journal-b 512 at 0"));
		const made = await sweep(script, rewriting - 3, end + 8);
		ok(made > 15, `${made} calls`);
	});
});
