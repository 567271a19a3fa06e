/** Every target of tools/fuzz.mjs for a few seconds; `npm run fuzz` takes its time. */
import { equal, ok } from "../support/assert.js";
import { tool } from "../support/repository.js";

interface Result { runs: number; failure?: { text: string; input: string; again: string } }
interface Target { name: string; share: number }

const { targets, fuzz } = await tool("fuzz.mjs") as { targets: readonly Target[]; fuzz(target: Target, options: { seconds: number; seed: number; among?: readonly Target[] }): Promise<Result> };
const { planted } = await tool("fuzz-native.mjs") as { planted: Target };

describe("fuzzing", function () {
	this.timeout(300_000);

	it("finds what is broken, and says how to see it again", async () => {
		const { failure } = await fuzz(planted, { seconds: 60, seed: 1, among: [planted] });
		ok(failure);
		ok(/heap-buffer-overflow/.test(failure.text), failure.text);
		ok(failure.again.includes("failing-"), failure.again);
	});

	for (const target of targets) {
		it(`${target.name}: nothing breaks`, async () => {
			const { runs, failure } = await fuzz(target, { seconds: 16, seed: 1 });
			equal(failure && `${failure.text}\n${failure.input}\n${failure.again}`, undefined);
			ok(runs > 100, `${runs} runs`);
		});
	}
});
