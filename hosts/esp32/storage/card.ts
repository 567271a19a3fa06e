/** The medium of scans, an SD card or a partition of the flash: there, or a sentence why not. */
import { StorageError } from "../../../modules/errors/errors.js";
import { Failure, failureText } from "./failure.js";
import { Volume } from "./volume.js";
import type { Wiring } from "./wiring.js";

export class Card {
	#wiring: Wiring;
	#volume: Volume | undefined;
	#mounted = false;

	/** wiring: parseWiring(config.storage). */
	constructor(wiring: Wiring) {
		this.#wiring = wiring;
	}

	/** Where its files appear. */
	get folder(): string { return this.#wiring.folder; }

	/**
	 * Returns when the files can be read: mounts the medium, or finds that it still answers; a card that was out in between is mounted anew.
	 * To be called before each look at the folder, while none of its files is open. Throws StorageError where there is nothing to be read,
	 * and can be called again then: that is how a card is found that comes later.
	 */
	ready(): void {
		const volume = this.#volume ??= new Volume(this.#wiring.folder, this.#wiring.partition, this.#wiring.numbers.buffer);
		if (this.#mounted && volume.answers())
			return;
		const was = this.#mounted;
		this.unmount();
		const failure = volume.mount();
		if (failure !== Failure.NONE)
			throw new StorageError(failureText(this.#wiring, failure, volume.code(), was));
		this.#mounted = true;
	}

	/** Lets a person take the card out. All its files must be closed. Safe to call twice. */
	unmount(): void {
		this.#volume?.unmount();
		this.#mounted = false;
	}

	/** unmount(), and frees its memory. Safe to call twice; ready() brings all of it back. */
	close(): void {
		this.#volume?.close();
		this.#volume = undefined;
		this.#mounted = false;
	}
}
