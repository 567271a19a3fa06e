/** The KDCs of one realm: who is asked, and in which order. */
import { ProtocolError, TransportError } from "../../errors/errors.js";
import { ErrorCode, MessageType } from "./protocol.js";
import { isMessage, openError, type KRBError } from "./replies.js";

export interface KDCAddress {
	readonly host: string;
	/** undefined: 88 (RFC 4120 7.2.1). */
	readonly port: number | undefined;
}

/** How KDCs are reached. */
export interface KDCNetwork {
	/** One request and its reply over TCP. Rejects with TransportError, and with ProtocolError for what is no reply of a KDC. */
	exchange(host: string, port: number, request: Uint8Array): Promise<Uint8Array>;
	/** The KDCs of a realm that nobody named, best first. Rejects with TransportError. */
	find(realm: string): Promise<readonly KDCAddress[]>;
}

export interface Answer {
	/** undefined: reply is of the type that was wanted. */
	readonly error: KRBError | undefined;
	readonly reply: Uint8Array;
	readonly kdc: KDCAddress;
}

const PORT = 88;
/** More are not asked, however many a setting or the DNS names. */
const KDCS_MAX = 6;

export class KDCs {
	readonly realm: string;
	readonly #network: KDCNetwork;
	readonly #log: (line: string) => void;
	/** The one that answered last is the first. Empty: not found yet. */
	#addresses: readonly KDCAddress[];

	constructor(network: KDCNetwork, realm: string, given: readonly KDCAddress[], log: (line: string) => void) {
		this.#network = network;
		this.realm = realm;
		this.#addresses = given.slice(0, KDCS_MAX);
		this.#log = log;
	}

	/** Asks one after the other until one answers; wanted is the type of the good answer. Rejects with what the first one failed by. */
	async ask(request: Uint8Array, wanted: number): Promise<Answer> {
		if (this.#addresses.length === 0)
			this.#addresses = (await this.#network.find(this.realm)).slice(0, KDCS_MAX);
		let failure: Error | undefined, unavailable: Answer | undefined;
		const addresses = this.#addresses;
		for (let i = 0; i < addresses.length; i += 1) {
			try {
				const { host, port = PORT } = addresses[i];
				const answer = this.#open(addresses[i], await this.#network.exchange(host, port, request), wanted);
				if (answer.error?.code === ErrorCode.KDC_ERR_SVC_UNAVAILABLE) {
					unavailable = answer;
					continue;
				}
				this.#prefer(i);
				return answer;
			}
			catch (error) {
				if (!(error instanceof TransportError || error instanceof ProtocolError))
					throw error;
				failure ??= error;
				this.#log(`Kerberos: ${error.message}`);
			}
		}
		if (unavailable)
			return unavailable;
		throw failure ?? new TransportError(`no KDC is known for the realm ${this.realm}: set kdc=…`, "ENOTFOUND");
	}

	/** Asks that one alone: what proves a password is not sent to several, each of which may count it as an attempt. */
	async askOne(kdc: KDCAddress, request: Uint8Array, wanted: number): Promise<Answer> {
		return this.#open(kdc, await this.#network.exchange(kdc.host, kdc.port ?? PORT, request), wanted);
	}

	#open(kdc: KDCAddress, reply: Uint8Array, wanted: number): Answer {
		if (isMessage(reply, wanted))
			return { error: undefined, reply, kdc };
		if (!isMessage(reply, MessageType.KRB_ERROR))
			throw new ProtocolError(`${kdc.host} port ${kdc.port ?? PORT} does not answer as a KDC does`);
		return { error: openError(reply), reply, kdc };
	}

	#prefer(index: number): void {
		if (index === 0)
			return;
		const addresses = this.#addresses.slice();
		addresses.unshift(addresses.splice(index, 1)[0]);
		this.#addresses = addresses;
	}
}
