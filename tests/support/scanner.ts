/** A scanner's folder, for integration tests: what lies in it, the app that sends it, and what has to be on the share afterwards. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ok } from "./assert.js";
import { type Run, type RunOptions, type Values, runApp } from "./run.js";
import type { Samba } from "./samba.js";

/** length bytes that repeat nowhere soon and depend on seed. */
export function noise(length: number, seed = 1): Uint8Array {
	const bytes = new Uint8Array(length);
	let state = seed * 2654435761 >>> 0;
	for (let at = 0; at < length; at++) {
		state = Math.imul(state, 1664525) + 1013904223 >>> 0;
		bytes[at] = state >>> 24;
	}
	return bytes;
}

/** Where a server listens and what it wants to hear; a Samba, perhaps behind a proxy. */
export type Target = Pick<Samba, "address" | "port" | "share" | "user" | "password">;

export class Scanner {
	readonly folder: string;
	readonly #files = new Map<string, Uint8Array>();
	#scanned = Date.UTC(2024, 0, 2, 3, 4, 5);

	/** under: what its folder is made in. */
	constructor(under = tmpdir()) { this.folder = mkdtempSync(join(under, "smb-scan-uploader-scans-")); }

	/** Lays a file down, a second younger than the one before. Returns its bytes. */
	put(name: string, content: number | Uint8Array): Uint8Array {
		const bytes = typeof content === "number" ? noise(content, this.#files.size + 1) : content;
		writeFileSync(join(this.folder, name), bytes);
		this.#scanned += 1000;
		utimesSync(join(this.folder, name), new Date(this.#scanned), new Date(this.#scanned));
		this.#files.set(name, bytes);
		return bytes;
	}

	path(name: string): string { return join(this.folder, name); }

	/** What lies in the folder now, sorted, without the app's own notes. */
	names(): string[] { return readdirSync(this.folder).filter(name => !name.startsWith(".scan-")).sort(); }

	/** Has the app forget what it has sent. */
	forget(): void { for (const name of readdirSync(this.folder)) if (name.startsWith(".scan-")) rmSync(join(this.folder, name)); }

	settings(target: Target, more: Values = {}): Values {
		return {
			server: target.address, port: target.port, share: target.share, user: target.user, password: target.password,
			source: this.folder, ...more,
		};
	}

	/** Runs the app against target, as a device that has never sent anything. */
	send(target: Target, more: Values = {}, options: RunOptions = {}): Promise<Run> {
		this.forget();
		return this.sendAgain(target, more, options);
	}

	/** Runs the app against target, which remembers what it has sent. */
	sendAgain(target: Target, more: Values = {}, options: RunOptions = {}): Promise<Run> {
		return runApp(this.settings(target, more), options);
	}

	/** That every file is here just as it was put. */
	assertUntouched(): void {
		for (const [name, bytes] of this.#files) assertSame(this.path(name), bytes);
	}

	remove(): void { rmSync(this.folder, { recursive: true, force: true }); }
}

/** That the file has just these bytes. */
export function assertSame(path: string, bytes: Uint8Array): void {
	ok(existsSync(path), `${path} is not there`);
	const found = readFileSync(path);
	ok(found.length === bytes.length, `${path} has ${found.length} bytes, expected ${bytes.length}`);
	const wrong = found.findIndex((byte, at) => byte !== bytes[at]);
	ok(wrong < 0, `${path} differs at byte ${wrong}`);
}

/** The names in a folder of the share, sorted; none where there is no such folder. */
export function onShare(samba: Samba, path = "", share?: string): string[] {
	const folder = join(samba.folderOf(share), path);
	return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** Lays a file down on the share, as another client would have. */
export function putOnShare(samba: Samba, path: string, bytes: Uint8Array): string {
	const file = join(samba.folderOf(), path);
	mkdirSync(join(file, ".."), { recursive: true });
	chmodSync(join(file, ".."), 0o777);
	writeFileSync(file, bytes);
	chmodSync(file, 0o666);
	return file;
}

/** That run ended with that code, and that what it said matches each pattern; no line is a stack trace or has the password. */
export function assertSaid(run: Run, code: number, ...patterns: RegExp[]): void {
	ok(run.code === code, `exit code ${run.code}, expected ${code}; it said:\n${run.text}`);
	for (const pattern of patterns) ok(pattern.test(run.text), `nothing like ${String(pattern)} in:\n${run.text}`);
	ok(!/^\s+at /m.test(run.text), `a stack trace:\n${run.text}`);
}
