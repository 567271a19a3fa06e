/** A push button on an input: tells of each press once, however the contact bounces. */
import type Timer from "timer";

/** ECMA-419's Digital, as an input. */
export interface DigitalInput { read(): number }

export interface ButtonOptions {
	/** Opens the input: changed() is to be called at each edge. */
	open(changed: () => void): DigitalInput;
	/** Whether a pressed button reads 0. */
	activeLow?: boolean;
	Timer: Pick<typeof Timer, "set">;
	onPress(): void;
}

/** Contacts come to rest within 10 ms or so; a press lasts 50 and more. */
const settleMs = 30;

export class Button {
	readonly #options: ButtonOptions;
	readonly #input: DigitalInput;
	#pressed = false;
	#settling = false;

	constructor(options: ButtonOptions) {
		this.#options = options;
		this.#input = options.open(() => {
			if (this.#settling)
				return;
			this.#settling = true;
			options.Timer.set(() => this.#settled(), settleMs);
		});
		// One that is held at start is no press.
		this.#pressed = this.#read();
	}

	#settled(): void {
		this.#settling = false;
		const pressed = this.#read();
		if (pressed === this.#pressed)
			return;
		this.#pressed = pressed;
		if (pressed)
			this.#options.onPress();
	}

	#read(): boolean { return (this.#input.read() === 0) === (this.#options.activeLow ?? false); }
}
