/** Messages that wait for the socket, in order: ranges of the pipeline's memory in a ring of fixed size. */
export class SendQueue {
	/** The most messages that can wait. */
	static readonly capacity = 32;

	// Three numbers an entry: at, end, name. Made once, so that nothing is allocated per message.
	readonly #entries = new Uint32Array(3 * SendQueue.capacity);
	#first = 0;
	/** How many wait. Set here alone. */
	length = 0;
	/** The first byte of the first message that the socket has not taken. */
	at = 0;

	/** Where the first message ends. */
	get end(): number { return this.#entries[3 * this.#first + 1]; }

	/** Adds memory[at, end), which shift() calls by name. Not to be called when full. */
	push(at: number, end: number, name: number): void {
		const entry = 3 * ((this.#first + this.length) % SendQueue.capacity);
		this.#entries[entry] = at;
		this.#entries[entry + 1] = end;
		this.#entries[entry + 2] = name;
		if (this.length++ === 0)
			this.at = at;
	}

	/** Removes the first message and returns its name. */
	shift(): number {
		const name = this.#entries[3 * this.#first + 2];
		this.#first = (this.#first + 1) % SendQueue.capacity;
		if (--this.length > 0)
			this.at = this.#entries[3 * this.#first];
		return name;
	}
}
