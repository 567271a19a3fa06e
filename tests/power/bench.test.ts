/** The bench for power that fails (tests/support/power.ts), tried with a program whose calls are known. */
import { spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deepEqual, equal, ok } from "../support/assert.js";
import { Power, type Survival } from "../support/power.js";
import { root } from "../support/repository.js";

/** The files of a folder, with what is in them; a folder is "/". */
function contents(folder: string, prefix = ""): Record<string, string> {
	const found: Record<string, string> = {};
	for (const entry of readdirSync(join(folder, prefix), { withFileTypes: true }).sort((a, b) => a.name < b.name ? -1 : 1)) {
		const path = prefix + entry.name;
		if (entry.isDirectory()) Object.assign(found, { [path]: "/" }, contents(folder, `${path}/`));
		else found[path] = readFileSync(join(folder, path), "latin1").replace(/x{3,}/, x => `${x.length} x`);
	}
	return found;
}

(process.platform === "linux" ? describe : describe.skip)("the bench for power that fails", function () {
	this.timeout(60_000);
	let base: string;
	let folder: string;
	let program: string;

	before(() => {
		base = mkdtempSync(join(tmpdir(), "smb-scan-uploader-bench-"));
		program = join(base, "steps");
		const compiled = spawnSync("gcc", ["-Wall", "-Wextra", "-Werror", "-o", program, join(root, "tests/power/fixtures/steps.c")], { encoding: "utf8" });
		equal(compiled.status, 0, compiled.stderr);
	});
	after(() => rmSync(base, { recursive: true, force: true }));
	beforeEach(() => {
		folder = join(base, "medium");
		rmSync(folder, { recursive: true, force: true });
		mkdirSync(folder);
		writeFileSync(join(folder, "old"), "old");
		utimesSync(join(folder, "old"), 1_700_000_000, 1_700_000_000);
	});

	/** What is found after power was lost before call number at (0: never). */
	async function found(at: number, survival: Survival): Promise<Record<string, string>> {
		const power = new Power(folder);
		const { lost } = await power.run(program, [folder], { at });
		equal(lost, at > 0 && at <= 16);
		power.restore(survival);
		const { old, ...rest } = contents(folder);
		equal(old, "old");
		equal(statSync(join(folder, "old")).mtimeMs, 1_700_000_000_000, "what is as it was keeps its time");
		rmSync(folder, { recursive: true });
		mkdirSync(folder);
		writeFileSync(join(folder, "old"), "old");
		utimesSync(join(folder, "old"), 1_700_000_000, 1_700_000_000);
		return rest;
	}

	it("counts each call that changes something, or flushes it, and ends the program before the one that is asked for", async () => {
		const power = new Power(folder);
		const { calls, lost, run } = await power.run(program, [folder]);
		equal(lost, false);
		ok(run.out.includes("the end"));
		deepEqual(calls, [
			"open a", "write a 3 at 0", "flush a", "flush .", "write a 3 at 3", "size a 4", "mkdir d", "rename a → d/b", "flush .", "flush d", "open none/x", "open c",
			"write c 1300 at 0", "unlink d/b", "flush c", "open c",
		]);
		for (let at = 1; at <= 16; at++) {
			rmSync(folder, { recursive: true });
			mkdirSync(folder);
			const { calls: some, lost: ended, run: { out } } = await power.run(program, [folder], { at });
			deepEqual([some.length, ended, out], [at, true, ""]);
			deepEqual(some, calls.slice(0, at));
		}
	});

	const nothing: [number, Record<string, string>, Record<string, string>][] = [
		[1, {}, {}],
		[2, {}, {}],
		[3, {}, {}],
		[4, {}, { a: "one" }],
		[5, { a: "one" }, { a: "one" }],
		[7, { a: "one" }, { a: "one" }],
		[8, { a: "one" }, { a: "one", d: "/" }],
		[9, { a: "one" }, { d: "/", "d/b": "one" }],
		[10, { a: "one", d: "/" }, { d: "/", "d/b": "one" }],
		[11, { d: "/", "d/b": "one" }, { d: "/", "d/b": "one" }],
		[15, { d: "/", "d/b": "one" }, { d: "/" }],
		[16, { d: "/", "d/b": "one" }, { c: "1300 x", d: "/" }],
		[0, { d: "/", "d/b": "one" }, { c: "1300 x", d: "/" }],
	];
	for (const [at, posix, fat] of nothing) {
		it(`lost before call ${at || "17, which never comes"}: what was flushed is there, and nothing else`, async () => {
			deepEqual(await found(at, { kind: "nothing" }), posix);
			deepEqual(await found(at, { kind: "nothing", medium: "fat" }), fat);
		});
	}

	it("all that was done may survive too", async () => {
		deepEqual(await found(9, { kind: "all" }), { d: "/", "d/b": "onet" });
		deepEqual(await found(14, { kind: "all" }), { c: "1300 x", d: "/", "d/b": "onet" });
		deepEqual(await found(0, { kind: "all" }), { c: "", d: "/" });
	});

	it("the write that was under way may be there in part", async () => {
		const lengths = new Set<string>();
		for (let seed = 1; seed <= 20; seed++) {
			const { c, ...rest } = await found(13, { kind: "torn", seed });
			deepEqual(rest, { d: "/", "d/b": "onet" });
			ok(/^(x{0,2}|\d+ x)$/.test(c!), c);
			lengths.add(c!);
		}
		ok(lengths.size > 10, [...lengths].join(", "));
	});

	it("any part of what was not flushed may survive, and what was flushed always does", async () => {
		const seen = new Set<string>();
		for (let seed = 1; seed <= 60; seed++) seen.add(JSON.stringify(await found(9, { kind: "some", seed })));
		for (const one of seen) ok(/^\{"a":"(one|onetwo|onet|one\\u0000)"(,"d":"\/")?\}$|^\{"d":"\/","d\/b":"(one|onetwo|onet|one\\u0000)"\}$|^\{\}$|^\{"d":"\/"\}$/.test(one), one);
		ok(seen.size >= 6, [...seen].join("\n"));
		const holes = new Set<string>();
		for (let seed = 1; seed <= 30; seed++) holes.add((await found(14, { kind: "some", seed }))["c"] ?? "none");
		ok([...holes].some(c => c.includes("\0")), "a sector that did not survive before one that did");
	});

	it("counts turns on the network where it is asked to", async () => {
		const heard: number[] = [];
		const server = createServer(socket => {
			socket.on("error", () => {});
			socket.on("data", data => { heard.push(data.length); socket.write(new Uint8Array(data)); });
		});
		await new Promise<void>(resolve => { server.listen(0, "127.0.0.1", resolve); });
		try {
			const client = join(base, "client");
			const source = join(base, "client.c");
			writeFileSync(source, `#include <arpa/inet.h>\n#include <stdlib.h>\n#include <sys/socket.h>\n#include <unistd.h>\nint main(int c, char **v) { struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(atoi(v[1])), .sin_addr = { htonl(0x7F000001) } }; char b[9]; int i, s = socket(AF_INET, SOCK_STREAM, 0); (void)c; if (connect(s, (struct sockaddr *)&a, sizeof(a))) return 1; for (i = 0; i < 3; i++) if (send(s, "hello", 5, 0) != 5 || recv(s, b, 5, MSG_WAITALL) != 5) return 2; return 0; }\n`);
			equal(spawnSync("gcc", ["-o", client, source], { encoding: "utf8" }).status, 0);
			const { port } = server.address() as { port: number };
			const power = new Power(folder);
			equal((await power.run(client, [String(port)], { network: true })).calls.length, 6);
			equal((await power.run(client, [String(port)])).calls.length, 0);
			heard.length = 0;
			equal((await power.run(client, [String(port)], { network: true, at: 3 })).lost, true);
			// Before the second send, after the first recv.
			await new Promise(resolve => setTimeout(resolve, 50));
			deepEqual(heard, [5]);
		}
		finally { server.close(); }
	});
});
