/** The pipeline and its memory, made once for the life of the program: connections come and go over it. */
import { Pipeline } from "../../hosts/pipeline/pipeline.js";
import { Window } from "../../hosts/pipeline/window.js";
import { Memory } from "../smb2/wire.js";
import { controlLength, headRoom, receiveLength } from "./layout.js";

export class Buffers {
	readonly pipeline: Pipeline;
	readonly memory: Memory;
	/** Called when slots were filled or became free: the connection's filled(). */
	onFilled: () => void = ignore;

	/** slots x slotLength bytes of file data. Error where the memory can't be had. */
	constructor(slots: number, slotLength: number) {
		this.pipeline = new Pipeline(slots, slotLength, headRoom, controlLength, receiveLength, () => this.onFilled());
		this.memory = new Memory(this.pipeline.memory());
	}

	/** All of the memory but the receive area: nobody's as long as there is no connection. */
	get idle(): Uint8Array { return this.memory.bytes.subarray(this.pipeline.controlAt); }

	window(): Window {
		return new Window(this.pipeline);
	}

	/** Lets go of the connection that was, and all that it holds: there is not room for two. */
	forget(): void { this.onFilled = ignore; }

	close(): void {
		this.forget();
		this.pipeline.close();
	}
}

function ignore(): void {}
