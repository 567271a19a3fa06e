/** hosts/pipeline/pipeline.ts: the C in XS, its stand-in on Node. Faults of the card and threads are tested in tests/c/pipeline. */
import { Pipeline } from "../../../hosts/pipeline/pipeline.js";
import { bytesEqual, equal, ok, throws } from "../../support/assert.js";
import { clear, save, scratch } from "../../support/scratch.js";

/** A pipeline, and promises of its onFilled(). */
class Source {
	readonly pipeline: Pipeline;
	calls = 0;
	self: unknown;
	#waiting: (() => void) | undefined;
	constructor(slots = 4, slotLength = 1024, headRoom = 176, controlLength = 512, receiveLength = 2048) {
		const source = this;
		this.pipeline = new Pipeline(slots, slotLength, headRoom, controlLength, receiveLength, function (this: unknown) {
			source.calls++;
			source.self = this;
			source.#waiting?.();
			source.#waiting = undefined;
		});
	}
	filled(): Promise<void> { return new Promise(resolve => { this.#waiting = resolve; }); }
	/** The next slot, when there is one; -2 at the end. */
	async next(): Promise<number> {
		for (;;) {
			const at = this.pipeline.next();
			if (at !== -1) return at;
			await this.filled();
		}
	}
	/** All that is still to come, each slot released at once. */
	async rest(): Promise<Uint8Array> {
		const memory = new Uint8Array(this.pipeline.memory());
		const parts: number[] = [];
		for (let at = await this.next(); at >= 0; at = await this.next()) {
			for (const byte of memory.subarray(at, at + this.pipeline.lengthAt(at))) parts.push(byte);
			this.pipeline.release(at);
		}
		return Uint8Array.from(parts);
	}
}

function pattern(length: number): Uint8Array {
	const bytes = new Uint8Array(length);
	for (let i = 0; i < length; i++) bytes[i] = i * 7 + (i >> 8) * 13;
	return bytes;
}

async function reason(run: () => Promise<unknown>): Promise<Error & { code?: string }> {
	try { await run(); }
	catch (error) { return error as Error; }
	throw new Error("nothing was thrown");
}

describe("Pipeline", () => {
	let folder: string;
	const path = (name: string): string => folder + "/" + name;
	before(() => {
		folder = scratch();
		save(path("10000"), pattern(10_000));
		save(path("empty"), new Uint8Array(0));
	});
	after(() => clear(folder));

	it("lays receive area, control area and aligned slots out in one block", () => {
		const { pipeline } = new Source(3, 1000, 100, 500, 700);
		equal(pipeline.receiveAt, 0);
		ok(pipeline.controlAt >= 700);
		equal(pipeline.slotLength, 1000);
		equal(pipeline.slotsFree, 3);
		const slots = [pipeline.take(), pipeline.take(), pipeline.take()].sort((a, b) => a - b);
		ok(slots[0]! - 100 >= pipeline.controlAt + 500, "head room begins after the control area");
		for (const [i, at] of slots.entries()) {
			equal(at % 16, 0);
			if (i > 0) ok(at - slots[i - 1]! >= 1100, "slots and head rooms do not overlap");
		}
		ok(pipeline.memory().byteLength >= slots[2]! + 1000 + 16, "16 bytes behind the last slot");
		equal(pipeline.memory(), pipeline.memory(), "always the same buffer");
		equal(pipeline.slotsFree, 0);
		equal(pipeline.take(), -1);
		pipeline.close();
	});

	it("refuses sizes that make no sense", () => {
		const make = (...sizes: [number, number, number, number, number]) => () => new Pipeline(...sizes, () => {});
		throws(make(0, 16, 0, 0, 0), RangeError, /slots/);
		throws(make(256, 16, 0, 0, 0), RangeError, /slots/);
		throws(make(1, 0, 0, 0, 0), RangeError, /slotLength/);
		throws(make(1, -1, 0, 0, 0), RangeError, /slotLength/);
		throws(make(1, 1.5, 0, 0, 0), RangeError, /slotLength/);
		throws(make(1, NaN, 0, 0, 0), RangeError, /slotLength/);
		throws(make(1, 16, Infinity, 0, 0), RangeError, /headRoom/);
		throws(make(1, 16, 0, 2 ** 31, 0), RangeError, /controlLength/);
		throws(make(1, 16, 0, 0, -(2 ** 31)), RangeError, /receiveLength/);
		throws(make(2, 2 ** 30, 0, 0, 0), RangeError, /2 GiB/);
		throws(make(255, 2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1), RangeError, /2 GiB/);
		throws(() => new Pipeline(1, 16, 0, 0, 0, undefined as unknown as () => void), TypeError, /onFilled/);
	});

	it("hands a file out in order, each slot full but the last, then says -2", async () => {
		const source = new Source();
		const { pipeline } = source;
		const memory = new Uint8Array(pipeline.memory());
		const expected = pattern(10_000);
		pipeline.read(path("10000"), 0, 10_000, 0);
		let offset = 0;
		for (let at = await source.next(); at >= 0; at = await source.next()) {
			equal(at % 16, 0);
			const length = pipeline.lengthAt(at);
			equal(length, Math.min(1024, 10_000 - offset));
			bytesEqual(memory.subarray(at, at + length), expected.subarray(offset, offset + length));
			offset += length;
			pipeline.release(at);
		}
		equal(offset, 10_000);
		equal(pipeline.next(), -2);
		equal(pipeline.slotsFree, 4);
		pipeline.close();
	});

	it("has nothing to say before the first read", () => {
		const { pipeline } = new Source();
		equal(pipeline.next(), -2);
		pipeline.close();
	});

	it("shifts data by the same in every slot, and writes nothing else", async () => {
		const source = new Source(2, 64, 16, 0, 0);
		const { pipeline } = source;
		const memory = new Uint8Array(pipeline.memory());
		memory.fill(0xA5);
		pipeline.read(path("10000"), 5000, 100, 8);
		const first = await source.next();
		const second = await source.next();
		equal(first % 16, 8);
		equal(second % 16, 8);
		equal(pipeline.lengthAt(first), 56);
		equal(pipeline.lengthAt(second), 44);
		bytesEqual(memory.slice(first, first + 56), pattern(10_000).slice(5000, 5056));
		bytesEqual(memory.slice(second, second + 44), pattern(10_000).slice(5056, 5100));
		memory.fill(0xA5, first, first + 56);
		memory.fill(0xA5, second, second + 44);
		ok(memory.every(byte => byte === 0xA5));
		equal(await source.next(), -2);
		pipeline.close();
	});

	it("stops reading ahead when all slots are taken, and goes on when one is given back", async () => {
		const source = new Source(2, 1000, 0, 0, 0);
		const { pipeline } = source;
		pipeline.read(path("10000"), 0, 10_000, 0);
		const first = await source.next();
		const second = await source.next();
		equal(pipeline.next(), -1);
		equal(pipeline.slotsFree, 0);
		pipeline.release(second);
		equal(await source.next(), second, "the slot that was given back");
		pipeline.release(second);
		pipeline.release(first);
		equal((await source.rest()).length, 7000);
		pipeline.close();
	});

	it("reads of no bytes are at their end at once, and announced", async () => {
		const source = new Source();
		source.pipeline.read(path("empty"), 0, 0, 0);
		const filled = source.filled();
		equal(source.calls, 0, "not during the call");
		await filled;
		equal(source.self, source.pipeline, "onFilled's this");
		equal(source.pipeline.next(), -2);
		source.pipeline.read(path("10000"), 77, 0, 0);
		equal(source.pipeline.next(), -2);
		source.pipeline.close();
	});

	it("says where a file ended early, after what was read", async () => {
		const source = new Source();
		source.pipeline.read(path("10000"), 9000, 3000, 0);
		const at = await source.next();
		equal(source.pipeline.lengthAt(at), 1000);
		const error = await reason(() => source.next());
		ok(/file ended at 10000 of 12000 bytes/.test(error.message), error.message);
		equal(source.pipeline.next(), -2, "the read is over");
		source.pipeline.release(at);
		source.pipeline.read(path("10000"), 9000, 1000, 0);
		equal((await source.rest()).length, 1000);
		source.pipeline.close();
	});

	it("says what the system says where a file can't be opened, and reads others afterwards", async () => {
		const source = new Source();
		const missing = await reason(async () => source.pipeline.read(path("missing"), 0, 1, 0));
		equal(missing.message, "open " + path("missing") + ": No such file or directory");
		equal(missing.code, "ENOENT");
		equal((await reason(async () => source.pipeline.read(folder, 0, 1, 0))).code, "EISDIR");
		source.pipeline.read(path("10000"), 0, 10, 0);
		bytesEqual(await source.rest(), pattern(10_000).slice(0, 10));
		source.pipeline.close();
	});

	it("reads one file at a time", async () => {
		const source = new Source();
		source.pipeline.read(path("10000"), 0, 10, 0);
		throws(() => source.pipeline.read(path("10000"), 0, 10, 0), Error, /still going on/);
		source.pipeline.release(await source.next());
		throws(() => source.pipeline.read(path("10000"), 0, 10, 0), Error, /still going on/);
		equal(source.pipeline.next(), -2);
		source.pipeline.read(path("10000"), 10, 10, 0);
		bytesEqual(await source.rest(), pattern(10_000).slice(10, 20));
		source.pipeline.close();
	});

	it("refuses offsets, lengths and shifts that make no sense", () => {
		const { pipeline } = new Source();
		const read = (offset: number, length: number, shift: number) => () => pipeline.read(path("10000"), offset, length, shift);
		throws(read(-1, 1, 0), RangeError, /offset/);
		throws(read(0.5, 1, 0), RangeError, /offset/);
		throws(read(2 ** 53 + 2, 1, 0), RangeError, /offset/);
		throws(read(0, -1, 0), RangeError, /length/);
		throws(read(2 ** 53, 1, 0), RangeError, /length/);
		throws(read(0, NaN, 0), RangeError, /length/);
		throws(read(0, 1, 1024), RangeError, /shift/);
		throws(read(0, 1, -1), RangeError, /shift/);
		pipeline.close();
	});

	it("gives back any position of a taken slot, once", () => {
		const { pipeline } = new Source(2, 1000, 100, 0, 0);
		const at = pipeline.take();
		equal(pipeline.lengthAt(at), 0, "no file data");
		equal(pipeline.lengthAt(at + 999), 0);
		pipeline.release(at - 100);
		throws(() => pipeline.release(at), RangeError, /taken/);
		throws(() => pipeline.lengthAt(at), RangeError, /taken/);
		throws(() => pipeline.release(-1), RangeError);
		throws(() => pipeline.release(0.5), RangeError);
		throws(() => pipeline.release(2 ** 40), RangeError);
		throws(() => pipeline.release(pipeline.memory().byteLength), RangeError);
		equal(pipeline.slotsFree, 2);
		pipeline.close();
	});

	it("keeps a slot for a take() that found none, and tells when it is there", async () => {
		const source = new Source(2, 500, 0, 0, 0);
		const { pipeline } = source;
		pipeline.read(path("10000"), 0, 10_000, 0);
		const first = await source.next();
		const second = await source.next();
		equal(pipeline.take(), -1);
		const filled = source.filled();
		pipeline.release(first);
		await filled;
		equal(pipeline.next(), -1, "the reader did not get it");
		equal(pipeline.take(), first);
		pipeline.release(first);
		pipeline.release(second);
		equal((await source.rest()).length, 9000);
		pipeline.close();
	});

	it("stop() frees filled slots and leaves taken ones", async () => {
		const source = new Source(4, 100, 0, 0, 0);
		const { pipeline } = source;
		pipeline.read(path("10000"), 0, 10_000, 0);
		const at = await source.next();
		const before = new Uint8Array(pipeline.memory()).slice(at, at + 100);
		pipeline.stop();
		pipeline.stop();
		equal(pipeline.slotsFree, 3);
		equal(pipeline.next(), -2);
		equal(pipeline.lengthAt(at), 100);
		bytesEqual(new Uint8Array(pipeline.memory()).slice(at, at + 100), before);
		pipeline.read(path("10000"), 0, 10_000, 0);
		equal((await source.rest()).length, 10_000);
		pipeline.release(at);
		pipeline.close();
	});

	it("reads hundreds of small files one after the other", async () => {
		const source = new Source(3, 64, 16, 0, 0);
		const expected = pattern(10_000);
		for (let n = 0; n < 300; n++) {
			const length = n * 37 % 200;
			source.pipeline.read(path("10000"), n, length, n % 16);
			if (n % 7 === 3) {
				source.pipeline.stop();
				continue;
			}
			bytesEqual(await source.rest(), expected.slice(n, n + length));
		}
		equal(source.pipeline.slotsFree, 3);
		source.pipeline.close();
	});

	it("close() may come at any time, twice, and leaves the memory readable", async () => {
		const source = new Source();
		source.pipeline.read(path("10000"), 0, 10_000, 0);
		const at = await source.next();
		const memory = new Uint8Array(source.pipeline.memory());
		source.pipeline.close();
		source.pipeline.close();
		bytesEqual(memory.slice(at, at + 16), pattern(16));
		memory.fill(1);
		for (const call of [
			(): unknown => source.pipeline.next(), () => source.pipeline.take(), () => source.pipeline.slotsFree, () => source.pipeline.memory(),
			() => source.pipeline.stop(), () => source.pipeline.read(path("10000"), 0, 1, 0),
		]) throws(call, Error, /pipeline is closed/);
	});

	it("close() may be called in onFilled(), which is not called afterwards", async () => {
		let calls = 0;
		await new Promise<void>(resolve => {
			const pipeline = new Pipeline(4, 100, 0, 0, 0, () => {
				calls++;
				pipeline.close();
				resolve();
			});
			pipeline.read(path("10000"), 0, 10_000, 0);
		});
		const other = new Source();
		other.pipeline.read(path("10000"), 0, 10_000, 0);
		equal((await other.rest()).length, 10_000);
		other.pipeline.close();
		equal(calls, 1);
	});
});
