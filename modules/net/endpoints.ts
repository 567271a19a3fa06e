/** Where a server may be found: a host's addresses, each on each port, tried one after the other. */
import Timer from "timer";
import { ProtocolError, TransportError } from "../errors/errors.js";
import { isAddress } from "./host.js";

/** A platform's look-up: done() is called once, with the addresses as text, best first, or with the reason. */
export type Resolve = (host: string, done: (reason: Error | undefined, addresses: string[]) => void) => void;

/** How many of a name's addresses are tried. */
const mostAddresses = 8;

/** The addresses of host; host itself where it is one. Rejects with TransportError. */
export function lookUp(resolve: Resolve, host: string, timeoutMs: number): Promise<string[]> {
	if (isAddress(host))
		return Promise.resolve([host]);
	return new Promise((found, reject) => {
		let waiting = true;
		let timer: Timer | undefined;
		resolve(host, (reason, addresses) => {
			if (!waiting)
				return;
			waiting = false;
			Timer.clear(timer);
			if (reason || addresses.length === 0)
				reject(unknown(host, reason));
			else
				found(addresses.slice(0, mostAddresses));
		});
		if (!waiting)
			return;
		timer = Timer.set(() => {
			waiting = false;
			reject(new TransportError(`the look-up of ${host} had no answer in ${timeoutMs / 1000} s: is the network up?`, "ETIMEDOUT"));
		}, timeoutMs);
	});
}

function unknown(host: string, reason: (Error & { code?: string }) | undefined): TransportError {
	const why = reason?.message ? ` (${reason.message})` : "";
	return new TransportError(`no address is known for ${host}${why}: check the name, or give the server's address`, reason?.code ?? "ENOTFOUND", { cause: reason });
}

/**
 * The first connection that connect() makes: every address on the first port, then on the next. Where none succeeds, rejects
 * with the first reason, which also says what else was tried. Errors that are not the network's or the server's end it at once.
 */
export async function firstOf<T>(addresses: readonly string[], ports: readonly number[], connect: (address: string, port: number) => Promise<T>, log: ((line: string) => void) | undefined): Promise<T> {
	let first: TransportError | ProtocolError | undefined;
	const others: string[] = [];
	for (const port of ports) {
		for (const address of addresses) {
			try {
				return await connect(address, port);
			}
			catch (error) {
				if (!(error instanceof TransportError || error instanceof ProtocolError))
					throw error;
				log?.(error.message);
				if (first === undefined)
					first = error;
				else
					others.push(`${address} port ${port} (${error instanceof TransportError ? error.code : "not SMB"})`);
			}
		}
	}
	throw combined(first!, others);
}

function combined(first: TransportError | ProtocolError, others: readonly string[]): Error {
	if (others.length === 0)
		return first;
	const message = `${first.message}; also tried: ${others.join(", ")}`;
	return first instanceof TransportError
		? new TransportError(message, first.code, { cause: first })
		: new ProtocolError(message, { cause: first });
}
