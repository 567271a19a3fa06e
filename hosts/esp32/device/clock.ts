/** Sets the clock from the network (SNTP, RFC 4330): as soon as there is one, and once a day from then on. */
import type Timer from "timer";

/** The SDK's SNTP: an instance asks a few times and ends itself with its callback's call. value is seconds since 1970-01-01 UTC, or a reason. */
export interface SNTPClass {
	readonly time: number;
	readonly error: number;
	new (options: { host: string }, callback: (message: number, value?: number | string) => void): { close(): void };
}

export interface ClockOptions {
	io: SNTPClass;
	/** Name or address of the time server. */
	host: string;
	/** Sets the clock. */
	set(seconds: number): void;
	Timer: Pick<typeof Timer, "set" | "clear">;
	/** Called after each answer, and once there was none: whoever waits for the time needs wait no longer. */
	onAnswer(known: boolean): void;
	log(line: string): void;
}

const dayMs = 86400000;
const leastPauseMs = 15000;
const mostPauseMs = 3600000;
/** 2024-01-01: no answer that is earlier is right. */
const leastSeconds = 1704067200;

export class Clock {
	readonly #options: ClockOptions;
	#request: { close(): void } | undefined;
	#timer: Timer | undefined;
	#pauseMs = leastPauseMs;

	constructor(options: ClockOptions) { this.#options = options; }

	/** The network is there: asks now, unless an answer is under way. */
	start(): void {
		const { io, host, Timer } = this.#options;
		Timer.clear(this.#timer);
		this.#timer = undefined;
		if (this.#request !== undefined)
			return;
		let ended = false;
		try {
			const request = new io({ host }, (message, value) => {
				ended ||= message === io.time || message === io.error;
				if (message === io.time)
					this.#answered(value as number);
				else if (message === io.error)
					this.#failed(String(value));
			});
			// A request that failed at once has ended itself.
			if (!ended)
				this.#request = request;
		}
		catch (error) {
			this.#failed((error as Error).message);
		}
	}

	/** The network is gone. */
	stop(): void {
		this.#options.Timer.clear(this.#timer);
		this.#timer = undefined;
		this.#request?.close();
		this.#request = undefined;
	}

	#answered(seconds: number): void {
		const { host, set, log, onAnswer } = this.#options;
		if (!(seconds >= leastSeconds)) {
			this.#failed("its clock is wrong");
			return;
		}
		this.#request = undefined;
		this.#pauseMs = leastPauseMs;
		set(seconds);
		log(`clock: ${new Date(seconds * 1000).toISOString()} from ${host}`);
		this.#again(dayMs);
		onAnswer(true);
	}

	#failed(reason: string): void {
		const { host, log, onAnswer } = this.#options;
		this.#request = undefined;
		log(`clock: ${host}: ${reason}. NTLM works without the time; next try in ${this.#pauseMs / 1000} s`);
		this.#again(this.#pauseMs);
		this.#pauseMs = Math.min(this.#pauseMs * 4, mostPauseMs);
		onAnswer(false);
	}

	#again(ms: number): void { this.#timer = this.#options.Timer.set(() => this.start(), ms); }
}
