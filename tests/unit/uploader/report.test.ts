import { Report, size } from "../../../modules/uploader/report.js";
import type { Scan } from "../../../modules/uploader/spool.js";
import { deepEqual, equal, ok } from "../../support/assert.js";

const scan: Scan = Object.freeze({ name: "scan.pdf", path: "/scans/scan.pdf", size: 2_000_000, mtime: 0 });

function report(terminal: boolean) {
	const lines: string[] = [], bars: string[] = [];
	const clock = { now: 1000 };
	return { lines, bars, clock, it: new Report({ print: line => lines.push(line), progress: line => bars.push(line), terminal, ticks: () => clock.now, path: "in/box" }) };
}

describe("the report", () => {
	it("has one line for a scan that arrived, with size, speed and name on the share", () => {
		const { it, lines, clock } = report(false);
		it.started(scan);
		clock.now += 500;
		it.arrived(scan, "scan (2).pdf", 500, undefined);
		it.finish("/scans", "XS heap peak 27 KB");
		deepEqual(lines, ["  scan.pdf: 2.0 MB, 4.0 MB/s, arrived as in/box/scan (2).pdf", "1 scan arrived (2.0 MB); XS heap peak 27 KB"]);
		equal(it.complete, true);
	});

	it("draws a bar on a terminal, ten times a second at most, and takes it away", () => {
		const { it, lines, bars, clock } = report(true);
		it.started(scan);
		for (let i = 1; i <= 20; i++) {
			clock.now += 20;
			it.progressed(i * 100_000);
		}
		it.arrived(scan, "scan.pdf", 400, undefined);
		equal(bars.length, 5);
		ok(/scan\.pdf \[######------------------\] 500 KB of 2\.0 MB, 5\.0 MB\/s/.test(bars[0]!), bars[0]);
		equal(bars[4], "");
		equal(lines.length, 1);
	});

	it("prints plain lines elsewhere, every five seconds", () => {
		const { it, lines, clock } = report(false);
		it.started(scan);
		for (let i = 1; i <= 11; i++) {
			clock.now += 1000;
			it.progressed(i * 100_000);
		}
		deepEqual(lines, ["  scan.pdf: 25 %, 500 KB of 2.0 MB, 100 KB/s", "  scan.pdf: 50 %, 1.0 MB of 2.0 MB, 100 KB/s"]);
	});

	it("goes on with the bar of a scan that was started before the one before it arrived", () => {
		const { it, lines, bars, clock } = report(true);
		it.started(scan);
		it.started({ ...scan, name: "next.pdf" });
		it.arrived(scan, "scan.pdf", 1000, undefined);
		clock.now += 100;
		it.progressed(500_000);
		ok(/next\.pdf \[######-/.test(bars[1]!), bars[1]);
		deepEqual(lines, ["  scan.pdf: 2.0 MB, 2.0 MB/s, arrived as in/box/scan.pdf"]);
	});

	it("tells a reason once, and counts what stayed", () => {
		const { it, lines } = report(false);
		const reason = new Error("the share is full");
		for (let i = 0; i < 2; i++) {
			it.started(scan);
			it.stayed(scan, reason);
		}
		it.finish("/scans", "");
		deepEqual(lines, ["  ! scan.pdf stays here: the share is full", "  ! scan.pdf stays here: for the same reason", "Nothing arrived, 2 scans stayed here"]);
		equal(it.complete, false);
	});

	it("is not complete when the local file could not be dealt with", () => {
		const { it, lines } = report(false);
		it.started(scan);
		it.arrived(scan, "scan.pdf", 500, new Error("scan.pdf arrived, but could not be deleted here: read-only"));
		equal(it.complete, false);
		equal(lines[1], "  ! scan.pdf arrived, but could not be deleted here: read-only");
	});

	it("says when there is nothing to do", () => {
		const { it, lines } = report(false);
		it.finish("/scans", "");
		deepEqual(lines, ["No scans in /scans"]);
		equal(it.complete, true);
	});

	it("writes sizes as people read them", () => {
		deepEqual([0, 999, 1000, 65537, 999_499, 999_500, 20_971_520].map(size), ["0 bytes", "999 bytes", "1 KB", "66 KB", "999 KB", "1.0 MB", "21.0 MB"]);
	});
});
