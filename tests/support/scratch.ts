/**
 * Folders for tests that need files, the same on Node and in XS: they lie in globalThis.scratchFolder, which whoever runs the
 * tests sets and takes away again.
 */
import { createDirectory, File, remove, Scan, status, Status } from "../../hosts/storage/storage.js";

/** The path of a new, empty folder. */
export function scratch(): string {
	const base: unknown = (globalThis as { scratchFolder?: unknown }).scratchFolder;
	if (typeof base !== "string" || base === "") throw new Error("globalThis.scratchFolder is not set: the runner of the tests has to give a folder");
	for (let n = 0; n < 10_000; n++) {
		const path = base + "/" + n;
		if (createDirectory(path)) return path;
	}
	throw new Error(base + ": full of folders that tests left");
}

/** Deletes a folder with all that is in it. */
export function clear(folder: string): void {
	const names: string[] = [];
	const scan = new Scan(folder);
	for (let name = scan.next(); name !== undefined; name = scan.next()) names.push(name);
	scan.close();
	const found = new Status();
	for (const name of names) {
		status(folder + "/" + name, found);
		if (found.isDirectory()) clear(folder + "/" + name);
		else remove(folder + "/" + name);
	}
	remove(folder);
}

/** Makes a file of these bytes. */
export function save(path: string, bytes: Uint8Array): void {
	const file = new File(path, "w+");
	file.write(bytes, 0);
	file.close();
}

/** All bytes of a file. */
export function load(path: string): Uint8Array {
	const found = new Status();
	status(path, found);
	const bytes = new Uint8Array(found.size);
	const file = new File(path, "r");
	const count = file.read(bytes, 0);
	file.close();
	if (count !== bytes.length) throw new Error(path + ": " + count + " of " + bytes.length + " bytes");
	return bytes;
}
