/** Requests about an open file, for itself or in a compound: there fileId may be RELATED_FILE_ID, which is that of the request before it. */
import { CloseRequest, CloseResponse } from "../smb2/close.js";
import { FileAttributes } from "../smb2/create.js";
import { FileStandardInformation } from "../smb2/file-information.js";
import { FlushRequest, FlushResponse } from "../smb2/flush.js";
import { Command } from "../smb2/header.js";
import { QueryInfoRequest, QueryInfoResponse } from "../smb2/query-info.js";
import { SetInfoRequest, SetInfoResponse } from "../smb2/set-info.js";
import { textLength } from "../smb2/wire.js";
import type { Request } from "./request.js";

/** Of a message that says nothing but which file it is about, and is answered by nothing but its success. */
function bareRequest(command: number, path: string, fileId: Uint8Array, Asked: typeof FlushRequest | typeof CloseRequest, Answered: typeof FlushResponse | typeof CloseResponse, optional = false): Request<void> {
	return {
		command, subject: path, length: Asked.size, optional,
		write(memory, at, limit) {
			const request = new Asked().begin(memory, at, limit);
			request.FileId = fileId;
			return request.end;
		},
		read(memory, at, end) { new Answered().open(memory, at, end); },
	};
}

/** 3.2.4.11. */
export function flushRequest(path: string, fileId: Uint8Array): Request<void> { return bareRequest(Command.FLUSH, path, fileId, FlushRequest, FlushResponse); }

/** 3.2.4.8. */
export function queryRequest<T>(path: string, fileId: Uint8Array, ask: (request: QueryInfoRequest) => void, read: (response: QueryInfoResponse) => T): Request<T> {
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

/** Settles with the bytes of the file. */
export function lengthRequest(path: string, fileId: Uint8Array): Request<number> {
	return queryRequest(path, fileId, request => request.askStandard(), response => response.read(new FileStandardInformation()).EndOfFile);
}

/** 3.2.4.9. what: for errors; length: of what fill() lays out. */
export function setInfoRequest(path: string, fileId: Uint8Array, what: string, length: number, fill: (request: SetInfoRequest) => void): Request<void> {
	return {
		command: Command.SET_INFO, subject: `${path} (${what})`, length: SetInfoRequest.size + length,
		write(memory, at, limit) {
			const request = new SetInfoRequest().begin(memory, at, limit);
			request.FileId = fileId;
			fill(request);
			return request.end;
		},
		read(memory, at, end) { new SetInfoResponse().open(memory, at, end); },
	};
}

/** Sets the times of the file and makes it an ordinary one. Milliseconds since 1970. */
export function timesRequest(path: string, fileId: Uint8Array, modified: number): Request<void> {
	return setInfoRequest(path, fileId, "times", 64, request => {
		const basic = request.setBasic();
		basic.CreationTime = basic.LastWriteTime = Math.floor(modified);
		basic.FileAttributes = FileAttributes.ARCHIVE;
	});
}

/** Moves the file to another path of the share. Nothing is ever replaced. */
export function renameRequest(path: string, fileId: Uint8Array, to: string): Request<void> {
	return setInfoRequest(path, fileId, `rename to ${to}`, 64 + textLength(to), request => request.setRename(to));
}

/** 3.2.4.5. optional: as in Request. */
export function closeRequest(path: string, fileId: Uint8Array, optional = false): Request<void> { return bareRequest(Command.CLOSE, path, fileId, CloseRequest, CloseResponse, optional); }
