/** Several hundred faults on the wire between the application and a real Samba: whatever happens, each scan arrives whole, once, under its name. */
import { runCases } from "../support/cases.js";
import { type Samba, startSamba } from "../support/samba.js";
import { type Case, caseOf, runCase } from "./sweep.js";

const seed = Number(process.env["SWEEP_SEED"] ?? 1);
const count = Number(process.env["SWEEP_CASES"] ?? 300);
/** Cases that once went wrong. */
const kept: readonly (readonly [seed: number, n: number])[] = [];
const atOnce = 4;

describe("the sweep of faults on the wire", function () {
	this.timeout(count * 3000 + 60_000);
	let samba: Samba;

	before(async () => { samba = await startSamba({ shares: [{ name: "scans", options: { "kernel oplocks": "no", "kernel share modes": "no", "posix locking": "no" } }] }); });
	after(() => samba.stop());

	it(`ends well in each of ${count} cases (SWEEP_SEED=${seed}, SWEEP_CASES=${count})`, async () => {
		const cases: [string, Case][] = [...kept.map(([seed, n]) => [`${seed}-${n}`, caseOf(seed, n)] as [string, Case]), ...Array.from({ length: count }, (_, n) => [`${seed}-${n}`, caseOf(seed, n)] as [string, Case])];
		await runCases(cases, atOnce, (one, name) => runCase(samba, one, name));
	});
});
