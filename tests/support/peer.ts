/**
 * A scripted SMB server without a network: it stands where the transport would, knows the session key, answers every request as a
 * small server with a folder of files would, and lies where a test tells it to. Messages are laid out here by hand, by the tables of
 * [MS-SMB2] 2.2, so that it is no mirror of the codec under test.
 */
import { Key } from "../../hosts/crypto/key.js";
import type { Buffers } from "../../modules/client/buffers.js";
import type { Carrier, Signer } from "../../modules/client/request.js";
import { PreauthIntegrity } from "../../modules/client/preauth.js";
import { type Algorithms, makeSealing, makeSigner } from "../../modules/client/keys.js";
import { Sealing } from "../../modules/client/sealing.js";
import type { LogOn } from "../../modules/client/session.js";
import { Memory } from "../../modules/smb2/wire.js";
import { ProtocolError, TransportError } from "../../modules/errors/errors.js";

export const Command = Object.freeze({
	NEGOTIATE: 0, SESSION_SETUP: 1, LOGOFF: 2, TREE_CONNECT: 3, TREE_DISCONNECT: 4, CREATE: 5, CLOSE: 6, FLUSH: 7, READ: 8, WRITE: 9, IOCTL: 11, QUERY_DIRECTORY: 14, QUERY_INFO: 16, SET_INFO: 17,
} as const);

export const Status = Object.freeze({
	SUCCESS: 0, PENDING: 0x103, MORE_PROCESSING_REQUIRED: 0xC0000016, ACCESS_DENIED: 0xC0000022, NO_MORE_FILES: 0x80000006, NO_SUCH_FILE: 0xC000000F, END_OF_FILE: 0xC0000011, OBJECT_NAME_NOT_FOUND: 0xC0000034, OBJECT_NAME_COLLISION: 0xC0000035, OBJECT_PATH_NOT_FOUND: 0xC000003A,
	DISK_FULL: 0xC000007F, NOT_SUPPORTED: 0xC00000BB, USER_SESSION_DELETED: 0xC0000203, FILE_CLOSED: 0xC0000128, SHARING_VIOLATION: 0xC0000043,
} as const);

const headerLength = 64;
/** [MS-FSCC] 2.4. */
const fileNetworkOpenInformation = 34;
const responseFlag = 1, asyncFlag = 2, relatedFlag = 4, signedFlag = 8;
const sessionId = 0x1122334455n;
const sessionIdBytes = Uint8Array.of(0x55, 0x44, 0x33, 0x22, 0x11, 0, 0, 0);
const sessionKeyBytes = Uint8Array.from({ length: 16 }, (_, i) => 0x40 + i);
const guid = Uint8Array.from({ length: 16 }, (_, i) => 0xA0 + i);

/** One request of a message, and the reply that the peer has made for it. */
export interface Turn {
	/** How many requests came before it on this connection. */
	readonly index: number;
	readonly command: number;
	/** Of the message that it came in, a compound perhaps: counts from 0. */
	readonly message: number;
	readonly messageId: number;
	/** The request, header first. */
	readonly request: Uint8Array;
	status: number;
	/** The reply's body. */
	body: Uint8Array;
	credits: number;
	signed: boolean;
	/** Whether the request came encrypted; the reply goes out as it says. */
	sealed: boolean;
}

export interface PeerOptions {
	dialect?: number;
	/** Sent with every reply unless the script says otherwise. */
	credits?: number;
	guest?: boolean;
	maxWriteSize?: number;
	/** SecurityMode of the NEGOTIATE response. */
	securityMode?: number;
	shareFlags?: number;
	maximalAccess?: number;
	/** Of the NEGOTIATE response: capabilities, and the contexts of 3.1.1 (-1: none). */
	capabilities?: number;
	signing?: number;
	cipher?: number;
	/** SessionFlags of the last SESSION_SETUP response. */
	sessionFlags?: number;
	/** Whether the replies to a compound go out as one. */
	compounds?: boolean;
}

export interface File { bytes: number[]; name: string; deletePending: boolean }

/** What a script may do with a finished reply: change its bytes, swallow it (none), send more. */
export type Tamper = (reply: Uint8Array, turn: Turn) => readonly Uint8Array[] | undefined;

export class Peer implements Carrier {
	readonly address = "192.0.2.1";
	readonly port = 445;
	readonly maxLength = 0xFFFFFF;
	onMessage: (at: number, end: number) => void = () => {};
	onSent: (at: number) => void = () => {};
	onError: (error: TransportError | ProtocolError) => void = () => {};

	/** By name, "\" between folders. */
	readonly files = new Map<string, File>();
	readonly folders = new Set<string>();
	readonly turns: Turn[] = [];
	closed = false;
	/** The script: called before a reply is laid out and signed. */
	before: (turn: Turn) => void = () => {};
	/** The script: called with each reply, all but protected; what it returns is signed or sealed as if it were true. */
	lie: (reply: Uint8Array, turn: Turn) => Uint8Array = reply => reply;
	/** The script: called with each reply as it would go out. */
	tamper: Tamper = () => undefined;
	/** Replies held back by hold(), oldest first. */
	readonly held: Uint8Array[] = [];
	holding = false;

	readonly #buffers: Buffers;
	readonly #options: Required<PeerOptions>;
	readonly #opens = new Map<number, File>();
	readonly #listed = new Set<number>();
	#fileIds = 0;
	/** Of the message that is coming in: what has come, and how many bytes are still to come. */
	#parts: Uint8Array[] = [];
	#following = 0;
	/** What a related request is about: the file, or the failure, of the one before it. */
	#related = 0;
	#messages = 0;
	#refused: number = Status.SUCCESS;
	#receiveAt: number;
	#receiveEnd: number;
	#preauth = new PreauthIntegrity();
	#signer: Signer | undefined;
	#sealing: Sealing | undefined;
	#algorithms: Algorithms | undefined;

	constructor(buffers: Buffers, options: PeerOptions = {}) {
		this.#buffers = buffers;
		this.#receiveAt = buffers.pipeline.receiveAt;
		this.#receiveEnd = buffers.pipeline.controlAt;
		this.#options = { dialect: 0x0311, credits: 16, guest: false, maxWriteSize: 65536, securityMode: 1, shareFlags: 0, maximalAccess: 0x001F01FF, capabilities: 0x44, signing: 1, cipher: -1, sessionFlags: 0, compounds: false, ...options };
	}

	/** The same server, with its files and its script, for another connection. */
	again(): Peer {
		const other = new Peer(this.#buffers, this.#options);
		for (const [name, file] of this.files) other.files.set(name, file);
		for (const folder of this.folders) other.folders.add(folder);
		[other.before, other.lie, other.tamper] = [this.before, this.lie, this.tamper];
		return other;
	}

	/** What stands where SPNEGO would: it has the key from the start. */
	logOn(): LogOn {
		const sessionKey = new Key(16);
		sessionKey.load(sessionKeyBytes, 0);
		const token = Uint8Array.of(1, 2, 3);
		return { initial: async () => token, step: async () => token, finish() {}, sessionKey: this.#options.guest ? undefined : sessionKey, close() { sessionKey.close(); } };
	}

	send(at: number, end: number, following = 0): void {
		this.#parts = [];
		this.#following = end - at + following;
		this.sendMore(at, end);
	}

	sendMore(at: number, end: number): void {
		const parts = this.#parts;
		parts.push(this.#buffers.memory.bytes.slice(at, end));
		this.#following -= end - at;
		if (this.#following < 0)
			throw new Error(`the client sends ${-this.#following} bytes more than it announced`);
		const whole = this.#following === 0;
		void Promise.resolve().then(() => {
			if (this.closed)
				return;
			this.onSent(at);
			if (!whole || this.closed)
				return;
			try {
				const message = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
				let filled = 0;
				for (const part of parts) {
					message.set(part, filled);
					filled += part.length;
				}
				this.#answer(message);
			}
			catch (error) {
				// What a server can't decrypt, it hangs up on.
				if (!(error instanceof ProtocolError))
					throw error;
				this.onError(new TransportError(`the peer hung up: ${error.message}`, "EOF"));
			}
		});
	}

	receiveInto(at: number, end: number): void {
		this.#receiveAt = at;
		this.#receiveEnd = end;
	}

	close(): void {
		this.closed = true;
		this.#signer?.close();
		this.#sealing?.close();
		this.#signer = this.#sealing = undefined;
	}

	/** Hands a message to the client, as the transport would. */
	deliver(message: Uint8Array): void {
		if (this.closed)
			return;
		const at = this.#receiveAt + 4;
		if (at + message.length > this.#receiveEnd)
			throw new RangeError("the script's message is longer than the receive area");
		this.#buffers.memory.bytes.set(message, at);
		this.onMessage(at, at + message.length);
	}

	/** Sends what was held back, in the order that sort makes. */
	release(order: (replies: Uint8Array[]) => Uint8Array[] = replies => replies): void {
		const replies = order(this.held.splice(0));
		for (const reply of replies)
			this.deliver(reply);
	}

	/** The commands so far, by message. */
	get messages(): number[][] {
		const messages: number[][] = [];
		for (const { message, command } of this.turns) (messages[message] ??= []).push(command);
		return messages;
	}

	/** The requests of one command so far. */
	count(command: number): number { return this.turns.filter(turn => turn.command === command).length; }

	#answer(sent: Uint8Array): void {
		const sealed = sent[0] === 0xFD;
		const message = sealed ? this.open(sent) : sent;
		const turns: Turn[] = [];
		const replies: Uint8Array[] = [];
		// A script may end the connection in the middle of a compound.
		for (let at = 0; at < message.length && !this.closed;) {
			const next = view(message).getUint32(at + 20, true);
			const turn = this.#serve(message.slice(at, next ? at + next : message.length), sealed);
			turns.push(turn);
			const reply = this.#layOut(turn);
			if (this.#options.compounds)
				replies.push(reply);
			else
				this.#goOut(this.#protect(reply, turn), turn);
			at += next || message.length;
		}
		this.#messages++;
		if (replies.length > 0)
			this.#goOut(this.#compound(replies, turns), turns[turns.length - 1]!);
	}

	#goOut(reply: Uint8Array, turn: Turn): void {
		for (const message of this.tamper(reply, turn) ?? [reply]) {
			if (this.holding)
				this.held.push(message);
			else
				this.deliver(message);
		}
	}

	/** One message of several replies (3.3.4.1.3): padded to 8, each signed over its own padding, or all sealed as one. */
	#compound(replies: readonly Uint8Array[], turns: readonly Turn[]): Uint8Array {
		const parts = replies.map((reply, i) => {
			const last = i === replies.length - 1;
			const part = new Uint8Array(last ? reply.length : Math.ceil(reply.length / 8) * 8);
			part.set(reply);
			view(part).setUint32(20, last ? 0 : part.length, true);
			if (turns[i]!.signed && !turns[i]!.sealed)
				this.sign(part);
			return part;
		});
		const whole = Uint8Array.from(parts.flatMap(part => [...part]));
		return turns[0]!.sealed ? this.seal(whole) : whole;
	}

	#protect(reply: Uint8Array, turn: Turn): Uint8Array {
		if (turn.sealed)
			return this.seal(reply);
		if (turn.signed)
			this.sign(reply);
		return reply;
	}

	#serve(request: Uint8Array, sealed: boolean): Turn {
		const fields = view(request);
		const command = fields.getUint16(12, true);
		const turn: Turn = {
			index: this.turns.length, command, message: this.#messages, messageId: fields.getUint32(24, true), request, status: Status.SUCCESS, body: new Uint8Array(0), credits: this.#options.credits,
			signed: (fields.getUint32(16, true) & signedFlag) !== 0, sealed,
		};
		if (turn.signed && sealed)
			throw new Error(`the client signed ${command}, which it sealed`);
		if (turn.signed && !this.#verifies(request))
			throw new Error(`the client's signature of ${command} is wrong`);
		if ((fields.getUint32(16, true) & relatedFlag) === 0)
			this.#refused = Status.SUCCESS;
		if (this.#refused === Status.SUCCESS)
			this.#answerTo(turn);
		else
			turn.status = this.#refused;
		this.turns.push(turn);
		this.before(turn);
		// 3.3.5.2.7.2: what follows has nothing to work on.
		if (command === Command.CREATE || command === Command.TREE_CONNECT)
			this.#refused = turn.status;
		return turn;
	}

	/** The number in the FileId at offset of a request's body: where that is all ones, of the file that the compound is about. */
	#fileId(fields: DataView, offset: number): number {
		const id = fields.getUint32(headerLength + offset, true);
		return id === 0xFFFFFFFF ? this.#related : id;
	}

	/** Whether the client's signature is right: by the same key, over a copy. */
	#verifies(request: Uint8Array): boolean {
		return this.#signer !== undefined && this.#signer.verify(request, 0, request.length, 48);
	}

	/** A reply to turn with its status and body. */
	#layOut(turn: Turn): Uint8Array {
		const body = turn.status === Status.SUCCESS || turn.status === Status.MORE_PROCESSING_REQUIRED ? turn.body : Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 0);
		const reply = this.lie(message(turn, responseFlag | (turn.signed ? signedFlag : 0), body), turn);
		if (turn.command === Command.NEGOTIATE || (turn.command === Command.SESSION_SETUP && turn.status === Status.MORE_PROCESSING_REQUIRED))
			this.#preauth.add(reply, 0, reply.length);
		return reply;
	}

	/** A plain message, or several as a compound, sealed with the session's key ([MS-SMB2] 2.2.41). */
	seal(plain: Uint8Array, sessionId = sessionIdBytes): Uint8Array {
		const memory = new Memory(new ArrayBuffer(Sealing.headLength + plain.length + 16));
		memory.bytes.set(plain, Sealing.headLength);
		const end = Sealing.headLength + plain.length;
		this.#sealing!.seal(memory, Sealing.headLength, end, sessionId);
		return memory.bytes.slice(0, end);
	}

	/** What a reply of seal()'s says. */
	reveal(sealed: Uint8Array): Uint8Array {
		const key = new Key(16);
		key.load(sessionKeyBytes, 0);
		const client = makeSealing(this.#algorithms!, key)!;
		key.close();
		const memory = new Memory(new ArrayBuffer(sealed.length + 16));
		memory.bytes.set(sealed);
		const plain = memory.bytes.slice(client.open(memory, 0, sealed.length, sessionIdBytes), sealed.length);
		client.close();
		return plain;
	}

	/** What the client sealed. */
	open(sealed: Uint8Array): Uint8Array {
		const memory = new Memory(new ArrayBuffer(sealed.length + 16));
		memory.bytes.set(sealed);
		return memory.bytes.slice(this.#sealing!.open(memory, 0, sealed.length, sessionIdBytes), sealed.length);
	}

	/** Signs a message with the session's key. */
	sign(reply: Uint8Array): void {
		this.#signer!.sign(reply, 0, reply.length, 48);
	}

	/** An interim response to turn ([MS-SMB2] 3.3.4.2), which servers do not sign. */
	pending(turn: Turn): Uint8Array {
		return message({ ...turn, status: Status.PENDING }, responseFlag | asyncFlag, Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 0));
	}

	#answerTo(turn: Turn): void {
		const { request } = turn;
		const fields = view(request);
		switch (turn.command) {
			case Command.NEGOTIATE:
				this.#preauth.add(request, 0, request.length);
				turn.body = this.#negotiateBody();
				break;
			case Command.SESSION_SETUP:
				this.#sessionSetup(turn);
				break;
			case Command.TREE_CONNECT:
				turn.body = pack([2, 16], [1, 1], [1, 0], [4, this.#options.shareFlags], [4, 0], [4, this.#options.maximalAccess]);
				break;
			case Command.IOCTL:
				turn.body = pack([2, 49], [2, 0], [4, 0x00140204], ...anyFileId(), [4, 112], [4, 0], [4, 112], [4, 24], [4, 0], [4, 0], [4, this.#options.capabilities], ...bytesOf(guid), [2, this.#options.securityMode], [2, this.#options.dialect]);
				break;
			case Command.CREATE:
				this.#create(turn);
				break;
			case Command.WRITE: {
				const file = this.#opens.get(this.#fileId(fields, 16));
				const length = fields.getUint32(headerLength + 4, true), offset = fields.getUint32(headerLength + 8, true), dataAt = fields.getUint16(headerLength + 2, true);
				for (let i = 0; file && i < length; i++)
					file.bytes[offset + i] = request[dataAt + i]!;
				turn.body = pack([2, 17], [2, 0], [4, length], [4, 0], [2, 0], [2, 0]);
				break;
			}
			case Command.SET_INFO:
				this.#setInfo(turn);
				break;
			case Command.QUERY_INFO: {
				const file = this.#opens.get(this.#fileId(fields, 24));
				const length: [number, number][] = [[4, file ? file.bytes.length : 0], [4, 0]];
				turn.body = request[headerLength + 3] === fileNetworkOpenInformation
					? pack([2, 9], [2, 72], [4, 56], ...Array.from({ length: 10 }, () => [4, 0] as const), ...length, [4, 0x20], [4, 0])
					: pack([2, 9], [2, 72], [4, 24], [4, 0], [4, 0], ...length, [4, 1], [1, 0], [1, 0], [2, 0]);
				break;
			}
			case Command.READ: {
				const file = this.#opens.get(this.#fileId(fields, 16));
				const length = fields.getUint32(headerLength + 4, true), offset = fields.getUint32(headerLength + 8, true);
				const bytes = file?.bytes.slice(offset, offset + length) ?? [];
				if (bytes.length === 0)
					turn.status = Status.END_OF_FILE;
				turn.body = Uint8Array.of(...pack([2, 17], [1, 80], [1, 0], [4, bytes.length], [4, 0], [4, 0]), ...bytes);
				break;
			}
			case Command.QUERY_DIRECTORY:
				this.#list(turn);
				break;
			case Command.CLOSE: {
				const id = this.#fileId(fields, 8), file = this.#opens.get(id);
				if (file?.deletePending)
					this.files.delete(file.name);
				this.#opens.delete(id);
				turn.body = new Uint8Array(60);
				turn.body[0] = 60;
				break;
			}
			default:
				turn.body = Uint8Array.of(4, 0, 0, 0);
		}
	}

	#negotiateBody(): Uint8Array {
		const { dialect, maxWriteSize, securityMode, capabilities, signing, cipher } = this.#options;
		const contexts = dialect === 0x0311;
		const count = 1 + (signing < 0 ? 0 : 1) + (cipher < 0 ? 0 : 1);
		const fixed = pack([2, 65], [2, securityMode], [2, dialect], [2, contexts ? count : 0], ...bytesOf(guid), [4, capabilities], [4, 65536], [4, 65536], [4, maxWriteSize], [4, 0], [4, 0], [4, 0], [4, 0], [2, 128], [2, 0], [4, contexts ? 128 : 0]);
		if (!contexts)
			return fixed;
		const preauth = pack([2, 1], [2, 6], [4, 0], [2, 1], [2, 0], [2, 1], [2, 0]);
		const chosen = [...cipher < 0 ? [] : [[2, cipher]], ...signing < 0 ? [] : [[8, signing]]];
		return Uint8Array.of(...fixed, ...preauth, ...chosen.flatMap(([type, algorithm], i) => [...pack([2, type!], [2, 4], [4, 0], [2, 1], [2, algorithm!], [4, 0])].slice(0, i < chosen.length - 1 ? 16 : 12)));
	}

	#sessionSetup(turn: Turn): void {
		const { dialect, guest, signing, cipher, capabilities, sessionFlags } = this.#options;
		this.#preauth.add(turn.request, 0, turn.request.length);
		turn.body = pack([2, 9], [2, guest ? 1 : 0], [2, 72], [2, 3], [1, 7], [1, 8], [1, 9]);
		if (this.count(Command.SESSION_SETUP) === 0) {
			turn.status = Status.MORE_PROCESSING_REQUIRED;
			return;
		}
		turn.body[2]! |= sessionFlags;
		if (guest)
			return;
		const key = new Key(16);
		key.load(sessionKeyBytes, 0);
		const inUse = dialect === 0x0311 ? Math.max(cipher, 0) : dialect >= 0x0300 && (capabilities & 0x40) !== 0 ? 1 : 0;
		const algorithms = this.#algorithms = { dialect, signing: signing < 0 ? 1 : signing, cipher: inUse, preauth: this.#preauth.value.slice() };
		this.#signer = makeSigner(algorithms, key);
		this.#sealing = makeSealing(algorithms, key, true);
		key.close();
		turn.signed = true;
	}

	#create(turn: Turn): void {
		const fields = view(turn.request);
		const nameAt = fields.getUint16(headerLength + 44, true), nameLength = fields.getUint16(headerLength + 46, true);
		const disposition = fields.getUint32(headerLength + 36, true), isFolder = (fields.getUint32(headerLength + 40, true) & 1) !== 0;
		const name = text(turn.request, nameAt, nameLength);
		const parent = name.includes("\\") ? name.slice(0, name.lastIndexOf("\\")) : "";
		if (parent !== "" && !this.folders.has(parent))
			turn.status = Status.OBJECT_PATH_NOT_FOUND;
		else if (isFolder)
			this.folders.add(name);
		else if (disposition === 2 && this.files.has(name))
			turn.status = Status.OBJECT_NAME_COLLISION;
		else if (disposition === 1 && !this.files.has(name))
			turn.status = Status.OBJECT_NAME_NOT_FOUND;
		const file = disposition === 1 && this.files.get(name) || { bytes: [], name, deletePending: false };
		const id = ++this.#fileIds;
		turn.body = pack([2, 89], [1, 0], [1, 0], [4, 2], ...Array.from({ length: 10 }, () => [4, 0] as const), [4, file.bytes.length], [4, 0], [4, 0x20], [4, 0], [4, id], [4, 0], [4, id], [4, 0], [4, 0], [4, 0]);
		if (turn.status !== Status.SUCCESS)
			return;
		if (!isFolder)
			this.files.set(name, file);
		this.#opens.set(id, file);
		this.#related = id;
	}

	/** FileIdBothDirectoryInformation of all files that fit, in one answer; the next has no more. */
	#list(turn: Turn): void {
		const fields = view(turn.request), id = fields.getUint32(headerLength + 8, true);
		const pattern = text(turn.request, fields.getUint16(headerLength + 24, true), fields.getUint16(headerLength + 26, true));
		const prefix = pattern.slice(0, pattern.indexOf("*")), folder = this.#opens.get(id)!.name;
		const names = [...this.files.keys()].map(name => folder === "" ? name : name.startsWith(`${folder}\\`) ? name.slice(folder.length + 1) : "\\")
			.filter(name => !name.includes("\\") && name.startsWith(prefix));
		if (this.#listed.has(id) || names.length === 0) {
			turn.status = this.#listed.has(id) ? Status.NO_MORE_FILES : Status.NO_SUCH_FILE;
			return;
		}
		this.#listed.add(id);
		const entries = names.map((name, i) => {
			const length = 104 + 2 * name.length, entry = new Uint8Array(i < names.length - 1 ? Math.ceil(length / 8) * 8 : length), at = view(entry);
			at.setUint32(0, i < names.length - 1 ? entry.length : 0, true);
			at.setUint32(60, 2 * name.length, true);
			for (let n = 0; n < name.length; n++)
				at.setUint16(104 + 2 * n, name.charCodeAt(n), true);
			return entry;
		});
		const length = entries.reduce((sum, entry) => sum + entry.length, 0);
		turn.body = Uint8Array.of(...pack([2, 9], [2, 72], [4, length]), ...entries.flatMap(entry => [...entry]));
	}

	#setInfo(turn: Turn): void {
		const { request } = turn;
		const fields = view(request);
		const file = this.#opens.get(this.#fileId(fields, 16));
		if (!file) {
			// The script has lied about the FileId.
			turn.status = Status.FILE_CLOSED;
			return;
		}
		const informationClass = request[headerLength + 3], at = fields.getUint16(headerLength + 8, true);
		turn.body = Uint8Array.of(2, 0);
		if (informationClass === 13)
			file.deletePending = request[at] === 1;
		else if (informationClass === 10) {
			const name = text(request, at + 20, fields.getUint32(at + 16, true));
			if (name.includes("\\") && !this.folders.has(name.slice(0, name.lastIndexOf("\\")))) {
				turn.status = Status.OBJECT_PATH_NOT_FOUND;
				return;
			}
			if (this.files.has(name)) {
				turn.status = Status.OBJECT_NAME_COLLISION;
				return;
			}
			this.files.delete(file.name);
			file.name = name;
			this.files.set(name, file);
		}
	}
}

function view(bytes: Uint8Array): DataView { return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength); }

/** A message of header and body in answer to turn. */
function message(turn: Turn, flags: number, body: Uint8Array): Uint8Array {
	const bytes = new Uint8Array(headerLength + body.length);
	const fields = view(bytes);
	bytes.set([0xFE, 0x53, 0x4D, 0x42, 64, 0]);
	fields.setUint32(8, turn.status, true);
	fields.setUint16(12, turn.command, true);
	fields.setUint16(14, turn.credits, true);
	fields.setUint32(16, flags, true);
	fields.setUint32(24, turn.messageId, true);
	fields.setUint32(36, 5, true);
	fields.setBigUint64(40, turn.command === Command.NEGOTIATE ? 0n : sessionId, true);
	bytes.set(body, headerLength);
	return bytes;
}

/** Little endian numbers of [bytes, value] each, one after the other. */
function pack(...fields: readonly (readonly [number, number])[]): Uint8Array {
	const bytes: number[] = [];
	for (const [size, value] of fields) {
		for (let i = 0; i < size; i++)
			bytes.push(Math.floor(value / 2 ** (8 * i)) & 0xFF);
	}
	return Uint8Array.from(bytes);
}

function bytesOf(bytes: Uint8Array): [number, number][] { return Array.from(bytes, byte => [1, byte]); }

/** A FileId of ones. */
function anyFileId(): [number, number][] { return Array.from({ length: 4 }, () => [4, 0xFFFFFFFF]); }

function text(bytes: Uint8Array, at: number, length: number): string {
	let result = "";
	for (let i = 0; i < length; i += 2)
		result += String.fromCharCode(bytes[at + i]! | bytes[at + i + 1]! << 8);
	return result;
}
