/** Under which name a scan is to stand on the share: a pattern such as "{date}/{name}". */
import { SettingsError } from "../errors/errors.js";
import type { Scan } from "./spool.js";

const meanings = Object.freeze({
	name: "the file's name", stem: "the name without its extension", ext: "the extension", date: "the scan's day, YYYY-MM-DD", time: "its time, HHMMSS",
	counter: "a number that this device gives once", device: "eight digits that only this device has",
});
type Placeholder = keyof typeof meanings;

/** Without one of these in the file's name all scans would want the same. */
const distinct: readonly string[] = Object.freeze(["name", "stem", "time", "counter"]);

/** Throws SettingsError where no name can be made by the pattern. */
export function checkPattern(pattern: string): void {
	const wrong = (reason: string): never => {
		throw new SettingsError(`name=${pattern}: ${reason}; allowed are folders parted by "/" and ${Object.keys(meanings).map(key => `{${key}} (${meanings[key as Placeholder]})`).join(", ")}`);
	};
	const parts = pattern.split("/");
	for (const part of parts) {
		const fixed = part.replace(/\{[^{}]*\}/g, "x");
		if (part === "" || fixed === "." || fixed === "..")
			wrong(`"${part}" is no name of a folder or file`);
		if (/[{}]/.test(fixed))
			wrong("a brace has no counterpart");
		if (/[\\\0-\x1F]/.test(fixed))
			wrong("a backslash or control character can't be part of it");
	}
	for (const [whole, key] of pattern.matchAll(/\{([^{}]*)\}/g)) {
		if (!Object.hasOwn(meanings, key))
			wrong(`${whole} has no meaning`);
	}
	if (!distinct.some(key => parts[parts.length - 1].includes(`{${key}}`)))
		wrong(`the file's name needs one of ${distinct.map(key => `{${key}}`).join(", ")}, or all scans would have the same`);
}

/** The scan's path in the folder of the share, "/" between its parts, by a pattern that checkPattern() has passed. */
export function targetName(pattern: string, scan: Pick<Scan, "name" | "mtime">, device: string, counter: number): string {
	if (pattern === "{name}")
		return scan.name;
	const { name, mtime } = scan;
	const dot = name.lastIndexOf(".");
	// A leading dot does not begin an extension.
	const stem = dot > 0 ? name.slice(0, dot) : name;
	const ext = dot > 0 ? name.slice(dot + 1) : "";
	// The clock on the wall: on a device, which knows no time zone, it is the one that the scanner wrote.
	const date = new Date(mtime);
	const values: Record<Placeholder, string> = {
		name, stem, ext, device,
		date: `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
		time: `${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`,
		counter: String(counter).padStart(4, "0"),
	};
	// Where there is no extension, the period before it goes too.
	const fitting = ext === "" ? pattern.replace(/\.\{ext\}/g, "") : pattern;
	const parts = fitting.split("/").map(part => part.replace(/\{([^{}]*)\}/g, (_whole, key: Placeholder) => values[key]));
	const file = parts.pop()!;
	// Without an extension a folder may have no name left, or one that leads elsewhere: then it is left out.
	return [...parts.filter(isName), isName(file) ? file : name].join("/");
}

function isName(part: string): boolean { return part !== "" && part !== "." && part !== ".."; }

function two(value: number): string { return String(value).padStart(2, "0"); }

/** "a/scan.pdf" and 2 → "a/scan (2).pdf". A leading dot does not begin an extension. */
export function numberedName(name: string, n: number): string {
	const from = name.lastIndexOf("/") + 1;
	const dot = name.lastIndexOf(".");
	return dot > from ? `${name.slice(0, dot)} (${n})${name.slice(dot)}` : `${name} (${n})`;
}
