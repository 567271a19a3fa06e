/** Where a service is (RFC 2782), asked of name servers over TCP (RFC 1035 4.2.2, RFC 7766): every socket that there is here is one. */
import { ProtocolError, TransportError } from "../errors/errors.js";
import { exchange, type ExchangeOptions } from "./exchange.js";

export interface Service {
	readonly host: string;
	readonly port: number;
}

export interface ServiceOptions extends Pick<ExchangeOptions, "TCP" | "resolve" | "connectTimeoutMs" | "answerTimeoutMs"> {
	/** Addresses of name servers, best first. */
	readonly nameServers: readonly string[];
	/** 53 unless told. */
	readonly nameServerPort?: number;
}

/** RFC 1035 3.2.2, RFC 2782. */
const SRV = 33;
const IN = 1;
const NXDOMAIN = 3;
const headerLength = 12;
/** A realm with more is a large one, and the first few do. */
const servicesMost = 8;
/** Pointers that are followed in one name: more are a loop. */
const pointersMost = 16;
const longestName = 255;

/**
 * What name, such as "_kerberos._tcp.EXAMPLE.ORG", is offered by, best first: priority, then weight. Empty where the DNS has nothing of it; rejects with
 * TransportError where no name server answers.
 */
export async function findServices(options: ServiceOptions, name: string): Promise<Service[]> {
	const { nameServers, nameServerPort = 53, ...rest } = options;
	if (nameServers.length === 0)
		throw new TransportError(`${name} can't be looked up: no name server is known`, "ENOTFOUND");
	const query = writeQuery(name);
	let failure: Error | undefined;
	for (let i = 0; i < nameServers.length; i++) {
		try {
			return readAnswer(await exchange({ ...rest, service: "name server", prefixLength: 2, longestReply: 4096 }, nameServers[i], nameServerPort, query), query);
		}
		catch (error) {
			failure ??= error as Error;
		}
	}
	throw new TransportError(`${name} can't be looked up: ${failure!.message}`, (failure as TransportError).code ?? "EAI_AGAIN", { cause: failure });
}

/** RFC 1035 4.1: one question, recursion desired. */
export function writeQuery(name: string): Uint8Array {
	const labels = name.split(".");
	const bytes = new Uint8Array(headerLength + name.length + 2 + 4);
	const id = Date.now() & 0xFFFF;
	bytes[0] = id >> 8;
	bytes[1] = id & 0xFF;
	bytes[2] = 0x01;
	bytes[5] = 1;
	let at = headerLength;
	for (let i = 0; i < labels.length; i++) {
		const label = labels[i];
		if (!/^[\x21-\x7E]{1,63}$/.test(label) || name.length > longestName - 2)
			throw new RangeError(`"${name}" is no name of the DNS`);
		bytes[at++] = label.length;
		for (let j = 0; j < label.length; j++)
			bytes[at++] = label.charCodeAt(j);
	}
	bytes[at + 2] = SRV;
	bytes[at + 4] = IN;
	return bytes;
}

interface Entry extends Service {
	readonly priority: number;
	readonly weight: number;
}

/** RFC 1035 4.1, RFC 2782: the services in an answer to query. ProtocolError for what is none. */
export function readAnswer(bytes: Uint8Array, query: Uint8Array): Service[] {
	const end = bytes.length;
	if (end < headerLength || bytes[0] !== query[0] || bytes[1] !== query[1] || (bytes[2] & 0x80) === 0)
		throw new ProtocolError("DNS: no answer to this question");
	const code = bytes[3] & 0x0F;
	if (code === NXDOMAIN)
		return [];
	if (code !== 0)
		throw new ProtocolError(`DNS: the name server refuses: RCODE ${code}`);
	let at = headerLength;
	for (let questions = get16(bytes, 4); questions > 0; questions--)
		at = skipName(bytes, at) + 4;
	const entries: Entry[] = [];
	for (let answers = get16(bytes, 6); answers > 0 && entries.length < servicesMost; answers--) {
		at = skipName(bytes, at);
		if (at + 10 > end)
			throw new ProtocolError("DNS: a record is cut off");
		const type = get16(bytes, at), from = at + 10;
		at = from + get16(bytes, at + 8);
		if (at > end)
			throw new ProtocolError("DNS: a record is cut off");
		if (type !== SRV)
			continue;
		if (at < from + 7)
			throw new ProtocolError("DNS: an SRV record is too short");
		const host = readName(bytes, from + 6);
		// RFC 2782: a single dot says that there is no such service.
		if (host !== "")
			entries.push({ priority: get16(bytes, from), weight: get16(bytes, from + 2), port: get16(bytes, from + 4), host });
	}
	entries.sort((a, b) => a.priority - b.priority || b.weight - a.weight);
	return entries.map(({ host, port }) => ({ host, port }));
}

function get16(bytes: Uint8Array, at: number): number { return bytes[at] << 8 | bytes[at + 1]; }

/** The position past a name. */
function skipName(bytes: Uint8Array, at: number): number {
	for (;;) {
		if (at >= bytes.length)
			throw new ProtocolError("DNS: a name is cut off");
		const length = bytes[at];
		if (length === 0)
			return at + 1;
		if (length >= 0xC0)
			return at + 2;
		at += 1 + length;
	}
}

/** RFC 1035 4.1.4: labels, perhaps continued elsewhere. */
function readName(bytes: Uint8Array, at: number): string {
	let name = "", pointers = 0;
	for (;;) {
		const length = at < bytes.length ? bytes[at] : -1;
		if (length === 0)
			return name;
		if (length >= 0xC0 && at + 1 < bytes.length && pointers < pointersMost) {
			at = (length & 0x3F) << 8 | bytes[at + 1];
			pointers++;
			continue;
		}
		if (length < 0 || length > 63 || at + 1 + length > bytes.length || name.length + length >= longestName)
			throw new ProtocolError("DNS: a name that is none");
		if (name !== "")
			name += ".";
		for (let i = at + 1; i <= at + length; i++)
			name += String.fromCharCode(bytes[i] > 0x20 && bytes[i] < 0x7F ? bytes[i] : 0x3F);
		at += 1 + length;
	}
}
