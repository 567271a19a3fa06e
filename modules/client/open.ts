/** [MS-SMB2] 3.2.1.6 Open: a file on the share. */
import { CloseRequest, CloseResponse } from "../smb2/close.js";
import { FileAttributes, OplockLevel } from "../smb2/create.js";
import { FileNetworkOpenInformation, FileStandardInformation } from "../smb2/file-information.js";
import { FlushRequest, FlushResponse } from "../smb2/flush.js";
import { Command } from "../smb2/header.js";
import { OplockBreak } from "../smb2/oplock-break.js";
import { QueryInfoRequest, QueryInfoResponse } from "../smb2/query-info.js";
import { ReadRequest, ReadResponse } from "../smb2/read.js";
import { SetInfoRequest, SetInfoResponse } from "../smb2/set-info.js";
import { NTStatus } from "../smb2/status.js";
import { holds, type Memory, textLength } from "../smb2/wire.js";
import { ProtocolError, StatusError } from "../errors/errors.js";
import type { Durable } from "./create.js";
import type { OplockHolder, Request } from "./request.js";
import type { TreeConnect } from "./tree-connect.js";
import { WriteWindow } from "./write-window.js";

/** What one credit pays for ([MS-SMB2] 3.1.5.2). */
const creditPayload = 65536;

export interface FileStatus {
	/** Bytes. */
	readonly length: number;
	/** Last written to, milliseconds since 1970. */
	readonly modified: number;
}

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
		return new Promise((resolve, reject) => new WriteWindow(this, progressed, resolve, reject).start(source, offset, length));
	}

	/**
	 * Reads [offset, offset + length) of it, or up to its end: sink() is handed each piece in order, and must be done with it when it returns. Settles with how many bytes that
	 * were. 3.2.4.6.
	 */
	read(offset: number, length: number, sink: (bytes: Uint8Array, at: number, length: number) => void): Promise<number> {
		const { connection } = this.tree.session;
		return connection.receiveLarge(async room => {
			const most = Math.min(room, connection.maxReadSize, creditPayload);
			let done = 0;
			while (done < length) {
				const count = await this.#readPiece(offset + done, Math.min(most, length - done), sink);
				if (count === 0)
					break;
				done += count;
			}
			return done;
		});
	}

	/** Bytes of it and when it was last written to, now. */
	async status(): Promise<FileStatus> {
		return (await this.#exchange([this.#queryRequest(request => request.askNetworkOpen(), response => {
			const { EndOfFile, LastWriteTime } = response.read(new FileNetworkOpenInformation());
			return { length: EndOfFile, modified: LastWriteTime };
		})]))[0] as FileStatus;
	}

	/** 3.2.4.11: returns when what was written is on the server's disk; with its length there. */
	async flush(): Promise<number> {
		return (await this.#exchange([this.#flushRequest(), this.#lengthRequest()]))[1] as number;
	}

	/** Sets the times of the file and makes it an ordinary one. Milliseconds since 1970. */
	setTimes(modified: number): Promise<void> {
		return this.#setInfo("times", 64, request => {
			const basic = request.setBasic();
			basic.CreationTime = basic.LastWriteTime = Math.floor(modified);
			basic.FileAttributes = FileAttributes.ARCHIVE;
		});
	}

	/** Moves the file to another path of the share. StatusError OBJECT_NAME_COLLISION where that is taken: nothing is ever replaced. */
	rename(path: string): Promise<void> {
		return this.#setInfo(`rename to ${path}`, 64 + textLength(path), request => request.setRename(path));
	}

	/** Has the file deleted by close(). */
	deleteOnClose(): Promise<void> {
		return this.#setInfo("delete", 32, request => request.setDisposition(true));
	}

	/** 3.2.4.5. */
	async close(): Promise<void> {
		this.#dropOplock();
		await this.#exchange([this.#closeRequest()]);
	}

	#exchange(requests: readonly Request<unknown>[]): Promise<unknown[]> {
		return this.tree.session.connection.exchange(requests, this.tree.treeId);
	}

	async #setInfo(what: string, length: number, fill: (request: SetInfoRequest) => void): Promise<void> {
		const { fileId, path } = this;
		await this.#exchange([{
			command: Command.SET_INFO,
			subject: `${path} (${what})`,
			length: SetInfoRequest.size + length,
			write(memory, at, limit) {
				const request = new SetInfoRequest().begin(memory, at, limit);
				request.FileId = fileId;
				fill(request);
				return request.end;
			},
			read(memory, at, end) { new SetInfoResponse().open(memory, at, end); },
		}]);
	}

	#flushRequest(): Request<void> {
		const { fileId, path } = this;
		return {
			command: Command.FLUSH, subject: path, length: FlushRequest.size,
			write(memory, at, limit) {
				const request = new FlushRequest().begin(memory, at, limit);
				request.FileId = fileId;
				return request.end;
			},
			read(memory, at, end) { new FlushResponse().open(memory, at, end); },
		};
	}

	#lengthRequest(): Request<number> {
		return this.#queryRequest(request => request.askStandard(), response => response.read(new FileStandardInformation()).EndOfFile);
	}

	#queryRequest<T>(ask: (request: QueryInfoRequest) => void, read: (response: QueryInfoResponse) => T): Request<T> {
		const { fileId, path } = this;
		return {
			command: Command.QUERY_INFO, subject: path, length: QueryInfoRequest.size,
			write(memory, at, limit) {
				const request = new QueryInfoRequest().begin(memory, at, limit);
				request.FileId = fileId;
				ask(request);
				return request.end;
			},
			read: (memory, at, end) => read(new QueryInfoResponse().open(memory, at, end)),
		};
	}

	/** Settles with how many bytes there were; 0 at the end of the file. */
	async #readPiece(offset: number, length: number, sink: (bytes: Uint8Array, at: number, length: number) => void): Promise<number> {
		const { fileId, path } = this;
		try {
			return (await this.#exchange([{
				command: Command.READ, subject: path, length: ReadRequest.size + 1,
				write(memory, at, limit) {
					const request = new ReadRequest().begin(memory, at, limit);
					request.Length = length;
					request.Offset = offset;
					request.FileId = fileId;
					return request.end;
				},
				read(memory, at, end) {
					const response = new ReadResponse().open(memory, at, end), dataAt = response.dataAt(), count = response.DataLength;
					if (count > length)
						throw new ProtocolError(`READ ${path}: ${count} bytes, ${length} were asked for`);
					sink(memory.bytes, dataAt, count);
					return count;
				},
			}]))[0] as number;
		}
		catch (error) {
			if (error instanceof StatusError && error.status === NTStatus.END_OF_FILE)
				return 0;
			throw error;
		}
	}

	#closeRequest(): Request<void> {
		const { fileId, path } = this;
		return {
			command: Command.CLOSE, subject: path, length: CloseRequest.size,
			write(memory, at, limit) {
				const request = new CloseRequest().begin(memory, at, limit);
				request.FileId = fileId;
				return request.end;
			},
			read(memory, at, end) { new CloseResponse().open(memory, at, end); },
		};
	}
}

function ignore(): void {}
