/** Timers, in the shape of the SDK's "timer". */
export default class Timer {
	/** Calls callback(timer) after delay milliseconds, and then every repeat, if given. */
	static set(this: unknown, callback: (timer: unknown) => void, delay?: number, repeat?: number): unknown { return native("xs_timer_set").call(this, callback, delay, repeat); }
	static repeat(this: unknown, callback: (timer: unknown) => void, delay: number): unknown { return native("xs_timer_repeat").call(this, callback, delay); }
	/** Sets anew when a timer fires; without delay it waits for the next schedule(). */
	static schedule(this: unknown, timer: unknown, delay?: number, repeat?: number): void { native("xs_timer_schedule").call(this, timer, delay, repeat); }
	/** Safe for timers that have fired, and for undefined. */
	static clear(this: unknown, timer: unknown): void { native("xs_timer_clear").call(this, timer); }
	/** Stands still for so long. */
	static delay(this: unknown, milliseconds: number): void { native("xs_timer_delay").call(this, milliseconds); }
}
