/** What guides the fuzzing of JavaScript: counters in modules, and mutations. */
import { deepEqual, equal, ok } from "../support/assert.js";
import { tool } from "../support/repository.js";
import { Random } from "../support/random.js";
import { Coverage } from "./guide/coverage.js";
import { Mutator } from "./guide/mutator.js";

const { instrument } = await tool("instrument.mjs") as { instrument(text: string, path: string, first: number): { text: string; count: number } };

const source = `
export function run(list, options = {}) {
	const out = [];
	// A remark between.
	for (let i = 0; i < list.length; i++)
		if (list[i] >= 3) out.push(list[i] === 4 ? "four" : list[i] !== 5 && options.name || "other");
		else if (list[i] <= 1)
			out.push(((a, b) => a > b)(list[i], 0));
	do { out.push(out.length); } while (out.length < 3)
	switch (list.length) {
		case 2: out.push("two"); break;
		case 6: { out.push("six"); break; }
		default: out.push(list.length > 3 ? \`\${list.map(x => ({ x })).length}\` : null);
	}
	try { undefined.x; } catch { out.push(list.none?.length ?? "none"); }
	return out;
}
export class Both extends Array { #a = 1; constructor() { super(); this.b = this.#a < 2; } get first() { return #a in this; } }
`;

async function load(text: string): Promise<any> { return import(`data:text/javascript,${encodeURIComponent(text)}`); }

describe("instrumented modules", () => {
	it("do what they did, line by line, and count", async () => {
		const { text, count } = instrument(source, "source.js", 10);
		const coverage = new Coverage(10 + count);
		Object.assign(globalThis, { $coverage: coverage });
		equal(text.split("\n").length, source.split("\n").length);
		const plain = await load(source), counted = await load(text);
		for (const list of [[], [1, 2], [0, 1, 3, 4, 5, 6], [9], [2, 2, 2, 2]]) deepEqual(counted.run(list, { name: "name" }), plain.run(list, { name: "name" }));
		deepEqual([new counted.Both().first, new counted.Both().b], [true, true]);
		ok(coverage.hits.slice(0, 10).every(hits => hits === 0), "counters below the first");
		ok(coverage.hits.slice(10).every(hits => hits > 0), `never reached: ${[...coverage.hits].flatMap((hits, i) => hits === 0 && i >= 10 ? [i] : []).join()}`);
		ok(coverage.words.has(6) && coverage.words.has("four"), "words of the source");
	});

	it("note what was compared and was unlike, while that is wanted", async () => {
		const { text, count } = instrument("export const is = (a, b) => a === b;", "is.js", 0);
		const coverage = new Coverage(count);
		Object.assign(globalThis, { $coverage: coverage });
		const { is } = await load(text);
		is(1, 2);
		deepEqual(coverage.pairs, []);
		coverage.noting = true;
		ok(is("a", "a") && !is(0xFE, 0x53) && !is("a", 1));
		deepEqual(coverage.pairs, [{ left: 0xFE, right: 0x53 }]);
	});
});

describe("mutations", () => {
	it("are the same for the same seed, no longer than allowed, and not always the same", () => {
		const make = (seed: number): string[] => {
			const mutator = new Mutator(new Random(seed), 40);
			mutator.learn("word");
			mutator.learn(0x424D53FE);
			let bytes: Uint8Array = Uint8Array.of(1, 2, 3);
			return Array.from({ length: 2000 }, (_, i) => {
				const made = mutator.mutate(bytes, Uint8Array.of(9, 8, 7, 6));
				ok(made.length <= 40, `${made.length} bytes`);
				if (i % 7 === 0 && made.length > 0) bytes = made;
				return made.join();
			});
		};
		const first = make(5);
		deepEqual(make(5), first);
		ok(new Set(first).size > 1000, `${new Set(first).size} different ones`);
		ok(make(6).join(";") !== first.join(";"));
		ok(first.some(made => made.includes("119,111,114,100")) && first.some(made => made.includes("254,83,77,66")), "words");
	});

	it("put the other side of a comparison where one side stands", () => {
		const made = new Mutator(new Random(1), 40).matched(Uint8Array.of(7, 0x10, 0x20, 9), [{ left: 0x1020, right: 0x4D42 }]).map(bytes => bytes.join());
		ok(made.includes([7, 0x4D, 0x42, 9].join()), made.join(" "));
		ok(new Mutator(new Random(1), 40).matched(Uint8Array.of(0x61, 0x62, 0x3D), [{ left: "ab", right: "server" }]).some(bytes => bytes.join() === "115,101,114,118,101,114,61"));
	});
});
