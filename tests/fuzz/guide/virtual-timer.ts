/** "timer" whose time passes when turn() says so: no input waits, and each one waits alike every time. Node only; loader.ts puts it in place. */
type Callback = (timer: Timer) => void;

class Timer {
	static #now = 0;
	static #running = new Set<Timer>();
	readonly #callback: Callback;
	#due = 0;
	#repeat = 0;

	private constructor(callback: Callback) { this.#callback = callback; }

	static set(callback: Callback, interval = 0, repeat = 0): Timer {
		const timer = new Timer(callback);
		Timer.schedule(timer, interval, repeat);
		return timer;
	}
	static repeat(callback: Callback, interval: number): Timer { return Timer.set(callback, interval, interval); }
	static schedule(timer: Timer, interval?: number, repeat = 0): void {
		Timer.#running.delete(timer);
		if (interval === undefined) return;
		timer.#due = Timer.#now + interval;
		timer.#repeat = repeat;
		Timer.#running.add(timer);
	}
	static clear(timer: Timer | undefined | null): void {
		if (timer) Timer.#running.delete(timer);
	}
	static delay(): void {}

	/** Lets everything happen that waits for no timer, then the first timer's callback. False where there is no timer. */
	static async turn(): Promise<boolean> {
		for (let n = 0; n < 3; n++) await new Promise(resolve => setImmediate(resolve));
		let first: Timer | undefined;
		for (const timer of Timer.#running)
			if (!first || timer.#due < first.#due) first = timer;
		if (!first) return false;
		Timer.#now = first.#due;
		Timer.schedule(first, first.#repeat > 0 ? first.#repeat : undefined, first.#repeat);
		first.#callback(first);
		return true;
	}
	/** How many run. */
	static get running(): number { return Timer.#running.size; }
}

export default Timer;
