import { status, Status } from "../../../hosts/storage/storage.js";
import { StateFile } from "../../../modules/uploader/state.js";
import type { Scan } from "../../../modules/uploader/spool.js";
import type { UploadListener } from "../../../modules/uploader/uploader.js";
import { deepEqual, equal, ok } from "../../support/assert.js";
import { clear, load, scratch } from "../../support/scratch.js";

function scan(name: string, size = 2_000_000): Scan { return { name, path: `/scans/${name}`, size, mtime: 1_700_000_000_000 }; }

describe("the state file", () => {
	let folder: string;
	let path: string;
	let lines: string[];
	let heard: string[];
	const clock = { ticks: 0 };
	beforeEach(() => {
		folder = scratch();
		path = `${folder}/.scan-state.json`;
		lines = [];
		heard = [];
		clock.ticks = 1000;
	});
	afterEach(() => clear(folder));

	const next: UploadListener = {
		started: ({ name }) => heard.push(`started ${name}`), progressed: confirmed => heard.push(`progressed ${confirmed}`),
		arrived: ({ name }, as) => heard.push(`arrived ${name} ${as}`), remembered: ({ name }) => heard.push(`remembered ${name}`),
		stayed: ({ name }, reason) => heard.push(`stayed ${name} ${reason.message}`), warned: reason => heard.push(`warned ${reason.message}`),
		interrupted: ({ name }, reason) => heard.push(`interrupted ${name} ${reason.message}`), waited: ({ name }) => heard.push(`waited ${name}`),
	};

	function make(): StateFile {
		return new StateFile({ path, next, now: () => 1_800_000_000_000, ticks: () => clock.ticks, log: line => lines.push(line) });
	}
	function text(): string {
		let all = "";
		for (const byte of load(path)) all += String.fromCharCode(byte);
		return all;
	}
	function exists(name: string): boolean {
		const found = new Status();
		status(name, found);
		return found.mode !== 0;
	}

	it("tells of each scan, of all of them, and hands on what it hears", () => {
		const state = make();
		const a = scan("a.pdf");
		state.started(a);
		equal(JSON.parse(text()).files[0].state, "sending");
		clock.ticks += 2000;
		state.progressed(500_000);
		state.arrived(a, "2024/a.pdf", 2000, undefined);
		state.remembered(scan("b.pdf"), undefined);
		const c = scan("c.pdf");
		state.started(c);
		clock.ticks += 1000;
		state.progressed(500_000);
		state.started(c);
		clock.ticks += 1000;
		state.progressed(300_000);
		state.stayed(c, new Error("the share is full"));
		state.stayed(scan("d.pdf"), new Error("the share is full"));
		state.warned(new Error("no journal"));
		state.finish();
		deepEqual(JSON.parse(text()), {
			version: 1, time: 1_800_000_000_000, running: false, totals: { arrived: 1, bytes: 2_000_000, before: 1, stayed: 2, troubles: 1 },
			files: [
				{ name: "d.pdf", state: "stayed", size: 2_000_000, confirmed: 0, bytesPerSecond: 0, retries: 0, reason: "the share is full" },
				{ name: "c.pdf", state: "stayed", size: 2_000_000, confirmed: 300_000, bytesPerSecond: 300_000, retries: 1, reason: "the share is full" },
				{ name: "a.pdf", state: "arrived", size: 2_000_000, confirmed: 2_000_000, bytesPerSecond: 1_000_000, retries: 0, as: "2024/a.pdf" },
			],
		});
		deepEqual(heard, [
			"started a.pdf", "progressed 500000", "arrived a.pdf 2024/a.pdf", "remembered b.pdf", "started c.pdf", "progressed 500000", "started c.pdf", "progressed 300000",
			"stayed c.pdf the share is full", "stayed d.pdf the share is full", "warned no journal",
		]);
		ok(!exists(`${path}.new`));
		deepEqual(lines, []);
	});

	it("tells two apart where the next was started before the one before it was settled", () => {
		const state = make(), [a, b, c] = ["a.pdf", "b.pdf", "c.pdf"].map(name => scan(name)) as [Scan, Scan, Scan];
		state.started(a);
		state.progressed(2_000_000);
		state.started(b);
		state.progressed(500_000);
		state.interrupted(a, new Error("lost"), 250);
		state.arrived(a, "a.pdf", 4000, undefined);
		state.started(c);
		state.progressed(1_000_000);
		state.stayed(b, new Error("no"));
		state.finish();
		deepEqual(JSON.parse(text()).files, [
			{ name: "c.pdf", state: "sending", size: 2_000_000, confirmed: 0, bytesPerSecond: 0, retries: 0 },
			{ name: "b.pdf", state: "stayed", size: 2_000_000, confirmed: 0, bytesPerSecond: 0, retries: 0, reason: "no" },
			{ name: "a.pdf", state: "arrived", size: 2_000_000, confirmed: 2_000_000, bytesPerSecond: 500_000, retries: 1, as: "a.pdf" },
		]);
	});

	it("is not written while the next scan is on its way, for a device can open but three files; it is after that", () => {
		const state = make(), a = scan("a.pdf"), b = scan("b.pdf");
		state.started(a);
		state.started(b);
		const before = text();
		clock.ticks += 20_000;
		state.arrived(a, "a.pdf", 1000, undefined);
		equal(text(), before);
		state.arrived(b, "b.pdf", 1000, undefined);
		equal(JSON.parse(text()).totals.arrived, 2);
	});

	it("is written every ten seconds at the most, and at the end", () => {
		const state = make();
		const arrives = (name: string, ms: number): void => {
			const one = scan(name);
			state.started(one);
			clock.ticks += ms;
			state.arrived(one, name, ms, undefined);
		};
		state.started(scan("first.pdf"));
		const before = text();
		for (let i = 0; i < 9; i++) arrives(`${i}.pdf`, 1000);
		equal(text(), before);
		arrives("ten.pdf", 1000);
		equal(JSON.parse(text()).totals.arrived, 10);
		arrives("last.pdf", 0);
		equal(JSON.parse(text()).totals.arrived, 10);
		state.finish();
		equal(JSON.parse(text()).totals.arrived, 11);
	});

	it("is not written when a look finds nothing new", () => {
		const state = make();
		state.remembered(scan("a.pdf"), undefined);
		state.finish();
		ok(!exists(path));
	});

	it("stays small, whatever scans and reasons are called", () => {
		const state = make();
		for (let i = 0; i < 20; i++) state.stayed(scan(`${"\x01😀\"".repeat(80)}${i}.pdf`), new Error("\n\\文".repeat(1000)));
		state.finish();
		ok(load(path).length < 8192, `${load(path).length} bytes`);
		equal((text().match(/"state":"stayed"/g) ?? []).length, 5);
		deepEqual(lines, []);
	});

	it("says once that it can't be written, and lets the uploads go on", () => {
		path = `${folder}/none/.scan-state.json`;
		const state = make();
		for (let i = 0; i < 3; i++) {
			clock.ticks += 20_000;
			state.stayed(scan("a.pdf"), new Error("x"));
		}
		state.finish();
		equal(lines.length, 1);
		ok(/^state=.*none\/\.scan-state\.json: open .*No such file/.test(lines[0]!), lines[0]);
		equal(heard.length, 3);
		ok(!exists(path));
	});
});
