/** The unit tests once more, inside XS: each of them is a test here. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../support/repository.js";
import { host, onExit, runProcess } from "../support/run.js";

interface Line { file?: string; index?: number; title?: string[]; message?: string; stack?: string; done?: number }

/** More than the device has: assertions and vectors need room that the app does not. Tests of the budget make their own clone. */
const options = ["--main", "tests/xs/runner", "--creation", "static=4194304,chunk=262144,heap=16384,stack=4096"];

const specifiers = readdirSync(join(root, "build/js/tests/unit"), { recursive: true, encoding: "utf8" })
	.filter(name => name.endsWith(".test.js")).sort()
	.map(name => `tests/unit/${name.replace(/\\/g, "/").replace(/\.js$/, "")}`);

function parse(line: string): Line {
	try { return line.startsWith("{") ? JSON.parse(line) as Line : {}; }
	catch { return {}; }
}

interface List { titles: string[][]; problem?: string }

/** The titles of each file's tests, in order. */
async function list(files: readonly string[]): Promise<List[]> {
	const { executable, moduleList } = await host(64);
	const run = await runProcess(executable, [...options, moduleList, `tests=${files.join(",")}`, "list=true"]);
	const lines = run.out.split("\n").map(parse);
	if (run.code === 0 && lines.some(({ done }) => done !== undefined))
		return files.map(file => ({ titles: lines.flatMap(line => line.file === file && line.title ? [line.title] : []) }));
	if (files.length === 1) return [{ titles: [], problem: run.text || `exit code ${run.code}` }];
	// One of them does not load: which?
	const lists: List[] = [];
	for (const file of files) lists.push(...await list([file]));
	return lists;
}

/** One run of one file: started by the first test that asks, each result handed over as it comes. */
class FileRun {
	readonly #waiting = new Map<number, (line: Line) => void>();
	readonly #results = new Map<number, Line>();
	readonly #file: string;
	readonly #bits: number;
	#started = false;
	#end: string | undefined;

	constructor(file: string, bits: number) {
		this.#file = file;
		this.#bits = bits;
	}

	async result(index: number): Promise<Line> {
		if (!this.#started) {
			this.#started = true;
			await this.#start();
		}
		const known = this.#results.get(index);
		if (known) return known;
		if (this.#end !== undefined) return { message: this.#end };
		return new Promise(resolve => this.#waiting.set(index, resolve));
	}

	async #start(): Promise<void> {
		const { executable, moduleList } = await host(this.#bits);
		const scratch = mkdtempSync(join(tmpdir(), "smb-scan-uploader-xs-"));
		const child = spawn(executable, [...options, moduleList, `tests=${this.#file}`, `scratch=${scratch}`], { stdio: ["ignore", "pipe", "pipe"], cwd: root });
		let rest = "";
		let said = "";
		child.stdout.setEncoding("utf8").on("data", (text: string) => {
			const lines = (rest + text).split("\n");
			rest = lines.pop()!;
			for (const line of lines) {
				const result = parse(line);
				if (result.index === undefined) said += `${line}\n`;
				else this.#settle(result.index, result);
			}
		});
		child.stderr.setEncoding("utf8").on("data", (text: string) => { said += text; });
		const clean = () => rmSync(scratch, { recursive: true, force: true });
		const ended = onExit(() => {
			child.kill("SIGKILL");
			clean();
		});
		child.on("close", (code, signal) => {
			ended();
			clean();
			this.#end = `the host ended (${signal ?? `exit code ${String(code)}`}) before this test had a result\n${said}${rest}`;
			for (const index of [...this.#waiting.keys()]) this.#settle(index, { message: this.#end });
		});
	}

	#settle(index: number, line: Line): void {
		this.#results.set(index, line);
		this.#waiting.get(index)?.(line);
		this.#waiting.delete(index);
	}
}

/** Declares the tests for the host of that many bits. */
export async function declareTests(bits: number): Promise<void> {
	const lists = await list(specifiers);
	describe(`in XS, ${bits} bits`, function () {
		this.timeout(120_000);

		specifiers.forEach((file, at) => {
			const { titles, problem } = lists[at]!;
			describe(file, () => {
				const run = new FileRun(file, bits);
				if (problem !== undefined) it("loads", () => { throw new Error(problem); });
				titles.forEach((title, index) => it(title.join(": "), async () => {
					const { message, stack } = await run.result(index);
					if (message === undefined) return;
					const error = new Error(message);
					error.stack = `${message}\n${stack ?? ""}`;
					throw error;
				}));
			});
		});
	});
}
