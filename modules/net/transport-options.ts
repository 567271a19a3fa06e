/** What a connection is told, and what is refused before anything is tried. */
import type TCP from "embedded:io/socket/tcp";
import type { Window } from "../../hosts/pipeline/window.js";
import type { Resolve } from "./endpoints.js";
import { checkHost } from "./host.js";
import { checkName } from "./netbios.js";

export interface TransportOptions {
	/** The host's ECMA-419 class. */
	TCP: typeof TCP;
	/** The host's look-up of names (see "platform"). */
	resolve: Resolve;
	/** The pipeline's memory: every position counts from its start. */
	memory: ArrayBuffer;
	/** Makes a window over that memory; the transport closes those that it makes. */
	window(): Window;
	/** memory[receiveAt, receiveEnd), 256 bytes or more, takes what is received; a message of more than its length less 4 ends the connection. */
	receiveAt: number;
	receiveEnd: number;
	/** A name or an address. */
	host: string;
	/** 139: the NetBIOS session service; any other: Direct TCP. Without one: 445, then 139. */
	port?: number;
	/** Whether it is the session service, whatever the port says. */
	netbios?: boolean;
	/** Our NetBIOS name: 1 to 15 ASCII characters (default "SCANNER"). */
	name?: string;
	/** For the look-up, and for each address until messages can be sent (default 10 000). */
	connectTimeoutMs?: number;
	/** From a message's first byte to its last, found out up to a quarter late (default 30 000). */
	messageTimeoutMs?: number;
	log?(line: string): void;
}

const leastReceiveLength = 256;

/** Throws RangeError, saying what is expected. */
export function checkOptions(options: TransportOptions): void {
	const { port, receiveAt, receiveEnd, memory } = options;
	checkHost(options.host);
	if (options.name !== undefined)
		checkName(options.name);
	if (port !== undefined && !(port >= 1 && port <= 65535 && port % 1 === 0))
		throw new RangeError(`port ${port}: expected 1 to 65535`);
	if (!(receiveAt >= 0 && receiveEnd <= memory.byteLength && receiveEnd - receiveAt >= leastReceiveLength))
		throw new RangeError(`receive area [${receiveAt}, ${receiveEnd}): expected ${leastReceiveLength} bytes or more of ${memory.byteLength}`);
}
