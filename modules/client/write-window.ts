/**
 * The data plane of one file ([MS-SMB2] 3.2.4.7): takes filled slots from the pipeline, makes each a WRITE in place, keeps as many
 * in flight as credits allow, and settles once. Per WRITE it allocates nothing.
 */
import type { Pipeline } from "../../hosts/pipeline/pipeline.js";
import { ProtocolError, StorageError, TransportError } from "../errors/errors.js";
import { Command, Header, RELATED_FILE_ID } from "../smb2/header.js";
import { NTStatus } from "../smb2/status.js";
import type { Memory } from "../smb2/wire.js";
import { countOf, WriteTemplate } from "../smb2/write.js";
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
const { SUCCESS } = NTStatus;
/** WRITEs between two words of progress. */
const tellEvery = 4;

export class WriteWindow implements Stream {
	// What is used for each WRITE comes first: XS finds a private field by going through those before it.
	/** By place in the window; a message id below 0 marks a free place. */
	#messageIds = new Float64Array(inFlightMax).fill(-1);
	#offsets = new Float64Array(inFlightMax);
	/** File offset of the next WRITE. */
	#offset = 0;
	#outstanding = 0;
	#end = 0;
	/** Bytes of file data that a WRITE carries. */
	#piece: number;
	#connection: Connection;
	#pipeline: Pipeline;
	/** Place of the next WRITE. */
	#nextPlace = 0;
	/** Where the header of each stands until the socket has taken it, else -1. */
	#sendingAt = new Float64Array(inFlightMax).fill(-1);
	#failure: Error | undefined;
	#settled = false;
	/** WRITEs that are still to be sent as part of a compound. */
	#chained = 0;
	/** Places of the oldest that is not answered, and of the oldest that the socket has not taken. */
	#oldestPlace = 0;
	#sentPlace = 0;
	#sending = 0;
	/** Whether WRITEs can be sent on their own. */
	#opened = false;
	/** Up to where the server has confirmed all, and where it is told of next. */
	#confirmed = 0;
	#tellAt = 0;
	#template: WriteTemplate | undefined;
	/** 1 where an interim response has come. */
	#interim = new Uint8Array(inFlightMax);
	#tree: TreeConnect;
	#path: string;
	#fileId: Uint8Array = RELATED_FILE_ID;
	#progressed: (confirmed: number) => void;
	#resolve: (() => void) | undefined;
	#reject: ((error: Error) => void) | undefined;
	/** Whether the last of those ends the compound. */
	#endsChain = false;
	/** Whether it is the connection's stream. */
	#streaming = false;

	/** path: of the file, for errors. progressed: hears up to which byte of it the server has confirmed all. */
	constructor(tree: TreeConnect, path: string, progressed: (confirmed: number) => void) {
		this.#tree = tree;
		this.#path = path;
		this.#connection = tree.session.connection;
		this.#pipeline = this.#connection.pipeline;
		this.#piece = this.#pipeline.slotLength - this.spare;
		this.#progressed = progressed;
	}

	get outstanding(): number { return this.#outstanding; }
	/** Whether all that was loaded is written, or, where there is a failure, nothing more will be. */
	get settled(): boolean { return this.#settled; }
	get failure(): Error | undefined { return this.#failure; }

	/** Who is to be called when it settles; it has not yet. */
	whenSettled(resolve: () => void, reject: (error: Error) => void): void {
		this.#resolve = resolve;
		this.#reject = reject;
	}

	/** A server that takes less than a slot gets slots that are filled less far. */
	private get spare(): number { return Math.ceil(Math.max(0, this.#pipeline.slotLength - this.#connection.maxWriteSize) / 16) * 16; }

	/** How much of what was loaded may go out as part of a compound that has room for so many bytes and credits beside. */
	chainable(room: number, credits: number): { count: number; credits: number; length: number; whole: boolean } {
		const whole = this.#end - this.#offset, piece = this.#piece;
		const most = Math.min(room, chainMax, this.#connection.maxWriteSize);
		let count = 0, bytes = 0, length = 0, spent = 0;
		for (let at = 0; at < whole && count < inFlightMax; at += piece, count++) {
			const data = Math.min(piece, whole - at), charge = chargeOf(data);
			if (bytes + data > most || spent + charge > credits)
				break;
			bytes += data;
			length += writeHeadLength + Math.ceil(data / 8) * 8;
			spent += charge;
		}
		return { count, credits: spent, length, whole: count * piece >= whole };
	}

	/** Begins to read length bytes of the file at source, from offset on. Throws StorageError. */
	load(source: string, offset: number, length: number): void {
		this.#offset = this.#confirmed = offset;
		this.#tellAt = offset + tellEvery * this.#piece;
		this.#end = offset + length;
		try {
			this.#pipeline.read(source, offset, length, this.spare);
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
		this.#template = undefined;
		this.#opened = true;
		this.begin();
	}

	/** Sends the first count WRITEs as part of a compound that Connection.chain() has begun. ends: nothing of it comes behind them. */
	chain(count: number, ends: boolean): void {
		this.#chained = count;
		this.#endsChain = ends;
		this.begin();
	}

	/** Nothing more is sent, for that reason; settles when what is under way has been answered. */
	abandon(reason: Error): void {
		this.#opened = true;
		this.giveUp(reason);
		this.settleWhenDone();
	}

	private begin(): void {
		if (!this.#streaming) {
			this.#streaming = true;
			this.#connection.stream = this;
		}
		this.pump();
	}

	pump(): void {
		const connection = this.#connection, pipeline = this.#pipeline, messageIds = this.#messageIds, piece = this.#piece;
		let reading = false;
		try {
			while (!this.#failure && !this.#settled) {
				const i = this.#nextPlace, left = this.#end - this.#offset;
				if (left === 0 || messageIds[i] >= 0 || this.#sendingAt[i] >= 0)
					break;
				const length = left < piece ? left : piece;
				const charge = length <= creditPayload ? 1 : chargeOf(length);
				// What is part of a compound is paid for.
				if (this.#chained === 0 && !(this.#opened && connection.affords(charge, this.#outstanding)))
					break;
				reading = true;
				const dataAt = pipeline.next();
				reading = false;
				if (dataAt < 0)
					break;
				this.write(i, dataAt, length, charge);
			}
		}
		catch (error) {
			this.giveUp(reading ? new StorageError((error as Error).message, { cause: error }) : error as Error);
		}
		if (this.#outstanding === 0)
			this.settleWhenDone();
	}

	sent(at: number): void {
		// The transport takes messages in the order in which they were sent.
		const i = this.#sentPlace, sendingAt = this.#sendingAt;
		if (sendingAt[i] !== at)
			return;
		sendingAt[i] = -1;
		this.#sentPlace = (i + 1) & placeMask;
		this.#sending--;
		this.#pipeline.release(at + writeHeadLength);
	}

	pending(messageId: number): number {
		const i = this.placeOf(messageId);
		if (i < 0)
			return -1;
		const first = 1 - this.#interim[i];
		this.#interim[i] = 1;
		return first;
	}

	answered(messageId: number, status: number, memory: Memory, at: number, end: number): boolean {
		const messageIds = this.#messageIds, offsets = this.#offsets;
		let oldest = this.#oldestPlace;
		// Most answers are to the oldest.
		const i = messageIds[oldest] === messageId ? oldest : this.placeOf(messageId);
		if (i < 0)
			return false;
		messageIds[i] = -1;
		const left = --this.#outstanding;
		if (status !== SUCCESS)
			this.giveUp(statusError(`WRITE ${this.#path}`, status));
		else {
			const rest = this.#end - offsets[i], length = rest < this.#piece ? rest : this.#piece, count = countOf(memory, at, end);
			if (count !== length)
				throw new ProtocolError(`WRITE ${this.#path}: the server took ${count} of ${length} bytes and called it a success`);
		}
		if (i === oldest && left > 0) {
			do
				oldest = (oldest + 1) & placeMask;
			while (messageIds[oldest] < 0);
			this.#oldestPlace = oldest;
		}
		if (!this.#failure) {
			// Answers may overtake each other: what counts ends where the oldest unanswered begins.
			const confirmed = this.#confirmed = left > 0 ? offsets[oldest] : this.#offset;
			if (confirmed >= this.#tellAt)
				this.tell();
		}
		if (left === 0)
			this.settleWhenDone();
		return true;
	}

	private tell(): void {
		this.#tellAt = this.#confirmed + tellEvery * this.#piece;
		this.#progressed(this.#confirmed);
	}

	failed(error: Error): void {
		this.#failure ??= error;
		this.#pipeline.stop();
		for (let i = 0; i < inFlightMax; i++) {
			if (this.#sendingAt[i] >= 0)
				this.#pipeline.release(this.#sendingAt[i] + writeHeadLength);
		}
		this.#sendingAt.fill(-1);
		this.#messageIds.fill(-1);
		this.#sending = this.#outstanding = 0;
		this.settleWhenDone();
	}

	/** The place of the WRITE with that message id, or -1. */
	private placeOf(messageId: number): number {
		const messageIds = this.#messageIds;
		for (let n = 0, i = this.#oldestPlace; n < inFlightMax; n++, i = (i + 1) & placeMask) {
			if (messageIds[i] === messageId)
				return i;
		}
		return -1;
	}

	/** Makes the data at dataAt a WRITE and sends it. */
	private write(i: number, dataAt: number, length: number, charge: number): void {
		const connection = this.#connection, { memory } = connection;
		const at = dataAt - writeHeadLength, end = dataAt + length, offset = this.#offset;
		const template = this.#template ??= this.makeTemplate(charge);
		this.#nextPlace = (i + 1) & placeMask;
		if (this.#outstanding++ === 0)
			this.#oldestPlace = i;
		const creditRequest = connection.creditRequest(charge), messageId = connection.take(charge);
		template.layOut(at, messageId, charge, creditRequest, offset, length);
		this.#messageIds[i] = messageId;
		this.#offsets[i] = offset;
		this.#interim[i] = 0;
		this.#sendingAt[i] = at;
		this.#sending++;
		this.#offset = offset + length;
		connection.send(at, this.#chained > 0 && !(--this.#chained === 0 && this.#endsChain) ? new Header().aim(memory, at, memory.length).link(end) : end);
	}

	private makeTemplate(charge: number): WriteTemplate {
		return new WriteTemplate(this.#connection.memory, this.#connection.templateAt, charge, (header, request) => {
			this.#connection.begin(header, Command.WRITE, this.#tree.treeId, charge);
			request.FileId = this.#fileId;
		});
	}

	/** Nothing more is sent; what is under way is waited for. */
	private giveUp(error: Error): void {
		if (this.#failure)
			return;
		this.#failure = error;
		this.#pipeline.stop();
		// The server waits for the rest of a message that does not come.
		if (this.#chained > 0)
			this.#connection.fail(new TransportError(`the connection was closed in the middle of a message: ${error.message}`, "CLOSED", { cause: error }));
	}

	private settleWhenDone(): void {
		if (this.#settled || this.#outstanding > 0 || this.#sending > 0 || (!this.#failure && (this.#offset < this.#end || !this.#opened)))
			return;
		this.#settled = true;
		if (this.#confirmed + tellEvery * this.#piece > this.#tellAt)
			this.tell();
		if (this.#streaming && this.#connection.alive)
			this.#connection.stream = undefined;
		this.#pipeline.stop();
		if (this.#failure)
			this.#reject?.(this.#failure);
		else
			this.#resolve?.();
	}
}

/** Credits for a WRITE of length bytes. 3.1.5.2. */
function chargeOf(length: number): number { return Math.max(1, Math.ceil(length / creditPayload)); }
