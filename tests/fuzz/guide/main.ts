/**
 * Fuzzes one target on Node: node main.js <name> <seconds> <seed> <folder> <counters>, or node main.js <name> again <file> <counters>. One line of JSON in the end:
 * { runs, corpus, reached } and, where something broke, failure: { text, input }. Leaves in folder: corpus/, and batch and outcomes, which XS is to run.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { register } from "node:module";
import { join } from "node:path";
import { joined } from "../../support/fake-tcp.js";
import { hex } from "../../support/hex.js";
import { Random } from "../../support/random.js";
import { root } from "../../support/repository.js";
import { Coverage } from "./coverage.js";
import { Broken, Fuzzer } from "./fuzzer.js";
import { plain, type Target } from "./target.js";
import { Watchdog } from "./watchdog.js";

const [name, ...words] = process.argv.slice(2) as [string, ...string[]];
const coverage = new Coverage(Number(words.pop()));
Object.assign(globalThis, { $coverage: coverage });
await import("../../support/preload.js");
register("./loader.js", import.meta.url);
const target = await import(`../js/${name}.js`) as Target;

/** tests/fuzz/seeds/<name>.txt: hexadecimal bytes and a comment after # on each line. */
function seeds(): Uint8Array[] {
	const path = join(root, "tests/fuzz/seeds", `${name}.txt`);
	if (!existsSync(path)) return [];
	return readFileSync(path, "utf8").split("\n").map(line => hex(line.replace(/#.*/, ""))).filter(bytes => bytes.length > 0);
}

function files(folder: string): Uint8Array[] {
	return existsSync(folder) ? readdirSync(folder).sort().map(file => new Uint8Array(readFileSync(join(folder, file)))) : [];
}

function hash(bytes: Uint8Array): string { return createHash("sha256").update(bytes).digest("hex").slice(0, 16); }

/** What broke: the stack of what was thrown, down to the target. */
function told(broken: Broken): string {
	const { cause } = broken;
	return cause instanceof Error ? `${cause.stack ?? String(cause)}`.split("\n").slice(0, 12).map(line => `    ${line}`).join("\n") : `    ${String(cause)}`;
}

/** Inputs for XS in the order of their worth: seeds, the corpus in any order, new ones as long as the time lasts; and what becomes of them here. */
async function writeBatch(fuzzer: Fuzzer, folder: string, seed: number, seconds: number): Promise<void> {
	const inputs: Uint8Array[] = [], outcomes: string[] = [], random = new Random(seed), end = performance.now() + seconds * 1000;
	const add = async (bytes: Uint8Array): Promise<void> => {
		outcomes.push(plain(await fuzzer.run(bytes)));
		inputs.push(bytes);
	};
	for (const bytes of [...seeds(), ...target.seeds?.() ?? []]) await add(bytes);
	for (const left = fuzzer.minimal(); left.length > 0;) await add(left.splice(random.below(left.length), 1)[0]!.bytes);
	while (inputs.length < mostInXS && performance.now() < end) await add(fuzzer.mutant());
	// Each behind its length, four bytes, little endian.
	writeFileSync(join(folder, "batch"), joined(...inputs.flatMap(bytes => [new Uint8Array(Uint32Array.of(bytes.length).buffer), bytes])));
	writeFileSync(join(folder, "outcomes"), JSON.stringify(outcomes));
}

/** XS runs less than a hundred inputs a second. */
const mostInXS = 20_000;

function make(hangs: string, seed: number): [Fuzzer, Watchdog] {
	const watchdog = new Watchdog(hangs), fuzzer = new Fuzzer(target, coverage, watchdog, seed);
	for (const event of ["uncaughtException", "unhandledRejection"]) process.on(event, error => { fuzzer.stray ??= error; });
	return [fuzzer, watchdog];
}

async function fuzz(seconds: number, seed: number, folder: string): Promise<object> {
	const [fuzzer, watchdog] = make(join(folder, "failing-hangs"), seed);
	const corpus = join(folder, "corpus");
	mkdirSync(corpus, { recursive: true });
	try {
		await fuzzer.search([...target.seeds?.() ?? [], ...seeds(), ...files(corpus)], seconds);
		const found = { runs: fuzzer.runs, corpus: fuzzer.minimal().length, reached: fuzzer.reached };
		rmSync(corpus, { recursive: true });
		mkdirSync(corpus);
		for (const { bytes } of fuzzer.minimal()) writeFileSync(join(corpus, hash(bytes)), bytes);
		await writeBatch(fuzzer, folder, seed, seconds / 10);
		return found;
	}
	catch (error) {
		if (!(error instanceof Broken)) throw error;
		const { runs } = fuzzer;
		const smallest = await fuzzer.reduced(error);
		const input = join(folder, `failing-${hash(smallest.input)}`);
		writeFileSync(input, smallest.input);
		return { runs, corpus: fuzzer.corpus.length, reached: fuzzer.reached, failure: { text: told(smallest), input } };
	}
	finally { await watchdog.end(); }
}

/** Runs one input; its outcome, or what broke. */
async function again(path: string): Promise<object> {
	const [fuzzer, watchdog] = make(`${path}-hangs`, 1);
	try { return { outcome: plain(await fuzzer.run(new Uint8Array(readFileSync(path)))) }; }
	catch (error) {
		if (!(error instanceof Broken)) throw error;
		return { failure: { text: told(error), input: path } };
	}
	finally { await watchdog.end(); }
}

try {
	const result = words[0] === "again" ? await again(words[1]!) : await fuzz(Number(words[0]), Number(words[1]), words[2]!);
	process.stdout.write(`${JSON.stringify(result)}\n`);
	// A target may have left timers and folders behind.
	process.exit(0);
}
catch (error) {
	process.stderr.write(`${(error as Error).stack}\n`);
	process.exit(1);
}
