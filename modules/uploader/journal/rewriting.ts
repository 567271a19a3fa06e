/** A rewriting of the journal, docs/JOURNAL.md: what is done of base and tail, merged, becomes the base of the other file, and the rest its tail. */
import { crc32, type File } from "../../../hosts/storage/storage.js";
import { type Base, Block, Look } from "./base.js";
import { baseAt, type Files, seedOf } from "./files.js";
import { backAt, type Memory, recordAt, recordOffset, sector } from "./memory.js";
import { JournalState, lengthAt, stateAt, trimRecord } from "./record.js";
import type { Tail } from "./tail.js";

/** Writes base and tail, merged, to the other file, which is the one that counts from then on. */
export function rewrite(files: Files, base: Base, tail: Tail): void {
	const to = files.createOther();
	try {
		files.flushFolder();
		const merger = new Merger(files, base, tail, to);
		merger.run();
		tail.moveUnfinished(to, merger.salt, merger.end);
		files.adopt(to, merger.salt, merger.blocks, merger.records);
		base.begin(merger.look);
	}
	catch (error) {
		to.close();
		throw error;
	}
}

/** Writes the base of the new file, a block at a time: all that is done, in order, without what the look has passed and not met, for that is gone from the folder. */
class Merger {
	readonly salt: number;
	blocks = 0;
	records = 0;
	/** What the look has met of them, and passed. */
	readonly look: Look | undefined;
	private readonly files: Files;
	private readonly base: Base;
	private readonly tail: Tail;
	private readonly to: File;

	/** The tail's scans in order, which of them is next, and the length of its record, which is in front and back; 0 where it can't be read. */
	private readonly order: Uint8Array;
	private next = 0;
	private length = 0;

	/** The block that is filled: where its next record goes, and how many it has. */
	private readonly block = new Uint8Array(sector);
	private readonly view = new DataView(this.block.buffer);
	private used: number = Block.Records;
	private count = 0;

	constructor(files: Files, base: Base, tail: Tail, to: File) {
		this.files = files;
		this.base = base;
		this.tail = tail;
		this.to = to;
		this.salt = files.newSalt();
		if (base.look)
			this.look = new Look(files.baseRecords + tail.count);
		this.order = sorted(tail, files.memory);
	}

	/** Where the next block goes. */
	get end(): number { return baseAt + this.blocks * sector; }

	run(): void {
		const base = this.base;
		const look = base.look;
		const bytes = this.files.memory.bytes;
		const view = this.files.memory.view;
		this.loadNext(0);
		for (let block = 0; block < this.files.baseBlocks; block++) {
			if (!base.load(block))
				continue;
			let index = view.getUint32(Block.FirstIndex, true);
			for (let at: number = Block.Records; at <= base.lastOffset; at += lengthAt(view, at), index++) {
				const passed = look !== undefined && index < look.reached;
				if (this.putTail(at, passed))
					continue;
				const met = look?.has(index) ?? false;
				if (met || !passed)
					this.put(bytes, at, lengthAt(view, at), met, passed);
			}
		}
		this.putTail(-1, false);
		this.finishBlock();
	}

	/** Puts those of the tail that come before the base's record at at (-1: all that are left). Returns whether one of them takes that record's place. */
	private putTail(at: number, passed: boolean): boolean {
		const { memory } = this.files;
		while (this.next < this.order.length) {
			const difference = at < 0 ? -1 : memory.compare(at);
			if (difference > 0)
				return false;
			const met = this.tail.metAt(this.order[this.next]);
			if (this.length > 0 && stateAt(memory.view, recordAt) === JournalState.DONE && (met || !passed))
				this.put(memory.bytes, recordAt, trimRecord(memory.bytes, memory.view, recordAt, sector - Block.Records), met, passed);
			this.loadNext(this.next + 1);
			if (difference === 0)
				return true;
		}
		return false;
	}

	private loadNext(next: number): void {
		this.next = next;
		this.length = next < this.order.length ? this.tail.load(this.order[next]) : 0;
	}

	/** Adds a record, of at most what a block holds. */
	private put(bytes: Uint8Array, at: number, length: number, met: boolean, passed: boolean): void {
		if (this.used + length > sector)
			this.finishBlock();
		if (met)
			this.look?.add(this.records);
		for (let i = 0; i < length; i++)
			this.block[this.used + i] = bytes[at + i];
		this.used += length;
		this.count++;
		this.records++;
		if (passed)
			this.look?.passTo(this.records);
	}

	private finishBlock(): void {
		if (this.count === 0)
			return;
		const { view, end } = this;
		this.block.fill(0, this.used);
		view.setUint16(Block.Used, this.used, true);
		view.setUint16(Block.Count, this.count, true);
		view.setUint32(Block.FirstIndex, this.records - this.count, true);
		view.setUint32(Block.Checksum, crc32(seedOf(this.salt, end), this.block, 4, sector - 4), true);
		this.to.writeFrom(this.block, 0, sector, end);
		this.blocks++;
		this.used = Block.Records;
		this.count = 0;
	}
}

/** The tail's scans in the order of the base. They mostly are in order already. Of several with the same time and name only the newest is left: there can be but one such file. */
function sorted(tail: Tail, memory: Memory): Uint8Array {
	const order = new Uint8Array(tail.count);
	let count = 0;
	for (let i = 0; i < tail.count; i++) {
		if (tail.load(i) === 0)
			continue;
		let to = count;
		let same = false;
		while (to > 0 && tail.loadKey(order[to - 1])) {
			const difference = memory.compare(backAt + recordOffset);
			if (difference > 0)
				break;
			to--;
			if (difference === 0) {
				same = true;
				break;
			}
		}
		if (same) {
			if (tail.positionAt(i) > tail.positionAt(order[to]))
				order[to] = i;
			continue;
		}
		order.copyWithin(to + 1, to, count);
		order[to] = i;
		count++;
	}
	return order.slice(0, count);
}
