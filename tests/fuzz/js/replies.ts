/** A whole connection, NEGOTIATE to the published file, whose server's replies are any bytes. */
import { Buffers } from "../../../modules/client/buffers.js";
import { Connection } from "../../../modules/client/connection.js";
import { negotiate, type Policy } from "../../../modules/client/negotiate.js";
import type { Carrier } from "../../../modules/client/request.js";
import { Session } from "../../../modules/client/session.js";
import { NTLM } from "../../../modules/auth/ntlm.js";
import { SPNEGO } from "../../../modules/auth/spnego.js";
import { AuthenticationError, ProtocolError, StatusError, StorageError, TransportError } from "../../../modules/errors/errors.js";
import type { TreeConnect } from "../../../modules/client/tree-connect.js";
import { Uploader, type UploadListener } from "../../../modules/uploader/uploader.js";
import { bytesEqual, equal, ok } from "../../support/assert.js";
import { clear, load, save, scratch } from "../../support/scratch.js";
import { fixedEntropy } from "../../unit/auth/keys.js";
import { pattern } from "../../unit/client/bench.js";
import { settled, timeIsVirtual } from "../guide/settled.js";
import { Input, outcome } from "../guide/target.js";

/** Answers every message with the next of its replies, or not at all. */
class Script implements Carrier {
	readonly address = "192.0.2.1";
	readonly port = 445;
	onMessage: (at: number, end: number) => void = () => {};
	onSent: (at: number) => void = () => {};
	onError: (error: TransportError | ProtocolError) => void = () => {};
	closed = false;
	readonly #buffers: Buffers;
	readonly #input: Input;
	readonly #guided: boolean;

	constructor(buffers: Buffers, input: Input, guided: boolean) {
		this.#buffers = buffers;
		this.#input = input;
		this.#guided = guided;
	}

	send(at: number, end: number): void {
		ok(!this.closed && at >= 4 && end > at && end <= this.#buffers.memory.bytes.length, "a message that cannot be sent");
		const request = this.#buffers.memory.bytes.slice(at, end);
		void Promise.resolve().then(() => {
			if (this.closed) return;
			this.onSent(at);
			if (this.#input.left === 0) return this.onError(new TransportError("the script is over", "EOF"));
			const reply = this.#input.part(), { receiveAt, controlAt } = this.#buffers.pipeline;
			// A guided script answers what was asked, whatever else it says: command, message id.
			if (this.#guided && reply.length >= 64) {
				reply.set(request.subarray(12, 14), 12);
				reply.set(request.subarray(24, 32), 24);
			}
			const length = Math.min(reply.length, controlAt - receiveAt - 4);
			if (length === 0 || this.closed) return;
			this.#buffers.memory.bytes.set(reply.subarray(0, length), receiveAt + 4);
			this.onMessage(receiveAt + 4, receiveAt + 4 + length);
		});
	}
	close(): void { this.closed = true; }
}

/** Who logs on and what is wanted, then replies, each behind its length. */
export function run(bytes: Uint8Array): Promise<string> {
	const input = new Input(bytes), options = input.byte(), more = input.byte(), guest = (options & 1) !== 0;
	const policy: Policy = {
		dialectMin: (options & 2) !== 0 ? 0x0202 : 0x0300, dialectMax: (options & 4) !== 0 ? 0x0311 : (options & 8) !== 0 ? 0x0302 : 0x0300,
		signingRequired: !guest, encryption: (["on-demand", "preferred", "required", "off"] as const)[options >> 4 & 3]!,
		ciphers: [1, 2, 3, 4], signingAlgorithms: [1, 2, 0], server: "nas", clientGuid: new Uint8Array(16),
	};
	const folder = scratch(), buffers = new Buffers(4, 256), script = new Script(buffers, input, (more & 1) !== 0);
	const ntlm = new NTLM({ user: "anna", password: "secret", server: "nas", guest, entropy: fixedEntropy });
	const before = pattern(600);
	save(`${folder}/scan.pdf`, before);
	let connection: Connection | undefined, progress = 0, result = "nothing happened";
	const connect = async (): Promise<TreeConnect> => {
		connection = new Connection(script, buffers.memory, buffers.pipeline, timeIsVirtual ? { answerMs: 400, idleMs: 2000 } : { answerMs: 1000, idleMs: 5000 });
		buffers.onFilled = () => connection!.filled();
		return (await Session.setup(connection, await negotiate(connection, policy), policy, new SPNEGO([ntlm]), guest)).treeConnect("scans");
	};
	const listener: UploadListener = {
		started() {},
		progressed(confirmed) {
			ok(confirmed > progress && confirmed <= before.length, "confirmed backwards");
			progress = confirmed;
		},
		arrived(_scan, name) {
			equal(progress, before.length, "what was confirmed");
			result = `arrived as ${name}`;
		},
		stayed(_scan, reason) { result = outcome(documented, () => { throw reason; }); },
	};
	return (async () => {
		try {
			await settled(new Uploader({ source: folder, path: "in", after: "keep", device: "0badcafe", connect, listener }).run());
			bytesEqual(load(`${folder}/scan.pdf`), before, "the scan stays");
			return result;
		}
		finally {
			connection?.close();
			ok(script.closed, "the transport stays open");
			equal(buffers.pipeline.slotsFree, 4, "every slot is free again");
			buffers.close();
			clear(folder);
		}
	})();
}

const documented = [AuthenticationError, ProtocolError, StatusError, StorageError, TransportError];

export const length = 4000;
/** An upload takes its turns whatever the input's length: polls of time, entries of tables. */
export const steps = [40000, 400] as const;
