/**
 * npm run fuzz -- [--seconds N] [--seed N] [--list] [target …]
 *
 * Feeds made-up input to what takes input from outside, until the time is over (60 seconds in all) or something breaks. Several targets share the time.
 * What breaks one is kept, and said how to try again; exit code 1. As a line in tests/fuzz/seeds/<target>.txt it becomes a test: every run begins with those.
 *
 * A target is { name, about, share, run }: share is of the time, in proportion to the others'; run({ seconds, seed, folder }) works in a folder of its own, which is
 * kept between runs, and resolves to { runs, failure }, where failure, if there is one, is { text, input, again }: what happened, the file that holds the
 * input, and the command that tries it again. To add one: tests/fuzz/js/<name>.ts (see tests/fuzz/guide/target.ts), or tests/fuzz/c/<name>.c and a line in fuzz-native.mjs.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { jsTargets } from "./fuzz-js.mjs";
import { nativeTargets } from "./fuzz-native.mjs";
import { setup } from "./setup.mjs";
import { Obstacle, program, root, say } from "./steps.mjs";

export const targets = [
	...nativeTargets, ...jsTargets,
];

/** Runs one target for its share of the seconds that all of them have together. */
export async function fuzz(target, { seconds, seed, among = targets }) {
	const folder = join(root, "build", "fuzz", target.name);
	const shares = among.reduce((sum, { share }) => sum + share, 0);
	mkdirSync(folder, { recursive: true });
	return target.run({ seconds: Math.max(1, Math.round(seconds * target.share / shares)), seed, folder });
}

function whole(word, value) {
	if (!/^[1-9]\d{0,8}$/.test(value ?? "")) throw new Obstacle(`${word} wants a whole number above 0, not ${value ?? "nothing"}`);
	return Number(value);
}

function options(words) {
	const chosen = { seconds: 60, seed: 1 + Math.floor(Math.random() * 1e9), list: false, among: [] };
	for (let index = 0; index < words.length; index++) {
		const word = words[index];
		if (word === "--seconds" || word === "--seed") chosen[word.slice(2)] = whole(word, words[++index]);
		else if (word === "--list") chosen.list = true;
		else {
			const target = targets.find(({ name }) => name === word);
			if (!target) throw new Obstacle(`There is no target ${word}; there are ${targets.map(({ name }) => name).join(", ")} (and the options --seconds N, --seed N, --list)`);
			chosen.among.push(target);
		}
	}
	return chosen.among.length > 0 ? chosen : { ...chosen, among: targets };
}

async function main() {
	const { seconds, seed, list, among } = options(process.argv.slice(2));
	if (list) {
		for (const { name, about } of among) say(`${name.padEnd(14)} ${about}`);
		return 0;
	}
	await setup({ tests: true });
	say(`fuzz: ${among.length} targets, ${seconds} s, seed ${seed}`);
	let broken = 0;
	for (const target of among) {
		const { runs, inXS, corpus, failure } = await fuzz(target, { seconds, seed, among });
		say(`  ${target.name.padEnd(14)} ${runs} runs${inXS === undefined ? "" : `, ${inXS} of them in XS; ${corpus} inputs kept`}${failure ? ": BROKEN" : ""}`);
		if (!failure) continue;
		broken++;
		say(`${failure.text}\n  input: ${failure.input}\n  again: ${failure.again}\n  to keep it as a test: a line in tests/fuzz/seeds/${target.name}.txt`);
	}
	return broken > 0 ? 1 : 0;
}

if (process.argv[1] === new URL(import.meta.url).pathname) await program(main);
