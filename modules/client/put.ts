/**
 * A new file, from its CREATE to the server's word that it is on its disk, in as few round trips as can be: one related compound ([MS-SMB2] 3.2.4.1.4) brings TREE_CONNECT,
 * where that is still to be done, CREATE and the first WRITEs, of a small file all, and then FLUSH, QUERY_INFO and SET_INFO. Renaming is not part of it: a server goes on
 * with a compound after a WRITE has failed, and half a scan would stand under its name.
 */
import { StatusError, TransportError } from "../errors/errors.js";
import { RELATED_FILE_ID } from "../smb2/header.js";
import { NTStatus } from "../smb2/status.js";
import type { CreateParameters } from "./create.js";
import { flushRequest, LengthRequest, TimesRequest } from "./file-requests.js";
import type { Open } from "./open.js";
import type { Request } from "./request.js";
import { relatedTreeId, type TreeConnect } from "./tree-connect.js";
import { WriteWindow } from "./write-window.js";

export interface NewFile {
	/** Path in the share (see sharePath). */
	readonly path: string;
	readonly parameters: CreateParameters;
	/** 16 bytes, made for this file: for a durable handle. */
	readonly createGuid: Uint8Array;
	/** The local file, and its bytes. */
	readonly source: string;
	readonly length: number;
	/** The time that it is to have there, milliseconds since 1970; undefined: not set. */
	readonly modified: number | undefined;
}

export interface Put {
	readonly open: Open;
	/** What went wrong after the file was there. */
	readonly failure?: Error | undefined;
	/** Its length on the server's disk, where all of it is there and its times are set; undefined where that is still to be done, from the last byte on that was confirmed. */
	readonly flushed?: number | undefined;
}

/** What stands before the first WRITE and behind the last at most. */
const requestsMax = 5;
const roomForRequests = 2048;

/**
 * Makes file and sends its bytes, or none of them where it takes the long way: whoever called sends the rest. Rejects, as TreeConnect.create(), where no file came of it.
 * opened() hears that there is one before more is sent than the first message, so that it can be gone on with; progressed(), up to which byte the server has confirmed all.
 */
export function put(tree: TreeConnect, file: NewFile, opened: (open: Open) => void, progressed: (confirmed: number) => void): Promise<Put> {
	return tree.connected || tree.mayJoin ? putNow(tree, file, opened, progressed) : tree.connect().then(() => putNow(tree, file, opened, progressed));
}

function putNow(tree: TreeConnect, file: NewFile, opened: (open: Open) => void, progressed: (confirmed: number) => void): Promise<Put> {
	return tree.habits.files && !tree.session.connection.sealed && file.length > 0 ? putAsCompound(tree, file, opened, progressed) : create(tree, file, opened);
}

/** The file without its bytes. */
function create(tree: TreeConnect, file: NewFile, opened: (open: Open) => void): Promise<Put> {
	return tree.create(file.path, file.parameters, file.createGuid).then(open => {
		opened(open);
		return { open };
	});
}

function putAsCompound(tree: TreeConnect, file: NewFile, opened: (open: Open) => void, progressed: (confirmed: number) => void): Promise<Put> {
	const { connection } = tree.session, joins = !tree.connected;
	const window = new WriteWindow(tree, file.path, progressed);
	window.load(file.source, 0, file.length);
	const { count, credits, length, whole } = window.chainable(connection.maxLength - roomForRequests, connection.credits - requestsMax);
	const createRequest = tree.createRequest(file.path, file.parameters, file.createGuid);
	const head: Request<unknown>[] = joins ? [tree.connectRequest(), createRequest] : [createRequest];
	const tail: Request<unknown>[] = [], results: unknown[] = [];
	if (whole) {
		tail.push(flushRequest(file.path, RELATED_FILE_ID), new LengthRequest(file.path, RELATED_FILE_ID));
		if (file.modified !== undefined)
			tail.push(new TimesRequest(file.path, RELATED_FILE_ID, file.modified));
	}
	const answered = count > 0 ? connection.chain({ head, credits, length, tail, results, treeId: joins ? relatedTreeId : tree.treeId }) : undefined;
	if (!answered) {
		window.unload();
		return create(tree, file, opened);
	}
	window.chain(count, !whole);
	return finish(tree, file, opened, window, { answered, results, joins });
}

interface Sent {
	readonly answered: Promise<unknown>;
	/** Of TREE_CONNECT, if it joins; CREATE; FLUSH, length and times. */
	readonly results: readonly unknown[];
	readonly joins: boolean;
}

async function finish(tree: TreeConnect, file: NewFile, opened: (open: Open) => void, window: WriteWindow, { answered, results, joins }: Sent): Promise<Put> {
	const { session: { connection }, habits } = tree;
	let failure: Error | undefined;
	try {
		await answered;
	}
	catch (error) {
		failure = error as Error;
	}
	const createdAt = joins ? 1 : 0, open = results[createdAt] as Open | undefined;
	if (open)
		opened(open);
	if (open && !failure) {
		tree.joined();
		window.start(open.fileId);
	}
	else
		window.abandon(failure!);
	// WRITEs of a small file were answered before what stood behind them.
	if (!window.settled)
		await new Promise<void>(resolve => window.whenSettled(resolve, () => resolve()));
	const notWritten = window.failure;
	// Only now: whoever seals takes nothing any more that is not sealed.
	if (joins)
		tree.joined();
	// Where there is no file, what was to be written to it failed for that reason; but why we have closed a connection the window knows.
	const error = open || !connection.alive ? notWritten ?? failure : failure ?? notWritten;
	if (!error) {
		habits.proven = true;
		return { open: open!, flushed: results[createdAt + 2] as number | undefined };
	}
	if (!connection.alive) {
		if (failure instanceof TransportError)
			habits.lost(failure, joins);
	}
	else if (joins && tree.connected && connection.sealed)
		return create(tree, file, opened);
	else if (!habits.proven && error instanceof StatusError && isRefusal(error.status)) {
		if (joins)
			habits.treeConnects = false;
		else
			habits.files = false;
		await tree.connect();
		return open ? { open } : create(tree, file, opened);
	}
	if (!open)
		throw error;
	return { open, failure: error };
}

/** Whether a server says so of a compound that is too much for it, rather than of the file. */
function isRefusal(status: number): boolean {
	switch (status) {
		case NTStatus.INVALID_PARAMETER:
		case NTStatus.NOT_SUPPORTED:
		case NTStatus.NOT_IMPLEMENTED:
		case NTStatus.INVALID_DEVICE_REQUEST:
		case NTStatus.INVALID_HANDLE:
		case NTStatus.FILE_CLOSED:
		case NTStatus.NETWORK_NAME_DELETED:
		case NTStatus.USER_SESSION_DELETED:
			return true;
		default:
			return false;
	}
}
