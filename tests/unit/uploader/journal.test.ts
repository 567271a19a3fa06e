import { File, remove, Status, status } from "../../../hosts/storage/storage.js";
import { StorageError } from "../../../modules/errors/errors.js";
import { deviceName, Journal } from "../../../modules/uploader/journal/journal.js";
import { checkRecord, JournalEntry, JournalState, putEntry, recordMax, type ScanKey } from "../../../modules/uploader/journal/record.js";
import { bytesEqual, deepEqual, equal, ok, throws } from "../../support/assert.js";
import { Dice } from "../../support/dice.js";
import { clear, load, save, scratch } from "../../support/scratch.js";

const sector = 512;

function scan(name: string, mtime = 1_700_000_000_000, size = 1000): ScanKey { return { name, mtime, size }; }

function entry(key: ScanKey, state: number = JournalState.DONE, more: Partial<JournalEntry> = {}): JournalEntry {
	return Object.assign(new JournalEntry(key), { state }, more);
}

function bytes(length: number, first: number): Uint8Array { return new Uint8Array(length).map((_, i) => first + i & 255); }

function exists(path: string): boolean {
	const found = new Status();
	status(path, found);
	return found.mode !== 0;
}

/** Turns a byte of a file over. */
function damage(path: string, at: number): void {
	const file = new File(path, "r+");
	const byte = new Uint8Array(1);
	equal(file.read(byte, at), 1, `${path} is shorter than ${at}`);
	byte[0]! ^= 0x55;
	file.write(byte, at);
	file.close();
}

describe("the journal", () => {
	let folder: string;
	let path: string;
	let lines: string[];
	let dice: Dice;
	beforeEach(() => {
		folder = scratch();
		path = `${folder}/.scan-journal`;
		lines = [];
		dice = new Dice(1);
	});
	afterEach(() => clear(folder));

	function open(anew = false): Journal {
		return new Journal({ path, anew, log: line => lines.push(line), random: (into, at, length) => dice.fill(into, at, length) });
	}

	/** Closes it and opens it again: what is told then was on the storage. */
	function again(journal: Journal): Journal {
		journal.close();
		return open();
	}

	it("remembers all that is told of a scan, over a restart", () => {
		let journal = open();
		const key = scan("Übersicht 文書 😀.pdf", 1_700_000_000_123, 5_000_000_000);
		const told = entry(key, JournalState.SENDING, {
			temporary: 70_000, place: 0xFFFFFFFE, confirmed: 4_999_999_999, fingerprint: bytes(8, 1), createGuid: bytes(16, 20), fileId: bytes(16, 40), serverFile: bytes(16, 60), target: "2024/März/😀 (2).pdf",
		});
		equal(journal.find(key), undefined);
		journal.record(told);
		deepEqual(journal.find(key), told);
		journal = again(journal);
		deepEqual(journal.find(key), told);
		deepEqual(journal.unfinished(0), told);
		equal(journal.unfinished(1), undefined);
		journal.record(entry(key, JournalState.PUBLISHED, { target: key.name }));
		journal = again(journal);
		deepEqual(journal.find(key), entry(key, JournalState.PUBLISHED, { target: key.name }));
		journal.record(entry(key));
		journal = again(journal);
		deepEqual(journal.find(key), entry(key));
		equal(journal.unfinished(0), undefined);
		journal.record(entry(key, JournalState.FORGOTTEN));
		equal(journal.find(key), undefined);
		journal = again(journal);
		equal(journal.find(key), undefined);
		journal.close();
		deepEqual(lines, []);
	});

	it("tells scans apart by name, size and time, all of them", () => {
		let journal = open();
		journal.record(entry(scan("a.pdf")));
		const others = [scan("A.pdf"), scan("a.pd"), scan("a.pdfx"), scan("b.pdf"), scan("a.pdf", 1_700_000_000_001), scan("a.pdf", 1_699_999_999_999), scan("a.pdf", undefined, 1001)];
		for (let round = 0; round < 3; round++) {
			ok(journal.find(scan("a.pdf")));
			for (const other of others) equal(journal.find(other), undefined, JSON.stringify(other));
			// In the tail, in the base, and from the storage.
			if (round === 0) journal.compact();
			else journal = again(journal);
		}
		journal.close();
	});

	it("is not deceived by keys that have the same checksum", () => {
		// Two texts of CRC-32's classic collision, as names of scans of the same size and time: what follows a collision collides.
		let journal = open();
		journal.record(entry(scan("plumless")));
		equal(journal.find(scan("buckeroo")), undefined);
		journal.record(entry(scan("buckeroo"), JournalState.SENDING));
		equal(journal.find(scan("plumless"))!.state, JournalState.DONE);
		equal(journal.find(scan("buckeroo"))!.state, JournalState.SENDING);
		journal = again(journal);
		equal(journal.find(scan("plumless"))!.state, JournalState.DONE);
		equal(journal.find(scan("buckeroo"))!.state, JournalState.SENDING);
		journal.close();
	});

	it("has one identity for good", () => {
		let journal = open();
		const guid = journal.clientGuid.slice();
		const device = deviceName(guid);
		ok(/^[0-9a-f]{8}$/.test(device), device);
		ok(guid.some(byte => byte !== guid[0]));
		journal = again(journal);
		bytesEqual(journal.clientGuid, guid);
		journal.compact();
		journal = again(journal);
		bytesEqual(journal.clientGuid, guid);
		equal(deviceName(journal.clientGuid), device);
		journal.close();
	});

	it("never gives a temporary's number twice, once it was recorded", () => {
		let journal = open();
		equal(journal.nextTemporary(), 1);
		const number = journal.nextTemporary();
		journal.record(entry(scan("a"), JournalState.SENDING, { temporary: number }));
		journal = again(journal);
		equal(journal.nextTemporary(), 3);
		journal.record(entry(scan("a"), JournalState.DONE));
		journal.compact();
		journal = again(journal);
		ok(journal.nextTemporary() > 2);
		journal.close();
	});

	it("refuses names and targets that no record holds, and goes on", () => {
		const journal = open();
		const longest = "n".repeat(255);
		const whole = entry(scan(longest), JournalState.SENDING, {
			temporary: 1, place: 1, confirmed: 1, fingerprint: bytes(8, 1), createGuid: bytes(16, 1), fileId: bytes(16, 1), serverFile: bytes(16, 1), target: "t".repeat(400),
		});
		ok(4 + recordMax <= 2 * sector);
		journal.record(whole);
		deepEqual(journal.find(scan(longest)), whole);
		for (const name of ["", `${longest}n`, "é".repeat(128), "x".repeat(3000)]) {
			throws(() => journal.record(entry(scan(name))), RangeError);
			throws(() => journal.find(scan(name)), RangeError);
		}
		throws(() => journal.record(entry(scan("a"), JournalState.SENDING, { target: "t".repeat(401) })), RangeError);
		throws(() => journal.record(entry(scan("a"), JournalState.SENDING, { fingerprint: bytes(7, 1) })), RangeError);
		deepEqual(journal.find(scan(longest)), whole);
		equal(journal.find(scan("a")), undefined);
		journal.close();
		throws(() => journal.find(scan("a")), StorageError, /closed/);
		throws(() => journal.record(entry(scan("a"))), StorageError, /closed/);
		journal.close();
	});

	it("keeps the target of what is done where there is room for it", () => {
		let journal = open();
		journal.record(entry(scan("a"), JournalState.DONE, { target: "a (2)", temporary: 1, confirmed: 5 }));
		journal.record(entry(scan("n".repeat(255)), JournalState.DONE, { target: "t".repeat(400) }));
		journal.compact();
		journal = again(journal);
		deepEqual(journal.find(scan("a")), entry(scan("a"), JournalState.DONE, { target: "a (2)" }));
		deepEqual(journal.find(scan("n".repeat(255))), entry(scan("n".repeat(255))));
		journal.close();
	});

	it("holds what a model holds, whatever is done to it", () => {
		let journal = open();
		const model = new Map<string, JournalEntry>();
		const keys: ScanKey[] = [];
		for (let i = 0; i < 500; i++) keys.push(scan(`${i % 3 === 0 ? "long name ".repeat(i % 23) : ""}${i}.pdf`, 1_700_000_000_000 + dice.below(60) * 1000, dice.below(3)));
		const check = (key: ScanKey): void => deepEqual(journal.find(key), model.get(key.name));
		for (let step = 0; step < 2000; step++) {
			const key = keys[dice.below(keys.length)]!;
			const choice = dice.below(100);
			if (choice < 55) {
				const state = 1 + dice.below(3);
				// No more than a few are under way at a time.
				const under = [...model.values()].filter(({ state }) => state < JournalState.DONE).length;
				const told = entry(key, under < 20 && choice < 30 ? state : JournalState.DONE, choice & 1 ? { target: `${key.name} (2)` } : {});
				if (told.target && told.target.length > 150) told.target = undefined;
				journal.record(told);
				model.set(key.name, told);
			}
			else if (choice < 60) {
				journal.record(entry(key, JournalState.FORGOTTEN));
				model.delete(key.name);
			}
			else if (choice < 61) journal.compact();
			else if (choice < 63) journal = again(journal);
			else check(key);
		}
		for (const key of keys) check(key);
		journal = again(journal);
		const ordered = [...keys].sort((a, b) => a.mtime - b.mtime || (a.name < b.name ? -1 : 1));
		for (const key of ordered) check(key);
		for (let nth = 0; ; nth++) {
			const left = journal.unfinished(nth);
			if (!left) {
				equal(nth, [...model.values()].filter(({ state }) => state < JournalState.DONE).length);
				break;
			}
			deepEqual(left, model.get(left.name));
		}
		journal.close();
		deepEqual(lines, []);
	});

	it("forgets what has gone from the folder, and only that", () => {
		let journal = open();
		const keys: ScanKey[] = [];
		for (let i = 0; i < 600; i++) keys.push(scan(`${String(i).padStart(4, "0")}.pdf`, 1_700_000_000_000 + Math.floor(i / 5) * 1000));
		for (const key of keys) journal.record(entry(key));
		const gone = (i: number): boolean => i % 2 === 1;
		const look = (complete: boolean): void => {
			journal.beginLook();
			keys.forEach((key, i) => { if (!gone(i)) ok(journal.find(key), key.name); });
			journal.endLook(complete);
		};
		const count = (): number => keys.filter(key => journal.find(key)).length;
		look(false);
		equal(count(), 600, "a look that did not see all proves nothing");
		journal.beginLook();
		journal.endLook(true);
		equal(count(), 600, "nor does one that saw nothing of what is known");
		look(true);
		journal = again(journal);
		keys.forEach((key, i) => { if (!gone(i)) ok(journal.find(key), key.name); });
		const rest = count();
		ok(rest >= 300 && rest < 450, `${rest} are left`);
		// Once they are in the base, all of them go.
		journal.compact();
		look(true);
		journal.beginLook();
		keys.forEach((key, i) => { if (!gone(i)) ok(journal.find(key), key.name); });
		journal.compact();
		journal.endLook(true);
		ok(count() <= 300 + 2, `${count()} are left`);
		journal.close();
	});

	it("forgets what was under way of scans that have gone: moved or deleted just before power failed", () => {
		let journal = open();
		const here = scan("here.pdf"), halfSent = scan("half.pdf");
		journal.record(entry(here, JournalState.SENDING, { temporary: 1, place: 1 }));
		for (let i = 0; i < 100; i++) {
			journal.record(entry(scan(`gone ${i}.pdf`), JournalState.PUBLISHED, { target: "gone.pdf" }));
			if (i === 50) journal.record(entry(halfSent, JournalState.SENDING, { temporary: 2, place: 1 }));
		}
		const look = (complete: boolean): boolean => {
			journal.beginLook();
			journal.find(here);
			return journal.endLook(complete);
		};
		equal(look(false), false);
		ok(journal.unfinished(101), "a look that did not see all proves nothing");
		equal(look(true), true, "and says that a temporary file may be left on the share");
		equal(look(true), false);
		journal = again(journal);
		equal(journal.unfinished(0)?.name, "here.pdf");
		equal(journal.unfinished(1), undefined);
		equal(journal.find(halfSent), undefined);
		deepEqual(lines, []);
		journal.close();
	});

	it("forgets nothing that a look has yet to come to when the tail fills up in its middle", () => {
		let journal = open();
		const keys: ScanKey[] = [];
		for (let i = 0; i < 1000; i++) keys.push(scan(`${String(i).padStart(4, "0")}.pdf`, 1_700_000_000_000 + i));
		// Every other one is known already, some of them in the tail.
		for (let i = 0; i < 1000; i += 2) journal.record(entry(keys[i]!));
		journal.beginLook();
		for (let i = 0; i < 1000; i++) {
			const known = journal.find(keys[i]!);
			equal(known !== undefined, i % 2 === 0, `scan ${i}`);
			if (!known) journal.record(entry(keys[i]!));
		}
		journal.endLook(true);
		journal = again(journal);
		equal(keys.filter(key => journal.find(key)).length, 1000);
		journal.close();
	});

	it("finds scans in any order", () => {
		const journal = open();
		const keys: ScanKey[] = [];
		for (let i = 0; i < 500; i++) keys.push(scan(`${i}.pdf`, 1_700_000_000_000 + i % 7));
		for (const key of keys) journal.record(entry(key));
		journal.compact();
		for (let i = 0; i < 2000; i++) ok(journal.find(keys[dice.below(500)]!));
		for (const key of keys) equal(journal.find({ ...key, name: `${key.name}x` }), undefined);
		equal(journal.find(scan("0", 0)), undefined);
		equal(journal.find(scan("0", 9e15)), undefined);
		journal.close();
	});

	describe("damage", () => {
		/** A journal with 300 scans in its base and 3 in its tail. */
		function make(): { file: string; keys: ScanKey[]; tail: ScanKey[]; tailAt: number } {
			const journal = open();
			const keys: ScanKey[] = [];
			for (let i = 0; i < 300; i++) keys.push(scan(`${String(i).padStart(4, "0")}.pdf`, 1_700_000_000_000 + i));
			for (const key of keys) journal.record(entry(key));
			journal.compact();
			const tail = ["x", "y", "z"].map(name => scan(name));
			for (const key of tail) journal.record(entry(key));
			journal.close();
			const file = generation(`${path}-a`) > generation(`${path}-b`) ? `${path}-a` : `${path}-b`;
			return { file, keys, tail, tailAt: sector * (2 + new DataView(load(file).buffer).getUint32(20, true)) };
		}
		function generation(file: string): number { return new DataView(load(file).buffer).getUint32(12, true); }

		it("to the last record: it is cut off, and nothing else is lost", () => {
			const { file, tail, tailAt } = make();
			for (let at = 0; at < 26; at++) {
				const before = load(file);
				damage(file, tailAt + 2 * sector + at);
				const journal = open();
				equal(journal.find(tail[2]!), undefined, `byte ${at}`);
				ok(journal.find(tail[0]!) && journal.find(tail[1]!));
				// And what is written next is believed.
				journal.record(entry(scan("next")));
				again(journal).close();
				const last = open();
				ok(last.find(scan("next")));
				last.close();
				remove(file);
				save(file, before);
			}
			deepEqual(lines, []);
		});

		it("to a record in the middle: that one is lost, which is told", () => {
			const { file, tail, tailAt } = make();
			damage(file, tailAt + sector + 9);
			const journal = open();
			equal(journal.find(tail[1]!), undefined);
			ok(journal.find(tail[0]!) && journal.find(tail[2]!));
			journal.close();
			ok(/1 of its sectors can't be read/.test(lines[0]!), lines[0]);
		});

		it("to any block of the base: its scans are lost, which is told once, and no other", () => {
			const { file, keys, tailAt } = make();
			const before = load(file);
			for (let block = 2 * sector; block < tailAt; block += sector) {
				damage(file, block + dice.below(sector));
				lines.length = 0;
				for (const order of [keys, [...keys].reverse(), [keys[299]!, ...keys]]) {
					const journal = open();
					const lost = order.filter(key => !journal.find(key)).length;
					ok(lost > 0 && lost <= 20, `block at ${block}: ${lost} lost`);
					journal.close();
				}
				equal(lines.length, 3, lines.join("\n"));
				ok(/a part of it can't be read: some scans that have arrived may be sent once more/.test(lines[0]!), lines[0]);
				const journal = open();
				journal.compact();
				lines.length = 0;
				ok(keys.filter(key => journal.find(key)).length >= 280);
				journal.close();
				deepEqual(lines, [], "it is whole again");
				remove(`${path}-a`);
				remove(`${path}-b`);
				save(file, before);
			}
		});

		it("to one copy of the header does nothing", () => {
			const { file, keys } = make();
			for (const at of [0, 8, 12, 33, 63]) {
				const before = load(file);
				for (const copy of [0, sector]) {
					damage(file, copy + at);
					const journal = open();
					ok(journal.find(keys[7]!));
					journal.close();
					remove(file);
					save(file, before);
				}
			}
			deepEqual(lines, []);
		});

		it("to both copies: the file before it counts", () => {
			const { file, keys } = make();
			damage(file, 12);
			damage(file, sector + 12);
			const journal = open();
			ok(keys.filter(key => journal.find(key)).length >= 128);
			journal.close();
		});

		it("to both files: nothing is believed, and unless asked to, it does not begin anew", () => {
			make();
			for (const name of ["-a", "-b"]) for (const copy of [0, sector]) damage(path + name, copy + 20);
			throws(() => open(), StorageError, /neither of its files.*Delete both to have all scans sent/);
			throws(() => open(), StorageError);
			const journal = open(true);
			ok(/begins anew/.test(lines[0]!), lines[0]);
			journal.record(entry(scan("a")));
			const reopened = again(journal);
			ok(reopened.find(scan("a")));
			reopened.close();
		});

		it("of any kind never does more than lose something", () => {
			const { file, keys, tail } = make();
			const before = load(file);
			for (let round = 0; round < 60; round++) {
				for (let n = dice.below(4); n >= 0; n--) damage(file, dice.below(before.length));
				if (dice.below(3) === 0) {
					const cut = new File(file, "r+");
					cut.setSize(dice.below(before.length));
					cut.close();
				}
				try {
					const journal = open();
					for (const key of [...keys, ...tail]) {
						const found = journal.find(key);
						ok(found === undefined || found.state === JournalState.DONE);
					}
					journal.record(entry(scan("new")));
					journal.compact();
					ok(journal.find(scan("new")));
					journal.close();
				}
				catch (error) { ok(error instanceof StorageError, String(error)); }
				for (const name of ["-a", "-b"]) if (exists(path + name)) remove(path + name);
				save(file, before);
			}
		});

		it("to a header, with its checksum: more than the file holds is neither looked for nor counted", () => {
			const { file, keys, tail } = make();
			const whole = load(file), view = new DataView(whole.buffer);
			for (const at of [0, sector]) {
				view.setUint32(at + 20, 0xFFFFFFFF, true);
				view.setUint32(at + 24, 0xFFFFFFFF, true);
				view.setUint32(at + 60, crc(whole.subarray(at, at + 60)), true);
			}
			save(file, whole);
			const journal = open(), start = Date.now();
			journal.beginLook();
			ok(keys.every(key => journal.find(key)?.state === JournalState.DONE), "the base is there");
			equal(journal.find(tail[0]!), undefined);
			journal.endLook(true);
			journal.compact();
			ok(keys.every(key => journal.find(key)), "the base is there still");
			ok(Date.now() - start < 20_000, `${Date.now() - start} ms`);
			journal.close();
		});

		it("to a record's numbers, with its checksum: it is none", () => {
			const bytes = new Uint8Array(recordMax), view = new DataView(bytes.buffer), length = putEntry(entry(scan("a")), bytes, view, 0);
			equal(checkRecord(view, 0, length), length);
			for (const at of [4, 12]) {
				const was = view.getFloat64(at, true);
				for (const wrong of [NaN, Infinity, -Infinity]) {
					view.setFloat64(at, wrong, true);
					equal(checkRecord(view, 0, length), 0, `${wrong} at ${at}`);
				}
				view.setFloat64(at, was, true);
			}
		});

		it("is not what a later version wrote: that is left alone", () => {
			const { file } = make();
			// Version 2, with its checksum: as the format is, only the bytes before it count.
			const header = load(file).slice(0, sector);
			header[8] = 2;
			const view = new DataView(header.buffer);
			view.setUint32(60, crc(header.subarray(0, 60)), true);
			const whole = load(file);
			whole.set(header, 0);
			whole.set(header, sector);
			remove(file);
			save(file, whole);
			throws(() => open(true), StorageError, /version 2.*knows 1/);
			bytesEqual(load(file).slice(0, 2 * sector), whole.slice(0, 2 * sector));
		});
	});

	it("begins anew where an earlier beginning was cut short", () => {
		for (const length of [0, 1, 511, 512, 600, 1024]) {
			save(`${path}-a`, new Uint8Array(length).fill(0xEE));
			const journal = open();
			journal.record(entry(scan("a")));
			again(journal).close();
			remove(`${path}-a`);
			if (exists(`${path}-b`)) remove(`${path}-b`);
		}
		deepEqual(lines, []);
	});

	it("does not believe what an earlier file left in the same place", () => {
		let journal = open();
		journal.record(entry(scan("a")));
		journal.close();
		const old = load(`${path}-a`);
		remove(`${path}-a`);
		journal = open();
		journal.close();
		const young = load(`${path}-a`);
		const whole = new Uint8Array(old.length);
		whole.set(old);
		whole.set(young);
		remove(`${path}-a`);
		save(`${path}-a`, whole);
		journal = open();
		equal(journal.find(scan("a")), undefined);
		journal.close();
	});

	it("is one program's at a time", () => {
		const first = open();
		throws(() => open(), StorageError, /another uploader is at work with it/);
		first.close();
		open().close();
	});

	it("rewrites nothing once it is closed: what it knew is known when it is opened again", () => {
		let journal = open();
		journal.record(entry(scan("a")));
		journal.close();
		throws(() => journal.compact(), StorageError, /closed/);
		journal = again(journal);
		deepEqual(journal.find(scan("a")), entry(scan("a")));
		journal.close();
	});

	it("says why it can't be written", () => {
		path = `${folder}/none/.scan-journal`;
		throws(() => open(), StorageError, /^journal .*none\/\.scan-journal: open .*No such file/);
		path = folder;
		save(`${folder}-a`, Uint8Array.of(1));
		remove(`${folder}-a`);
		path = `${folder}/.scan-journal`;
		save(`${folder}/x`, Uint8Array.of(1));
		path = `${folder}/x/journal`;
		throws(() => open(), StorageError, /journal .*x\/journal: /);
	});
});

/** CRC-32, apart from the one that is tested. */
function crc(of: Uint8Array): number {
	let value = -1;
	for (const byte of of) {
		value ^= byte;
		for (let bit = 0; bit < 8; bit++) value = value >>> 1 ^ (value & 1 ? 0xEDB88320 : 0);
	}
	return ~value >>> 0;
}
