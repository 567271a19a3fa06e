/** The SDK's "time" for Node. */
export default class Time {
	/** Milliseconds that only go up. */
	static get ticks(): number { return Math.floor(performance.now()); }
}
