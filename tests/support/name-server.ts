/** A name server that knows the services it is told (RFC 2782), over TCP, and has the app ask it: Linux, by tests/support/names.c. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, type Server, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ascii } from "./hex.js";
import { concat } from "./proxy.js";
import { root } from "./repository.js";
import { allBits, runProcess } from "./run.js";

export interface NamedService {
	/** "_kerberos._tcp.EXAMPLE.TEST" */
	name: string;
	/** Names below "test" are this machine for the app. */
	host: string;
	port: number;
}

export class NameServer {
	/** Names that were asked for. */
	readonly asked: string[] = [];
	readonly #server: Server;
	readonly #folder: string;

	private constructor(server: Server) {
		this.#server = server;
		this.#folder = mkdtempSync(join(tmpdir(), "smb-scan-uploader-names-"));
	}

	static async start(services: readonly NamedService[]): Promise<NameServer> {
		const server = createServer(), it = new NameServer(server);
		for (const bits of allBits) {
			const compiled = await runProcess("gcc", [`-m${bits}`, "-shared", "-fPIC", "-o", it.#preload(bits), join(root, "tests", "support", "names.c"), "-ldl"]);
			if (compiled.code !== 0) throw new Error(compiled.text);
		}
		writeFileSync(join(it.#folder, "resolv.conf"), "nameserver 127.0.0.1\n");
		server.on("connection", socket => {
			socket.on("error", () => {});
			// A question is short enough to come in one piece.
			socket.on("data", data => {
				const query = new Uint8Array(data.subarray(2)), name = nameIn(query);
				it.asked.push(name);
				const reply = answer(query, services.filter(service => service.name.toLowerCase() === name.toLowerCase()));
				socket.end(concat(Uint8Array.of(reply.length >> 8, reply.length), reply));
			});
		});
		return new Promise((resolve, reject) => {
			server.on("error", reject);
			server.listen(0, "127.0.0.1", () => resolve(it));
		});
	}

	/** For the app of that many bits, which then asks this server. */
	env(bits = 64): Record<string, string> {
		return { LD_PRELOAD: this.#preload(bits), NAMES_RESOLV_CONF: join(this.#folder, "resolv.conf"), NAMES_PORT: String((this.#server.address() as AddressInfo).port) };
	}

	#preload(bits: number): string { return join(this.#folder, `names${bits}.so`); }

	async close(): Promise<void> {
		await new Promise(resolve => this.#server.close(resolve));
		rmSync(this.#folder, { recursive: true, force: true });
	}
}

const headerLength = 12;

/** RFC 1035 3.1: labels behind the header. */
function nameIn(query: Uint8Array): string {
	const labels: string[] = [];
	for (let at = headerLength; query[at]; at += 1 + query[at]!) labels.push(String.fromCharCode(...query.subarray(at + 1, at + 1 + query[at]!)));
	return labels.join(".");
}

function labelsOf(name: string): Uint8Array {
	return concat(...name.split(".").flatMap(label => [Uint8Array.of(label.length), ascii(label)]), Uint8Array.of(0));
}

/** RFC 1035 4.1: the question again, and an SRV record for each service; NXDOMAIN without one. */
function answer(query: Uint8Array, services: readonly NamedService[]): Uint8Array {
	const header = query.slice(0, headerLength);
	header[2] = 0x81;
	header[3] = services.length > 0 ? 0x80 : 0x83;
	header[7] = services.length;
	return concat(header, query.subarray(headerLength), ...services.map(({ host, port }) => {
		const target = labelsOf(host), length = 6 + target.length;
		// The name is the question's; SRV, IN, a minute; priority and weight 0.
		return Uint8Array.of(0xC0, headerLength, 0, 33, 0, 1, 0, 0, 0, 60, length >> 8, length, 0, 0, 0, 0, port >> 8, port, ...target);
	}));
}
