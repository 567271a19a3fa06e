/**
 * Kerberos 5 as a client (RFC 4120, [MS-KILE]): one account, its tickets, and a mechanism of GSS-API for each log-on. Lives as long as the program: what was
 * learned of KDCs, clock and tickets serves the next connection.
 */
import { ProtocolError } from "../../errors/errors.js";
import { Clock } from "./clock.js";
import { authenticate, type Client, grant } from "./exchanges.js";
import { KerberosError, leavesRoom } from "./failure.js";
import { type KDCAddress, type KDCNetwork, KDCs } from "./kdcs.js";
import { KerberosMechanism, type MechanismOptions } from "./mechanism.js";
import { Password } from "./password.js";
import { ErrorCode, grantingRealm, NameType, type Principal, principalText } from "./protocol.js";
import { type Ticket, TicketCache } from "./tickets.js";

export interface KerberosOptions {
	/** Without realm; with an @ it is an enterprise name (RFC 6806 5). */
	readonly user: string;
	readonly password: string;
	readonly realm: string;
	/** Of that realm; empty: network.find() knows. */
	readonly kdcs: readonly KDCAddress[];
	readonly network: KDCNetwork;
	/** Milliseconds since 1970 as this machine has it, or since its start. */
	readonly now: () => number;
	/** Settles once others have run: between slices of string-to-key. */
	readonly pause: () => Promise<void>;
	/** Takes a line of what a person should know: that there is no Kerberos, that clocks differ. */
	readonly log: (line: string) => void;
	/** Takes a line about a step. */
	readonly note: (line: string) => void;
}

/** Realms on the way to a server: more than any forest is deep. */
const REFERRALS_MAX = 5;
const GRANTING = "krbtgt";

export class Kerberos {
	readonly clock: Clock;
	readonly user: string;
	readonly log: (line: string) => void;
	readonly #note: (line: string) => void;
	readonly #client: Client;
	readonly #network: KDCNetwork;
	/** Of the account's realm. */
	#home: KDCs;
	readonly #cache = new TicketCache();
	/** Why the account was refused: asking again could lock it. */
	#refusal: KerberosError | undefined;
	/** The search for a ticket that is going on. */
	#busy: Promise<void> | undefined;

	/** RangeError for an account that can't be. The password is turned into hash states here and not kept. */
	constructor(options: KerberosOptions) {
		const { user, realm, network, now, pause, log, note } = options;
		if (user === "" || realm === "")
			throw new RangeError("Kerberos: user or realm is empty");
		const clock = this.clock = new Clock(now, log);
		const principal: Principal = user.includes("@") ? { type: NameType.ENTERPRISE, names: [user] } : { type: NameType.PRINCIPAL, names: [user] };
		this.user = user;
		this.log = log;
		this.#note = note;
		this.#network = network;
		this.#home = new KDCs(network, realm, options.kdcs, note);
		this.#client = { principal, password: new Password(options.password), clock, pause };
	}

	get realm(): string { return this.#home.realm; }

	/**
	 * For one exchange of tokens with a server, whose name is as the person gave it: a log-on, or another one after the session has expired. The ticket is got
	 * here, before there is a connection, so that what both take of the heap is not taken at once. KerberosError where a KDC refuses, TransportError where none
	 * answers; undefined, where options.optional lets another mechanism take over.
	 */
	async mechanism(server: string, options: MechanismOptions = {}): Promise<KerberosMechanism | undefined> {
		const host = server.toLowerCase().replace(/\.$/, "");
		// One after the other: string-to-key does one derivation at a time.
		while (this.#busy)
			await this.#busy;
		try {
			const ticket = options.renewed ? undefined : this.#cache.find(host, this.clock.time);
			if (ticket)
				return new KerberosMechanism(this, host, ticket, options);
			const obtaining = this.#obtain(host);
			this.#busy = obtaining.then(() => {}, () => {});
			return new KerberosMechanism(this, host, await obtaining, options);
		}
		catch (error) {
			if (!options.optional || !leavesRoom(error))
				throw error;
			this.log(`${(error as Error).message}: going on without Kerberos`);
			return undefined;
		}
		finally {
			this.#busy = undefined;
		}
	}

	/** Wipes every key. Safe to call twice. */
	close(): void {
		this.#cache.close();
		this.#client.password.close();
	}

	/**
	 * A new ticket for cifs/host, which the cache owns. One function for all of the way there: each call that waits for another costs slots, of which a device
	 * has few.
	 */
	async #obtain(host: string): Promise<Ticket> {
		if (this.#refusal)
			throw this.#refusal;
		// On with an empty stack: whoever asks is deep in calls already, and what follows is deep as well.
		await undefined;
		const way = new Way(host, this.#home, this.#cache.find(GRANTING, this.clock.time));
		for (;;) {
			try {
				if (!way.granting) {
					const granting = await authenticate(this.#client, this.#home);
					this.#cache.add(GRANTING, granting);
					way.begin(this.#home, granting);
				}
				const ticket = await grant(way.from!, way.kdcs, way.server, this.user, this.clock);
				const realm = grantingRealm(ticket.server);
				if (realm === undefined) {
					way.leave();
					this.#cache.add(host, ticket);
					this.#note(`Kerberos: a ticket for ${principalText(ticket.server)} until ${new Date(ticket.endTime).toISOString()} (${ticket.key.profile.name}, ${ticket.bytes.length} bytes)`);
					return ticket;
				}
				this.#note(`Kerberos: ${way.kdcs.realm} refers to the realm ${realm} for ${principalText(way.server)}`);
				way.goOn(ticket, new KDCs(this.#network, realm, [], this.#note));
			}
			catch (error) {
				if (!this.#recovers(way, error))
					throw error;
			}
		}
	}

	/** Whether the way to a ticket goes on after an error, which was told from one that ends it here. */
	#recovers(way: Way, error: unknown): boolean {
		way.leave();
		if (!(error instanceof KerberosError))
			return false;
		if (error.aboutAccount)
			this.#refusal = error;
		switch (error.code) {
			// RFC 6806 7: the KDC knows in which other realm the account is.
			case ErrorCode.KDC_ERR_WRONG_REALM:
				if (error.clientRealm === undefined || error.clientRealm === this.realm || way.restarts++ === REFERRALS_MAX)
					return false;
				this.#note(`Kerberos: ${this.realm} says that ${this.user} is in the realm ${error.clientRealm}`);
				this.#home = new KDCs(this.#network, error.clientRealm, [], this.#note);
				way.begin(this.#home, undefined);
				return true;
			// The KDC has a new key, or another clock than it had.
			case ErrorCode.KRB_AP_ERR_TKT_EXPIRED: case ErrorCode.KRB_AP_ERR_BAD_INTEGRITY:
				if (way.restarts++ > 0)
					return false;
				this.#cache.drop(GRANTING);
				way.begin(this.#home, undefined);
				return true;
			// Active Directory knows servers by a name without a dot, others by the one in the realm's domain.
			case ErrorCode.KDC_ERR_S_PRINCIPAL_UNKNOWN:
				if (/[.:]/.test(way.host) || !way.granting)
					return false;
				this.#note(`${error.message}; trying the name in the realm's domain`);
				way.host += `.${this.realm.toLowerCase()}`;
				way.begin(this.#home, way.granting);
				return true;
			default:
				return false;
		}
	}
}

/** Where the search for a server's ticket stands (RFC 6806 8): from realm to realm until one has the server. */
class Way {
	host: string;
	kdcs: KDCs;
	/** Of the account's own realm, the cache's. */
	granting: Ticket | undefined;
	/** What the next KDC is asked with: granting, or one of another realm, which is nobody else's. */
	from: Ticket | undefined;
	restarts = 0;
	readonly #passed: string[] = [];

	constructor(host: string, kdcs: KDCs, granting: Ticket | undefined) {
		this.host = host;
		this.kdcs = kdcs;
		this.granting = this.from = granting;
	}
	get server(): Principal { return { type: NameType.SRV_INST, names: ["cifs", this.host] }; }

	begin(kdcs: KDCs, granting: Ticket | undefined): void {
		this.kdcs = kdcs;
		this.granting = this.from = granting;
		this.#passed.length = 0;
	}
	goOn(ticket: Ticket, kdcs: KDCs): void {
		this.leave();
		this.from = ticket;
		this.#passed.push(this.kdcs.realm);
		this.kdcs = kdcs;
		if (this.#passed.includes(kdcs.realm) || this.#passed.length > REFERRALS_MAX)
			throw new ProtocolError(`Kerberos: the KDCs refer to ${kdcs.realm} for cifs/${this.host}, after ${this.#passed.join(", ")}: that leads nowhere`);
	}
	/** Lets go of another realm's ticket. */
	leave(): void {
		if (this.from !== this.granting)
			this.from?.key.close();
		this.from = this.granting;
	}
}
