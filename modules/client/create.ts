/** [MS-SMB2] 3.2.4.3: what files and folders are opened for, and the one request that opens them, anew or again after a connection was lost (3.2.4.4). */
import { Command } from "../smb2/header.js";
import {
	CreateContextName, DurableHandleReconnect, DurableHandleReconnectV2, DurableHandleRequest, DurableHandleRequestV2, DurableHandleResponseV2, QueryOnDiskIdResponse,
} from "../smb2/create-context.js";
import { AccessMask, CreateDisposition, CreateOptions, CreateRequest, CreateResponse, FileAttributes, ImpersonationLevel, OplockLevel, ShareAccess } from "../smb2/create.js";
import { type Memory, textLength } from "../smb2/wire.js";
import { Open } from "./open.js";
import type { Request } from "./request.js";
import type { TreeConnect } from "./tree-connect.js";

export interface CreateParameters {
	readonly desiredAccess: number;
	readonly shareAccess: number;
	readonly disposition: number;
	readonly options: number;
	readonly attributes: number;
}

/** A new file to be written, read back, renamed and, if it comes to nothing, deleted. Readers may look, nobody else may write. */
export const newFile: CreateParameters = Object.freeze({
	desiredAccess: AccessMask.FILE_READ_DATA | AccessMask.FILE_WRITE_DATA | AccessMask.FILE_READ_ATTRIBUTES | AccessMask.FILE_WRITE_ATTRIBUTES | AccessMask.DELETE | AccessMask.SYNCHRONIZE,
	shareAccess: ShareAccess.READ | ShareAccess.DELETE,
	disposition: CreateDisposition.CREATE,
	options: CreateOptions.NON_DIRECTORY_FILE | CreateOptions.SEQUENTIAL_ONLY,
	attributes: FileAttributes.HIDDEN,
});

/** The same where nothing may be read. */
export const unreadableFile: CreateParameters = Object.freeze({ ...newFile, desiredAccess: newFile.desiredAccess & ~AccessMask.FILE_READ_DATA });

/** The same where nothing may be renamed or deleted either. */
export const dropFile: CreateParameters = Object.freeze({ ...newFile, desiredAccess: unreadableFile.desiredAccess & ~AccessMask.DELETE });

/** The same where it may be read, but not renamed or deleted. */
export const readableDropFile: CreateParameters = Object.freeze({ ...newFile, desiredAccess: newFile.desiredAccess & ~AccessMask.DELETE });

/** Such a file again, after its handle was lost: to be looked at, and gone on with. */
export const halfWrittenFile: CreateParameters = again(newFile);
export const halfWrittenUnreadableFile: CreateParameters = again(unreadableFile);
export const halfWrittenReadableDropFile: CreateParameters = again(readableDropFile);
export const halfWrittenDropFile: CreateParameters = again(dropFile);

function again(made: CreateParameters): CreateParameters { return Object.freeze({ ...made, disposition: CreateDisposition.OPEN }); }

/** A file of the share, to be compared with one here. */
export const fileToRead: CreateParameters = Object.freeze({
	desiredAccess: AccessMask.FILE_READ_DATA | AccessMask.FILE_READ_ATTRIBUTES,
	shareAccess: ShareAccess.READ | ShareAccess.WRITE | ShareAccess.DELETE,
	disposition: CreateDisposition.OPEN,
	options: CreateOptions.NON_DIRECTORY_FILE | CreateOptions.SEQUENTIAL_ONLY,
	attributes: 0,
});

/** A file of the share, of which only size, time and number are asked: it is in nobody's way, and waits for nobody's oplock. */
export const fileToLookAt: CreateParameters = Object.freeze({ ...fileToRead, desiredAccess: AccessMask.FILE_READ_ATTRIBUTES, options: CreateOptions.NON_DIRECTORY_FILE });

/** A file of ours, to be deleted. */
export const fileToDelete: CreateParameters = Object.freeze({ ...fileToRead, desiredAccess: AccessMask.DELETE, options: CreateOptions.NON_DIRECTORY_FILE });

/** A folder, made where it is missing. */
export const folderToMake: CreateParameters = Object.freeze({
	desiredAccess: AccessMask.FILE_READ_ATTRIBUTES,
	shareAccess: ShareAccess.READ | ShareAccess.WRITE | ShareAccess.DELETE,
	disposition: CreateDisposition.OPEN_IF,
	options: CreateOptions.DIRECTORY_FILE,
	attributes: 0,
});

export const folderToList: CreateParameters = Object.freeze({
	...folderToMake, desiredAccess: AccessMask.FILE_READ_DATA | AccessMask.FILE_READ_ATTRIBUTES, disposition: CreateDisposition.OPEN,
});

/** What takes a file up again that a server keeps open. */
export interface Durable {
	/** Of the handle: 1 for SMB 2, 2 for 3. */
	readonly version: 1 | 2;
	/** 16 bytes, the same from CREATE to CREATE. */
	readonly createGuid: Uint8Array;
	readonly fileId: Uint8Array;
}

/** Bytes of the contexts at most: DH2C or DH2Q, and QFid, each with its header. */
const contextsLength = 112;

/** What a new file's handle is to have, and, with a fileId, what it had. */
type Wanted = Omit<Durable, "fileId"> & { readonly fileId: Uint8Array | undefined };

/** durable without a fileId: asks for a durable handle; with one: takes it up again. */
export class OpeningRequest implements Request<Open> {
	readonly subject: string;
	readonly #tree: TreeConnect;
	readonly #parameters: CreateParameters;
	readonly #durable: Wanted | undefined;

	constructor(tree: TreeConnect, path: string, parameters: CreateParameters, durable: Wanted | undefined) {
		this.subject = path;
		this.#tree = tree;
		this.#parameters = parameters;
		this.#durable = durable;
	}

	get command(): number { return Command.CREATE; }
	get length(): number { return CreateRequest.size + textLength(this.subject) + 16 + contextsLength; }

	write(memory: Memory, at: number, limit: number): number {
		const request = new CreateRequest().begin(memory, at, limit), parameters = this.#parameters, durable = this.#durable;
		// 3.3.5.9.6, 3.3.5.9.10: a server makes durable only what it lets us cache.
		request.RequestedOplockLevel = durable ? OplockLevel.BATCH : OplockLevel.NONE;
		request.ImpersonationLevel = ImpersonationLevel.IMPERSONATION;
		request.DesiredAccess = parameters.desiredAccess;
		request.FileAttributes = parameters.attributes;
		request.ShareAccess = parameters.shareAccess;
		request.CreateDisposition = parameters.disposition;
		request.CreateOptions = parameters.options;
		request.setName(this.subject);
		if (durable)
			addDurable(request, durable);
		// 3.2.4.4 has nothing beside the reconnect context, and Samba finds nothing where there is more.
		if (!durable?.fileId)
			request.addContext(CreateContextName.QUERY_ON_DISK_ID);
		return request.end;
	}

	read(memory: Memory, at: number, end: number): Open { return opened(this.#tree, this.subject, new CreateResponse().open(memory, at, end), this.#durable); }
}

function addDurable(request: CreateRequest, { version, createGuid, fileId }: Wanted): void {
	if (version === 1) {
		if (fileId)
			request.addContext(CreateContextName.DURABLE_HANDLE_RECONNECT, new DurableHandleReconnect()).FileId = fileId;
		else
			request.addContext(CreateContextName.DURABLE_HANDLE_REQUEST, new DurableHandleRequest());
	}
	else if (fileId) {
		const context = request.addContext(CreateContextName.DURABLE_HANDLE_RECONNECT_V2, new DurableHandleReconnectV2());
		context.FileId = fileId;
		context.CreateGuid = createGuid;
	}
	else
		request.addContext(CreateContextName.DURABLE_HANDLE_REQUEST_V2, new DurableHandleRequestV2()).CreateGuid = createGuid;
}

function opened(tree: TreeConnect, path: string, response: CreateResponse, durable: Wanted | undefined): Open {
	const { memory, FileId: fileId } = response;
	// Whoever takes a handle up again gets no word of it: it is as durable as before.
	let kept = durable?.fileId !== undefined;
	let diskId: Uint8Array | undefined;
	for (const contexts = response.contexts(); contexts.next();) {
		if (contexts.is(CreateContextName.QUERY_ON_DISK_ID))
			diskId = identity(memory, contexts.dataAt, contexts.dataEnd);
		else if (durable?.version === 2 && contexts.is(CreateContextName.DURABLE_HANDLE_REQUEST_V2)) {
			new DurableHandleResponseV2().open(memory, contexts.dataAt, contexts.dataEnd);
			kept = true;
		}
		else if (durable?.version === 1 && contexts.is(CreateContextName.DURABLE_HANDLE_REQUEST))
			kept = true;
	}
	const open = new Open(tree, path, fileId, response.EndofFile, diskId);
	if (durable && response.OplockLevel !== OplockLevel.NONE)
		open.holdOplock(kept ? { version: durable.version, createGuid: durable.createGuid, fileId } : undefined);
	return open;
}

/** DiskFileId and VolumeId, 16 bytes; undefined where the file system knows none. */
function identity(memory: Memory, at: number, end: number): Uint8Array | undefined {
	const context = new QueryOnDiskIdResponse().open(memory, at, end);
	const id = memory.bytes.slice(context.at, context.at + 16);
	return id.some(byte => byte !== 0) ? id : undefined;
}
