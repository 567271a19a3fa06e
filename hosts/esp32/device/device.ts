/** What the application sees of the device once it is up: types/platform.d.ts, Device. */
import type { Indicator, Pattern } from "./indicator.js";
import type { Watchdog } from "./watchdog.js";

export type Activity = Exclude<Pattern, "offline">;

export interface DeviceOptions {
	settings: Readonly<Record<string, unknown>>;
	/** Undefined on a board without an LED. */
	indicator: Pick<Indicator, "show"> | undefined;
	watchdog: Pick<Watchdog, "feed" | "rest">;
	memory(): FreeMemory;
	/** Sees to it that the scans can be read, or throws StorageError. */
	prepare(): void;
}

/** Bytes: in all, and in one piece. */
export interface FreeMemory { readonly free: number; readonly largest: number }

export class Device {
	readonly settings: Readonly<Record<string, unknown>>;
	readonly #options: DeviceOptions;
	#activity: Activity = "waiting";
	#online = false;
	#ask: (() => void) | undefined;

	constructor(options: DeviceOptions) {
		this.settings = options.settings;
		this.#options = options;
		this.#show();
	}

	memory(): FreeMemory { return this.#options.memory(); }

	prepare(): void { this.#options.prepare(); }

	/** Each call with "uploading" is a sign of life; without one for minutes the device starts anew. */
	status(activity: Activity): void {
		this.#activity = activity;
		if (activity === "uploading")
			this.#options.watchdog.feed();
		else
			this.#options.watchdog.rest();
		this.#show();
	}

	onAsk(ask: () => void): void { this.#ask = ask; }

	/** The button was pressed. */
	ask(): void { this.#ask?.(); }

	/** Whether there is a network. */
	set online(online: boolean) {
		this.#online = online;
		this.#show();
	}

	/** Wrong settings come first, for they may be why there is no network. */
	#show(): void { this.#options.indicator?.show(this.#online || this.#activity === "settings" ? this.#activity : "offline"); }
}
