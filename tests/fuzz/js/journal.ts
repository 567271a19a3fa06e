/** The journal: its calls in any order, and bytes of its files changed in between, with their checksums made right again or not. */
import { crc32, File } from "../../../hosts/storage/storage.js";
import { StorageError } from "../../../modules/errors/errors.js";
import { Journal } from "../../../modules/uploader/journal/journal.js";
import { JournalEntry, JournalState, type ScanKey } from "../../../modules/uploader/journal/record.js";
import { equal, ok } from "../../support/assert.js";
import { hex } from "../../support/hex.js";
import { Random } from "../../support/random.js";
import { clear, scratch } from "../../support/scratch.js";
import { Input, outcome } from "../guide/target.js";

const sector = 512, headersEnd = 2 * sector;

/** 32 scans; four each have one time. */
function key(number: number): ScanKey { return { name: `scan ${number}.pdf`, mtime: 1_700_000_000_000 + (number >> 2), size: 1000 * number }; }

/** Puts bytes at at into a file of the journal; right: the checksum there is made so (docs/JOURNAL.md). */
function damage(path: string, at: number, bytes: Uint8Array, right: boolean): void {
	let file: File;
	try { file = new File(path, "r+"); }
	catch { return; }
	try {
		const place = file.length === 0 ? 0 : at % file.length, start = place - place % sector, whole = new Uint8Array(sector), view = new DataView(whole.buffer);
		file.read(whole, 0);
		const salt = view.getUint32(16, true), tailAt = headersEnd + sector * view.getUint32(20, true);
		whole.fill(0);
		file.read(whole, start);
		whole.set(bytes.subarray(0, sector - (place - start)), place - start);
		const seed = (salt ^ start) >>> 0;
		if (right && start < headersEnd) view.setUint32(60, crc32(0, whole, 0, 60), true);
		else if (right && start < tailAt) view.setUint32(0, crc32(seed, whole, 4, sector - 4), true);
		else if (right) view.setUint32(0, crc32(seed, whole, 4, Math.min(sector - 4, view.getUint16(6, true))), true);
		file.write(whole, start);
	}
	finally { file.close(); }
}

class Bench {
	readonly folder = scratch();
	readonly path = `${this.folder}/.scan-journal`;
	readonly log: string[] = [];
	readonly random = new Random(7);
	/** What was told of each scan: every state, the last one last. */
	readonly told = new Map<number, number[]>();
	damaged = false;
	/** Bytes that the journal cannot know to be wrong. */
	forged = false;
	journal: Journal | undefined;

	open(anew: boolean): void {
		this.journal?.close();
		this.journal = undefined;
		this.journal = new Journal({
			path: this.path, anew, log: line => this.log.push(line),
			random: (bytes, at, length) => { for (let i = 0; i < length; i++) bytes[at + i] = this.random.below(256); },
		});
	}

	record(number: number, state: number, more: number): void {
		const entry = Object.assign(new JournalEntry(key(number)), { state });
		if ((more & 1) !== 0) entry.fingerprint = new Uint8Array(8).fill(number);
		if ((more & 2) !== 0) [entry.temporary, entry.place] = [this.journal!.nextTemporary(), 77];
		if ((more & 4) !== 0) entry.createGuid = entry.fileId = new Uint8Array(16).fill(1);
		if ((more & 8) !== 0) entry.confirmed = 100 * number;
		if ((more & 16) !== 0) entry.serverFile = new Uint8Array(16).fill(2);
		if ((more & 32) !== 0) entry.target = (more & 64) !== 0 ? entry.name : `in/${"x".repeat(more)}.pdf`;
		this.journal!.prepare();
		// Whatever comes of it, it may be on the medium.
		this.told.set(number, [...this.told.get(number) ?? [], state]);
		this.journal!.record(entry);
	}

	find(number: number): string {
		const found = this.journal!.find(key(number)), told = this.told.get(number) ?? [], last = told.at(-1);
		if (found && !this.forged) {
			ok(told.includes(found.state), "what was never told");
			equal(found.name, key(number).name);
		}
		if (!this.damaged) equal(found?.state, last === JournalState.FORGOTTEN ? undefined : last, "what was told last");
		return `${found?.state}`;
	}

	call(input: Input): string {
		const head = input.byte(), argument = head >> 3;
		if (!this.journal && (head & 7) !== 6) this.open((argument & 1) !== 0);
		switch (head & 7) {
			case 0: case 1: this.record(argument, 1 + input.byte() % 5, input.byte()); return "";
			case 2: return this.find(argument);
			case 3: this.open((argument & 1) !== 0); return "";
			case 4: (argument & 1) !== 0 ? this.journal!.compact() : this.journal!.prepare(); return "";
			case 5: {
				this.journal!.beginLook();
				for (let i = 0; i < argument; i++) this.find(i);
				this.journal!.endLook((argument & 1) !== 0);
				// What was under way of scans that it has not met.
				if ((argument & 1) !== 0) this.told.forEach((states, number) => { if (number >= argument && states.at(-1)! < JournalState.DONE) states.push(JournalState.FORGOTTEN); });
				return "";
			}
			case 6: {
				this.journal?.close();
				this.journal = undefined;
				this.damaged = true;
				this.forged ||= (argument & 2) !== 0;
				damage(`${this.path}-${(argument & 1) !== 0 ? "a" : "b"}`, input.number(), input.take(1 + (argument >> 2)), (argument & 2) !== 0);
				return "";
			}
			default: return `${this.journal!.unfinished(argument)?.name} ${this.journal!.nextTemporary() > 0}`;
		}
	}
}

export function run(bytes: Uint8Array): string {
	const input = new Input(bytes), bench = new Bench();
	let all = "";
	try {
		while (input.left > 0) {
			// Only forged bytes may hold what no journal would have taken.
			const documented = bench.forged ? [StorageError, RangeError] : [StorageError];
			const result = outcome(documented, () => bench.call(input));
			all += result.startsWith("StorageError") ? "!" : result;
			if (bench.journal?.closed) bench.journal = undefined;
			if (result.startsWith("StorageError")) ok(bench.damaged, result);
		}
		return `${all} ${bench.log.length}`;
	}
	finally {
		bench.journal?.close();
		clear(bench.folder);
	}
}

export const length = 200;
/** A look over a whole base, for each call. */
export const steps = [100_000, 5_000] as const;
export const seeds = (): Uint8Array[] => [
	hex("0004ff 08017f 1002ff 02 0a 12 04 0c 02 1b 12 fd 07"), hex("0004ff 0c 0801ff 0601000155 02 0a"), hex("0004ff 160404 02 0a 36040501 02 1e020001 ff 02"), hex("0004ff 0c 0c 3e 0014 ffff 02 36 0006 9900 02 0e 0404 03 02"),
];
