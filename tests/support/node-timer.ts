/** The SDK's "timer" for Node. */
type Callback = (timer: Timer) => void;

class Timer {
	readonly #callback: Callback;
	#handle: NodeJS.Timeout | undefined;

	private constructor(callback: Callback) { this.#callback = callback; }

	/** Calls callback after interval milliseconds, and then, where repeat is given, every repeat milliseconds. */
	static set(callback: Callback, interval = 0, repeat = 0): Timer {
		const timer = new Timer(callback);
		timer.#start(interval, repeat);
		return timer;
	}
	static repeat(callback: Callback, interval: number): Timer { return Timer.set(callback, interval, interval); }
	/** Starts it afresh; without an interval it rests. */
	static schedule(timer: Timer, interval?: number, repeat = 0): void {
		clearTimeout(timer.#handle);
		timer.#handle = undefined;
		if (interval !== undefined) timer.#start(interval, repeat);
	}
	static clear(timer: Timer | undefined | null): void {
		if (timer) Timer.schedule(timer);
	}
	/** Blocks. */
	static delay(milliseconds: number): void {
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
	}

	#start(interval: number, repeat: number): void {
		this.#handle = setTimeout(() => {
			if (repeat > 0) this.#start(repeat, repeat);
			else this.#handle = undefined;
			this.#callback(this);
		}, interval);
	}
}

export default Timer;
