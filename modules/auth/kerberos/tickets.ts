/** Tickets with their keys, and the few that are kept while the program runs. */
import type { Stored } from "../../../hosts/crypto/stored.js";
import type { EncryptionKey } from "./profile.js";
import type { Principal } from "./protocol.js";

export interface Ticket {
	/** As the KDC calls it. */
	readonly server: Principal;
	/** The Ticket (RFC 4120 5.3), whole. */
	readonly bytes: Stored;
	/** Owned by the ticket. */
	readonly key: EncryptionKey;
	/** Milliseconds since 1970, by the KDC's clock. */
	readonly startTime: number;
	readonly endTime: number;
	/** Whose it is, as the KDC calls them. */
	readonly clientRealm: string;
	readonly client: Principal;
}

/** One for the ticket-granting server and a few for servers: each is some kilobytes of C's memory where the domain is large. */
const TICKETS_MAX = 4;
/** Not used for so long before the end, or the last tenth of short lives: a log-on takes its time, and clocks differ. */
const MARGIN = 300000;

/** Whether a ticket is still good for a log-on. */
export function isFresh(ticket: Ticket, time: number): boolean {
	return time < ticket.endTime - Math.min(MARGIN, (ticket.endTime - ticket.startTime) / 10);
}

/** Owns its tickets: their keys are wiped when they go. */
export class TicketCache {
	/** By what they were asked for, oldest first. */
	readonly #entries: { name: string; ticket: Ticket }[] = [];

	/** undefined where there is none, or none that is fresh. */
	find(name: string, time: number): Ticket | undefined {
		for (let i = 0; i < this.#entries.length; i += 1) {
			if (this.#entries[i].name === name && isFresh(this.#entries[i].ticket, time))
				return this.#entries[i].ticket;
		}
		return undefined;
	}
	/** In the place of one of the same name, or of the oldest. */
	add(name: string, ticket: Ticket): void {
		this.drop(name);
		if (this.#entries.length === TICKETS_MAX)
			this.drop(this.#entries[0].name);
		this.#entries.push({ name, ticket });
	}
	drop(name: string): void {
		for (let i = this.#entries.length; --i >= 0;) {
			if (this.#entries[i].name === name)
				this.#entries.splice(i, 1)[0].ticket.key.close();
		}
	}
	close(): void {
		while (this.#entries.length > 0)
			this.#entries.pop()!.ticket.key.close();
	}
}
