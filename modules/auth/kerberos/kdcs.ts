/** The KDCs of one realm: who is asked, and in which order. */
import { ProtocolError, TransportError } from "../../errors/errors.js";
import { ErrorCode, MessageType } from "./protocol.js";
import { isMessage, isWholeMessage, openError, type KRBError } from "./replies.js";

export interface KDCAddress {
	readonly host: string;
	/** undefined: 88 (RFC 4120 7.2.1). */
	readonly port: number | undefined;
}

/** How KDCs are reached. */
export interface KDCNetwork {
	/** Bytes of the longest request that may go by datagram; 0 where none does. */
	readonly longestDatagram: number;
	/** One request, sent perhaps twice, and the first datagram of that KDC for which isReply() is true; undefined where none comes. */
	askByDatagram(host: string, port: number, request: Uint8Array, isReply: (bytes: Uint8Array) => boolean): Promise<Uint8Array | undefined>;
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
	/** Whether datagrams are of use: not once they were in vain where TCP was not, or the other way round. */
	#datagrams = true;

	constructor(network: KDCNetwork, realm: string, given: readonly KDCAddress[], log: (line: string) => void) {
		this.#network = network;
		this.realm = realm;
		this.#addresses = given.slice(0, KDCS_MAX);
		this.#log = log;
	}

	/**
	 * Asks one after the other until one answers, by datagrams first where the request is short, then over TCP; wanted is the type of the good answer. A request
	 * may arrive several times. Rejects with what the first one failed by over TCP.
	 */
	async ask(request: Uint8Array, wanted: number): Promise<Answer> {
		if (this.#addresses.length === 0)
			this.#addresses = (await this.#network.find(this.realm)).slice(0, KDCS_MAX);
		let silent = false;
		if (this.#datagrams && request.length <= this.#network.longestDatagram) {
			silent = true;
			const isReply = (bytes: Uint8Array): boolean => isWholeMessage(bytes, wanted) || isWholeMessage(bytes, MessageType.KRB_ERROR);
			for (let i = 0; silent && i < this.#addresses.length; i += 1) {
				const kdc = this.#addresses[i], { host, port = PORT } = kdc, reply = await this.#network.askByDatagram(host, port, request, isReply);
				if (!reply) {
					this.#log(`Kerberos: ${host} port ${port} does not answer by UDP`);
					continue;
				}
				silent = false;
				this.#prefer(i);
				if (isMessage(reply, wanted) || tells(reply, ErrorCode.KDC_ERR_PREAUTH_REQUIRED))
					return this.#open(kdc, reply, wanted);
				// An answer too long for datagrams, or a refusal, which is not believed to whoever can guess a port: the same KDC says it over TCP.
			}
		}
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
				if (silent)
					this.#datagrams = false;
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

	/** Asks that one alone, over TCP: what proves a password is sent once, and not to several, each of which may count it as an attempt. */
	async askOne(kdc: KDCAddress, request: Uint8Array, wanted: number): Promise<Answer> {
		try {
			return this.#open(kdc, await this.#network.exchange(kdc.host, kdc.port ?? PORT, request), wanted);
		}
		catch (error) {
			// It may be out of reach over TCP, where another one is not: the next attempt is to find that.
			this.#datagrams = false;
			throw error;
		}
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

/** Whether that KRB-ERROR has that code; one that can't be read has none. */
function tells(reply: Uint8Array, code: number): boolean {
	try {
		return openError(reply).code === code;
	}
	catch (error) {
		if (!(error instanceof ProtocolError))
			throw error;
		return false;
	}
}
