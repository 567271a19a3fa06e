/**
 * Compiles and runs the C tests: every folder beside this file that has a build.json
 *   { "sources": [paths from the repository's root], "libs": ["mbedcrypto"], "flags": ["-fsanitize=thread"], "bits": [64, 32] }
 * becomes one program for each of bits (64 and 32 unless said) in build/c. Its main() prints TAP; exit code 0 and no "not ok" pass.
 * Without flags it is built with the address and undefined behaviour sanitizers. A vectors.ts beside build.json says by headers() what C files to write for it.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AssertionError } from "../support/assert.js";
import { root } from "../support/repository.js";
import { compile, run } from "./compile.js";

interface Build { sources: string[]; libs?: string[]; flags?: string[]; bits?: number[] }

const sanitizers = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/** The folder of the headers that a folder's vectors.ts makes, as flags for the compiler. */
async function vectorFlags(folder: string, bits: number): Promise<string[]> {
	const module = join(root, "build/js/tests/c", folder, "vectors.js");
	if (!existsSync(module)) return [];
	const { headers } = await import(pathToFileURL(module).href) as { headers(): Record<string, string> };
	// A folder for each program: they may be built at the same time.
	const to = join(root, "build/c", `${folder}-${bits}-vectors`);
	mkdirSync(to, { recursive: true });
	for (const [name, text] of Object.entries(headers())) writeFileSync(join(to, name), text);
	return [`-I${to}`];
}

describe("C tests", () => {
	for (const folder of readdirSync(join(root, "tests/c")).sort()) {
		const file = join(root, "tests/c", folder, "build.json");
		if (!existsSync(file)) continue;
		const build: Build = JSON.parse(readFileSync(file, "utf8"));
		for (const bits of build.bits ?? [64, 32]) {
			it(`${folder}, ${bits} bits`, async function () {
				this.timeout(600_000);
				const program = compile(`${folder}-${bits}`, bits, build.sources, [...build.flags ?? sanitizers, ...await vectorFlags(folder, bits)], build.libs);
				const output = run(program, []);
				if (/^not ok/m.test(output) || !/^ok/m.test(output)) throw new AssertionError(`${program}\n${output}`);
			});
		}
	}
});
