/** Messages that wait for the socket, in order: ranges of the pipeline's memory in a ring of fixed size. */
export class SendQueue {
	/** The most messages that can wait. */
	static readonly capacity = 32;

	// Two numbers an entry: at, end. Made once, so that nothing is allocated per message.
	readonly #ranges = new Uint32Array(2 * SendQueue.capacity);
	#first = 0;
	#length = 0;
	/** The first byte of the first message that the socket has not taken. */
	at = 0;

	get length(): number { return this.#length; }
	get full(): boolean { return this.#length === SendQueue.capacity; }
	/** Where the first message ends. */
	get end(): number { return this.#ranges[2 * this.#first + 1]; }

	/** Adds memory[at, end). Not to be called when full. */
	push(at: number, end: number): void {
		const entry = 2 * ((this.#first + this.#length) % SendQueue.capacity);
		this.#ranges[entry] = at;
		this.#ranges[entry + 1] = end;
		if (this.#length++ === 0)
			this.at = at;
	}

	/** Removes the first message and returns where it began. */
	shift(): number {
		const at = this.#ranges[2 * this.#first];
		this.#first = (this.#first + 1) % SendQueue.capacity;
		if (--this.#length > 0)
			this.at = this.#ranges[2 * this.#first];
		return at;
	}
}
