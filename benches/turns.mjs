/**
 * Counts the round trips of a client by cause, not by chance: a proxy that hands the server's answers over only when the client has said all that it can
 * without them. Each time that answers are handed over, or the connection is made, is one round trip. What goes through is counted too.
 */
import { connect, createServer } from "node:net";

export class Turns {
	/** Times that answers were handed over. */
	turns = 0;
	/** Bytes of TCP payload. */
	sent = 0;
	received = 0;
	/** Messages of the client's, as [MS-SMB2] 2.1 frames them: a compound is one. */
	requests = 0;
	connections = 0;
	#server;
	#sockets = new Set();
	#quietMs;

	/** Who says nothing for quietMs has said all. */
	constructor(quietMs) { this.#quietMs = quietMs; }

	/** A proxy before a server, whose address and port are in target. */
	static async before(target, quietMs = 60) {
		const turns = new Turns(quietMs);
		turns.#server = createServer(client => turns.#relay(client, target));
		await new Promise((resolve, reject) => turns.#server.on("error", reject).listen(0, "127.0.0.1", resolve));
		turns.target = { address: "127.0.0.1", port: turns.#server.address().port };
		return turns;
	}

	#relay(client, target) {
		const server = connect(target.port, target.address);
		this.connections++;
		let held = [], timer;
		let left = 0, prefix = Buffer.alloc(0);
		const handOver = () => {
			timer = undefined;
			// A client that has closed the connection waits for nothing.
			if (held.length === 0 || client.readableEnded || client.destroyed) return;
			this.turns++;
			client.write(Buffer.concat(held));
			held = [];
		};
		const later = () => {
			clearTimeout(timer);
			timer = setTimeout(handOver, this.#quietMs);
		};
		client.on("data", data => {
			this.sent += data.length;
			for (let rest = data; rest.length > 0;) {
				if (left === 0) {
					const missing = 4 - prefix.length;
					prefix = Buffer.concat([prefix, rest.subarray(0, missing)]);
					rest = rest.subarray(missing);
					if (prefix.length < 4) break;
					left = prefix.readUInt32BE(0) & 0xFFFFFF;
					prefix = Buffer.alloc(0);
					this.requests++;
				}
				const taken = Math.min(left, rest.length);
				left -= taken;
				rest = rest.subarray(taken);
			}
			server.write(data);
			later();
		});
		server.on("data", data => {
			this.received += data.length;
			held.push(data);
			later();
		});
		for (const [from, to] of [[client, server], [server, client]]) {
			from.setNoDelay(true);
			this.#sockets.add(from);
			from.on("error", () => to.destroy());
			from.on("close", () => {
				this.#sockets.delete(from);
				if (from === client) clearTimeout(timer);
				else handOver();
				to.end();
			});
		}
	}

	close() {
		for (const socket of this.#sockets) socket.destroy();
		return new Promise(resolve => this.#server.close(() => resolve()));
	}
}
