/** Keeps one network interface up: joins, joins again with longer and longer pauses, and tells when there is an address and when it is lost. */
import type Timer from "timer";

/** An interface, in the terms of ECMA-419's network interfaces; wifi() and ethernet() in links.ts make them. */
export interface Link {
	/** For the log: `Wi-Fi "home"`. */
	readonly name: string;
	/** What a person can do when it does not come up. */
	readonly advice: string;
	/** Why it was last refused or lost, with what to do; undefined where the interface does not know. */
	readonly trouble: string | undefined;
	/** 500: ready for use, 400: joined, 300: joining, 200: neither. */
	readonly connection: number;
	readonly address: string | undefined;
	/** Begins to join; what becomes of it shows in connection. */
	connect(): void;
	disconnect(): void;
}

export interface NetworkOptions {
	/** Opens the interface: changed() is to be called when connection or address change. */
	open(changed: () => void): Link;
	Timer: Pick<typeof Timer, "set" | "clear">;
	onUp(address: string): void;
	onDown(): void;
	log(line: string): void;
}

const checkMs = 1000;
/** An access point at the edge of reach, and a DHCP server on a slow router, need this long. */
const joinChecks = 30;
const upCheckMs = 15000;
const leastPauseMs = 1000;
const mostPauseMs = 60000;

export class Network {
	readonly #options: NetworkOptions;
	readonly #link: Link;
	#timer: Timer | undefined;
	#address: string | undefined;
	#joining = false;
	#checks = 0;
	#pauseMs = leastPauseMs;

	constructor(options: NetworkOptions) {
		this.#options = options;
		this.#link = options.open(() => this.#look());
	}

	/** Undefined while there is none. */
	get address(): string | undefined { return this.#address; }

	start(): void {
		this.#joining = true;
		this.#checks = 0;
		try {
			this.#link.connect();
		}
		catch (error) {
			this.#failed(`${(error as Error).message}; ${this.#link.advice}`);
			return;
		}
		this.#look();
	}

	/** What is the case now? Called at every change and, for the interfaces don't tell of each (an IPv4 address that came before the IPv6 one), now and then. */
	#look(): void {
		const address = ready(this.#link) ? this.#link.address : undefined;
		if (address !== undefined) {
			this.#joining = false;
			this.#pauseMs = leastPauseMs;
			this.#again(upCheckMs, () => this.#look());
			if (address !== this.#address) {
				this.#address = address;
				this.#options.log(`network: ${this.#link.name}, address ${address}`);
				this.#options.onUp(address);
			}
		}
		else if (this.#address !== undefined) {
			this.#address = undefined;
			const { name, trouble } = this.#link;
			this.#options.log(`network: ${name} is lost${trouble === undefined ? "" : `: ${trouble}`}`);
			this.#pause();
			this.#options.onDown();
		}
		else if (this.#joining) {
			if (this.#link.connection < 300)
				this.#refused("refused or out of reach");
			else
				this.#again(checkMs, () => this.#check());
		}
	}

	#check(): void {
		if (++this.#checks >= joinChecks)
			this.#link.connection >= 400 ? this.#failed(`no address from DHCP; ${this.#link.advice}`) : this.#refused("no answer");
		else
			this.#look();
	}

	/** What the interface itself says of it is better than what could be the matter. */
	#refused(otherwise: string): void { this.#failed(this.#link.trouble ?? `${otherwise}; ${this.#link.advice}`); }

	#failed(reason: string): void {
		this.#options.log(`network: ${this.#link.name}: ${reason}. Next try in ${this.#pauseMs / 1000} s`);
		this.#pause();
	}

	#pause(): void {
		this.#joining = false;
		this.#again(this.#pauseMs, () => this.start());
		this.#pauseMs = Math.min(this.#pauseMs * 2, mostPauseMs);
		this.#link.disconnect();
	}

	/** One timer, for whatever is next. */
	#again(ms: number, next: () => void): void {
		this.#options.Timer.clear(this.#timer);
		this.#timer = this.#options.Timer.set(next, ms);
	}
}

/** With IPv4 addresses alone the SDK's interfaces can stay below 500, waiting for IPv6. */
function ready({ connection, address }: Link): boolean {
	return connection >= 500 || connection >= 300 && address !== undefined && address.includes(".");
}
