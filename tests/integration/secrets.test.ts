/**
 * What of its secrets is left in the process once the session is closed: the whole image of the waiting desktop host is searched for the session's keys, which
 * Samba tells, and for the password and what is made of it. docs/SECURITY.md says what to expect.
 */
import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { hex } from "../support/hex.js";
import { deepEqual, equal, ok } from "../support/assert.js";
import { MD4 } from "../support/node-md4.js";
import { host, onExit, words } from "../support/run.js";
import { type KDC, startKDC, startKerberosSamba } from "../support/kdc.js";
import { type Samba, type SambaOptions, startSamba } from "../support/samba.js";
import { Scanner, assertSame } from "../support/scanner.js";
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** Where in a process's writable memory those bytes stand: the mapping's name, as often as they do. */
function search(pid: number, bytes: Uint8Array): string[] {
	const found: string[] = [];
	const memory = openSync(`/proc/${pid}/mem`, "r");
	try {
		for (const line of readFileSync(`/proc/${pid}/maps`, "utf8").split("\n")) {
			const [, from, to, mode, name] = /^(\w+)-(\w+) (\S+) \S+ \S+ \S+\s*(.*)$/.exec(line) ?? [];
			// vsyscall and vvar can't be read.
			if (!from || !mode!.startsWith("r") || name!.startsWith("[v")) continue;
			const start = Number.parseInt(from, 16), length = Number.parseInt(to!, 16) - start;
			const bytesThere = new Uint8Array(length);
			let read = 0;
			// A file may be mapped past its end.
			try { read = readSync(memory, bytesThere, 0, length, start); }
			catch (error) { if ((error as NodeJS.ErrnoException).code !== "EIO") throw error; }
			const image = Buffer.from(bytesThere.buffer);
			for (let at = image.indexOf(bytes); at >= 0 && at < read; at = image.indexOf(bytes, at + 1)) found.push(name! || "anonymous memory");
		}
	}
	finally { closeSync(memory); }
	return found;
}

/** The keys that Samba logs of each session with "debug encryption", by name. */
function keysIn(log: string): Map<string, Uint8Array> {
	const keys = new Map<string, Uint8Array>();
	for (const [, name, bytes] of log.matchAll(/^\s*(Session Key|Signing Key|App Key|ServerIn Key|ServerOut Key)\s+\[0000\]((?:\s+[0-9A-F]{2}\b){16})/gm))
		keys.set(name!, hex(bytes!));
	return keys;
}

describe("secrets", function () {
	this.timeout(60_000);
	const password = "Tr0ub4dor&3-unlikely";
	let samba: Samba;
	let scanner: Scanner;

	beforeEach(() => { scanner = new Scanner(); });
	afterEach(async () => {
		await samba.stop();
		scanner.remove();
	});

	let kdc: KDC | undefined;
	afterEach(async () => {
		await kdc?.stop();
		kdc = undefined;
	});

	for (const [how, settings] of [["signed", {}], ["encrypted", { encryption: "required" }], ["encrypted, by Kerberos", { encryption: "required", auth: "kerberos" }]] as const)
		it(`of a session, ${how}, are gone from the process's image once it is closed`, async () => {
			const options: SambaOptions = { users: [{ name: "scanner", password, aliases: ["WORKGROUP\\scanner"] }], global: { "debug encryption": "yes", "log level": 1 } };
			if ("auth" in settings) kdc = await startKDC({ users: [{ name: "scanner", password }], services: [{ name: "cifs/127.0.0.1" }] });
			samba = kdc ? await startKerberosSamba(kdc, options) : await startSamba(options);
			const bytes = scanner.put("scan.pdf", 200_000);
			const { executable, moduleList } = await host(64);
			const { password: _, ...rest } = scanner.settings(samba, { after: "move", watch: 3600, ...settings, ...(kdc ? { realm: kdc.realm, kdc: `127.0.0.1:${kdc.port}` } : {}) });
			const child = spawn(executable, [moduleList, ...words(rest), "-"], { stdio: ["pipe", "pipe", "pipe"] });
			const ended = onExit(() => child.kill("SIGKILL"));
			try {
				child.stdin.end(`password=${password}\n`);
				let out = "";
				child.stdout.setEncoding("utf8").on("data", text => { out += text; });
				while (!/1 scan arrived/.test(out) && child.exitCode === null) await sleep(20);
				// The last words of the session are over when Samba's child has gone.
				while (samba.connections().length > 0) await sleep(20);
				assertSame(`${samba.folderOf()}/scan.pdf`, bytes);
				child.kill("SIGSTOP");

				const keys = keysIn(samba.log());
				ok(keys.has("Session Key") && keys.has("Signing Key"), `keys in Samba's log: ${[...keys.keys()].join(", ")}`);
				const utf16 = Uint8Array.from(Buffer.from(password, "utf16le"));
				const ntHash = new MD4().update(utf16).digest();
				const secrets = new Map([...keys, ["password in UTF-16", utf16], ["NT hash of the password", ntHash]]);
				equal(search(child.pid!, Uint8Array.from(Buffer.from("scan.pdf"))).length > 0, true, "the search finds what is there");
				const left = [...secrets].map(([name, secret]) => [name, search(child.pid!, secret)] as const).filter(([, places]) => places.length > 0);
				deepEqual(left, []);
				const text = search(child.pid!, Uint8Array.from(Buffer.from(password)));
				console.log(`      ${how}: ${[...secrets.keys()].join(", ")}: nowhere; the password's text: ${text.length} times (${[...new Set(text)].join(", ")})`);
				// As the literal of mc/config, as the setting that the next log-on needs, and in memory that the parser gave back.
				ok(text.length <= 3, `the password's text: ${text.join(", ")}`);
			}
			finally {
				child.kill("SIGKILL");
				ended();
			}
		});

	it("the search above would find an NT hash", () => {
		const bytes = Uint8Array.from(createHash("sha256").update("here").digest());
		ok(search(process.pid, bytes).length > 0);
	});
});
