/**
 * Notices that work under way makes no progress any more, which no time-out of the layers below has ended. A loop that never returns to the
 * event loop is not its business: that is what ESP-IDF's task watchdog is for, which the SDK feeds at each turn (CONFIG_ESP_TASK_WDT_EN in the boards' sdkconfig.defaults).
 */
import type Timer from "timer";

export interface WatchdogOptions {
	/** After that many seconds to twice as many without a sign of life. */
	seconds: number;
	Timer: Pick<typeof Timer, "repeat" | "clear">;
	onStarved(): void;
}

export class Watchdog {
	readonly #options: WatchdogOptions;
	#timer: Timer | undefined;
	#fed = false;

	constructor(options: WatchdogOptions) { this.#options = options; }

	/** A sign of life; the first one begins the watch. Allocates nothing from the second on. */
	feed(): void {
		this.#fed = true;
		this.#timer ??= this.#options.Timer.repeat(() => {
			if (this.#fed) {
				this.#fed = false;
				return;
			}
			this.rest();
			this.#options.onStarved();
		}, this.#options.seconds * 1000);
	}

	/** Nothing is under way: nothing to watch. */
	rest(): void {
		this.#options.Timer.clear(this.#timer);
		this.#timer = undefined;
	}
}
