/** Requests about an open file, for itself or in a compound: there fileId may be RELATED_FILE_ID, which is that of the request before it. Classes, for each function
that is made anew for a request takes a dozen slots. */
import { CloseRequest, CloseResponse } from "../smb2/close.js";
import { FileAttributes } from "../smb2/create.js";
import { FileNetworkOpenInformation, FileStandardInformation } from "../smb2/file-information.js";
import { FlushRequest, FlushResponse } from "../smb2/flush.js";
import { Command } from "../smb2/header.js";
import { QueryInfoRequest, QueryInfoResponse } from "../smb2/query-info.js";
import { SetInfoRequest, SetInfoResponse } from "../smb2/set-info.js";
import { type Memory, textLength } from "../smb2/wire.js";
import type { Request } from "./request.js";

/** Of a message that says nothing but which file it is about, and is answered by nothing but its success. */
class BareRequest implements Request<void> {
	readonly command: number;
	readonly subject: string;
	readonly optional: boolean;
	readonly #fileId: Uint8Array;
	readonly #Asked: typeof FlushRequest | typeof CloseRequest;
	readonly #Answered: typeof FlushResponse | typeof CloseResponse;

	constructor(command: number, path: string, fileId: Uint8Array, Asked: typeof FlushRequest | typeof CloseRequest, Answered: typeof FlushResponse | typeof CloseResponse, optional: boolean) {
		this.command = command;
		this.subject = path;
		this.optional = optional;
		this.#fileId = fileId;
		this.#Asked = Asked;
		this.#Answered = Answered;
	}

	get length(): number { return this.#Asked.size; }

	write(memory: Memory, at: number, limit: number): number {
		const request = new this.#Asked().begin(memory, at, limit);
		request.FileId = this.#fileId;
		return request.end;
	}

	read(memory: Memory, at: number, end: number): void { new this.#Answered().open(memory, at, end); }
}

/** 3.2.4.11. */
export function flushRequest(path: string, fileId: Uint8Array): Request<void> { return new BareRequest(Command.FLUSH, path, fileId, FlushRequest, FlushResponse, false); }

/** 3.2.4.5. optional: as in Request. */
export function closeRequest(path: string, fileId: Uint8Array, optional = false): Request<void> { return new BareRequest(Command.CLOSE, path, fileId, CloseRequest, CloseResponse, optional); }

/** 3.2.4.8. */
abstract class QueryRequest<T> implements Request<T> {
	readonly subject: string;
	readonly #fileId: Uint8Array;

	constructor(path: string, fileId: Uint8Array) {
		this.subject = path;
		this.#fileId = fileId;
	}

	get command(): number { return Command.QUERY_INFO; }
	get length(): number { return QueryInfoRequest.size; }

	write(memory: Memory, at: number, limit: number): number {
		const request = new QueryInfoRequest().begin(memory, at, limit);
		request.FileId = this.#fileId;
		this.ask(request);
		return request.end;
	}

	read(memory: Memory, at: number, end: number): T { return this.take(new QueryInfoResponse().open(memory, at, end)); }

	protected abstract ask(request: QueryInfoRequest): void;
	protected abstract take(response: QueryInfoResponse): T;
}

/** Settles with the bytes of the file. */
export class LengthRequest extends QueryRequest<number> {
	// Written out: see struct().
	constructor(path: string, fileId: Uint8Array) { super(path, fileId); }

	protected ask(request: QueryInfoRequest): void { request.askStandard(); }
	protected take(response: QueryInfoResponse): number { return response.read(new FileStandardInformation()).EndOfFile; }
}

export interface FileStatus {
	/** Bytes. */
	readonly length: number;
	/** Last written to, milliseconds since 1970. */
	readonly modified: number;
}

/** Settles with its bytes and when it was last written to. */
export class StatusRequest extends QueryRequest<FileStatus> {
	protected ask(request: QueryInfoRequest): void { request.askNetworkOpen(); }

	protected take(response: QueryInfoResponse): FileStatus {
		const { EndOfFile, LastWriteTime } = response.read(new FileNetworkOpenInformation());
		return { length: EndOfFile, modified: LastWriteTime };
	}
}

/** 3.2.4.9. */
abstract class SettingRequest implements Request<void> {
	readonly #path: string;
	readonly #fileId: Uint8Array;

	constructor(path: string, fileId: Uint8Array) {
		this.#path = path;
		this.#fileId = fileId;
	}

	get command(): number { return Command.SET_INFO; }
	/** Only made where an error tells of it. */
	get subject(): string { return `${this.#path} (${this.what})`; }
	get length(): number { return SetInfoRequest.size + this.room; }

	write(memory: Memory, at: number, limit: number): number {
		const request = new SetInfoRequest().begin(memory, at, limit);
		request.FileId = this.#fileId;
		this.fill(request);
		return request.end;
	}

	read(memory: Memory, at: number, end: number): void { new SetInfoResponse().open(memory, at, end); }

	/** For errors. */
	protected abstract get what(): string;
	/** Bytes that fill() lays out at most. */
	protected abstract get room(): number;
	protected abstract fill(request: SetInfoRequest): void;
}

/** Sets the times of the file and makes it an ordinary one. Milliseconds since 1970. */
export class TimesRequest extends SettingRequest {
	readonly #modified: number;

	constructor(path: string, fileId: Uint8Array, modified: number) {
		super(path, fileId);
		this.#modified = modified;
	}

	protected get what(): string { return "times"; }
	protected get room(): number { return 64; }

	protected fill(request: SetInfoRequest): void {
		const basic = request.setBasic();
		basic.CreationTime = basic.LastWriteTime = Math.floor(this.#modified);
		basic.FileAttributes = FileAttributes.ARCHIVE;
	}
}

/** Moves the file to another path of the share. Nothing is ever replaced. */
export class RenameRequest extends SettingRequest {
	readonly #to: string;

	constructor(path: string, fileId: Uint8Array, to: string) {
		super(path, fileId);
		this.#to = to;
	}

	protected get what(): string { return `rename to ${this.#to}`; }
	protected get room(): number { return 64 + textLength(this.#to); }
	protected fill(request: SetInfoRequest): void { request.setRename(this.#to); }
}

/** Has the file deleted when it is closed. */
export class DeletionRequest extends SettingRequest {
	protected get what(): string { return "delete"; }
	protected get room(): number { return 32; }
	protected fill(request: SetInfoRequest): void { request.setDisposition(true); }
}
