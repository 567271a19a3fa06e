/** [MS-SMB2] 3.2.1.6 Open: a file on the share. */
import { CloseRequest, CloseResponse } from "../smb2/close.js";
import { FileAttributes } from "../smb2/create.js";
import { FileStandardInformation } from "../smb2/file-information.js";
import { FlushRequest, FlushResponse } from "../smb2/flush.js";
import { Command } from "../smb2/header.js";
import { QueryInfoRequest, QueryInfoResponse } from "../smb2/query-info.js";
import { SetInfoRequest, SetInfoResponse } from "../smb2/set-info.js";
import { textLength } from "../smb2/wire.js";
import type { Request } from "./request.js";
import type { TreeConnect } from "./tree-connect.js";
import { WriteWindow } from "./write-window.js";

export class Open {
	readonly tree: TreeConnect;
	/** Path in the share when it was opened. */
	readonly path: string;
	readonly fileId: Uint8Array;

	constructor(tree: TreeConnect, path: string, fileId: Uint8Array) {
		this.tree = tree;
		this.path = path;
		this.fileId = fileId;
	}

	/**
	 * Writes length bytes of the local file at source, from its byte offset on, to the same place of this one: read ahead by the pipeline, many
	 * WRITEs in flight. progressed() hears how many bytes the server has confirmed. Settles when it has confirmed all.
	 * Errors: StatusError of the server, StorageError of the source, TransportError, ProtocolError.
	 */
	write(source: string, offset: number, length: number, progressed: (confirmed: number) => void): Promise<void> {
		return new Promise((resolve, reject) => new WriteWindow(this, progressed, resolve, reject).start(source, offset, length));
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
		const { fileId, path } = this;
		return {
			command: Command.QUERY_INFO, subject: path, length: QueryInfoRequest.size,
			write(memory, at, limit) {
				const request = new QueryInfoRequest().begin(memory, at, limit);
				request.FileId = fileId;
				request.askStandard();
				return request.end;
			},
			read: (memory, at, end) => new QueryInfoResponse().open(memory, at, end).read(new FileStandardInformation()).EndOfFile,
		};
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
