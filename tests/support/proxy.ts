/**
 * Stands between the app and a server and sees each message of Direct TCP ([MS-SMB2] 2.1: four bytes of length, then the
 * message) in both directions: to note, change, hold back or replace it. What went through can be written as a capture.
 */
import { writeFileSync } from "node:fs";
import { type AddressInfo, type Server, type Socket, connect, createServer } from "node:net";

export type Direction = "request" | "reply";

export interface Message {
	direction: Direction;
	/** Counts from 0 in each direction of each connection. */
	index: number;
	/** Counts from 0. */
	connection: number;
	/** With the four bytes of length. */
	bytes: Uint8Array;
	/** Over bytes; the fields are little-endian. */
	view: DataView;
	/** [MS-SMB2] 2.2.1 Command of the first message, or -1 for what does not begin with 0xFE "SMB". */
	command: number;
	/** Closes both sides, with a reset where reset is true. */
	cut(reset?: boolean): void;
	/** What follows in both directions, the end of the connection as well, waits so long: either side may have given up when it comes. */
	stall(ms: number): void;
}

/** Returns what goes on instead of message.bytes; nothing for undefined; several in a row. Change message.bytes in place and return it for small faults. */
export type Filter = (message: Message) => Uint8Array | Uint8Array[] | undefined;

export interface ProxyOptions {
	port: number;
	address?: string;
	request?: Filter;
	reply?: Filter;
	/** A slow line: bytes per second that it takes of the app. */
	speed?: number;
}

export const Command = Object.freeze({
	NEGOTIATE: 0, SESSION_SETUP: 1, LOGOFF: 2, TREE_CONNECT: 3, TREE_DISCONNECT: 4, CREATE: 5, CLOSE: 6, FLUSH: 7, READ: 8, WRITE: 9,
	LOCK: 10, IOCTL: 11, CANCEL: 12, ECHO: 13, QUERY_DIRECTORY: 14, CHANGE_NOTIFY: 15, QUERY_INFO: 16, SET_INFO: 17, OPLOCK_BREAK: 18,
});

/** Positions in a Direct TCP message: 4 bytes of length, then the header of [MS-SMB2] 2.2.1. */
export const at = Object.freeze({ Status: 12, Command: 16, Credits: 18, Flags: 20, NextCommand: 24, MessageId: 28, TreeId: 40, SessionId: 44, Signature: 52, body: 68 });

/** One connection, for its two relays. */
interface Link { connection: number; cut(reset?: boolean): void; stall(ms: number): void }
interface Relay { stalled: boolean; goOn(): void }

interface Packet { direction: Direction; connection: number; bytes: Uint8Array; time: number }

export function viewOf(bytes: Uint8Array): DataView { return new DataView(bytes.buffer, bytes.byteOffset, bytes.length); }

export function concat(...parts: Uint8Array[]): Uint8Array {
	const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let end = 0;
	for (const part of parts) {
		whole.set(part, end);
		end += part.length;
	}
	return whole;
}

/** The length of the message that begins here with its four bytes of length; more than there is where those are not all there. */
function lengthOf(bytes: Uint8Array): number {
	return bytes.length < 4 ? 4 : 4 + (viewOf(bytes).getUint32(0) & 0xFFFFFF);
}

export class Proxy {
	readonly packets: Packet[] = [];
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();
	#connections = 0;

	private constructor(server: Server) { this.#server = server; }

	static start(options: ProxyOptions): Promise<Proxy> {
		const server = createServer();
		const proxy = new Proxy(server);
		server.on("connection", client => proxy.#accept(client, options));
		return new Promise((resolve, reject) => {
			server.on("error", reject);
			server.listen(0, "127.0.0.1", () => resolve(proxy));
		});
	}

	get port(): number { return (this.#server.address() as AddressInfo).port; }
	/** How many connections there have been. */
	get connections(): number { return this.#connections; }

	/** Resets all connections as they are now, both sides of each. */
	cutAll(): void {
		for (const socket of this.#sockets) socket.resetAndDestroy();
	}

	/** The commands that went one way, compounds taken apart, encrypted messages left out. */
	commands(direction: Direction): number[] {
		return this.packets.filter(packet => packet.direction === direction).flatMap(({ bytes }) => commandsOf(bytes));
	}

	#accept(client: Socket, options: ProxyOptions): void {
		const connection = this.#connections++;
		const server = connect(options.port, options.address ?? "127.0.0.1");
		const cut = (reset = false) => {
			for (const socket of [client, server]) {
				if (reset) socket.resetAndDestroy();
				else socket.destroy();
			}
		};
		const relays: Relay[] = [];
		const link: Link = {
			connection, cut,
			stall: ms => {
				for (const relay of relays) relay.stalled = true;
				setTimeout(() => {
					for (const relay of relays) relay.stalled = false;
					for (const relay of relays) relay.goOn();
				}, ms);
			},
		};
		relays.push(this.#relay(client, server, "request", options.request, link), this.#relay(server, client, "reply", options.reply, link));
		const { speed } = options;
		if (speed !== undefined) client.on("data", data => {
			client.pause();
			setTimeout(() => client.resume(), data.length / speed * 1000);
		});
	}

	#relay(from: Socket, to: Socket, direction: Direction, filter: Filter | undefined, { connection, cut, stall }: Link): Relay {
		this.#sockets.add(from);
		from.setNoDelay(true);
		let held: Uint8Array = new Uint8Array(0);
		let index = 0;
		/** What became of from while nothing passed. */
		const later: (() => void)[] = [];
		const pass = (): void => {
			while (!relay.stalled && held.length >= 4 && held.length >= lengthOf(held)) {
				const bytes = held.slice(0, lengthOf(held));
				held = held.subarray(bytes.length);
				const out = filter ? filter({ direction, index, connection, bytes, view: viewOf(bytes), command: commandsOf(bytes)[0] ?? -1, cut, stall }) : bytes;
				index++;
				for (const message of out === undefined ? [] : Array.isArray(out) ? out : [out]) {
					this.packets.push({ direction, connection, bytes: message, time: Date.now() });
					if (!to.destroyed) to.write(message);
				}
			}
		};
		const relay: Relay = {
			stalled: false,
			goOn() {
				pass();
				for (const step of later.splice(0)) step();
			},
		};
		const inTurn = (step: () => void): void => { if (relay.stalled) later.push(step); else step(); };
		from.on("data", data => {
			held = concat(held, new Uint8Array(data));
			pass();
		});
		from.on("end", () => inTurn(() => to.end()));
		from.on("error", () => inTurn(() => to.destroy()));
		from.on("close", () => {
			this.#sockets.delete(from);
			inTurn(() => to.end());
		});
		return relay;
	}

	close(): Promise<void> {
		for (const socket of this.#sockets) socket.destroy();
		return new Promise(resolve => this.#server.close(() => resolve()));
	}

	/** The last messages that went through, a line each, for the report of a failure: milliseconds before now, what it is, STATUS of answers. */
	last(count: number): string {
		const now = Date.now();
		return this.packets.slice(-count).map(({ direction, connection, bytes, time }) => {
			const members = membersOf(bytes).map(({ command, view }) => (Object.entries(Command).find(([, value]) => value === command)?.[0] ?? String(command)) + (direction === "reply" ? ` 0x${view.getUint32(at.Status, true).toString(16)}` : ""));
			return `${time - now} ms, connection ${connection}, ${direction}, ${bytes.length} bytes: ${members.join(", ") || "encrypted, or no SMB2"}`;
		}).join("\n");
	}

	/** Writes all that went through as a pcap file of raw IPv4, the server's side on port 445. */
	writeCapture(path: string): void {
		const file: Uint8Array[] = [new Uint8Array(24)];
		const head = viewOf(file[0]!);
		head.setUint32(0, 0xA1B2C3D4, true);
		head.setUint16(4, 2, true);
		head.setUint16(6, 4, true);
		head.setUint32(16, 0x40000, true);
		head.setUint32(20, 101, true);
		const sequence = new Map<string, number>();
		for (const { direction, connection, bytes, time } of this.packets) {
			const [here, there] = direction === "request" ? ["c", "s"] : ["s", "c"];
			for (let start = 0; start < bytes.length; start += 32_768) {
				const part = bytes.subarray(start, start + 32_768);
				const sent = sequence.get(here + String(connection)) ?? 1;
				const acknowledged = sequence.get(there + String(connection)) ?? 1;
				file.push(segment(direction, connection, part, time, sent, acknowledged));
				sequence.set(here + String(connection), sent + part.length);
			}
		}
		writeFileSync(path, concat(...file));
	}
}

/** The commands of a message and of those chained to it. */
export function commandsOf(bytes: Uint8Array): number[] {
	const view = viewOf(bytes);
	const commands: number[] = [];
	for (let start = 4, next = -1; next !== 0 && start + 64 <= bytes.length && view.getUint32(start) === 0xFE534D42; start += next) {
		commands.push(view.getUint16(start + 12, true));
		next = view.getUint32(start + 20, true);
	}
	return commands;
}

export interface Member { bytes: Uint8Array; view: DataView; command: number }

/** A message, and those chained to it, each as a message of its own in the same memory: `at` holds for each. */
export function membersOf(bytes: Uint8Array): Member[] {
	const members: Member[] = [];
	const whole = viewOf(bytes);
	for (let start = 0, next = -1; next !== 0 && start + 68 <= bytes.length && whole.getUint32(start + 4) === 0xFE534D42; start += next) {
		next = whole.getUint32(start + at.NextCommand, true);
		const member = bytes.subarray(start, next === 0 ? undefined : start + 4 + next);
		members.push({ bytes: member, view: viewOf(member), command: whole.getUint16(start + at.Command, true) });
	}
	return members;
}

/** One pcap record: an IPv4 and a TCP header (RFC 791, RFC 9293; sums left zero) around payload. */
function segment(direction: Direction, connection: number, payload: Uint8Array, time: number, sequence: number, acknowledged: number): Uint8Array {
	const [recordAt, ipAt, tcpAt] = [0, 16, 36] as const;
	const head = new Uint8Array(56);
	const view = viewOf(head);
	view.setUint32(recordAt, Math.floor(time / 1000), true);
	view.setUint32(recordAt + 4, time % 1000 * 1000, true);
	view.setUint32(recordAt + 8, 40 + payload.length, true);
	view.setUint32(recordAt + 12, 40 + payload.length, true);
	view.setUint8(ipAt, 0x45);
	view.setUint16(ipAt + 2, 40 + payload.length);
	view.setUint8(ipAt + 8, 64);
	view.setUint8(ipAt + 9, 6);
	const client = { address: 0x0A000001, port: 40_000 + connection };
	const server = { address: 0x0A000002, port: 445 };
	const [from, to] = direction === "request" ? [client, server] : [server, client];
	view.setUint32(ipAt + 12, from.address);
	view.setUint32(ipAt + 16, to.address);
	view.setUint16(tcpAt, from.port);
	view.setUint16(tcpAt + 2, to.port);
	view.setUint32(tcpAt + 4, sequence);
	view.setUint32(tcpAt + 8, acknowledged);
	view.setUint8(tcpAt + 12, 0x50);
	view.setUint8(tcpAt + 13, 0x18);
	view.setUint16(tcpAt + 14, 65_535);
	return concat(head, payload);
}
