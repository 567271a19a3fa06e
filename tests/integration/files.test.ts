/** Against a real Samba: sizes, names, what is there already, what becomes of the local file. */
import { existsSync, mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deepEqual, equal, ok } from "../support/assert.js";
import { Proxy, Command } from "../support/proxy.js";
import { type Samba, holdOpen, startSamba } from "../support/samba.js";
import { Scanner, assertSaid, assertSame, noise, onShare, putOnShare } from "../support/scanner.js";

describe("files", function () {
	this.timeout(60_000);
	let samba: Samba;
	let scanner: Scanner;
	let path: string;
	let tests = 0;

	before(async () => { samba = await startSamba(); });
	after(() => samba.stop());
	beforeEach(() => {
		scanner = new Scanner();
		path = `test ${++tests}`;
	});
	afterEach(() => scanner.remove());

	/** Where the file of that name is on the share. */
	function arrived(name: string): string { return join(samba.folderOf(), path, name); }

	for (const size of [0, 1, 65_535, 65_536, 65_537, 1_048_575, 1_048_576, 1_048_577, 20 * 1_048_576]) {
		it(`${size} bytes arrive whole, with their time`, async () => {
			const bytes = scanner.put("scan.pdf", size);
			assertSaid(await scanner.send(samba, { path }), 0, /1 scan arrived/);
			deepEqual(onShare(samba, path), ["scan.pdf"]);
			assertSame(arrived("scan.pdf"), bytes);
			equal(statSync(arrived("scan.pdf")).mtimeMs, statSync(scanner.path("scan.pdf")).mtimeMs);
			scanner.assertUntouched();
		});
	}

	// The private use characters are those that macOS and Linux mounts turn back ("Services for Mac").
	const names: Record<string, string> = {
		"two words.pdf": "two words.pdf",
		" leading space.pdf": " leading space.pdf",
		"Übergrößenträger.pdf": "Übergrößenträger.pdf",
		"スキャン 第1号.pdf": "スキャン 第1号.pdf",
		"scan 📠👩‍🏫.pdf": "scan 📠👩‍🏫.pdf",
		"a&b'c`d$(e);f#g%h.pdf": "a&b'c`d$(e);f#g%h.pdf",
		"12:30 what? a*b <c> \"d\" e|f \\g.pdf": "12\uF02230 what\uF025 a\uF021b \uF023c\uF024 \uF020d\uF020 e\uF027f \uF026g.pdf",
		"ends with a period.": "ends with a period\uF029",
		"ends with a space ": "ends with a space\uF028",
		"tab\tinside.pdf": "tab\uF009inside.pdf",
		"no extension": "no extension",
		[`${"long ".repeat(49)}.pdf`]: `${"long ".repeat(49)}.pdf`,
		"CON.pdf": "CON.pdf",
	};
	for (const [name, expected] of Object.entries(names)) {
		it(`the name ${JSON.stringify(name.length > 60 ? `${name.slice(0, 20)}… (${name.length} characters)` : name)}`, async () => {
			const bytes = scanner.put(name, 1000);
			assertSaid(await scanner.send(samba, { path }), 0);
			deepEqual(onShare(samba, path), [expected]);
			assertSame(arrived(expected), bytes);
		});
	}

	it("a taken name is never overwritten: (2), then (3)", async () => {
		const other = noise(500, 77);
		putOnShare(samba, `${path}/scan.pdf`, other);
		const bytes = scanner.put("scan.pdf", 3000);
		assertSaid(await scanner.send(samba, { path }), 0, /arrived as .*scan \(2\)\.pdf/);
		scanner.put("scan.pdf", 4000);
		assertSaid(await scanner.send(samba, { path }), 0, /arrived as .*scan \(3\)\.pdf/);
		deepEqual(onShare(samba, path), ["scan (2).pdf", "scan (3).pdf", "scan.pdf"]);
		assertSame(arrived("scan.pdf"), other);
		assertSame(arrived("scan (2).pdf"), bytes);
	});

	it("a name that is taken in other letters is taken", async () => {
		const other = noise(500, 77);
		putOnShare(samba, `${path}/SCAN.PDF`, other);
		const bytes = scanner.put("scan.pdf", 3000);
		assertSaid(await scanner.send(samba, { path }), 0, /scan \(2\)\.pdf/);
		assertSame(arrived("SCAN.PDF"), other);
		assertSame(arrived("scan (2).pdf"), bytes);
	});

	it("a name that is taken by a folder", async () => {
		mkdirSync(join(samba.folderOf(), path, "scan.pdf"), { recursive: true });
		mkdirSync(join(samba.folderOf(), path), { recursive: true });
		const other = putOnShare(samba, `${path}/x`, noise(1));
		const bytes = scanner.put("scan.pdf", 3000);
		assertSaid(await scanner.send(samba, { path }), 0, /scan \(2\)\.pdf/);
		assertSame(arrived("scan (2).pdf"), bytes);
		ok(existsSync(other));
	});

	it("a taken name whose file another program holds open is left alone", async () => {
		const other = noise(500, 77);
		putOnShare(samba, `${path}/scan.pdf`, other);
		const release = await holdOpen(samba, `${path}\\scan.pdf`);
		try {
			const bytes = scanner.put("scan.pdf", 3000);
			assertSaid(await scanner.send(samba, { path }), 0, /scan \(2\)\.pdf/);
			assertSame(arrived("scan (2).pdf"), bytes);
		}
		finally { await release(); }
		assertSame(arrived("scan.pdf"), other);
	});

	it("after=keep leaves the scan where it is", async () => {
		scanner.put("scan.pdf", 3000);
		assertSaid(await scanner.send(samba, { path, after: "keep" }), 0);
		deepEqual(scanner.names().filter(name => !name.startsWith(".")), ["scan.pdf"]);
		scanner.assertUntouched();
	});

	it("after=keep sends a scan once, over any number of runs, and what is changed anew", async () => {
		for (const name of ["a.pdf", "b.pdf"]) scanner.put(name, 1000);
		assertSaid(await scanner.send(samba, { path }), 0, /2 scans arrived/);
		assertSaid(await scanner.sendAgain(samba, { path }), 0, /Nothing new in .*: 2 scans had arrived before/);
		const bytes = scanner.put("a.pdf", 2000);
		scanner.put("c.pdf", 1000);
		assertSaid(await scanner.sendAgain(samba, { path }), 0, /2 scans arrived .*1 scan had arrived before/);
		deepEqual(onShare(samba, path), ["a (2).pdf", "a.pdf", "b.pdf", "c.pdf"]);
		assertSame(arrived("a (2).pdf"), bytes);
		const { totals, running } = JSON.parse(readFileSync(scanner.path(".scan-state.json"), "utf8"));
		deepEqual([running, totals.arrived, totals.before, totals.stayed], [false, 2, 1, 0]);
	});

	it("a scan that arrived and could not be moved is not sent again", async () => {
		scanner.put("scan.pdf", 1000);
		writeFileSync(scanner.path("sent"), "in the way");
		assertSaid(await scanner.send(samba, { path, after: "move" }), 1, /could not be moved/);
		unlinkSync(scanner.path("sent"));
		assertSaid(await scanner.sendAgain(samba, { path, after: "move" }), 0, /had arrived before/);
		deepEqual(onShare(samba, path).filter(name => name.startsWith("scan")), ["scan.pdf"]);
		deepEqual(scanner.names(), ["sent"]);
	});

	it("name={date}/{stem} {counter}.{ext}: folders are made, names are the device's", async () => {
		const bytes = scanner.put("scan.pdf", 1000);
		assertSaid(await scanner.send(samba, { path, name: "{date}/{stem} {counter}.{ext}" }), 0, /arrived as .*2024-01-02\/scan 0001\.pdf/);
		assertSame(arrived("2024-01-02/scan 0001.pdf"), bytes);
	});

	it("without a place to remember what was sent nothing is sent, and it is said why", async () => {
		scanner.put("scan.pdf", 1000);
		assertSaid(await scanner.send(samba, { path, journal: scanner.path("none/.journal") }), 1, /! journal .*none\/\.journal: open .*No such file/, /1 scan stayed here/);
		deepEqual(onShare(samba, path), []);
		scanner.assertUntouched();
	});

	it("after=move puts it into the folder sent, beside what is there", async () => {
		mkdirSync(scanner.path("sent"));
		writeFileSync(scanner.path("sent/scan.pdf"), "an older one");
		const bytes = scanner.put("scan.pdf", 3000);
		assertSaid(await scanner.send(samba, { path, after: "move" }), 0);
		deepEqual(scanner.names().filter(name => !name.startsWith(".")), ["sent"]);
		equal(readFileSync(scanner.path("sent/scan.pdf"), "utf8"), "an older one");
		assertSame(scanner.path("sent/scan (2).pdf"), bytes);
		assertSame(arrived("scan.pdf"), bytes);
	});

	it("after=delete takes it away once it has arrived", async () => {
		const bytes = scanner.put("scan.pdf", 3000);
		assertSaid(await scanner.send(samba, { path, after: "delete" }), 0);
		deepEqual(scanner.names().filter(name => !name.startsWith(".")), []);
		assertSame(arrived("scan.pdf"), bytes);
	});

	it("watch=1 sends what comes later, too", async () => {
		const first = scanner.put("first.pdf", 3000);
		let later: Uint8Array | undefined;
		let kill: (signal: NodeJS.Signals) => void = () => {};
		await scanner.send(samba, { path, after: "move", watch: 1 }, {
			onStart: stop => { kill = stop; },
			onLine: line => {
				if (/first\.pdf: .*arrived/.test(line)) later = scanner.put("later.pdf", 4000);
				if (/later\.pdf: .*arrived/.test(line)) kill("SIGTERM");
			},
		});
		assertSame(arrived("first.pdf"), first);
		assertSame(arrived("later.pdf"), later!);
	});

	it("an empty folder is no failure", async () => {
		assertSaid(await scanner.send(samba, { path }), 0, /No scans in /);
	});

	it("forty files all arrive, oldest first", async () => {
		const sent = Array.from({ length: 40 }, (_, at) => `scan-${String(99 - at)}.jpg`);
		for (const name of sent) scanner.put(name, 2000);
		const order: string[] = [];
		const run = await scanner.send(samba, { path }, { onLine: line => { const name = /^\s*(scan-\d+\.jpg): .*arrived/.exec(line)?.[1]; if (name) order.push(name); } });
		assertSaid(run, 0, /40 scans arrived/);
		deepEqual(order, sent);
		deepEqual(onShare(samba, path), [...sent].sort());
	});

	it("what is hidden, half written or a folder stays out of it", async () => {
		for (const name of [".hidden.pdf", "scan.pdf.part", "scan.tmp", "~lock.pdf"]) scanner.put(name, 100);
		mkdirSync(scanner.path("folder.pdf"));
		scanner.put("scan.pdf", 100);
		assertSaid(await scanner.send(samba, { path }), 0, /1 scan arrived/);
		deepEqual(onShare(samba, path), ["scan.pdf"]);
	});

	it("a folder of several parts is made where it is missing", async () => {
		const bytes = scanner.put("scan.pdf", 100);
		assertSaid(await scanner.send(samba, { path: `/${path}/2024/März 📁/a b/` }), 0);
		assertSame(arrived("2024/März 📁/a b/scan.pdf"), bytes);
	});

	it("path=/ is the share itself", async () => {
		const bytes = scanner.put("in the root.pdf", 100);
		assertSaid(await scanner.send(samba, { path: "/" }), 0);
		assertSame(join(samba.folderOf(), "in the root.pdf"), bytes);
	});

	it("nobody sees half a scan: until it is whole there is only a hidden temporary", async () => {
		scanner.put("scan.pdf", 1_000_000);
		const seen = new Set<string>();
		const proxy = await Proxy.start({ port: samba.port, request(message) {
			if (message.command === Command.WRITE) for (const name of onShare(samba, path)) seen.add(name);
			return message.bytes;
		} });
		try { assertSaid(await scanner.send({ ...targetOf(samba), port: proxy.port }, { path }), 0); }
		finally { await proxy.close(); }
		equal(seen.size, 1);
		ok([...seen].every(name => /^\.scan-.*\.part$/.test(name)), [...seen].join(", "));
		deepEqual(onShare(samba, path), ["scan.pdf"]);
	});

	it("two devices at once, into a folder that neither finds", async () => {
		const other = new Scanner();
		try {
			const sent = new Map<string, Uint8Array>();
			for (let number = 1; number <= 5; number++) {
				sent.set(`a${number}.pdf`, scanner.put(`a${number}.pdf`, 50_000));
				sent.set(`b${number}.pdf`, other.put(`b${number}.pdf`, noise(60_000, 100 + number)));
			}
			const runs = await Promise.all([scanner.send(samba, { path: `${path}/new/folder` }), other.send(samba, { path: `${path}/new/folder` })]);
			for (const run of runs) assertSaid(run, 0, /5 scans arrived/);
			deepEqual(onShare(samba, `${path}/new/folder`), [...sent.keys()].sort());
			for (const [name, bytes] of sent) assertSame(arrived(`new/folder/${name}`), bytes);
		}
		finally { other.remove(); }
	});
});

function targetOf({ address, port, share, user, password }: Samba) { return { address, port, share, user, password }; }
