/** Several hundred faults on the wire between the application and a real Samba: whatever happens, each scan arrives whole, once, under its name. */
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
		const wrong: string[] = [];
		const worker = async (): Promise<void> => {
			for (let next = cases.shift(); next; next = cases.shift()) {
				const problem = await runCase(samba, next[1], next[0]).catch((error: unknown) => String(error));
				if (problem !== undefined) wrong.push(`case ${next[0]}: ${problem}`);
			}
		};
		await Promise.all(Array.from({ length: atOnce }, worker));
		if (wrong.length > 0) throw new Error(`${wrong.length} cases\n${wrong.join("\n")}`);
	});
});
