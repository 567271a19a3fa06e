/**
 * A host buffer that can be aimed at any range of a pipeline's memory: socket.read(window) and socket.write(window)
 * move bytes to and from that range with no copy and no allocation. It keeps the memory alive. Before the first aim() it
 * shows nothing. A typed array made from it would not follow aim(), nor its bounds: views belong on pipeline.memory().
 */
import type { Pipeline } from "./pipeline.js";

export class Window extends Native("xs_window_destructor") {
	constructor(pipeline: Pipeline) { super(); native("xs_window").call(this, pipeline); }
	/** Shows memory[at, at + length) from now on. RangeError when that is not inside, Error after close(). */
	aim(at: number, length: number): void { native("xs_window_aim").call(this, at, length); }
	/** Lets go of the memory. Safe to call twice. */
	close(): void { native("xs_window_close").call(this); }
}
