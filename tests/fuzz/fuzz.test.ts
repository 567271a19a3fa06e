/** Every target of tools/fuzz.mjs for a few seconds, a minute in all; `npm run fuzz` takes its time. */
import { equal, ok } from "../support/assert.js";
import { tool } from "../support/repository.js";

interface Result { runs: number; inXS?: number; failure?: { text: string; input: string; again: string } }
interface Target { name: string; share: number }

const { targets, fuzz } = await tool("fuzz.mjs") as { targets: readonly Target[]; fuzz(target: Target, options: { seconds: number; seed: number; among?: readonly Target[] }): Promise<Result> };
const { planted } = await tool("fuzz-native.mjs") as { planted: Target };
const { plantedJS } = await tool("fuzz-js.mjs") as { plantedJS: readonly Target[] };

describe("fuzzing", function () {
	this.timeout(300_000);

	it("finds what is broken in C, and says how to see it again", async () => {
		const { failure } = await fuzz(planted, { seconds: 60, seed: 1, among: [planted] });
		ok(failure);
		ok(/heap-buffer-overflow/.test(failure.text), failure.text);
		ok(failure.again.includes("failing-"), failure.again);
	});

	for (const [target, says] of [[plantedJS[0]!, /RangeError: planted/], [plantedJS[1]!, /in XS: +1\s+on Node: 2/], [plantedJS[2]!, /TooLong: \d+ turns of loops|TooLong: more than \d+ turns/], [plantedJS[3]!, /hangs/]] as const) {
		it(`finds what is broken in JavaScript, and says how to see it again: ${target.name}`, async () => {
			const { failure } = await fuzz(target, { seconds: 4, seed: 1, among: [target] });
			ok(failure);
			ok(says.test(failure.text), failure.text);
			ok(failure.again.includes("failing-"), failure.again);
		});
	}

	for (const target of targets) {
		it(`${target.name}: nothing breaks`, async () => {
			const { runs, inXS = 1, failure } = await fuzz(target, { seconds: 40, seed: 1 });
			equal(failure && `${failure.text}\n${failure.input}\n${failure.again}`, undefined);
			// The journal's runs are heavy: each is dozens of calls, with files.
			ok(runs > (target.name === "journal" ? 0 : 100) && inXS > 0, `${runs} runs, ${inXS} in XS`);
		});
	}
});
