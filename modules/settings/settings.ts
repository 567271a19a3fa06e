/** The settings: one set of names on every host, each a text `key=value`, checked once at start. */
import { SettingsError } from "../errors/errors.js";

export interface Settings {
	/** Host name or address, as given: the transport knows what can be one. */
	server: string;
	/** undefined: 445, then 139. */
	port: number | undefined;
	share: string;
	/** Folder in the share, its parts parted by "/", none at either end; "" is the share's root. */
	path: string;
	user: string;
	password: string;
	domain: string;
	auth: "auto" | "ntlm" | "kerberos" | "guest";
	/** Kerberos realm as it was given; "" where none was. */
	realm: string;
	/** Key distribution centres of that realm, in the order in which they are asked; empty where none was given. */
	kdc: readonly KDCSetting[];
	/** DialectRevision bounds ([MS-SMB2] 2.2.3), both included. */
	dialectMin: number;
	dialectMax: number;
	signing: "required" | "when-offered";
	encryption: "on-demand" | "preferred" | "required" | "off";
	/** What is offered where neither of the next two says so: a fixed order, or what is fastest on this machine. */
	algorithms: "fixed" | "measured";
	/** SigningAlgorithm and Cipher numbers ([MS-SMB2] 2.2.3.1.7, 2.2.3.1.2), best first; undefined: the client's own choice. */
	signingAlgorithms: readonly number[] | undefined;
	encryptionAlgorithms: readonly number[] | undefined;
	/** Folder of scans on this machine. */
	source: string;
	/** How scans are named on the share, as given: the uploader knows what can be one. */
	name: string;
	/** Path of the journal's files on this machine. */
	journal: string;
	/** Path of the file of JSON that says how the uploads stand. */
	state: string;
	after: "keep" | "move" | "delete";
	/** What is checked before a scan gets its name: its length, or all of it read back. */
	verify: "length" | "content";
	/** Seconds between looks at the folder; 0: look once and end. */
	watch: number;
	/** Seconds without a sign of life, while an answer is due, after which a server counts as gone. */
	timeout: number;
	/** Seconds for which a lost connection is tried again within a look. */
	patience: number;
	verbose: boolean;
}

export interface KDCSetting {
	host: string;
	/** undefined: 88. */
	port: number | undefined;
}

/** What each setting means, in the order in which a person is told. */
const meanings = Object.freeze({
	server: "name or address of the NAS",
	port: "1 to 65535 (default: 445, then 139)",
	share: "name of the share",
	path: "folder in the share",
	user: "account on the NAS",
	password: "its password",
	domain: "its domain, if any",
	auth: "auto | ntlm | kerberos | guest",
	realm: "Kerberos realm, such as EXAMPLE.ORG (default: what follows the @ of user=…, or domain=…)",
	kdc: "Kerberos servers: host, host:port or [address]:port, parted by commas (default: what the DNS says)",
	dialect: "2.0.2 | 2.1 | 3.0 | 3.0.2 | 3.1.1, or a range such as 3.0-3.1.1",
	signing: "required | when-offered",
	encryption: "on-demand (of the server or the share) | preferred | required | off",
	algorithms: "fixed | measured (by a self-test at start): what SMB 3.1.1 is offered for signing and encryption",
	"signing-algorithms": "AES-CMAC, AES-GMAC, HMAC-SHA256: which SMB 3.1.1 may use, best first",
	"encryption-algorithms": "AES-128-CCM, AES-128-GCM, AES-256-CCM, AES-256-GCM: which SMB 3.1.1 may use, best first",
	source: "folder of scans",
	name: "how scans are named on the share, such as {date}/{name} (default: {name})",
	journal: "where is noted what has arrived (default: .scan-journal in the folder of scans)",
	state: "a file of JSON that says how the uploads stand (default: .scan-state.json beside the journal)",
	after: "keep | move | delete",
	verify: "length | content (all of it is read back and compared)",
	watch: "seconds between looks at the folder (0: once and end)",
	timeout: "seconds without a sign of life after which a server counts as gone, 1 to 600 (default: 12)",
	patience: "seconds for which a lost connection is tried again before a look ends (default: 120)",
	verbose: "true | false",
});
type Key = keyof typeof meanings;

const dialects = Object.freeze({ "2.0.2": 0x0202, "2.1": 0x0210, "3.0": 0x0300, "3.0.2": 0x0302, "3.1.1": 0x0311 } as Record<string, number>);

const signers = Object.freeze({ "HMAC-SHA256": 0, "AES-CMAC": 1, "AES-GMAC": 2 } as Record<string, number>);
const ciphers = Object.freeze({ "AES-128-CCM": 1, "AES-128-GCM": 2, "AES-256-CCM": 3, "AES-256-GCM": 4 } as Record<string, number>);

/**
 * Checks values (text, Number or Boolean each; objects are the platform's own and passed over, as are the keys named in
 * platformKeys). Throws SettingsError with everything that is wrong, a line each.
 */
export function parseSettings(values: Record<string, unknown>, platformKeys: readonly string[] = []): Settings {
	const wrong: string[] = [];
	for (const key in values) {
		if (!(key in meanings) && !platformKeys.includes(key) && typeof values[key] !== "object")
			wrong.push(`unknown setting "${key}": ${nearest(key)}`);
	}
	const text = (key: Key): string => {
		const value = values[key];
		return value === undefined || value === null ? "" : String(value);
	};
	const bad = (key: Key): void => { wrong.push(`${key}=${key === "password" ? "…" : text(key)}: expected ${meanings[key]}`); };
	const choice = <T extends string>(key: Key, allowed: readonly T[]): T => {
		const value = (text(key) || allowed[0]) as T;
		if (!allowed.includes(value))
			bad(key);
		return value;
	};
	const needed = (key: Key): string => {
		const value = text(key);
		if (value === "")
			wrong.push(`${key}=… is missing: ${meanings[key]}`);
		return value;
	};

	const server = needed("server");
	const port = text("port") === "" ? undefined : wholeNumber(text("port"), 65535);
	if (port !== undefined && !(port >= 1))
		bad("port");
	const share = needed("share");
	if (/["*:<>?|\/\\]/.test(share))
		wrong.push(`share=${share}: expected the share's name alone; folders go into path=…`);
	const path = text("path").replace(/\\/g, "/").split("/").filter(part => part !== "" && part !== ".");
	if (path.includes(".."))
		wrong.push(`path=${text("path")}: ".." cannot be part of a folder in a share`);
	const auth = choice("auth", ["auto", "ntlm", "guest", "kerberos"]);
	const realm = text("realm");
	if (/[\s\/:@\\]/.test(realm))
		bad("realm");
	const kdc = kdcList(text("kdc"));
	if (kdc === undefined)
		bad("kdc");
	if ((auth === "ntlm" || auth === "guest") && (realm !== "" || text("kdc") !== ""))
		wrong.push(`realm=… and kdc=… are for Kerberos: say auth=kerberos or auth=auto, or leave them out with auth=${auth}`);
	if (auth !== "guest" && text("user") === "" )
		wrong.push("user=… is missing: the account on the NAS (or auth=guest where the share takes guests)");
	const [dialectMin, dialectMax] = dialectRange(text("dialect"));
	if (dialectMin === 0)
		bad("dialect");
	const signing = choice("signing", ["required", "when-offered"]);
	const encryption = choice("encryption", ["on-demand", "preferred", "required", "off"]);
	if (encryption === "required" && dialectMax !== 0 && dialectMax < 0x0300)
		wrong.push(`encryption=required with dialect=${text("dialect")}: SMB 2 can't encrypt: allow 3.0 or later`);
	if (encryption === "required" && auth === "guest")
		wrong.push("encryption=required with auth=guest: a guest has no key to encrypt with: give an account");
	const list = (key: Key, known: Readonly<Record<string, number>>): readonly number[] | undefined => {
		if (text(key) === "")
			return undefined;
		const numbers = text(key).split(",").map(name => known[name.trim().toUpperCase()]);
		if (numbers.some((number, i) => number === undefined || numbers.indexOf(number) !== i))
			bad(key);
		return numbers;
	};
	const signingAlgorithms = list("signing-algorithms", signers), encryptionAlgorithms = list("encryption-algorithms", ciphers);
	const algorithms = choice("algorithms", ["fixed", "measured"]);
	const source = needed("source");
	const after = choice("after", ["keep", "move", "delete"]);
	const verify = choice("verify", ["length", "content"]);
	const watch = text("watch") === "" ? 0 : wholeNumber(text("watch"), 86400 * 365);
	if (!(watch >= 0))
		bad("watch");
	const folder = source.length > 1 && source.endsWith("/") ? source.slice(0, -1) : source;
	const journal = text("journal") || `${folder}/.scan-journal`;
	if (mayBeScan(journal, folder))
		wrong.push(`journal=${journal}: in the folder of scans its name must begin with a period, lest it be taken for a scan`);
	const slash = journal.lastIndexOf("/");
	const state = text("state") || `${journal.slice(0, slash + 1)}.scan-state.json`;
	if (mayBeScan(state, folder))
		wrong.push(`state=${state}: in the folder of scans its name must begin with a period, lest it be taken for a scan`);
	const timeout = text("timeout") === "" ? 12 : wholeNumber(text("timeout"), 600);
	if (!(timeout >= 1))
		bad("timeout");
	const patience = text("patience") === "" ? 120 : wholeNumber(text("patience"), 86400);
	if (!(patience >= 0))
		bad("patience");
	const verbose = choice("verbose", ["false", "true", "0", "1"]);

	if (wrong.length)
		throw new SettingsError(wrong.join("\n"));
	return {
		server, port, share, path: path.join("/"),
		user: text("user"), password: text("password"), domain: text("domain"), auth,
		realm, kdc: kdc!,
		dialectMin, dialectMax, signing, encryption, algorithms, signingAlgorithms, encryptionAlgorithms,
		source: folder, name: text("name") || "{name}", journal, state,
		after, verify, watch, timeout, patience, verbose: verbose === "true" || verbose === "1",
	};
}

/** All settings and what they mean, a line each. */
export function settingsHelp(): string {
	const lines: string[] = [];
	for (const key in meanings)
		lines.push(`  ${key}=`.padEnd(25) + meanings[key as Key]);
	return lines.join("\n");
}

function nearest(key: string): string {
	for (const known in meanings) {
		if (known.startsWith(key) || key.startsWith(known) || known === key.toLowerCase())
			return `did you mean "${known}"?`;
	}
	return `allowed are ${Object.keys(meanings).join(", ")}`;
}

/** Whether a file would be found among the scans: hidden ones are not, nor are those in a folder below. */
function mayBeScan(path: string, folder: string): boolean {
	if (!path.startsWith(`${folder}/`))
		return false;
	const name = path.slice(folder.length + 1);
	return !name.startsWith(".") && !name.includes("/");
}

/** NaN for anything but plain digits up to most. */
function wholeNumber(text: string, most: number): number {
	const value = /^[0-9]{1,10}$/.test(text) ? Number(text) : NaN;
	return value <= most ? value : NaN;
}

/** Hosts, each perhaps with a port; undefined where the text is no such list. */
function kdcList(text: string): KDCSetting[] | undefined {
	const list: KDCSetting[] = [];
	for (const entry of text === "" ? [] : text.split(",")) {
		const part = entry.trim(), bracket = part.startsWith("[") ? part.indexOf("]") : -1, colon = part.indexOf(":");
		// Two colons and no bracket: all of it is an address.
		const end = bracket > 0 ? bracket + 1 : colon >= 0 && colon === part.lastIndexOf(":") ? colon : part.length;
		const host = bracket > 0 ? part.slice(1, bracket) : part.slice(0, end), rest = part.slice(end);
		const port = rest === "" ? undefined : wholeNumber(rest.slice(1), 65535);
		if (host === "" || /[\[\]]/.test(host) || rest !== "" && !rest.startsWith(":") || port !== undefined && !(port >= 1))
			return undefined;
		list.push({ host, port });
	}
	return list;
}

/** [0, 0] where the text names no range; "" is all dialects. */
function dialectRange(text: string): [number, number] {
	if (text === "")
		return [0x0202, 0x0311];
	const parts = text.split("-");
	const least = dialects[parts[0]];
	const most = dialects[parts[parts.length - 1]];
	return parts.length <= 2 && least !== undefined && most !== undefined && least <= most ? [least, most] : [0, 0];
}
