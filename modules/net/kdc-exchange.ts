/** KDCs on the network: requests over UDP and TCP (RFC 4120 7.2.1, 7.2.2), and which KDCs a realm has according to the DNS (7.2.3). */
import { TransportError } from "../errors/errors.js";
import { askByDatagram, type DatagramOptions, LONGEST_REQUEST } from "./datagram.js";
import { exchange, type ExchangeOptions } from "./exchange.js";
import { findServices, type Service } from "./services.js";

export interface KDCNetworkOptions extends Pick<ExchangeOptions, "TCP" | "resolve" | "room" | "connectTimeoutMs" | "answerTimeoutMs">, Pick<DatagramOptions, "datagramTimeoutMs"> {
	/** Where the host has one. */
	readonly UDP?: DatagramOptions["UDP"];
	/** Addresses of name servers that the network told; asked anew each time. */
	nameServers(): readonly string[];
	/** 53 unless told. */
	readonly nameServerPort?: number;
}

/** A ticket for somebody in very many groups. A KDC's answer is held whole, beside the request. */
const longestReply = 16384;

/** What Kerberos needs of the network. */
export class KDCExchange {
	readonly #options: KDCNetworkOptions;
	constructor(options: KDCNetworkOptions) { this.#options = options; }

	/** Bytes of the longest request that goes by datagram; 0 where none does. */
	get longestDatagram(): number { return this.#options.UDP ? LONGEST_REQUEST : 0; }

	/** See askByDatagram(). */
	askByDatagram(host: string, port: number, request: Uint8Array, isReply: (bytes: Uint8Array) => boolean): Promise<Uint8Array | undefined> {
		return askByDatagram(this.#options as DatagramOptions, host, port, request, isReply);
	}

	/** One request and its reply over TCP. Rejects with TransportError; with ProtocolError for what no KDC says. */
	exchange(host: string, port: number, request: Uint8Array): Promise<Uint8Array> {
		const { TCP, resolve, room, connectTimeoutMs, answerTimeoutMs } = this.#options;
		return exchange({
			TCP, resolve, service: "KDC", prefixLength: 4, longestReply, ...(room ? { room } : {}),
			...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }), ...(answerTimeoutMs === undefined ? {} : { answerTimeoutMs }),
		}, host, port, request);
	}

	/** The KDCs of a realm, best first: at least one. Rejects with TransportError that says to set kdc=…. */
	async find(realm: string): Promise<readonly Service[]> {
		const { nameServers, ...options } = this.#options;
		const name = `_kerberos._tcp.${realm}`;
		let found: readonly Service[];
		try {
			found = await findServices({ ...options, nameServers: nameServers() }, name);
		}
		catch (error) {
			throw new TransportError(`no KDC is known for the realm ${realm}: ${(error as Error).message}; set kdc=…`, (error as TransportError).code ?? "ENOTFOUND", { cause: error });
		}
		if (found.length === 0)
			throw new TransportError(`no KDC is known for the realm ${realm}: the DNS has no ${name}; check realm=…, or set kdc=…`, "ENOTFOUND");
		return found;
	}
}
