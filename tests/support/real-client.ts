/** The client on Node, on a real server: for what the application's runs do not show. */
import TCP from "embedded:io/socket/tcp";
import { resolve } from "./node-platform.js";
import { NTLM } from "../../modules/auth/ntlm.js";
import { SPNEGO } from "../../modules/auth/spnego.js";
import { Buffers } from "../../modules/client/buffers.js";
import { Connection } from "../../modules/client/connection.js";
import { negotiate, type Policy } from "../../modules/client/negotiate.js";
import { Session } from "../../modules/client/session.js";
import type { TreeConnect } from "../../modules/client/tree-connect.js";
import { Transport } from "../../modules/net/transport.js";
import type { Target } from "./scanner.js";

export interface NodeClient {
	tree: TreeConnect;
	connection: Connection;
	close(): void;
}

export const clientGuid = Uint8Array.from({ length: 16 }, (_, i) => i + 1);

/** Connects, logs on and opens the share. */
export async function connect(target: Target, policy: Partial<Policy> = {}, previousSessionId?: Uint8Array, limits = { answerMs: 10_000, silenceMs: 1000, idleMs: 60_000 }): Promise<NodeClient> {
	const buffers = new Buffers(4, 16384);
	const { pipeline, memory } = buffers;
	const whole: Policy = { dialectMin: 0x0202, dialectMax: 0x0311, signingRequired: true, encryption: "on-demand", ciphers: [1, 2, 3, 4], signingAlgorithms: [1], server: target.address, clientGuid, ...policy };
	const transport = await Transport.connect({
		TCP, resolve, memory: memory.buffer, window: () => buffers.window(), receiveAt: pipeline.receiveAt, receiveEnd: pipeline.controlAt, host: target.address, port: target.port,
	});
	const connection = new Connection(transport, memory, pipeline, limits);
	buffers.onFilled = () => connection.filled();
	const close = (): void => {
		connection.close();
		buffers.close();
	};
	try {
		const negotiated = await negotiate(connection, whole);
		const spnego = new SPNEGO([new NTLM({ user: target.user!, password: target.password!, server: target.address })]);
		const session = await Session.setup(connection, negotiated, whole, spnego, false, previousSessionId);
		return { tree: await session.treeConnect(target.share), connection, close };
	}
	catch (error) {
		close();
		throw error;
	}
}
