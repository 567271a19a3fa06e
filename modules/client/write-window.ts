/**
 * The data plane of one file ([MS-SMB2] 3.2.4.7): takes filled slots from the pipeline, makes each a WRITE in place, keeps as many
 * in flight as credits allow, and settles once. Per WRITE it allocates nothing.
 */
import type { Pipeline } from "../../hosts/pipeline/pipeline.js";
import { ProtocolError, StorageError, TransportError } from "../errors/errors.js";
import { Command, Header, RELATED_FILE_ID } from "../smb2/header.js";
import { NTStatus } from "../smb2/status.js";
import type { Memory } from "../smb2/wire.js";
import { WriteRequest, WriteResponse } from "../smb2/write.js";
import { statusError } from "./advice.js";
import type { Connection } from "./connection.js";
import type { Stream } from "./request.js";
import { writeHeadLength } from "./layout.js";
import type { TreeConnect } from "./tree-connect.js";

/** WRITEs in flight at most. Slots are free again once the socket has taken them, so this may exceed their number. */
const inFlightMax = 16;
/** Places are used in turn: (i + 1) & placeMask is the next. */
const placeMask = inFlightMax - 1;
/** What one credit pays for ([MS-SMB2] 3.1.5.2). */
const creditPayload = 65536;
/** Bytes of file data that a compound brings at most: what small scans have, and less than any server's limit for a message. */
const chainMax = 131072;
/** What pipeline.next() says beside a position. */
const nothingYet = -1;

export class WriteWindow implements Stream {
	#tree: TreeConnect;
	#path: string;
	#fileId: Uint8Array = RELATED_FILE_ID;
	#connection: Connection;
	#pipeline: Pipeline;
	#progressed: (confirmed: number) => void;
	#resolve: () => void;
	#reject: (error: Error) => void;
	#header = new Header();
	#request = new WriteRequest();
	#response = new WriteResponse();
	/** By place in the window; a length of 0 marks a free place. */
	#messageIds = new Float64Array(inFlightMax);
	#lengths = new Float64Array(inFlightMax);
	#offsets = new Float64Array(inFlightMax);
	/** Where the header of each stands until the socket has taken it, else -1. */
	#sendingAt = new Float64Array(inFlightMax).fill(-1);
	/** 1 where an interim response has come. */
	#interim = new Uint8Array(inFlightMax);
	/** The places of the next WRITE, of the oldest that is not answered, and of the oldest that the socket has not taken. */
	#nextPlace = 0;
	#oldestPlace = 0;
	#sentPlace = 0;
	#outstanding = 0;
	#sending = 0;
	/** File offset of the next WRITE. */
	#offset = 0;
	#end = 0;
	/** WRITEs that are still to be sent as part of a compound, and whether the last of them ends it. */
	#chained = 0;
	#endsChain = false;
	#streaming = false;
	/** Whether WRITEs can be sent on their own. */
	#opened = false;
	#failure: Error | undefined;
	#settled = false;

	/** path: of the file, for errors. progressed: hears up to which byte of it the server has confirmed all. */
	constructor(tree: TreeConnect, path: string, progressed: (confirmed: number) => void, resolve: () => void, reject: (error: Error) => void) {
		this.#tree = tree;
		this.#path = path;
		this.#connection = tree.session.connection;
		this.#pipeline = this.#connection.pipeline;
		this.#progressed = progressed;
		this.#resolve = resolve;
		this.#reject = reject;
	}

	get outstanding(): number { return this.#outstanding; }

	/** Bytes of file data that a WRITE carries: a server that takes less than a slot gets slots that are filled less far. */
	get pieceLength(): number { return this.#pipeline.slotLength - this.#spare; }

	get #spare(): number { return Math.ceil(Math.max(0, this.#pipeline.slotLength - this.#connection.maxWriteSize) / 16) * 16; }

	/** How much of what was loaded may go out as part of a compound that has room for so many bytes and credits beside. */
	chainable(room: number, credits: number): { count: number; credits: number; length: number; whole: boolean } {
		const whole = this.#end - this.#offset, piece = this.pieceLength;
		const most = Math.min(room, chainMax, this.#connection.maxWriteSize);
		let count = 0, length = 0, spent = 0;
		for (let at = 0; at < whole && count < inFlightMax; at += piece, count++) {
			const data = Math.min(piece, whole - at);
			const charge = chargeOf(data);
			const next = length + writeHeadLength + Math.ceil(data / 8) * 8;
			if (next > most + count * writeHeadLength || spent + charge > credits)
				break;
			length = next;
			spent += charge;
		}
		return { count, credits: spent, length, whole: count * piece >= whole };
	}

	/** Begins to read length bytes of the file at source, from offset on. Throws StorageError. */
	load(source: string, offset: number, length: number): void {
		this.#offset = offset;
		this.#end = offset + length;
		try {
			this.#pipeline.read(source, offset, length, this.#spare);
		}
		catch (error) {
			throw new StorageError((error as Error).message, { cause: error });
		}
	}

	/** What was loaded is not sent after all. */
	unload(): void {
		this.#pipeline.stop();
	}

	/** Sends what was loaded to the file of that id: at once, or, after chain(), when its WRITEs are under way. */
	start(fileId: Uint8Array): void {
		this.#fileId = fileId;
		this.#opened = true;
		this.#begin();
	}

	/** Sends the first count WRITEs as part of a compound that Connection.chain() has begun. ends: nothing of it comes behind them. */
	chain(count: number, ends: boolean): void {
		this.#chained = count;
		this.#endsChain = ends;
		this.#begin();
	}

	/** Nothing more is sent, for that reason; settles when what is under way has been answered. */
	abandon(reason: Error): void {
		this.#opened = true;
		this.#giveUp(reason);
		this.#settleWhenDone();
	}

	#begin(): void {
		if (!this.#streaming) {
			this.#streaming = true;
			this.#connection.stream = this;
		}
		this.pump();
	}

	pump(): void {
		const connection = this.#connection;
		try {
			while (!this.#failure && !this.#settled && this.#placeFree()) {
				const charge = this.#charge();
				// One stays in hand, so that there can be asked for a sign of life. What is part of a compound is paid for.
				if (this.#chained === 0 && (!this.#opened || connection.contended || connection.credits < charge + (this.#outstanding > 0 ? 1 : 0)))
					break;
				const at = this.#next();
				if (at < 0)
					break;
				this.#write(at, charge);
			}
		}
		catch (error) {
			this.#giveUp(error as Error);
		}
		this.#settleWhenDone();
	}

	sent(at: number): void {
		// The transport takes messages in the order in which they were sent.
		const i = this.#sentPlace;
		if (this.#sendingAt[i] !== at)
			return;
		this.#sendingAt[i] = -1;
		this.#sentPlace = (i + 1) & placeMask;
		this.#sending--;
		this.#pipeline.release(at + writeHeadLength);
	}

	pending(messageId: number): number {
		const i = this.#placeOf(messageId);
		if (i < 0)
			return -1;
		const first = 1 - this.#interim[i];
		this.#interim[i] = 1;
		return first;
	}

	answered(messageId: number, status: number, memory: Memory, at: number, end: number): boolean {
		const i = this.#placeOf(messageId);
		if (i < 0)
			return false;
		const length = this.#lengths[i];
		this.#lengths[i] = 0;
		this.#outstanding--;
		while (this.#outstanding > 0 && this.#lengths[this.#oldestPlace] === 0)
			this.#oldestPlace = (this.#oldestPlace + 1) & placeMask;
		if (status !== NTStatus.SUCCESS)
			this.#giveUp(statusError(`WRITE ${this.#path}`, status));
		else {
			const count = this.#response.open(memory, at, end).Count;
			if (count !== length)
				throw new ProtocolError(`WRITE ${this.#path}: the server took ${count} of ${length} bytes and called it a success`);
			// Answers may overtake each other: what counts ends where the oldest unanswered begins.
			if (!this.#failure)
				this.#progressed(this.#outstanding > 0 ? this.#offsets[this.#oldestPlace] : this.#offset);
		}
		this.#settleWhenDone();
		return true;
	}

	failed(error: Error): void {
		this.#failure ??= error;
		this.#pipeline.stop();
		for (let i = 0; i < inFlightMax; i++) {
			if (this.#sendingAt[i] >= 0)
				this.#pipeline.release(this.#sendingAt[i] + writeHeadLength);
		}
		this.#sendingAt.fill(-1);
		this.#sending = this.#outstanding = 0;
		this.#settleWhenDone();
	}

	/** The place of the WRITE with that message id, or -1. Most answers are to the oldest. */
	#placeOf(messageId: number): number {
		const messageIds = this.#messageIds, lengths = this.#lengths;
		for (let n = 0, i = this.#oldestPlace; n < inFlightMax; n++, i = (i + 1) & placeMask) {
			if (messageIds[i] === messageId && lengths[i] > 0)
				return i;
		}
		return -1;
	}

	#placeFree(): boolean {
		const i = this.#nextPlace;
		return this.#lengths[i] === 0 && this.#sendingAt[i] < 0;
	}

	#charge(): number { return chargeOf(Math.min(this.pieceLength, this.#end - this.#offset)); }

	/** The position of the next data, or below 0. */
	#next(): number {
		if (this.#offset === this.#end)
			return nothingYet;
		try {
			return this.#pipeline.next();
		}
		catch (error) {
			throw new StorageError((error as Error).message, { cause: error });
		}
	}

	/** Makes the data at dataAt a WRITE and sends it. */
	#write(dataAt: number, charge: number): void {
		const { memory } = this.#connection;
		const length = this.#pipeline.lengthAt(dataAt);
		const at = dataAt - writeHeadLength;
		const i = this.#nextPlace;
		this.#nextPlace = (i + 1) & placeMask;
		if (this.#outstanding === 0)
			this.#oldestPlace = i;
		this.#messageIds[i] = this.#connection.begin(this.#header, at, Command.WRITE, this.#tree.treeId, charge);
		this.#lengths[i] = length;
		this.#offsets[i] = this.#offset;
		this.#interim[i] = 0;
		this.#sendingAt[i] = at;
		this.#outstanding++;
		this.#sending++;
		const request = this.#request.begin(memory, at + Header.size);
		request.Offset = this.#offset;
		request.FileId = this.#fileId;
		request.setData(dataAt, length);
		this.#offset += length;
		this.#connection.send(at, this.#chained > 0 && !(--this.#chained === 0 && this.#endsChain) ? this.#header.link(dataAt + length) : dataAt + length);
	}

	/** Nothing more is sent; what is under way is waited for. */
	#giveUp(error: Error): void {
		if (this.#failure)
			return;
		this.#failure = error;
		this.#pipeline.stop();
		// The server waits for the rest of a message that does not come.
		if (this.#chained > 0)
			this.#connection.fail(new TransportError(`the connection was closed in the middle of a message: ${error.message}`, "CLOSED", { cause: error }));
	}

	#settleWhenDone(): void {
		if (this.#settled || this.#outstanding > 0 || this.#sending > 0 || (!this.#failure && (this.#offset < this.#end || !this.#opened)))
			return;
		this.#settled = true;
		if (this.#streaming && this.#connection.alive)
			this.#connection.stream = undefined;
		this.#pipeline.stop();
		if (this.#failure)
			this.#reject(this.#failure);
		else
			this.#resolve();
	}
}

/** Credits for a WRITE of length bytes. 3.1.5.2. */
function chargeOf(length: number): number { return Math.max(1, Math.ceil(length / creditPayload)); }
