/**
 * A scan of 5 GiB from a device's machine: no number on the way may end at 2^31 or 2^32. To send all of it takes minutes, so the journal and the temporary file are moved on by hand to
 * shortly before each place that matters, as if what lies between (nothing, the file is sparse) had been sent. FIVE_GIB=whole sends every byte.
 */
import { closeSync, openSync, readFileSync, readSync, readdirSync, statSync, statfsSync, truncateSync, utimesSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { deepEqual, equal, ok } from "../support/assert.js";
import { Command, type Message, Proxy, at } from "../support/proxy.js";
import { type Run, builds32, heapOf } from "../support/run.js";
import { type Samba, openConnections, startSamba } from "../support/samba.js";
import { Scanner, assertSaid, noise, onShare } from "../support/scanner.js";
import { setTimeout as sleep } from "node:timers/promises";

const whole = process.env["FIVE_GIB"] === "whole";
const MiB = 1_048_576;
const size = 5 * 1024 * MiB + 12_345;
const around = 12 * MiB;
/** Each mark is laid down from 4000 bytes before to 4000 bytes behind. */
const marks = [4000, 2 ** 31, 2 ** 32, 2 ** 32 + around, size - 4000];

(builds32 ? describe : describe.skip)("a scan of 5 GiB, 32 bits", function () {
	this.timeout(whole ? 1_200_000 : 300_000);
	let samba: Samba;
	let scanner: Scanner;

	before(async () => {
		// With a durable handle the server would not have its file touched.
		samba = await startSamba({ shares: [{ name: "scans", options: { "durable handles": "no" } }] });
		scanner = new Scanner();
	});
	after(async () => {
		await samba.stop();
		scanner.remove();
	});

	/** Has the app believe that the server has confirmed that much, and the server's file be as long. */
	function moveOn(confirmed: number): void {
		const [part, ...others] = onShare(samba).filter(name => name.endsWith(".part"));
		deepEqual(others, []);
		truncateSync(join(samba.folderOf(), part!), confirmed);
		patchConfirmed(scanner, confirmed);
	}

	it("arrives whole in static=65536, over kills and a reset on both sides of 2^31 and 2^32", async () => {
		const path = scanner.path("large.tif");
		writeFileSync(path, "");
		truncateSync(path, size);
		const file = openSync(path, "r+");
		for (const [i, mark] of marks.entries()) writeSync(file, noise(8000, i + 1), 0, 8000, mark - 4000);
		closeSync(file);
		utimesSync(path, 1_700_000_001, 1_700_000_001);
		if (whole) {
			const { bavail, bsize } = statfsSync(samba.folderOf());
			ok(bavail * bsize > size + 512 * MiB, `FIVE_GIB=whole needs ${size + 512 * MiB} bytes in ${samba.folder}, and ${bavail * bsize} are free`);
		}

		/** One run, killed or cut when WRITEs have come to these places; begins: where its first WRITE, and the first after the cut, has to be. */
		const run = async (from: number, killAt: number, cutAt = Infinity): Promise<Run> => {
			const first: number[] = [];
			let kill: (signal: NodeJS.Signals) => void = () => {}, connection = -1;
			const proxy = await Proxy.start({ port: samba.port, request(message) {
				if (message.command !== Command.WRITE) return message.bytes;
				const offset = offsetOf(message);
				if (message.connection !== connection) first.push(offset);
				connection = message.connection;
				if (offset >= killAt) kill("SIGKILL");
				else if (offset >= cutAt && first.length === 1) message.cut(true);
				return message.bytes;
			} });
			const { share, user, password } = samba;
			const result = await scanner.sendAgain({ address: "127.0.0.1", port: proxy.port, share, user, password }, {}, {
				bits: 32, hostOptions: ["--report"], timeoutMs: whole ? 1_000_000 : 200_000, onStart: stop => { kill = stop; },
			});
			await proxy.close();
			while (openConnections(samba) > 0) await sleep(10);
			// The first bytes of a new file come with its CREATE.
			if (from === 0) ok(first[0]! < MiB, result.text);
			else equal(first[0], from, result.text);
			if (cutAt < Infinity) {
				equal(first.length, 2, result.text);
				ok(first[1]! > cutAt - MiB && first[1]! <= cutAt, `cut off at ${cutAt}, and gone on with at ${first[1]!}`);
			}
			return result;
		};

		let last: Run;
		if (whole) last = await run(0, Infinity, 2 ** 32 + around);
		else {
			await run(0, around);
			let next = 2 ** 31 - around;
			moveOn(next);
			await run(next, 2 ** 31 + around);
			next = 2 ** 32 - around;
			moveOn(next);
			await run(next, 2 ** 32 + 2 * around, 2 ** 32 + around);
			next = size - around;
			moveOn(next);
			last = await run(next, Infinity);
		}
		assertSaid(last, 0, /large\.tif: 5368\.7 MB, .* arrived as large\.tif/);
		ok(heapOf(last)["staticUsed"]! <= 65_536, last.err);
		deepEqual(onShare(samba), ["large.tif"]);
		equal(statSync(join(samba.folderOf(), "large.tif")).mtimeMs, 1_700_000_001_000);
		assertSameLarge(path, join(samba.folderOf(), "large.tif"));
		assertSaid(await scanner.sendAgain(samba, {}, { bits: 32 }), 0, /^Nothing new in .*: 1 scan had arrived before/m);
	});
});

/** [MS-SMB2] 2.2.21 Offset. */
function offsetOf({ view }: Message): number { return Number(view.getBigUint64(at.body + 8, true)); }

/** Writes another Confirmed into the journal's one record that is not done: docs/JOURNAL.md. */
function patchConfirmed(scanner: Scanner, confirmed: number): void {
	const view = (path: string): DataView => new DataView(new Uint8Array(readFileSync(path)).buffer);
	const generation = (path: string): number => view(path).getUint32(12, true);
	const [path] = readdirSync(scanner.folder).filter(name => /^\.scan-journal-[ab]$/.test(name)).map(name => scanner.path(name)).sort((one, other) => generation(other) - generation(one));
	const journal = view(path!);
	const salt = journal.getUint32(16, true), tailAt = 1024 + 512 * journal.getUint32(20, true);
	const lengthAt = (position: number): number => journal.getUint16(position + 6, true);
	const sum = (position: number): number => crc32((salt ^ position) >>> 0, new Uint8Array(journal.buffer, position + 4, lengthAt(position)));
	let last = -1;
	for (let position = tailAt; position + 512 <= journal.byteLength; position += 512) {
		if (lengthAt(position) > 0 && position + 4 + lengthAt(position) <= journal.byteLength && journal.getUint32(position, true) === sum(position)) last = position;
	}
	ok(last >= 0, "the journal has no record");
	const SENDING = 1, [FINGERPRINT, TEMPORARY, DURABLE, CONFIRMED] = [1, 2, 4, 8];
	equal(journal.getUint8(last + 4), SENDING);
	const fields = journal.getUint8(last + 5);
	ok((fields & CONFIRMED) !== 0, "the record tells of no byte that was confirmed");
	const confirmedAt = last + 4 + 21 + journal.getUint8(last + 4 + 20) + (fields & FINGERPRINT ? 8 : 0) + (fields & TEMPORARY ? 8 : 0) + (fields & DURABLE ? 32 : 0);
	const before = journal.getFloat64(confirmedAt, true);
	ok(before > 0 && before < confirmed, String(before));
	journal.setFloat64(confirmedAt, confirmed, true);
	journal.setUint32(last, sum(last), true);
	writeFileSync(path!, new Uint8Array(journal.buffer));
}

/** CRC-32 of IEEE 802.3, begun with seed. */
function crc32(seed: number, bytes: Uint8Array): number {
	let crc = ~seed;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++) crc = crc >>> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
	}
	return ~crc >>> 0;
}

/** That both files have the same bytes: all of them, or those about the marks, and that nothing but what was sent takes room on the disk. */
function assertSameLarge(one: string, other: string): void {
	equal(statSync(other).size, size);
	ok(whole || statSync(other).blocks * 512 < 16 * around, `${statSync(other).blocks} blocks`);
	const files = [one, other].map(path => openSync(path, "r"));
	const pieces = files.map(() => new Uint8Array(2 * around));
	const compare = (position: number): void => {
		const [length, otherLength] = files.map((file, i) => readSync(file, pieces[i]!, 0, 2 * around, position));
		equal(otherLength, length);
		// A short piece is the last one, with the same bytes of before behind it.
		ok(Buffer.compare(pieces[0]!, pieces[1]!) === 0, `${other} differs between ${position} and ${position + length!}`);
	};
	if (whole) for (let position = 0; position < size; position += 2 * around) compare(position);
	else for (const mark of marks) compare(Math.max(0, mark - around));
	for (const file of files) closeSync(file);
}
