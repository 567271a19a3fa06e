/** What the tools have in common: where the repository is, and telling a person on stderr what takes time. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The repository's top folder. */
export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

/** A failure that the person can do something about: shown without a stack. */
export class Obstacle extends Error {
	get name() { return "Obstacle"; }
}

export function say(line) { process.stderr.write(`${line}\n`); }

/** Runs one step of a set-up and says what it is and how long it took. */
export async function step(what, run) {
	const start = performance.now();
	process.stderr.write(process.stderr.isTTY ? `  ${what} …` : `  ${what} …\n`);
	const result = await run();
	const seconds = ((performance.now() - start) / 1000).toFixed(1);
	process.stderr.write(process.stderr.isTTY ? ` ${seconds} s\n` : `    ${seconds} s\n`);
	return result;
}

/** Runs a command in the repository, its output kept back. Resolves to { status, output }; never rejects. */
export function run(command, args, options = {}) {
	return new Promise(resolve => {
		let output = "";
		const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], ...options });
		for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", text => { output += text; });
		child.on("error", error => resolve({ status: 127, output: `${command}: ${error.message}\n` }));
		child.on("close", (status, signal) => resolve({ status: status ?? 128, output: signal ? `${output}${command} ended by ${signal}\n` : output }));
	});
}

/** Runs main() as a program: an Obstacle ends it with its message alone, and with the exit code that it carries, else 1. */
export async function program(main) {
	try { process.exitCode = await main() ?? 0; }
	catch (error) {
		say(error instanceof Obstacle ? error.message : error.stack ?? String(error));
		process.exitCode = error.exitCode ?? 1;
	}
}
