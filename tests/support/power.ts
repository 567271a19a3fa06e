/**
 * Power that fails: runs a program whose changes below one folder are written down call by call (tests/power/shim.c), ends it at any of them, and
 * puts the folder as a medium would be found when power comes back: with all that was flushed, and of the rest nothing, everything, or any part.
 *
 *   const power = new Power(folder);
 *   for (let at = 1; ; at++) {
 *       prepare(folder);
 *       const { lost } = await power.run(program, words, { at });
 *       if (!lost) break;
 *       power.restore({ kind: "some", seed: at });
 *       // run it again, and check
 *   }
 *
 * With network: true each send and each recv of the program counts as well, so that "at" sweeps over all turns of a protocol too. Linux on glibc only.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Dice } from "./dice.js";
import { root as repository } from "./repository.js";
import { type Run, type RunOptions, runProcess } from "./run.js";

/**
 * What is durable without a flush. "posix": nothing; names are once their folder was flushed. "fat", as ESP-IDF's FatFs: names that were deleted, renamed or made
 * for folders are at once, those of new files when the file is flushed, and flushing a folder does nothing.
 */
export type Medium = "posix" | "fat";

/**
 * What of all that was not flushed is found again: "nothing"; "all" of it; "torn": all, and a part of the write that was under way; "some": any part, by sectors of
 * 512 bytes, other calls whole, each by chance. medium: "posix" where it is not given.
 */
export interface Survival { kind: "nothing" | "all" | "torn" | "some"; seed?: number; medium?: Medium }

export interface PowerOptions extends RunOptions {
	/** The call before which power is lost, counted from 1; not given: never. */
	at?: number;
	/** Whether turns on the network count as calls. */
	network?: boolean;
}

export interface PowerRun {
	run: Run;
	/** Whether power was lost: if not, the program came to its end before that call. */
	lost: boolean;
	/** The calls that were counted, in words, for messages: "write journal-a 512 at 1024". */
	calls: string[];
}

type Call =
	| { kind: "create"; path: string; file: number }
	| { kind: "write"; file: number; at: number; bytes: Uint8Array }
	| { kind: "size"; file: number; length: number }
	| { kind: "flush"; file: number }
	| { kind: "flush folder"; path: string }
	| { kind: "rename"; from: string; to: string; replaces: boolean }
	| { kind: "remove"; path: string }
	| { kind: "folder"; path: string }
	| { kind: "turn" };

interface Content { bytes: Uint8Array; mtime: number | undefined }

/** Paths, and what lies there: a file's number, or 0 for a folder. */
type Names = Map<string, number>;

/** A record of shim.c: its head's length and where its fields are. */
const recordHead = 32;
const flags = { created: 1, emptied: 2, replaces: 4 };

let shim: string | undefined;

/** Compiles shim.c, once. */
function shimFile(): string {
	if (shim !== undefined) return shim;
	const folder = join(repository, "build/c");
	mkdirSync(folder, { recursive: true });
	const file = join(folder, "power-shim.so");
	// Other test processes may do the same right now.
	const own = `${file}.${process.pid}`;
	const compiled = spawnSync("gcc", ["-shared", "-fPIC", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-o", own, join(repository, "tests/power/shim.c"), "-lpthread"], { encoding: "utf8" });
	if (compiled.status !== 0) throw new Error(`tests/power/shim.c: ${compiled.error?.message ?? compiled.stderr}`);
	renameSync(own, file);
	return shim = file;
}

export class Power {
	readonly root: string;
	#names: Names = new Map();
	#contents = new Map<number, Content>();
	#calls: Call[] = [];
	/** The call that was not made any more. */
	#under: Call | undefined;
	#files = 0;

	/** root: the folder that lies on the medium. */
	constructor(root: string) {
		this.root = realpathSync(root);
	}

	/** Runs a 64-bit program. What lies in the folder when it begins counts as flushed. */
	async run(command: string, words: readonly string[], options: PowerOptions = {}): Promise<PowerRun> {
		const { at = 0, network = false, env, ...rest } = options;
		this.#look();
		const folder = mkdtempSync(join(tmpdir(), "smb-scan-uploader-power-"));
		try {
			const log = join(folder, "log");
			const run = await runProcess(command, words, {
				...rest, env: { ...env, LD_PRELOAD: shimFile(), POWER_ROOT: this.root, POWER_LOG: log, POWER_AT: String(at), POWER_NETWORK: network ? "1" : "0" },
			});
			const { lost, calls } = this.#read(existsSync(log) ? readFileSync(log) : Buffer.alloc(0));
			if (run.code === 98 || run.code === 99) throw new Error(`tests/power/shim.c gave up:\n${run.text}`);
			if (lost !== (run.code === 128)) throw new Error(`power was ${lost ? "" : "not "}to be lost, but the program ended with ${run.code}:\n${run.text}`);
			return { run, lost, calls };
		}
		finally { rmSync(folder, { recursive: true, force: true }); }
	}

	/** Puts into (not given: the folder itself) as the folder is found when power comes back. */
	restore(survival: Survival, into = this.root): void {
		const { names, contents } = this.#survivors(survival);
		mkdirSync(into, { recursive: true });
		for (const path of [...walk(into)].reverse()) {
			const wanted = names.get(path);
			const is = statSync(join(into, path));
			if (wanted === undefined || is.isDirectory() !== (wanted === 0)) rmSync(join(into, path), { recursive: true, force: true });
		}
		for (const [path, file] of [...names].sort(([a], [b]) => a < b ? -1 : 1)) {
			const whole = join(into, path);
			mkdirSync(file === 0 ? whole : dirname(whole), { recursive: true });
			if (file === 0) continue;
			const { bytes, mtime } = contents.get(file)!;
			// What is as it should be keeps its time.
			if (existsSync(whole) && (mtime === undefined || statSync(whole).mtimeMs === mtime) && readFileSync(whole).equals(bytes)) continue;
			writeFileSync(whole, bytes);
			if (mtime !== undefined) utimesSync(whole, mtime / 1000, mtime / 1000);
		}
	}

	/** Takes in what lies in the folder. */
	#look(): void {
		this.#names = new Map();
		this.#contents = new Map();
		this.#files = 0;
		for (const path of walk(this.root)) {
			const status = statSync(join(this.root, path));
			if (status.isDirectory()) this.#names.set(path, 0);
			else {
				this.#names.set(path, ++this.#files);
				this.#contents.set(this.#files, { bytes: new Uint8Array(readFileSync(join(this.root, path))), mtime: status.mtimeMs });
			}
		}
	}

	/** Reads what shim.c has written: which file each call concerns is found by following names and open files. */
	#read(log: Buffer): { lost: boolean; calls: string[] } {
		const names = new Map(this.#names);
		const open = new Map<number, number | string>();
		const words: string[] = [];
		this.#calls = [];
		this.#under = undefined;
		const view = new DataView(log.buffer, log.byteOffset, log.byteLength);
		/** The last call as far as it can fail: what it did to the list, and to the names. */
		let before = 0;
		let undo: Names | undefined;
		for (let at = 0; at < log.length; at += view.getUint32(at, true)) {
			const kind = String.fromCharCode(log[at + 4]!);
			const isLost = log[at + 5] !== 0;
			const flag = view.getUint16(at + 6, true);
			const file = view.getInt32(at + 8, true);
			const [pathLength, otherLength, dataLength] = [12, 16, 20].map(offset => view.getUint32(at + offset, true)) as [number, number, number];
			const position = Number(view.getBigUint64(at + 24, true));
			const path = log.toString("utf8", at + recordHead, at + recordHead + pathLength);
			const other = log.toString("utf8", at + recordHead + pathLength, at + recordHead + pathLength + otherLength);
			const data = new Uint8Array(log.subarray(at + recordHead + pathLength + otherLength, at + recordHead + pathLength + otherLength + dataLength));
			if (kind === "x") {
				// It did nothing, or of a write only a part.
				const last = this.#calls[this.#calls.length - 1];
				if (last?.kind === "write" && position > 0) last.bytes = last.bytes.slice(0, position);
				else {
					this.#calls.length = before;
					if (undo) names.clear();
					for (const [name, id] of undo ?? []) names.set(name, id);
				}
				continue;
			}
			before = this.#calls.length;
			undo = "ordum".includes(kind) ? new Map(names) : undefined;
			const made: Call[] = [];
			const target = open.get(file);
			switch (kind) {
				case "o": {
					if ((flag & flags.created) !== 0) {
						made.push({ kind: "create", path, file: ++this.#files });
						this.#contents.set(this.#files, { bytes: new Uint8Array(0), mtime: undefined });
						if (!isLost) names.set(path, this.#files);
					}
					const found = path === "" ? 0 : names.get(path);
					if ((flag & flags.emptied) !== 0) made.push({ kind: "size", file: found!, length: 0 });
					open.set(file, found === 0 || found === undefined ? path : found);
					break;
				}
				case "c": open.delete(file); break;
				case "w": made.push({ kind: "write", file: target as number, at: position, bytes: data }); break;
				case "s": made.push({ kind: "size", file: target as number, length: position }); break;
				case "f": made.push(typeof target === "number" ? { kind: "flush", file: target } : { kind: "flush folder", path: target! }); break;
				case "r":
					made.push({ kind: "rename", from: path, to: other, replaces: (flag & flags.replaces) !== 0 });
					if (!isLost) rename(names, path, other);
					break;
				case "u": case "d":
					made.push({ kind: "remove", path });
					if (!isLost) names.delete(path);
					break;
				case "m":
					made.push({ kind: "folder", path });
					if (!isLost && !names.has(path)) names.set(path, 0);
					break;
				case "t": made.push({ kind: "turn" }); break;
			}
			// An opening that changes nothing, and a close, are no calls that count.
			if (made.length === 0) continue;
			words.push(`${{ o: "open", w: "write", s: "size", f: "flush", r: "rename", u: "unlink", d: "rmdir", m: "mkdir", t: "turn" }[kind]} ${path || this.#nameOf(names, target)}${other ? ` → ${other}` : ""}${kind === "w" ? ` ${dataLength} at ${position}` : kind === "s" ? ` ${position}` : ""}`);
			if (isLost) {
				this.#under = made[0];
				return { lost: true, calls: words };
			}
			this.#calls.push(...made);
		}
		return { lost: false, calls: words };
	}

	#nameOf(names: Names, target: number | string | undefined): string {
		if (typeof target !== "number") return target === "" ? "." : target ?? "";
		for (const [name, file] of names) if (file === target) return name;
		return "(no name)";
	}

	/** Whether what calls[index] did is on the medium, whatever happens. */
	#isDurable(index: number, medium: Medium): boolean {
		const call = this.#calls[index]!;
		const later = (test: (call: Call) => boolean): boolean => this.#calls.some((other, at) => at > index && test(other));
		const folderFlushed = (path: string): boolean => later(other => other.kind === "flush folder" && other.path === folderOf(path));
		switch (call.kind) {
			case "write": case "size": return later(other => other.kind === "flush" && other.file === call.file);
			case "create": return medium === "fat" ? later(other => other.kind === "flush" && other.file === call.file) : folderFlushed(call.path);
			case "rename": return medium === "fat" || folderFlushed(call.from) && folderFlushed(call.to);
			case "remove": case "folder": return medium === "fat" || folderFlushed(call.path);
			default: return true;
		}
	}

	#survivors({ kind, seed = 0, medium = "posix" }: Survival): { names: Names; contents: Map<number, Content> } {
		const dice = new Dice(seed);
		const names = new Map(this.#names);
		const contents = new Map([...this.#contents].map(([file, { bytes, mtime }]) => [file, { bytes, mtime }]));
		const change = (file: number, bytes: Uint8Array): void => { contents.set(file, { bytes, mtime: undefined }); };
		const write = (file: number, at: number, bytes: Uint8Array): void => {
			if (bytes.length === 0) return;
			const old = contents.get(file)!.bytes;
			const whole = new Uint8Array(Math.max(old.length, at + bytes.length));
			whole.set(old);
			whole.set(bytes, at);
			change(file, whole);
		};
		const apply = (call: Call): void => {
			switch (call.kind) {
				case "create": names.set(call.path, call.file); break;
				case "write": write(call.file, call.at, call.bytes); break;
				case "size": {
					const whole = new Uint8Array(call.length);
					whole.set(contents.get(call.file)!.bytes.subarray(0, call.length));
					change(call.file, whole);
					break;
				}
				case "rename": if (call.replaces || !names.has(call.to)) rename(names, call.from, call.to); break;
				case "remove": names.delete(call.path); break;
				case "folder": if (!names.has(call.path)) names.set(call.path, 0); break;
			}
		};
		/** Of a write those sectors that chance lets survive. */
		const applySome = (call: Call): void => {
			if (call.kind !== "write") {
				if (dice.below(2) === 0) apply(call);
				return;
			}
			for (let from = 0; from < call.bytes.length;) {
				const end = Math.min(call.bytes.length, from + 512 - (call.at + from) % 512);
				if (dice.below(2) === 0) write(call.file, call.at + from, call.bytes.subarray(from, end));
				from = end;
			}
		};
		this.#calls.forEach((call, index) => {
			if (kind === "all" || kind === "torn" || this.#isDurable(index, medium)) apply(call);
			else if (kind === "some") applySome(call);
		});
		if (this.#under?.kind === "write" && (kind === "torn" || kind === "some"))
			write(this.#under.file, this.#under.at, this.#under.bytes.subarray(0, dice.below(this.#under.bytes.length + 1)));
		// A file cannot lie where no folder is.
		for (const path of [...names.keys()]) {
			for (let folder = folderOf(path); folder !== ""; folder = folderOf(folder)) if (names.get(folder) !== 0) names.delete(path);
		}
		return { names, contents };
	}
}

function folderOf(path: string): string { return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ""; }

/** Gives what lies at from, and below it, the name to; nothing where there is no such thing any more. */
function rename(names: Names, from: string, to: string): void {
	const file = names.get(from);
	if (file === undefined) return;
	for (const [path, inside] of [...names]) {
		if (path !== from && !path.startsWith(`${from}/`)) continue;
		names.delete(path);
		names.set(to + path.slice(from.length), inside);
	}
}

/** All that lies in a folder, folders before what is in them. */
function* walk(folder: string, prefix = ""): Generator<string> {
	for (const entry of readdirSync(join(folder, prefix), { withFileTypes: true })) {
		const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
		yield path;
		if (entry.isDirectory()) yield* walk(folder, path);
	}
}
