/**
 * Everything in TypeScript that reads from outside as targets of tools/fuzz.mjs: tests/fuzz/js/<name>.ts each. Two thirds of a target's time it is searched on Node, guided
 * by coverage (tests/fuzz/guide); then seeds, corpus and new inputs run in XS under the sanitizers, with a collection at every allocation, and have to end as they did on Node.
 *
 *   node tools/fuzz-js.mjs <name> <file>       runs one input again, on both
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { build } from "./build.mjs";
import { instrumentAll } from "./instrument.mjs";
import { Obstacle, program, root, run, say } from "./steps.mjs";

/** Of the time; 1 where nothing else is said. */
const shares = { messages: 2, transport: 2, replies: 3, lies: 3, kdc: 2 };
/** More than the device has, for the sake of what the tests themselves allocate; small, for every collection sweeps it. */
const creation = "static=2097152,chunk=32768,heap=2048,stack=4096";
/** An input that XS does nothing with for so long hangs. */
const silenceMs = 200_000;
/** Files in memory, where there is a place for them: some targets wait for theirs to be on the medium. */
const scratchBase = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** What a target's first line says of it. */
function about(name) {
	const line = /^\/\*\* (.*?)\.? \*\/$/m.exec(readFileSync(join(root, "tests/fuzz/js", `${name}.ts`), "utf8"))?.[1] ?? "";
	return /^[A-Z][a-z ]/.test(line) ? line[0].toLowerCase() + line.slice(1) : line;
}

let ready;
/** Modules and hosts, and how many counters there are. Once for all targets. */
function prepare() {
	ready ??= (async () => {
		const { executable, moduleList } = await build({ variant: "asan", quiet: true });
		return { executable, moduleList, counters: instrumentAll() };
	})();
	return ready;
}

/** A run of tests/fuzz/guide/main.ts; what it prints last is JSON. */
async function onNode(name, words, counters) {
	const { status, output } = await run(process.execPath, ["--enable-source-maps", join(root, "build/js/tests/fuzz/guide/main.js"), name, ...words, String(counters)], { env: { ...process.env, TMPDIR: scratchBase } });
	try { return JSON.parse(output.trimEnd().split("\n").at(-1)); }
	catch { return { runs: 0, failure: { text: `    node ended (${status})\n${indented(output)}` } }; }
}

function indented(text) { return text.trimEnd().split("\n").slice(-40).map(line => `    ${line}`).join("\n"); }

/** Runs inputs [from, to) of a folder's batch in XS for so many seconds. Resolves to { runs, failure }, where failure is { text, number }: of the input. */
function inXS(name, folder, { from = 0, to = 1e9, seconds, outcomes }) {
	return prepare().then(({ executable, moduleList }) => new Promise(resolve => {
		const scratch = mkdtempSync(join(scratchBase, "smb-scan-uploader-fuzz-"));
		const child = spawn(executable, ["--main", "tests/fuzz/guide/replay", "--creation", creation, moduleList,
			`target=${name}`, `batch=${join(folder, "batch")}`, `from=${from}`, `to=${to}`, `seconds=${seconds}`, `scratch=${scratch}`], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
		let rest = "", said = "", number = from, runs = 0, done = false, failure, timer;
		const hangs = () => {
			failure ??= { text: `    XS did not get through in ${silenceMs / 1000} s`, number };
			child.kill("SIGKILL");
		};
		const wait = () => {
			clearTimeout(timer);
			timer = setTimeout(hangs, silenceMs);
		};
		const take = line => {
			if (!line.startsWith("{")) {
				said += `${line}\n`;
				return;
			}
			const it = JSON.parse(line);
			if (it.run !== undefined) number = it.run;
			if (it.done !== undefined) done = true;
			if (it.broken !== undefined) failure ??= { text: `    in XS: ${it.broken}\n    ${it.stack}`, number };
			if (it.outcome === undefined) return;
			runs++;
			if (outcomes && it.outcome !== outcomes[number]) failure ??= { text: `    in XS:   ${it.outcome}\n    on Node: ${outcomes[number]}`, number };
		};
		wait();
		child.stdout.setEncoding("utf8").on("data", text => {
			const lines = (rest + text).split("\n");
			rest = lines.pop();
			lines.forEach(take);
			wait();
		});
		child.stderr.setEncoding("utf8").on("data", text => { said += text; });
		child.on("close", (code, signal) => {
			clearTimeout(timer);
			rmSync(scratch, { recursive: true, force: true });
			if (!done) failure ??= { text: `    XS ended (${signal ?? code})\n${indented(said)}`, number };
			resolve({ runs, failure });
		});
	}));
}

/** The input of that number in a folder's batch. */
function inputOf(folder, number) {
	const batch = readFileSync(join(folder, "batch"));
	let at = 0;
	for (; number > 0; number--) at += 4 + batch.readUInt32LE(at);
	return batch.subarray(at + 4, at + 4 + batch.readUInt32LE(at));
}

function again(name, path) { return `node tools/fuzz-js.mjs ${name} ${relative(root, path)}`; }

/** Fuzzes one target; see fuzz.mjs for what goes in and comes out. */
export async function runJS(name, { seconds, seed, folder }) {
	const { counters } = await prepare();
	const search = Math.max(1, Math.round(seconds * 2 / 3));
	const searched = await onNode(name, [String(search), String(seed), folder], counters);
	if (searched.failure) {
		const input = searched.failure.input ?? join(folder, "failing-hangs");
		return { ...searched, failure: { text: searched.failure.text, input, again: again(name, input) } };
	}
	const outcomes = JSON.parse(readFileSync(join(folder, "outcomes"), "utf8"));
	const { runs, failure } = await inXS(name, folder, { seconds: Math.max(1, seconds - search), outcomes });
	const result = { runs: searched.runs + runs, corpus: searched.corpus, reached: searched.reached, inXS: runs };
	if (!failure) return result;
	const input = join(folder, `failing-xs-${failure.number}`);
	writeFileSync(input, inputOf(folder, failure.number));
	return { ...result, failure: { text: failure.text, input, again: again(name, input) } };
}

/** Runs one input on Node and in XS. Whether it is well. */
export async function runAgain(name, path) {
	const { counters } = await prepare();
	const { outcome, failure } = await onNode(name, ["again", path], counters);
	const folder = mkdtempSync(join(tmpdir(), "smb-scan-uploader-fuzz-"));
	try {
		const bytes = readFileSync(path), head = Buffer.alloc(4);
		head.writeUInt32LE(bytes.length);
		writeFileSync(join(folder, "batch"), Buffer.concat([head, bytes]));
		const xs = await inXS(name, folder, { seconds: 1, outcomes: outcome === undefined ? undefined : [outcome] });
		say(failure ? `on Node:\n${failure.text}` : `on Node: ${outcome}`);
		say(xs.failure ? `in XS:\n${xs.failure.text}` : "in XS: the same");
		return !failure && !xs.failure;
	}
	finally { rmSync(folder, { recursive: true, force: true }); }
}

function target(name) { return { name, share: shares[name] ?? 1, about: about(name), run: options => runJS(name, options) }; }

export const jsTargets = readdirSync(join(root, "tests/fuzz/js")).filter(file => file.endsWith(".ts") && !file.startsWith("planted")).map(file => target(file.slice(0, -3)));

/** No targets, but what shows that mistakes are found: a wrong error, another outcome in XS, too many turns, waiting for ever. */
export const plantedJS = ["planted", "planted-in-xs", "planted-loop", "planted-wait"].map(target);

if (process.argv[1] === new URL(import.meta.url).pathname) {
	await program(async () => {
		const [name, path] = process.argv.slice(2);
		if (path === undefined || ![...jsTargets, ...plantedJS].some(target => target.name === name)) throw new Obstacle("Say: node tools/fuzz-js.mjs <target> <file>");
		return await runAgain(name, path) ? 0 : 1;
	});
}
