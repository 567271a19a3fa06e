/** Memory at most while 10 MB go up, 3.1.1 signed. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { deviceMemory, file, libsmb2, ours, scratch, signed, upload } from "../clients.mjs";
import { measured } from "./time.mjs";

const size = 10_000_000;

/** The most that a client had from malloc() at once, as Valgrind's massif sees it. */
async function peakHeap(client, samba) {
	const out = join(scratch, "massif");
	rmSync(out, { force: true });
	await upload(client, signed, samba, samba, file(size), { before: ["valgrind", "--quiet", "--tool=massif", "--peak-inaccuracy=0", `--massif-out-file=${out}`] });
	return Math.max(...[...readFileSync(out, "utf8").matchAll(/^mem_heap_B=(\d+)$/gm)].map(([, bytes]) => Number(bytes)));
}

/** The figures of the host's --report. */
export function reportOf(output) {
	const line = /^heap (.*)$/m.exec(output)?.[1];
	if (line === undefined) throw new Error(`no report in:\n${output}`);
	return Object.fromEntries(line.split(" ").map(word => word.split("=")).map(([key, value]) => [key, Number(value)]));
}

/** Bytes of slots, chunks and stack at their peaks. */
export function peakOf(report) { return report.slotsPeak * report.slotSize + report.chunksPeak + report.stackSize * report.slotSize; }

export async function memory({ samba, release32, host, put, peers, table, say }) {
	say("memory");
	const rows = [];
	const KB = bytes => `${(bytes / 1024).toFixed(0)} KiB`;
	const pipeline = await ringBytes({ free: deviceMemory, largest: deviceMemory });
	if (release32) {
		const machine = ours(release32, ["--report"]);
		const report = reportOf(await upload(machine, signed, samba, samba, file(size)));
		const { rss } = await measured(machine, signed, samba, file(size));
		rows.push(["this project, 32-bit machine", KB(peakOf(report)), KB(pipeline), KB(peakOf(report) + pipeline), KB(rss * 1024)]);
	}
	rows.push(["this project, 64-bit host", "", KB(await ringBytes()), "", KB((await measured(host, signed, samba, file(size))).rss * 1024)]);
	for (const peer of [...peers, ...put ? [libsmb2(put, 16384)] : []]) rows.push([peer.name, "", "", KB(await peakHeap(peer, samba)), KB((await measured(peer, signed, samba, file(size))).rss * 1024)]);
	table("Memory at most, 10 MB, 3.1.1 signed", ["", "XS: slots, chunks, stack", "pipeline", "heap in all", "resident, with engine, code and libraries"], rows,
		["The hosts keep compiled modules in memory that a device has in flash, and parse them at each start: that is in what is resident, and in nothing else."]);
}

/** Bytes of the pipeline's block where so much memory is free; undefined: where nobody counts. */
async function ringBytes(free) {
	const { root } = await import("../../tools/steps.mjs");
	const { config } = JSON.parse(readFileSync(join(root, "manifest.json"), "utf8"));
	const { chooseRing, ringLength } = await import(join(root, "build/js/modules/client/ring.js"));
	return ringLength(chooseRing(config.pipeline, free));
}
