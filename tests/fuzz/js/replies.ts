/** A whole connection over a fake socket, from NEGOTIATE to the published or the read file, whose server's replies are any bytes. */
import Time from "time";
import { Status, status } from "../../../hosts/storage/storage.js";
import { NTLM } from "../../../modules/auth/ntlm.js";
import { SPNEGO } from "../../../modules/auth/spnego.js";
import { Buffers } from "../../../modules/client/buffers.js";
import { Connection } from "../../../modules/client/connection.js";
import { fileToRead } from "../../../modules/client/create.js";
import { negotiate, type Policy } from "../../../modules/client/negotiate.js";
import { Session } from "../../../modules/client/session.js";
import type { TreeConnect } from "../../../modules/client/tree-connect.js";
import { AuthenticationError, ProtocolError, StatusError, StorageError, TransportError } from "../../../modules/errors/errors.js";
import { Transport } from "../../../modules/net/transport.js";
import { PostponedScans } from "../../../modules/uploader/postponed.js";
import { Uploader, type UploadListener } from "../../../modules/uploader/uploader.js";
import { bytesEqual, equal, ok } from "../../support/assert.js";
import { codedError, FakeNetwork, type FakeTCP, joined } from "../../support/fake-tcp.js";
import { hex } from "../../support/hex.js";
import { clear, load, save, scratch } from "../../support/scratch.js";
import * as samba from "../../vectors/ntlm-samba.js";
import { fixedEntropy } from "../../unit/auth/keys.js";
import { pattern } from "../../unit/client/bench.js";
import { frames } from "../../unit/smb2/frames.js";
import { settled, timeIsVirtual } from "../guide/settled.js";
import { Input, outcomeOf, parts } from "../guide/target.js";

const documented = [AuthenticationError, ProtocolError, StatusError, StorageError, TransportError];
const fileLength = 600;

/** Bits of the second byte. */
const Guided = 1, Bare = 2, Reads = 4;

function framed(message: Uint8Array): Uint8Array { return joined(Uint8Array.of(0, 0, message.length >> 8, message.length), message); }

/** The server's end: a reply for each message, as long as there are any. */
class Server {
	readonly network = new FakeNetwork();
	readonly #input: Input;
	readonly #options: number;
	#pending: Uint8Array = new Uint8Array(0);

	constructor(input: Input, options: number) {
		this.#input = input;
		this.#options = options;
		this.network.onSocket = socket => {
			socket.onWritten = () => this.#hear(socket);
			socket.writable(65536);
		};
	}

	#hear(socket: FakeTCP): void {
		this.#pending = joined(this.#pending, socket.taken());
		for (let pending = this.#pending; pending.length >= 4 && !socket.closed; pending = this.#pending) {
			const end = 4 + (pending[1]! << 16 | pending[2]! << 8 | pending[3]!);
			ok(pending[0] === 0 && end > 4, "what is sent is no message");
			if (pending.length < end) break;
			this.#pending = pending.slice(end);
			if (this.#input.left === 0) return socket.fail(codedError("ECONNRESET"));
			const reply = this.#input.part();
			// A bare one sends whatever it likes, messages or not, and more than one at a time.
			const out = (this.#options & Bare) !== 0 ? reply : framed(reply);
			// A guided server answers what was asked, whatever else it says: command and message id.
			if ((this.#options & Guided) !== 0 && out.length >= 68) {
				out.set(pending.subarray(16, 18), 16);
				out.set(pending.subarray(28, 36), 28);
			}
			socket.receive(out, 1 + (this.#options >> 3) * 61);
		}
		socket.writable(65536);
	}
}

/** Looks at a folder and reads a file of it. */
async function read(tree: TreeConnect): Promise<string> {
	let listed = 0, last = 0;
	await tree.list("in", "*", ({ length }) => {
		ok(length >= 0, "a length");
		listed++;
	});
	const open = await tree.create("in\\scan.pdf", fileToRead, new Uint8Array(16).fill(1));
	const { length } = await open.status();
	const count = await open.read(0, fileLength, (bytes, at, piece) => {
		ok(at > 0 && at + piece <= bytes.length && last + piece <= fileLength, "a piece outside of what was asked for");
		last += piece;
	});
	equal(count, last);
	await open.close();
	await tree.disconnect();
	await tree.session.logoff();
	return `${listed} files, ${length} bytes, ${count} read`;
}

function exists(path: string): boolean {
	const found = new Status();
	status(path, found);
	return found.isFile();
}

/** Sends the scan of that folder. */
async function upload(folder: string, connect: () => Promise<TreeConnect>): Promise<string> {
	let progress = 0, name = "", reason: Error | undefined;
	const listener: UploadListener = {
		started() {},
		progressed(confirmed) {
			ok(confirmed >= progress && confirmed <= fileLength, "confirmed backwards");
			progress = confirmed;
		},
		arrived(_scan, as) {
			equal(progress, fileLength, "what was confirmed");
			name = as;
		},
		interrupted() {},
		remembered() {},
		stayed(_scan, why) { reason = why; },
		waited() {},
		warned() {},
	};
	// A full medium, with after=move: what arrives is not remembered, and goes up all the same.
	const journal = new StorageError("no room", { cause: Object.assign(new Error("no room"), { code: "ENOSPC" }) });
	await new Uploader({
		source: folder, path: "in", after: "move", device: "0badcafe", place: "nas/scans", journal, connect, listener,
		postponed: new PostponedScans(() => 0), tidy: { due: false }, patienceMs: 0, random: () => 0, ticks: () => Time.ticks,
	}).run();
	if (reason) throw reason;
	return `arrived as ${name}`;
}

/** Who logs on and what is wanted, then replies, each behind its length. */
export function run(bytes: Uint8Array): Promise<string> {
	const input = new Input(bytes), options = input.byte(), more = input.byte(), guest = (options & 1) !== 0;
	const policy: Policy = {
		dialectMin: (options & 2) !== 0 ? 0x0202 : 0x0300, dialectMax: (options & 4) !== 0 ? 0x0311 : (options & 8) !== 0 ? 0x0302 : 0x0300,
		signingRequired: !guest, encryption: (["on-demand", "preferred", "required", "off"] as const)[options >> 4 & 3]!,
		ciphers: [1, 2, 3, 4], signingAlgorithms: [1, 2, 0], server: "nas", clientGuid: new Uint8Array(16),
	};
	const folder = scratch(), buffers = new Buffers(4, 4096), { pipeline, memory } = buffers, { network } = new Server(input, more);
	const ntlm = new NTLM({ user: guest ? "guest" : "anna", password: "secret", server: "nas", guest, entropy: fixedEntropy });
	const before = pattern(fileLength), limits = timeIsVirtual ? { answerMs: 4000, silenceMs: 400, idleMs: 20000 } : { answerMs: 1000, silenceMs: 1000, idleMs: 5000 };
	let connection: Connection | undefined;
	const connect = async (): Promise<TreeConnect> => {
		const transport = await Transport.connect({
			TCP: network.TCP, resolve: (_host, done) => done(undefined, ["192.0.2.1"]), memory: memory.buffer, window: () => buffers.window(),
			receiveAt: pipeline.receiveAt, receiveEnd: pipeline.controlAt, host: "nas", port: 445, messageTimeoutMs: limits.answerMs,
		});
		connection = new Connection(transport, memory, pipeline, limits);
		buffers.onFilled = () => connection!.filled();
		return (await Session.setup(connection, await negotiate(connection, policy), policy, new SPNEGO([ntlm]), guest)).treeConnect("scans");
	};
	save(`${folder}/scan.pdf`, before);
	return outcomeOf(documented, async () => {
		try { return await settled((more & Reads) !== 0 ? connect().then(read) : upload(folder, connect)); }
		finally {
			bytesEqual(load(exists(`${folder}/scan.pdf`) ? `${folder}/scan.pdf` : `${folder}/sent/scan.pdf`), before, "the scan stays, or lies with those that arrived");
			connection?.close();
			ok(network.sockets.every(socket => socket.closed), "a socket stays open");
			equal(pipeline.slotsFree, 4, "every slot is free again");
			buffers.close();
			clear(folder);
		}
	});
}

export const length = 6000;
/** An upload takes its turns whatever the input's length: polls of time, entries of tables. */
export const steps = [40000, 400] as const;

const little = (value: number, width: number): string => Array.from({ length: width }, (_, i) => (Math.floor(value / 256 ** i) % 256).toString(16).padStart(2, "0")).join("");
/** A reply that a guided server may send: the rest of the header is filled in. */
const reply = (status: number, body: string): Uint8Array => hex(`fe534d4240000000${little(status, 4)}000010000100000000000000${"00".repeat(8)}00000000${little(5, 4)}${little(77, 8)}${"00".repeat(16)}${body}`);
const logOn = (status: number, token: string): Uint8Array => reply(status, `0900${status === 0 ? "0100" : "0000"}4800${little(token.length / 2, 2)}${token}`);
const body = (frame: string): string => frame.slice(128);

/** A guest who looks at a folder and reads a file: what smbd said to smbclient, where it had to say the same. */
function reading(): Uint8Array[] {
	const { challenge, completed } = samba.accounts.find(({ guest }) => guest)!;
	const error = "090000000000000000", close = reply(0, `3c00${"00".repeat(58)}`);
	return [
		hex(frames.negotiateResponse), logOn(0xC0000016, challenge), logOn(0, completed), reply(0, `1000010000000000${"00000000"}ff011f00`),
		reply(0, body(frames.createResponse)), reply(0, body(frames.queryDirectoryResponse)), reply(0x80000006, error), close,
		reply(0, body(frames.createResponse)), reply(0, `09004800${little(56, 4)}${"00".repeat(56)}`), reply(0, body(frames.readResponse)), reply(0xC0000011, error), close, reply(0, "04000000"), reply(0, "04000000"),
	];
}

/** The same guest, to whom more comes than was asked for: a message that is too long for any but the answer to a READ has begun when that is over. */
function more(): Uint8Array[] {
	const replies = reading().map(framed), last = replies.length - 4;
	replies[last] = joined(replies[last]!, Uint8Array.of(0, 0, 0x0F, 0xA0), new Uint8Array(2500));
	return replies;
}

export const seeds = (): Uint8Array[] => [Uint8Array.of(5, Guided | Reads, ...parts(...reading())), Uint8Array.of(6, 0), Uint8Array.of(5, Guided, ...parts(...reading())), Uint8Array.of(5, Guided | Bare | Reads | 0xF8, ...parts(...more()))];
