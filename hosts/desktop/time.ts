/** Clocks, in the shape of the SDK's "time". */
export default class Time {
	/** Milliseconds that only go forward; they wrap at 2^31. */
	static get ticks(): number { return native("xs_time_ticks").call(this); }
	/** From start to end, or to now, across a wrap. */
	static delta(this: unknown, start: number, end?: number): number { return native("xs_time_delta").call(this, start, end); }
}
