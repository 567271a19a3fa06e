/** hosts/pipeline/window.ts: a buffer that moves over a pipeline's memory. */
import { Pipeline } from "../../../hosts/pipeline/pipeline.js";
import { Window } from "../../../hosts/pipeline/window.js";
import { File } from "../../../hosts/storage/storage.js";
import { bytesEqual, equal, throws } from "../../support/assert.js";
import { clear, load, scratch } from "../../support/scratch.js";
import { windowBytes } from "../../support/window-bytes.js";

function numbered(): { pipeline: Pipeline; memory: Uint8Array } {
	const pipeline = new Pipeline(1, 128, 0, 0, 64, () => {});
	const memory = new Uint8Array(pipeline.memory());
	for (let i = 0; i < memory.length; i++) memory[i] = i;
	return { pipeline, memory };
}

describe("Window", () => {
	it("shows nothing, then exactly the range that it is aimed at", () => {
		const { pipeline, memory } = numbered();
		const window = new Window(pipeline);
		equal(windowBytes(window).length, 0);
		for (const [at, length] of [[0, 1], [10, 20], [0, memory.length], [memory.length, 0], [memory.length - 1, 1], [5, 0]] as const) {
			window.aim(at, length);
			bytesEqual(windowBytes(window).slice(), memory.slice(at, at + length));
		}
		pipeline.close();
	});

	it("is the same memory, not a copy", () => {
		const { pipeline, memory } = numbered();
		const window = new Window(pipeline);
		window.aim(16, 4);
		windowBytes(window).set([1, 2, 3, 4]);
		bytesEqual(memory.slice(15, 21), Uint8Array.of(15, 1, 2, 3, 4, 20));
		memory[17] = 99;
		equal(windowBytes(window)[1], 99);
		pipeline.close();
	});

	it("refuses ranges that are not inside", () => {
		const { pipeline, memory } = numbered();
		const window = new Window(pipeline);
		window.aim(3, 4);
		throws(() => window.aim(0, memory.length + 1), RangeError, /length/);
		throws(() => window.aim(memory.length, 1), RangeError, /length/);
		throws(() => window.aim(1, memory.length), RangeError, /length/);
		throws(() => window.aim(memory.length + 1, 0), RangeError, /at/);
		throws(() => window.aim(-1, 1), RangeError, /at/);
		throws(() => window.aim(0, -1), RangeError, /length/);
		throws(() => window.aim(2 ** 32, 1), RangeError, /at/);
		throws(() => window.aim(0.5, 1), RangeError, /at/);
		throws(() => window.aim(NaN, 1), RangeError, /at/);
		bytesEqual(windowBytes(window).slice(), Uint8Array.of(3, 4, 5, 6), "aimed as before");
		pipeline.close();
	});

	it("keeps the memory when the pipeline is closed", () => {
		const { pipeline } = numbered();
		const window = new Window(pipeline);
		pipeline.close();
		window.aim(7, 2);
		bytesEqual(windowBytes(window).slice(), Uint8Array.of(7, 8));
		throws(() => new Window(pipeline), Error, /closed/);
	});

	it("shows nothing after close(), which may come twice", () => {
		const { pipeline } = numbered();
		const window = new Window(pipeline);
		window.aim(0, 8);
		window.close();
		window.close();
		throws(() => window.aim(0, 8), Error, /window is closed/);
		equal(windowBytes(window).length, 0);
		pipeline.close();
	});

	it("takes no other object for a pipeline", () => {
		throws(() => new Window({} as Pipeline), Error);
		const { pipeline } = numbered();
		throws(() => new Window(new Window(pipeline) as unknown as Pipeline), Error);
		pipeline.close();
	});

	it("is a buffer for files", () => {
		const folder = scratch();
		const { pipeline, memory } = numbered();
		const window = new Window(pipeline);
		const file = new File(folder + "/f", "w+");
		window.aim(32, 10);
		file.write(window as unknown as Uint8Array, 0);
		bytesEqual(load(folder + "/f"), memory.slice(32, 42));
		window.aim(100, 20);
		equal(file.read(window as unknown as Uint8Array, 4), 6);
		bytesEqual(memory.slice(100, 108), Uint8Array.of(36, 37, 38, 39, 40, 41, 106, 107));
		file.close();
		pipeline.close();
		clear(folder);
	});
});
