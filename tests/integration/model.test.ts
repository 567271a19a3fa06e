/** Worlds by chance (model.ts): whatever happens to scans, wire, app, server and share, every scan arrives whole, once, and nothing of others' is touched. */
import { runCases } from "../support/cases.js";
import { runWorld } from "./model.js";

const first = Number(process.env["MODEL_SEED"] ?? 1);
const count = Number(process.env["MODEL_CASES"] ?? 12);
/** Seeds of worlds that once went wrong. */
const kept: readonly number[] = [];
const atOnce = Number(process.env["MODEL_AT_ONCE"] ?? 4);

describe("worlds by chance", function () {
	this.timeout(count * 20_000 + 120_000);

	it(`end well, each of ${count} (MODEL_SEED=${first}, MODEL_CASES=${count})`, async () => {
		const seeds = [...new Set([...kept, ...Array.from({ length: count }, (_, i) => first + i)])];
		let lost = 0;
		await runCases(seeds.map(seed => [`${seed} (again: MODEL_SEED=${seed} MODEL_CASES=1 npm test -- tests/integration/model.test.ts)`, seed] as const), atOnce, seed => runWorld(seed, more => { lost += more; }));
		if (lost > 0) console.log(`      ${lost} files of others were laid down in the very instant of a rename, and lost: see docs/DESIGN.md, "Rename without replacement"`);
	});
});
