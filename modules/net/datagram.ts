/** One request and its reply as datagrams (RFC 4120 7.2.1), where it does no harm that the request may arrive twice. */
import type UDP from "embedded:io/socket/udp";
import Timer from "timer";
import { TransportError } from "../errors/errors.js";
import { lookUp, type Resolve } from "./endpoints.js";

export interface DatagramOptions {
	/** The host's ECMA-419 class. */
	readonly UDP: typeof UDP;
	/** The host's look-up of names (see "platform"). */
	readonly resolve: Resolve;
	/** Memory outside of the heap for a reply that fits its first half: good until others use it. */
	readonly room?: () => Uint8Array;
	/** For the look-up (default 5 000). */
	readonly connectTimeoutMs?: number;
	/** For the answer to each of the two datagrams (default 1 000). */
	readonly datagramTimeoutMs?: number;
}

/** Bytes: with IP's and UDP's headers that is one frame of Ethernet, VPNs and PPPoE included; fragments get lost. */
export const LONGEST_REQUEST = 1400;
/** The request is sent once, and once more. */
const TRIES = 2;

/**
 * Asks the first IPv4 address of host. The reply is the first datagram from that address and port of which isReply() is true; whatever else comes is passed
 * over, and does not prolong the wait. undefined where none comes, and where the request can't go this way: TCP then tells why.
 */
export async function askByDatagram(options: DatagramOptions, host: string, port: number, request: Uint8Array, isReply: (bytes: Uint8Array) => boolean): Promise<Uint8Array | undefined> {
	let address: string | undefined;
	try {
		// The SDK's class knows no IPv6, whose addresses could not be compared as text either.
		address = (await lookUp(options.resolve, host, options.connectTimeoutMs ?? 5000)).find(found => !found.includes(":"));
	}
	catch (error) {
		if (!(error instanceof TransportError))
			throw error;
	}
	return address === undefined ? undefined : new Promise(done => new Question(options, address, port, request, isReply, done));
}

/** ECMA-419 hands `target` through to the socket, so that its callbacks need no closures. */
type Socket = UDP & { target: Question };

/** A socket of its own, so that what belongs to another request finds its port closed. */
class Question {
	readonly #options: DatagramOptions;
	readonly #address: string;
	readonly #port: number;
	readonly #request: Uint8Array;
	readonly #isReply: (bytes: Uint8Array) => boolean;
	readonly #done: (reply: Uint8Array | undefined) => void;
	#socket: UDP | undefined;
	#timer: Timer | undefined;
	#triesLeft = TRIES;

	constructor(options: DatagramOptions, address: string, port: number, request: Uint8Array, isReply: (bytes: Uint8Array) => boolean, done: (reply: Uint8Array | undefined) => void) {
		this.#options = options;
		this.#address = address;
		this.#port = port;
		this.#request = request;
		this.#isReply = isReply;
		this.#done = done;
		this.#send();
	}

	#send(): void {
		if (this.#triesLeft-- === 0) {
			this.#finish(undefined);
			return;
		}
		this.#timer = Timer.set(() => this.#send(), this.#options.datagramTimeoutMs ?? 1000);
		try {
			this.#socket ??= new this.#options.UDP({ target: this, onReadable: Question.#readable, onError: Question.#error });
			this.#socket.write(this.#request, this.#address, this.#port);
		}
		catch {
			this.#finish(undefined);
		}
	}

	static #readable(this: UDP, count: number): void {
		const question = (this as Socket).target;
		while (count-- > 0 && question.#socket) {
			const datagram = this.read();
			if (!datagram)
				return;
			if (datagram.address === question.#address && datagram.port === question.#port)
				question.#receive(new Uint8Array(datagram));
		}
	}

	/** What ICMP tells: nobody listens there. */
	static #error(this: UDP): void { (this as Socket).target.#finish(undefined); }

	#receive(bytes: Uint8Array): void {
		if (!this.#isReply(bytes))
			return;
		const room = this.#options.room?.();
		if (room && 2 * bytes.length <= room.length) {
			room.set(bytes);
			bytes = room.subarray(0, bytes.length);
		}
		this.#finish(bytes);
	}

	#finish(reply: Uint8Array | undefined): void {
		Timer.clear(this.#timer);
		this.#timer = undefined;
		this.#socket?.close();
		this.#socket = undefined;
		this.#done(reply);
	}
}
