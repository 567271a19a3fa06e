/**
 * npm test: sets up, builds the desktop host for 64 and 32 bits, and runs every test under tests/ with mocha.
 * What follows `npm test --` is mocha's (--grep ntlm), or names tests to run alone (tests/layers.test.ts).
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { builds32, setup } from "./setup.mjs";
import { Obstacle, program, root, say } from "./steps.mjs";

/** tests/a.test.ts → build/js/tests/a.test.js; undefined for what is no test. */
function compiledTest(argument) {
	if (!argument.endsWith(".test.ts")) return undefined;
	const path = relative(root, resolve(process.env.INIT_CWD ?? ".", argument));
	const compiled = join("build", "js", path.replace(/\.ts$/, ".js"));
	if (!existsSync(join(root, compiled))) throw new Obstacle(`There is no test ${path}`);
	return compiled;
}

function mocha(args) {
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, [join(root, "node_modules", "mocha", "bin", "mocha.js"), ...args], { cwd: root, stdio: "inherit" });
		const pass = signal => child.kill(signal);
		process.once("SIGTERM", pass);
		child.on("error", reject);
		child.on("close", (code, signal) => resolve(code ?? `ended by ${signal}`));
	});
}

await program(async () => {
	const start = performance.now();
	await setup({ tests: true });
	const { build } = await import("./build.mjs");
	await build({ bits: 64 });
	if (builds32) await build({ bits: 32 });
	const words = process.argv.slice(2);
	const chosen = words.map(compiledTest).filter(Boolean);
	const options = words.filter(word => !word.endsWith(".test.ts"));
	// Many tests wait more than they work: for a server's silence, for a timer. --no-parallel runs one file after the other.
	// With --grep most files run no test, which --fail-zero would hold against each of them: there it is to judge the whole.
	const parallel = options.some(option => /^(--no-parallel|--f?grep\b.*|-[gf])$/.test(option)) ? [] : ["--parallel", "--jobs", "3"];
	const result = await mocha(["--fail-zero", "--forbid-only", "--forbid-pending", "--timeout", "60000", ...parallel, ...options, ...chosen.length > 0 ? chosen : ["build/js/tests/**/*.test.js"]]);
	const widths = builds32 ? "64 and 32 bits" : "64 bits only: the 32-bit host needs Linux on x86-64";
	say(result === 0
		? `npm test: all that ran passed (${widths}), ${Math.round((performance.now() - start) / 1000)} s`
		: `npm test: FAILED (mocha: ${result}), ${Math.round((performance.now() - start) / 1000)} s`);
	return result === 0 ? 0 : 1;
});
