/** Runs the desktop host as a process of its own and keeps what it says. */
import { spawn } from "node:child_process";
import { root, tool } from "./repository.js";

interface Built { executable: string; moduleList: string }

const builds = new Map<string, Promise<Built>>();

/** Only x86-64 Linux can build and run the 32-bit host, whose slots are as small as the device's. */
export const { builds32 } = await tool("setup.mjs") as { builds32: boolean };
export const allBits: readonly number[] = builds32 ? [64, 32] : [64];

/** The host of that many bits, brought up to date once. */
export function host(bits = 64, variant = "debug"): Promise<Built> {
	const key = `${variant}${bits}`;
	let built = builds.get(key);
	if (!built) {
		built = tool("build.mjs").then(({ build }) => build({ bits, variant, quiet: true, typecheck: false }));
		builds.set(key, built!);
	}
	return built!;
}

/** Options of the 64-bit host for the slots that a device takes, four of 16 KiB; without them it takes the manifest's, as the 32-bit host does with more memory. */
export const deviceSlots: readonly string[] = ["--memory", "176128"];

export interface RunOptions {
	bits?: number;
	variant?: string;
	/** The host's own, such as "--report" or "--creation". */
	hostOptions?: readonly string[];
	/** After that the process is killed, and run() rejects. */
	timeoutMs?: number;
	cwd?: string;
	env?: Record<string, string>;
	onLine?: (line: string) => void;
	/** Called with the process once it runs. */
	onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
}

export interface Run {
	/** The exit code; for a process that a signal ended, 128. */
	code: number;
	out: string;
	err: string;
	/** Both in one, in order of arrival. */
	text: string;
	ms: number;
}

/** Nothing that was started here outlives the tests. */
const running = new Set<() => void>();
process.on("exit", () => { for (const end of running) end(); });

/** Has end() called when this process exits, unless the returned function was called before. */
export function onExit(end: () => void): () => void {
	running.add(end);
	return () => { running.delete(end); };
}

/** Runs a command to its end. */
export function runProcess(command: string, args: readonly string[], options: RunOptions = {}): Promise<Run> {
	const { timeoutMs = 60_000, cwd = root, env, onLine, onStart } = options;
	return new Promise((resolve, reject) => {
		const start = performance.now();
		const run: Run = { code: 128, out: "", err: "", text: "", ms: 0 };
		const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], cwd, env: { ...process.env, ...env } });
		let timedOut = false;
		const timer = setTimeout(() => { timedOut = true; child.kill("SIGKILL"); }, timeoutMs);
		const ended = onExit(() => child.kill("SIGKILL"));
		let rest = "";
		child.stdout.setEncoding("utf8").on("data", (text: string) => {
			run.out += text;
			run.text += text;
			const lines = (rest + text).split("\n");
			rest = lines.pop()!;
			if (onLine) for (const line of lines) onLine(line);
		});
		child.stderr.setEncoding("utf8").on("data", (text: string) => { run.err += text; run.text += text; });
		child.on("error", reject);
		child.on("spawn", () => onStart?.(signal => child.kill(signal)));
		child.on("close", code => {
			clearTimeout(timer);
			ended();
			run.code = code ?? 128;
			run.ms = performance.now() - start;
			if (timedOut) reject(new Error(`no end after ${timeoutMs} ms; so far:\n${run.text}`));
			else resolve(run);
		});
	});
}

export type Values = Record<string, string | number | boolean | undefined>;

/** key=value for each value that is there. */
export function words(values: Values): string[] {
	return Object.entries(values).filter(([, value]) => value !== undefined).map(([key, value]) => `${key}=${String(value)}`);
}

/** Runs the app (main.ts) with these settings. */
export async function runApp(settings: Values | readonly string[], options: RunOptions = {}): Promise<Run> {
	const { executable, moduleList } = await host(options.bits, options.variant);
	return runProcess(executable, [...options.hostOptions ?? [], moduleList, ...(Array.isArray(settings) ? settings as string[] : words(settings as Values))], options);
}

/** The figures of the host's --report. */
export function heapOf(run: Run): Record<string, number> {
	const line = /^heap (.*)$/m.exec(run.err)?.[1];
	if (!line) throw new Error(`no heap report in:\n${run.text}`);
	return Object.fromEntries(line.split(" ").map(word => word.split("=")).map(([key, value]) => [key!, Number(value)]));
}
