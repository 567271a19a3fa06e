/** Runs fixtures in the desktop host, for the tests beside this file. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

interface Build {
	build(options: { bits?: number; variant?: string; typecheck?: boolean; quiet?: boolean }): Promise<{ executable: string; moduleList: string }>;
	missing(bits: number): string | undefined;
}

export const { build, missing } = await import(pathToFileURL(join(process.cwd(), "tools", "build.mjs")).href) as Build;

export interface Run {
	code: number;
	stdout: string;
	stderr: string;
	/** The first line of --report as numbers. */
	heap: Record<string, number>;
}

export interface RunOptions {
	bits?: number;
	variant?: string;
	/** Options of the host before the module list. */
	options?: string[];
	/** key=value settings. */
	settings?: string[];
	environment?: Record<string, string>;
	/** What the host reads on its standard input. */
	input?: string;
}

/** Runs the module of that specifier to its end. A host that hangs is ended after 30 seconds and has code -1. */
export async function run(main: string, { bits = 64, variant = "debug", options = [], settings = [], environment = {}, input = "" }: RunOptions = {}): Promise<Run> {
	const { executable, moduleList } = await build({ bits, variant, typecheck: false, quiet: true });
	return new Promise(done => {
		const child = execFile(executable, ["--report", "--main", main, ...options, moduleList, ...settings], { timeout: 30_000, env: { ...process.env, ...environment } }, (error, stdout, stderr) => {
			const code = error ? typeof error.code === "number" ? error.code : -1 : 0;
			const report = /^heap (.*)$/m.exec(stderr)?.[1] ?? "";
			const heap = Object.fromEntries([...report.matchAll(/(\w+)=(\d+)/g)].map(([, key, value]) => [key, Number(value)]));
			done({ code, stdout, stderr: stderr.replace(/^(heap|rom) .*\n/gm, ""), heap });
		});
		// A host that has ended without reading is no failure of the test.
		child.stdin!.on("error", () => {});
		child.stdin!.end(input);
	});
}

/** The specifier of a fixture. */
export function fixture(name: string): string {
	return `tests/desktop/fixtures/${name}`;
}

/** Calls body for each width that this machine can build for; the others show up as pending, with the reason. */
export function eachWidth(body: (bits: number) => void): void {
	for (const bits of [64, 32]) {
		const reason = missing(bits);
		describe(`${bits} bit`, () => {
			if (reason)
				it.skip(reason.split("\n")[0]!);
			else
				body(bits);
		});
	}
}
