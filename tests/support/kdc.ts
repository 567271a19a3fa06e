/** The private KDC of tools/kdc.mjs, for tests, and a Samba that takes its tickets. */
import { createSocket, type Socket as UDPSocket } from "node:dgram";
import { type AddressInfo, type Server, type Socket, connect, createServer } from "node:net";
import type { KDC } from "../../tools/kdc.mjs";
import { tool } from "./repository.js";
import { type Samba, type SambaOptions, defaultUser, startSamba } from "./samba.js";

export type { KDC, KDCOptions, KDCUser } from "../../tools/kdc.mjs";

export const { startKDC, encryptionTypes } = await tool("kdc.mjs") as typeof import("../../tools/kdc.mjs");

/** A Samba with the KDC's keytab; the principal of its first user logs on as that user. */
export function startKerberosSamba(kdc: KDC, options: SambaOptions = {}): Promise<Samba> {
	const { name, password } = defaultUser;
	return startSamba({
		users: [{ name, password, aliases: [`WORKGROUP\\${name}`] }], ...options, env: kdc.env,
		global: { "realm": kdc.realm, "kerberos method": "dedicated keytab", "dedicated keytab file": kdc.keytab, ...options.global },
	});
}

/** In front of a KDC, on a port of its own for UDP and TCP: counts what comes by either. */
export class KDCRelay {
	datagrams = 0;
	connections = 0;
	/** Whether datagrams go on to the KDC. */
	passes = true;
	readonly #server: Server;
	readonly #udp = createSocket("udp4");
	readonly #open = new Set<Socket>();
	readonly #asking = new Set<UDPSocket>();

	static async start(kdc: KDC): Promise<KDCRelay> {
		const relay = new KDCRelay(kdc);
		await new Promise<void>(done => relay.#server.listen(0, "127.0.0.1", done));
		await new Promise<void>((done, failed) => { relay.#udp.once("error", failed).bind(relay.port, "127.0.0.1", done); });
		return relay;
	}

	private constructor(kdc: KDC) {
		this.#server = createServer(client => {
			this.connections++;
			const server = connect(kdc.port, kdc.address);
			for (const socket of [client, server]) {
				this.#open.add(socket);
				socket.on("error", () => {});
			}
			client.pipe(server).pipe(client);
		});
		this.#udp.on("message", (bytes, from) => {
			this.datagrams++;
			if (!this.passes) return;
			const socket = createSocket("udp4");
			this.#asking.add(socket);
			socket.on("message", reply => this.#udp.send(new Uint8Array(reply), from.port, from.address));
			socket.send(new Uint8Array(bytes), kdc.port, kdc.address);
		});
	}

	get port(): number { return (this.#server.address() as AddressInfo).port; }

	close(): void {
		for (const socket of this.#open) socket.destroy();
		for (const socket of this.#asking) socket.close();
		this.#udp.close();
		this.#server.close();
	}
}
