/**
 * settings.txt in the folder of scans: how the settings of a device are changed without a new build. What it says is checked and taken into
 * the preferences; then its secrets are taken out of it, so that the card can go from hand to hand. A file with a mistake is left as it is,
 * takes no effect at all, and settings-errors.txt beside it says why.
 *
 * The power may fail at any time. The file without secrets is complete on the medium, as settings.next, before the first byte of settings.txt
 * is overwritten, and that begins with zeros, which no settings.txt of a person's has; see finish().
 */
import { File, move, remove, status, Status } from "../../storage/storage.js";
import { SettingsError } from "../../../modules/errors/errors.js";
import { Preferences } from "./preferences.js";
import { encodeUTF8, readLines, type Line } from "./settings-lines.js";

export interface SettingsFileOptions {
	/** Where it lies; the path ends in no "/". */
	folder: string;
	preferences: Preferences;
	/** The settings of the build. */
	built: Readonly<Record<string, unknown>>;
	/** Keys that no file may set. */
	reserved: readonly string[];
	/** Keys of what must not stay on the card. */
	secrets: readonly string[];
	/** Throws SettingsError, a mistake a line, where these settings cannot be used. */
	check(values: Readonly<Record<string, unknown>>): void;
	log(line: string): void;
}

/** A long file is somebody's mistake; and XS has little room. */
export const mostFileLength = 4096;

/** Takes settings.txt over where there is one. "none": there is none; "wrong": it says something that cannot be. Throws what the medium throws. */
export function takeSettingsFile(options: SettingsFileOptions): "none" | "taken" | "wrong" {
	const { folder, preferences, log } = options;
	const path = `${folder}/settings.txt`;
	const errorsPath = `${folder}/settings-errors.txt`;
	finish(folder);
	const found = new Status();
	status(path, found);
	if (!found.isFile())
		return "none";

	const problems: string[] = [];
	let bytes = new Uint8Array(0);
	let entries: Line[] = [];
	if (found.size > mostFileLength)
		problems.push(`the file has ${found.size} bytes, ${mostFileLength} are allowed`);
	else {
		bytes = load(path, found.size);
		({ entries } = check(bytes, options, problems));
	}
	if (problems.length > 0) {
		save(errorsPath, encodeUTF8(`settings.txt was not taken:\r\n${problems.join("\r\n")}\r\n`));
		for (const problem of problems)
			log(`settings.txt: ${problem}`);
		return "wrong";
	}

	for (const { key, value } of entries)
		preferences.set(key, value);
	takeSecretsOut(folder, bytes, entries.filter(({ key, value }) => options.secrets.includes(key) && value !== ""));
	status(errorsPath, found);
	if (found.isFile())
		remove(errorsPath);
	log(`settings.txt: taken (${entries.map(({ key }) => key).join(", ") || "nothing in it"})`);
	return "taken";
}

function check(bytes: Uint8Array, options: SettingsFileOptions, problems: string[]): { entries: Line[] } {
	const { entries, problems: found } = readLines(bytes, bytes.length);
	problems.push(...found);
	const values = options.preferences.over(options.built);
	for (const { key, value, line } of entries) {
		const refused = options.reserved.includes(key) ? `unknown setting "${key}"` : Preferences.refuses(key, value);
		if (refused !== undefined)
			problems.push(`line ${line}: ${refused}`);
		values[key] = value === "" ? options.built[key] : value;
	}
	if (problems.length > 0)
		return { entries };
	try {
		options.check(values);
	}
	catch (error) {
		if (!(error instanceof SettingsError || error instanceof RangeError))
			throw error;
		for (const problem of error.message.split("\n")) {
			const at = entries.find(({ key }) => problem.startsWith(`${key}=`) || problem.startsWith(`unknown setting "${key}"`));
			problems.push(at === undefined ? problem : `line ${at.line}: ${problem}`);
		}
	}
	return { entries };
}

/** Puts a remark in the place of each of these lines, and leaves nothing of them on the medium. */
function takeSecretsOut(folder: string, bytes: Uint8Array, secrets: readonly Line[]): void {
	if (secrets.length === 0)
		return;
	const path = `${folder}/settings.txt`;
	const next = new Uint8Array(bytes.length + secrets.length * 64);
	let at = 0;
	let from = 0;
	const append = (part: Uint8Array): void => {
		next.set(part, at);
		at += part.length;
	};
	for (const { key, at: lineAt, end } of secrets) {
		append(bytes.subarray(from, lineAt));
		append(encodeUTF8(`# ${key}: the device has it`));
		from = end;
	}
	append(bytes.subarray(from));
	save(`${folder}/settings.next`, next.subarray(0, at));
	// To delete a file frees its place and leaves its bytes there.
	bytes.fill(0);
	const file = new File(path, "r+");
	try {
		file.write(bytes, 0);
		file.flush();
	}
	finally {
		file.close();
	}
	finish(folder);
}

/** Completes or drops what a power cut left: settings.next takes the place of a settings.txt that is gone or begins with a zero, and counts for nothing beside a whole one. */
function finish(folder: string): void {
	const path = `${folder}/settings.txt`;
	const nextPath = `${folder}/settings.next`;
	const found = new Status();
	status(nextPath, found);
	if (!found.isFile())
		return;
	status(path, found);
	if (found.isFile()) {
		const first = load(path, 1);
		if (first.length > 0 && first[0] !== 0) {
			remove(nextPath);
			return;
		}
		remove(path);
	}
	move(nextPath, path);
}

function load(path: string, length: number): Uint8Array<ArrayBuffer> {
	const file = new File(path, "r");
	try {
		const bytes = new Uint8Array(length);
		return bytes.slice(0, file.read(bytes, 0));
	}
	finally {
		file.close();
	}
}

function save(path: string, bytes: Uint8Array): void {
	const file = new File(path, "w+");
	try {
		file.write(bytes, 0);
		file.flush();
	}
	finally {
		file.close();
	}
}
