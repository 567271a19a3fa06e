/** docs/DESIGN.md, budgets: instructions of the 64-bit release host, as Valgrind's callgrind counts them, 3.1.1 signed. They vary by a few per cent with how the server's answers fall. */
import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { equal, ok } from "../support/assert.js";
import { bench, root } from "../support/repository.js";
import { deviceSlots, host, runProcess, words } from "../support/run.js";
import { type Samba, startSamba } from "../support/samba.js";
import { Scanner } from "../support/scanner.js";

const { callgrind, readCounts } = await bench("callgrind.mjs") as {
	callgrind(name: string): { file: string; before: string[] };
	readCounts(file: string): { total: number; crossing: number };
};

/** By slots: per byte of file all, and what is not PSA Crypto's, at most. */
const budgets = [
	["a device's slots", deviceSlots, 22, 6.5],
	["the manifest's slots", [], 17.3, 2.2],
] as const;
/** Of the whole of a scan of 10 KB beyond the first. */
const perFileMax = 3_300_000;

const MiB = 1_048_576;

/** For whoever writes the figures down. */
const figures = join(root, "build/bench/instructions.txt");

describe("budgets: instructions", function () {
	this.timeout(240_000);
	let samba: Samba;
	let runs = 0;

	before(async () => {
		samba = await startSamba();
		mkdirSync(join(root, "build/bench"), { recursive: true });
		rmSync(figures, { force: true });
	});
	after(() => samba.stop());

	/** Of a whole process that sends count files of that size. */
	async function counted(count: number, size: number, hostOptions: readonly string[] = []): Promise<{ total: number; crossing: number }> {
		const { executable, moduleList } = await host(64, "release");
		const scanner = new Scanner();
		try {
			for (let i = 0; i < count; i++) scanner.put(`${i}.pdf`, size);
			const { file, before: [valgrind, ...options] } = callgrind("test");
			const run = await runProcess(valgrind!, [...options, executable, ...hostOptions, moduleList, ...words(scanner.settings(samba, { path: `run ${++runs}` }))], { timeoutMs: 120_000 });
			equal(run.code, 0, run.text);
			return readCounts(file);
		}
		finally { scanner.remove(); }
	}

	for (const [slots, hostOptions, wholeMax, beyondMax] of budgets) it(`${slots}: a byte takes at most ${wholeMax}, and ${beyondMax} beyond PSA Crypto's, however many there are`, async () => {
		// A short file travels otherwise.
		const [few, some, more] = [await counted(1, MiB, hostOptions), await counted(1, 3 * MiB, hostOptions), await counted(1, 7 * MiB, hostOptions)];
		const whole = (more!.total - some!.total) / (4 * MiB), primitive = (more!.crossing - some!.crossing) / (4 * MiB);
		const first = (some!.total - few!.total) / (2 * MiB);
		appendFileSync(figures, `${slots}: per byte ${whole}, PSA Crypto's ${primitive}; in the 2 MiB before ${first}\n`);
		ok(primitive > 10 && primitive < whole, `${primitive} of ${whole}`);
		ok(Math.abs(whole / first - 1) < 0.06, `${first} from 1 to 3 MiB, ${whole} from there to 7`);
		ok(whole <= wholeMax, String(whole));
		ok(whole - primitive <= beyondMax, `${whole - primitive} of ${whole}`);
	});

	it(`a scan of 10 KB takes at most ${perFileMax}, however many there are`, async () => {
		const [few, some, more] = [await counted(2, 10_000), await counted(14, 10_000), await counted(26, 10_000)];
		const first = (some!.total - few!.total) / 12, next = (more!.total - some!.total) / 12;
		appendFileSync(figures, `per scan of 10 KB: ${next}; of the first dozen ${first}\n`);
		ok(next > 0 && next <= perFileMax, String(next));
		ok(next / first < 1.15, `${first} for the first dozen, ${next} for one more`);
	});
});
