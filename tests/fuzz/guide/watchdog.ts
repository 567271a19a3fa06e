/** A thread that ends the process when one input takes too long, and keeps that input. */
import { writeFileSync } from "node:fs";
import { Worker, isMainThread, workerData } from "node:worker_threads";

interface Shared { numbers: Int32Array; bytes: Uint8Array; path: string }

const longestMs = 20_000;

/** The main thread's side: tells which input is being run. */
export class Watchdog {
	readonly #shared: Shared;
	readonly #worker: Worker;

	/** path: where an input that hangs goes, before the process is killed. */
	constructor(path: string) {
		this.#shared = { numbers: new Int32Array(new SharedArrayBuffer(8)), bytes: new Uint8Array(new SharedArrayBuffer(1 << 16)), path };
		this.#worker = new Worker(new URL(import.meta.url), { workerData: this.#shared, execArgv: [] });
		this.#worker.unref();
	}
	started(bytes: Uint8Array): void {
		const { numbers, bytes: copy } = this.#shared;
		copy.set(bytes.length > copy.length ? bytes.subarray(0, copy.length) : bytes);
		numbers[1] = bytes.length;
		numbers[0]!++;
	}
	async end(): Promise<void> { await this.#worker.terminate(); }
}

if (!isMainThread && (workerData as Shared | undefined)?.numbers) {
	const { numbers, bytes, path } = workerData as Shared;
	let last = -1;
	setInterval(() => {
		if (numbers[0] === last) {
			writeFileSync(path, bytes.slice(0, numbers[1]));
			process.kill(process.pid, "SIGKILL");
		}
		last = numbers[0]!;
	}, longestMs);
}
