/**
 * Compiles and runs the C tests: every folder beside this file that has a build.json
 *   { "sources": [paths from the repository's root], "libs": ["mbedcrypto"], "flags": ["-fsanitize=thread"], "bits": [64, 32] }
 * becomes one program for each of bits (64 and 32 unless said) in build/c. Its main() prints TAP; exit code 0 and no "not ok" pass.
 * Without flags it is built with the address and undefined behaviour sanitizers. A vectors.ts beside build.json says by headers() what C files to write for it.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { AssertionError } from "../support/assert.js";

interface Build { sources: string[]; libs?: string[]; flags?: string[]; bits?: number[] }

function root(): string {
	let folder = dirname(fileURLToPath(import.meta.url));
	while (!existsSync(join(folder, "manifest.json"))) folder = dirname(folder);
	return folder;
}

const home = root();
const warnings = ["-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fno-omit-frame-pointer"];
const sanitizers = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

function run(command: string, values: string[]): string {
	const result = spawnSync(command, values, { cwd: home, encoding: "utf8", timeout: 240_000 });
	if (result.error) throw new AssertionError(`${command}: ${result.error.message}`);
	const output = result.stdout + result.stderr;
	if (result.status !== 0) throw new AssertionError(`${command} ${values.join(" ")}\nended with ${result.status ?? result.signal}\n${output}`);
	return output;
}

/** The folder of the headers that a folder's vectors.ts makes, as flags for the compiler. */
async function vectorFlags(folder: string, bits: number): Promise<string[]> {
	const module = join(home, "build/js/tests/c", folder, "vectors.js");
	if (!existsSync(module)) return [];
	const { headers } = await import(pathToFileURL(module).href) as { headers(): Record<string, string> };
	// A folder for each program: they may be built at the same time.
	const to = join(home, "build/c", `${folder}-${bits}-vectors`);
	mkdirSync(to, { recursive: true });
	for (const [name, text] of Object.entries(headers())) writeFileSync(join(to, name), text);
	return [`-I${to}`];
}

describe("C tests", () => {
	for (const folder of readdirSync(join(home, "tests/c")).sort()) {
		const file = join(home, "tests/c", folder, "build.json");
		if (!existsSync(file)) continue;
		const build: Build = JSON.parse(readFileSync(file, "utf8"));
		for (const bits of build.bits ?? [64, 32]) {
			it(`${folder}, ${bits} bits`, async function () {
				this.timeout(600_000);
				mkdirSync(join(home, "build/c"), { recursive: true });
				const program = join(home, "build/c", `${folder}-${bits}`);
				run("gcc", [
					`-m${bits}`, ...warnings, ...build.flags ?? sanitizers, ...await vectorFlags(folder, bits), "-o", program, ...build.sources,
					...(build.libs ?? []).map(name => `-l${name}`),
				]);
				const output = run(program, []);
				if (/^not ok/m.test(output) || !/^ok/m.test(output)) throw new AssertionError(`${program}\n${output}`);
			});
		}
	}
});
