/** Compiles C for tests, and runs what comes of it. */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AssertionError } from "../support/assert.js";
import { root } from "../support/repository.js";

const warnings = ["-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fno-omit-frame-pointer"];

/** Runs a command in the repository: what it prints, on both streams. AssertionError, with all that, where it fails. */
export function run(command: string, values: readonly string[], timeoutMs = 240_000): string {
	const result = spawnSync(command, values, { cwd: root, encoding: "utf8", timeout: timeoutMs, maxBuffer: 1 << 26 });
	if (result.error) throw new AssertionError(`${command}: ${result.error.message}`);
	const output = result.stdout + result.stderr;
	if (result.status !== 0) throw new AssertionError(`${command} ${values.join(" ")}\nended with ${result.status ?? result.signal}\n${output}`);
	return output;
}

/** Makes build/c/<name> of these sources (paths from the repository's root) and returns its path. Every warning is an error. */
export function compile(name: string, bits: number, sources: readonly string[], flags: readonly string[], libs: readonly string[] = []): string {
	mkdirSync(join(root, "build/c"), { recursive: true });
	const program = join(root, "build/c", name);
	run("gcc", [`-m${bits}`, ...warnings, ...flags, "-o", program, ...sources, ...libs.map(library => `-l${library}`)]);
	return program;
}
