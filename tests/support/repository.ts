/** Where things lie, for tests that run on Node: compiled tests are in build/js, the tools beside it are not compiled. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

function find(folder: string): string {
	if (existsSync(join(folder, "package.json"))) return folder;
	if (dirname(folder) === folder) throw new Error("repository: no package.json above " + import.meta.url);
	return find(dirname(folder));
}

/** The repository's top folder. */
export const root = find(dirname(fileURLToPath(import.meta.url)));

/** Loads tools/<name>. */
export function tool(name: string): Promise<any> { return import(pathToFileURL(join(root, "tools", name)).href); }

/** Loads benches/<name>. */
export function bench(name: string): Promise<any> { return import(pathToFileURL(join(root, "benches", name)).href); }
