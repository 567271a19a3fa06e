/** [MS-SMB2] 3.2.1.6 Open: a file on the share. */
import { OplockLevel } from "../smb2/create.js";
import { Command } from "../smb2/header.js";
import { OplockBreak } from "../smb2/oplock-break.js";
import { ReadRequest, ReadResponse } from "../smb2/read.js";
import { NTStatus } from "../smb2/status.js";
import { holds, type Memory, sameBytes } from "../smb2/wire.js";
import { ProtocolError, StatusError } from "../errors/errors.js";
import type { Durable } from "./create.js";
import { closeRequest, DeletionRequest, type FileStatus, flushRequest, LengthRequest, RenameRequest, StatusRequest, TimesRequest } from "./file-requests.js";
import type { OplockHolder, Request } from "./request.js";
import type { TreeConnect } from "./tree-connect.js";
import { WriteWindow } from "./write-window.js";

/** What one credit pays for ([MS-SMB2] 3.1.5.2). */
const creditPayload = 65536;

export class Open implements OplockHolder {
	readonly tree: TreeConnect;
	/** Path in the share when it was opened. */
	readonly path: string;
	readonly fileId: Uint8Array;
	/** Bytes of it when it was opened. */
	readonly length: number;
	/** What tells this file from all others of the server, 16 bytes; undefined where the server does not say. */
	readonly diskId: Uint8Array | undefined;
	/** What takes it up again when the connection is lost; undefined where the server does not keep it open. */
	durable: Durable | undefined;
	/** Whether it was closed, by us. */
	closed = false;

	constructor(tree: TreeConnect, path: string, fileId: Uint8Array, length: number, diskId: Uint8Array | undefined) {
		this.tree = tree;
		this.path = path;
		this.fileId = fileId;
		this.length = length;
		this.diskId = diskId;
	}

	/** The server lets us cache this file, and keeps it open for durable. */
	holdOplock(durable: Durable | undefined): void {
		this.durable = durable;
		this.tree.session.connection.oplocked = this;
	}

	/** Whether the server says that this is the file of that diskId. */
	isOf(diskId: Uint8Array): boolean { return this.diskId !== undefined && sameBytes(this.diskId, diskId); }

	isFile(memory: Memory, at: number): boolean { return holds(memory, at, this.fileId); }

	/** 3.2.5.19.1: nothing is cached here, so all can be given back at once. Without the oplock the handle is no longer durable. */
	broken(level: number): void {
		const { fileId } = this;
		this.#dropOplock();
		this.#exchange([{
			command: Command.OPLOCK_BREAK, subject: this.path, length: OplockBreak.size,
			write(memory, at, limit) {
				const request = new OplockBreak().begin(memory, at, limit);
				request.OplockLevel = level === OplockLevel.II ? OplockLevel.II : OplockLevel.NONE;
				request.FileId = fileId;
				return request.end;
			},
			read(memory, at, end) { new OplockBreak().open(memory, at, end); },
		}]).catch(ignore);
	}

	#dropOplock(): void {
		const { connection } = this.tree.session;
		this.durable = undefined;
		if (connection.oplocked === this)
			connection.oplocked = undefined;
	}

	/**
	 * Writes length bytes of the local file at source, from its byte offset on, to the same place of this one: read ahead by the pipeline, many
	 * WRITEs in flight. progressed() hears up to which byte of the file the server has confirmed all. Settles when it has confirmed everything.
	 * Errors: StatusError of the server, StorageError of the source, TransportError, ProtocolError.
	 */
	write(source: string, offset: number, length: number, progressed: (confirmed: number) => void): Promise<void> {
		return new Promise((resolve, reject) => {
			const window = new WriteWindow(this.tree, this.path, progressed);
			window.load(source, offset, length);
			window.whenSettled(resolve, reject);
			window.start(this.fileId);
		});
	}

	/**
	 * Reads [offset, offset + length) of it, or up to its end: sink() is handed each piece in order, and must be done with it when it returns. Settles with how many bytes that
	 * were. 3.2.4.6.
	 */
	read(offset: number, length: number, sink: (bytes: Uint8Array, at: number, length: number) => void): Promise<number> {
		const { connection } = this.tree.session;
		return connection.receiveLarge(async room => {
			// One request for all pieces, which says each time where it is: fresh ones would be a collection for every few pieces.
			const request = new PieceRequest(this.path, this.fileId, sink), requests = [request];
			const most = Math.min(room, connection.maxReadSize, creditPayload);
			let done = 0;
			try {
				while (done < length) {
					request.aim(offset + done, Math.min(most, length - done));
					await connection.exchange(requests, this.tree.treeId);
					if (request.count === 0)
						break;
					done += request.count;
				}
			}
			catch (error) {
				if (!(error instanceof StatusError && error.status === NTStatus.END_OF_FILE))
					throw error;
			}
			return done;
		});
	}

	/** Bytes of it and when it was last written to, now. */
	async status(): Promise<FileStatus> {
		return (await this.#exchange([new StatusRequest(this.path, this.fileId)]))[0] as FileStatus;
	}

	/** Returns when what was written is on the server's disk; with its length there. Where modified is given, as setTimes() before that. */
	flush(modified?: number): Promise<number> {
		const { path, fileId } = this;
		const requests: Request<unknown>[] = [flushRequest(path, fileId), new LengthRequest(path, fileId)];
		if (modified !== undefined)
			requests.push(new TimesRequest(path, fileId, modified));
		return this.#exchange(requests).then(results => results[1] as number);
	}

	/** Sets the times of the file and makes it an ordinary one. Milliseconds since 1970. */
	async setTimes(modified: number): Promise<void> {
		await this.#exchange([new TimesRequest(this.path, this.fileId, modified)]);
	}

	/** Moves the file to another path of the share. StatusError OBJECT_NAME_COLLISION where that is taken: nothing is ever replaced. */
	async rename(path: string): Promise<void> {
		await this.#exchange([new RenameRequest(this.path, this.fileId, path)]);
	}

	/** rename() and close() in one round trip. The file is closed in either case. */
	renameAndClose(path: string): Promise<unknown> {
		this.#dropOplock();
		this.closed = true;
		return this.#exchange([new RenameRequest(this.path, this.fileId, path), closeRequest(this.path, this.fileId, true)]);
	}

	/** Has the file deleted by close(). */
	async deleteOnClose(): Promise<void> {
		await this.#exchange([new DeletionRequest(this.path, this.fileId)]);
	}

	/** 3.2.4.5. Safe to call twice. */
	async close(): Promise<void> {
		if (this.closed)
			return;
		this.#dropOplock();
		this.closed = true;
		await this.#exchange([closeRequest(this.path, this.fileId)]);
	}

	#exchange(requests: readonly Request<unknown>[]): Promise<unknown[]> {
		return this.tree.session.connection.exchange(requests, this.tree.treeId);
	}
}

/** 2.2.19 of a piece, and the next one. */
class PieceRequest implements Request<void> {
	readonly command = Command.READ;
	readonly subject: string;
	readonly length = ReadRequest.size + 1;
	/** Bytes that came. */
	count = 0;
	#fileId: Uint8Array;
	#sink: (bytes: Uint8Array, at: number, length: number) => void;
	#request = new ReadRequest();
	#response = new ReadResponse();
	#offset = 0;
	#wanted = 0;

	constructor(path: string, fileId: Uint8Array, sink: (bytes: Uint8Array, at: number, length: number) => void) {
		this.subject = path;
		this.#fileId = fileId;
		this.#sink = sink;
	}

	aim(offset: number, length: number): void {
		this.#offset = offset;
		this.#wanted = length;
	}

	write(memory: Memory, at: number, limit: number): number {
		const request = this.#request.begin(memory, at, limit);
		request.Length = this.#wanted;
		request.Offset = this.#offset;
		request.FileId = this.#fileId;
		return request.end;
	}

	read(memory: Memory, at: number, end: number): void {
		const response = this.#response.open(memory, at, end), dataAt = response.dataAt();
		this.count = response.DataLength;
		if (this.count > this.#wanted)
			throw new ProtocolError(`READ ${this.subject}: ${this.count} bytes, ${this.#wanted} were asked for`);
		this.#sink(memory.bytes, dataAt, this.count);
	}
}

function ignore(): void {}
