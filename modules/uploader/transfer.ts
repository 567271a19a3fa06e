/**
 * One scan's way onto the share: a temporary file, its bytes, a check, a name. It may be cut off at any instant and be gone on with over another connection, by this
 * program or the next: what it takes is in the journal's entry. docs/DESIGN.md, "Each instant of power loss", goes through it step by step. begin() and end() are its first
 * and last round trip apart from the rest, so that the last of one scan and the first of the next may be one.
 */
import { random } from "../../hosts/crypto/random.js";
import {
	type CreateParameters, dropFile, fileToLookAt, fileToRead, halfWrittenDropFile, halfWrittenFile, halfWrittenReadableDropFile, halfWrittenUnreadableFile, newFile, readableDropFile, unreadableFile,
} from "../client/create.js";
import type { Open } from "../client/open.js";
import { sharePath } from "../client/share-name.js";
import { type Put, put } from "../client/put.js";
import type { TreeConnect } from "../client/tree-connect.js";
import { ProtocolError, StatusError, StorageError, TransportError } from "../errors/errors.js";
import { NTStatus } from "../smb2/status.js";
import { agreesBefore, holdsScan } from "./content.js";
import { type JournalEntry, JournalState } from "./journal/record.js";
import { numberedName, targetName } from "./naming.js";
import { Action, Faults, faultOf } from "./retry.js";
import { isUnchanged, type Scan } from "./spool.js";

export interface TransferOptions {
	/** Folder in the share, "/" between its parts, "" for the root. Made where it is missing. */
	readonly path: string;
	/** How scans are named there: naming.ts. */
	readonly name: string;
	/** Eight hexadecimal digits that mark this device's temporary files. */
	readonly device: string;
	/** Whether all of it is read back before it gets its name, or its length is enough. */
	readonly verify: "length" | "content";
	/** What was learned of the share by the scans before: index of the way that it takes. */
	readonly learned: { way: number };
	/** A number that no temporary file of this device has had. */
	nextTemporary(): number;
	/** One was there all the same: left behind by a program that could not write it down. */
	metLeftover(): void;
	/** Writes entry down; returns when it is safe. Throws where that can't be done. */
	remember(entry: JournalEntry): void;
	/** Up to which byte the server has confirmed all. Called for every WRITE: it should allocate nothing, and not throw. */
	progressed(confirmed: number): void;
	/** Settles when what another scan has begun meanwhile is answered: the pipeline, and the way to the server, are free then. */
	alone(): Promise<unknown> | undefined;
}

/** Between two records of how far the server has come. */
const recordEvery = 1_000_000;
/** "scan (9999).pdf" is the last name that is tried. */
const numberMax = 9999;
/** A way to make the file, and how it is opened again by its name, where it may be read and where not. */
interface Way {
	readonly parameters: CreateParameters;
	/** Whether nothing may be renamed: the file stands under its own name from the start then, hidden until it is whole. */
	readonly direct: boolean;
	readonly readable: CreateParameters;
	/** undefined where it is to be read back in any case. */
	readonly unreadable: CreateParameters | undefined;
}

/** Ways by what is to be verified, best first: the later ones are for shares that forbid to read, or to rename and delete. The last one is direct. */
const ways = Object.freeze({
	length: Object.freeze([newFile, unreadableFile, dropFile].map(parameters => Object.freeze({
		parameters, direct: parameters === dropFile,
		readable: parameters === dropFile ? halfWrittenReadableDropFile : halfWrittenFile, unreadable: parameters === dropFile ? halfWrittenDropFile : halfWrittenUnreadableFile,
	}))),
	content: Object.freeze([newFile, readableDropFile].map(parameters => Object.freeze({
		parameters, direct: parameters !== newFile, readable: parameters === newFile ? halfWrittenFile : halfWrittenReadableDropFile, unreadable: undefined,
	}))),
});

export class Transfer {
	readonly scan: Scan;
	readonly entry: JournalEntry;
	/** When it was, in milliseconds that only go up. */
	readonly began: number;
	readonly #options: TransferOptions;
	readonly #ways: readonly Way[];
	/** Index into #ways. */
	#way: number;
	/** Whether the file that was opened again may be read. */
	#readable = true;
	#folderReady = false;
	/** Names that were tried for the new file; and whether the last one is to be tried again. */
	#attempts = 1;
	#named = false;
	/** When the next record is due, in bytes. */
	#recordAt = recordEvery;
	/** Whether the journal knows of this transfer. */
	#recorded: boolean;
	/** Why it can't be written down any more. */
	#lost: Error | undefined;
	/** The file on the share, while run() or end() is at it. */
	#open: Open | undefined;
	/** What begin() has asked for, and over which connection. */
	#begun: { readonly tree: TreeConnect; readonly put: Promise<Put> } | undefined;
	/** The answer to the rename, where run() has settled with undefined. */
	renamed: Promise<unknown> | undefined;

	/** entry: as the journal has it, or new. */
	constructor(scan: Scan, entry: JournalEntry, began: number, options: TransferOptions) {
		this.scan = scan;
		this.entry = entry;
		this.began = began;
		this.#options = options;
		this.#ways = ways[options.verify];
		this.#way = options.learned.way;
		this.#recorded = entry.temporary > 0;
	}

	/** Whether begin() may be called: nothing of it is on the share yet, and nothing has to be looked at or written down first. */
	get mayBegin(): boolean { return this.entry.temporary === 0 && !this.#direct; }

	/** Has the file made, and its bytes sent where they go up behind that (put()); run() awaits the answer. Whatever else is asked for meanwhile must leave the pipeline alone. Throws StorageError as run() does. */
	begin(tree: TreeConnect): void {
		this.#checkFound();
		this.#begun = { tree, put: this.#create(tree) };
		this.#begun.put.catch(ignore);
	}

	/** Settles when what begin() has asked for was answered, or can't be any more: with the file, if there is one. */
	async begun(): Promise<Put | undefined> {
		let put: Put | undefined;
		try {
			put = await this.#begun?.put;
		}
		catch {
			// run() hears of it.
		}
		// It finds the file over the next connection, for which this one is not to be kept in memory.
		if (!this.#begun?.tree.session.connection.alive)
			this.#begun = undefined;
		return put;
	}

	/** Undoes what begin() has begun, for that reason. */
	async abandon(reason: Error): Promise<void> {
		const put = await this.begun();
		this.#begun = undefined;
		if (put)
			await this.#leave(put.open, reason);
	}

	/**
	 * Brings the scan to the share, or the rest of it. Settles with the name under which it stands in the folder; undefined where it was given that name and the server has not said
	 * yet that it has it: renamed tells, or end(). After an error it may be run again, over another connection.
	 */
	async run(tree: TreeConnect): Promise<string | undefined> {
		const { scan, entry } = this;
		let put: Put | undefined, failure: Error | undefined, reopened: Open | undefined;
		const begun = this.#begun;
		this.#begun = undefined;
		if (begun) {
			try {
				put = await begun.put;
			}
			catch (error) {
				failure = error as Error;
			}
		}
		if (begun?.tree !== tree) {
			put = failure = undefined;
			this.#checkFound();
			const publishing = entry.state === JournalState.PUBLISHING;
			reopened = entry.temporary > 0 ? await this.#reopen(tree) : undefined;
			if (!reopened && publishing && await this.#stands(tree, entry.target!))
				return entry.target!;
			put = reopened && { open: reopened };
			if (!put) {
				this.#forget();
				this.#named = false;
				this.#attempts = 1;
			}
		}
		for (; !put; this.#attempts++) {
			try {
				if (failure)
					throw failure;
				put = await this.#create(tree);
			}
			catch (error) {
				failure = undefined;
				if (await this.#isInstead(tree, error as Error))
					return entry.target!;
			}
		}
		this.#open = put.open;
		if (!reopened) {
			const { learned } = this.#options;
			// The scan before may have found a later one meanwhile.
			learned.way = Math.max(learned.way, this.#way);
			// Nobody could delete it, or give it another name: it must not be forgotten.
			if (this.#direct)
				this.#keep();
		}
		try {
			if (put.failure)
				throw put.failure;
			if (put.flushed === undefined)
				await this.#send(put.open);
			if (this.#lost)
				throw this.#lost;
			this.#checkLength(put.flushed ?? await put.open.flush(this.#readsBack ? undefined : scan.mtime));
			if (this.#readsBack)
				await this.#readBack(put.open);
			else
				this.#checkUnchanged();
			if (!this.#direct)
				return void this.#rename();
			await closeQuietly(put.open);
			this.#open = undefined;
			return entry.target!;
		}
		catch (error) {
			await this.#leaveOpen(error as Error);
			throw error;
		}
	}

	/** Awaits renamed, and where it rejects does what is to be done: settles with the name under which the scan stands. After an error it is run() that may be run again. */
	async end(): Promise<string> {
		let name: string | undefined;
		try {
			name = await this.#published();
			if (!this.#open!.closed)
				await closeQuietly(this.#open!);
		}
		catch (error) {
			await this.#leaveOpen(error as Error);
			throw error;
		}
		const { tree } = this.#open!;
		this.#open = undefined;
		if (name !== undefined)
			return name;
		// Nothing may be renamed, which only showed when it was.
		this.#forget();
		this.#options.learned.way = this.#way = this.#ways.length - 1;
		return await this.run(tree) ?? this.end();
	}

	#checkFound(): void {
		if (!isUnchanged(this.scan))
			throw new StorageError(`${this.scan.name}: the file was changed or taken away after it was found: it will be looked at again next time`);
	}

	/** After an error. With the file a lost connection would stay in memory while the next one is made. */
	async #leaveOpen(error: Error): Promise<void> {
		const open = this.#open!;
		this.#open = this.renamed = undefined;
		await this.#leave(open, error);
	}

	// ---- the temporary file ----

	/** The file of before, ready to be gone on with at entry.confirmed; undefined where it is gone, or is not ours. */
	async #reopen(tree: TreeConnect): Promise<Open | undefined> {
		const { entry } = this;
		// A temporary file has no target before it is whole.
		if ((entry.state === JournalState.SENDING && entry.target !== undefined) !== this.#direct)
			this.#way = this.#direct ? 0 : this.#ways.length - 1;
		const path = this.#path(), direct = this.#direct;
		const { createGuid, fileId } = entry;
		const reclaimed = createGuid && fileId && await quietly(tree.reclaim(path, this.#ways[this.#way].parameters, { version: tree.session.connection.dialect >= smb3 ? 2 : 1, createGuid, fileId }));
		if (createGuid && !reclaimed) {
			// Samba refuses where the file's times are not as it noted them, for a last WRITE was carried out after that. It forgets the handle then, but not its oplock: whoever opens
			// the file waits for a holder that is none, twice 35 seconds, as long as this connection lives.
			entry.createGuid = entry.fileId = undefined;
			throw new TransportError(`${tree.session.connection.address} does not give back the file that it had kept open`);
		}
		const open = reclaimed ?? await this.#openAgain(tree);
		if (!open)
			return undefined;
		try {
			const proven = entry.serverFile !== undefined && open.diskId !== undefined;
			const { length } = await open.status();
			// A temporary name nobody else uses; under its own a file may be somebody else's.
			if (proven ? !open.isOf(entry.serverFile!) : direct && !reclaimed || direct && length > this.scan.size)
				return void await closeQuietly(open);
			// What was confirmed may be lost with a server that was switched off.
			entry.confirmed = Math.min(entry.confirmed, length, this.scan.size);
			if (!reclaimed && entry.confirmed > 0 && !(this.#readable ? await agreesBefore(open, this.scan, entry.confirmed) : proven)) {
				if (direct)
					return void await closeQuietly(open);
				entry.confirmed = 0;
			}
			return open;
		}
		catch (error) {
			await this.#leave(open, error as Error);
			throw error;
		}
	}

	/** The file of before by its name, undefined where it can't be had. Notes whether it may be read. */
	async #openAgain(tree: TreeConnect): Promise<Open | undefined> {
		const path = this.#path(), { readable, unreadable } = this.#ways[this.#way];
		this.#readable = true;
		const open = await quietly(tree.create(path, readable));
		if (open || !unreadable)
			return open;
		this.#readable = false;
		return quietly(tree.create(path, unreadable));
	}

	/** A new hidden file in the folder, whose name nobody else uses, with what went up with it; where nothing may be renamed, under its own name. */
	#create(tree: TreeConnect): Promise<Put> {
		const { scan, entry } = this, { parameters, direct } = this.#ways[this.#way];
		if (!this.#named && (entry.temporary === 0 || !direct))
			entry.temporary = this.#options.nextTemporary();
		if (!this.#named && direct)
			entry.target = this.#wanted(this.#attempts);
		this.#named = true;
		const createGuid = new Uint8Array(16), path = this.#path();
		random(createGuid, 0, 16);
		// Of one that nobody could delete it must be known first that it is there.
		return direct ? this.#createEmpty(tree, path, parameters, createGuid)
			: put(tree, { path, parameters, createGuid, source: scan.path, length: scan.size, modified: this.#readsBack ? undefined : scan.mtime }, this.#opened, this.#progressed);
	}

	/** Sees to it that another attempt to create it may go better; throws the reason where none can. Returns whether this very scan stands under entry.target already. */
	async #isInstead(tree: TreeConnect, error: Error): Promise<boolean> {
		const { path, verify } = this.#options;
		if (!(error instanceof StatusError) || this.#attempts === numberMax)
			throw error;
		const { status } = error;
		if (status === NTStatus.OBJECT_PATH_NOT_FOUND && !this.#folderReady && path !== "") {
			await tree.createFolder(sharePath(path));
			this.#folderReady = true;
		}
		else if (status === NTStatus.ACCESS_DENIED && this.#way < this.#ways.length - 1) {
			this.#way++;
			this.#attempts = 0;
			this.#named = !this.#direct;
		}
		else if (status === NTStatus.OBJECT_NAME_COLLISION) {
			if (this.#direct && await this.#isThere(tree, this.entry.target!))
				return true;
			if (!this.#direct)
				this.#options.metLeftover();
			this.#named = false;
		}
		else if (status === NTStatus.ACCESS_DENIED && verify === "content")
			throw new StatusError(`${error.message}; for verify=content also permission to read there`, status, error.request, { cause: error });
		else
			throw error;
		return false;
	}

	async #createEmpty(tree: TreeConnect, path: string, parameters: CreateParameters, createGuid: Uint8Array): Promise<Put> {
		const open = await tree.create(path, parameters, createGuid);
		this.#opened(open);
		return { open };
	}

	/** What it takes to go on with a new file, from the first record on. */
	readonly #opened = ({ diskId, durable }: Open): void => {
		const { entry } = this;
		entry.serverFile = diskId;
		entry.createGuid = durable?.createGuid;
		entry.fileId = durable?.fileId;
	};

	/** Whether nothing may be renamed: the file stands under its own name from the start then, hidden until it is whole. */
	get #direct(): boolean { return this.#ways[this.#way].direct; }

	/** Of the file while it is not whole. */
	#path(): string { return this.#inFolder(this.#direct ? this.entry.target! : temporaryName(this.#options.device, this.entry.temporary)); }

	#inFolder(name: string): string {
		const { path } = this.#options;
		return path === "" ? sharePath(name) : `${sharePath(path)}\\${sharePath(name)}`;
	}

	/** Closes the file after an error, and has it deleted where nothing will go on with it. */
	async #leave(open: Open, error: Error): Promise<void> {
		const { alive } = open.tree.session.connection;
		const fault = faultOf(error);
		// What can't be deleted is gone on with, as long as the scan stays what it is; from its start where what is there may be wrong.
		const kept = this.#direct && fault !== Faults.GONE && fault !== Faults.CHANGED;
		if (kept && fault === Faults.PROTOCOL) {
			this.entry.confirmed = 0;
			this.#recorded = false;
		}
		if (kept || fault.action === Action.RESUME || fault === Faults.LOCKED) {
			this.#keep();
			if (alive)
				await closeQuietly(open);
			return;
		}
		if (alive) {
			if (!this.#direct)
				await quietly(open.deleteOnClose());
			await closeQuietly(open);
		}
		this.#forget();
	}

	/** The next attempt, perhaps that of the next program, goes on with this file. */
	#keep(): void {
		if (this.#recorded)
			return;
		try {
			this.#record(this.entry.state);
		}
		catch {
			// Then it begins anew. That the journal is lost is found out by whoever writes to it next.
		}
	}

	/** Nothing is to be gone on with. */
	#forget(): void {
		const { entry } = this;
		entry.temporary = entry.confirmed = 0;
		entry.createGuid = entry.fileId = entry.serverFile = entry.target = undefined;
		if (this.#recorded) {
			this.#recorded = false;
			entry.state = JournalState.FORGOTTEN;
			try {
				this.#options.remember(entry);
			}
			catch {
				// What led here is the error to be told. An entry that stays leads to a file that is gone, which is found out.
			}
		}
		entry.state = JournalState.SENDING;
		this.#recordAt = recordEvery;
	}

	// ---- its bytes ----

	#send(open: Open): Promise<void> {
		const { scan, entry } = this;
		this.#recordAt = entry.confirmed + recordEvery;
		return entry.confirmed < scan.size ? open.write(scan.path, entry.confirmed, scan.size - entry.confirmed, this.#progressed) : Promise.resolve();
	}

	readonly #progressed = (confirmed: number): void => {
		this.entry.confirmed = confirmed;
		this.#options.progressed(confirmed);
		if (confirmed < this.#recordAt || this.#lost)
			return;
		this.#recordAt = confirmed + recordEvery;
		try {
			this.#record(JournalState.SENDING);
		}
		catch (error) {
			// Nothing may be thrown here; it is when the bytes are there.
			this.#lost = error as Error;
		}
	};

	#record(state: JournalEntry["state"]): void {
		this.entry.state = state;
		this.#recorded = true;
		this.#options.remember(this.entry);
	}

	#checkLength(arrived: number): void {
		const { scan } = this;
		if (arrived !== scan.size)
			throw new ProtocolError(`${scan.name}: the server says that ${arrived} of ${scan.size} bytes arrived`);
	}

	#checkUnchanged(): void {
		if (!isUnchanged(this.scan))
			throw new StorageError(`${this.scan.name}: the file was changed while it was being sent: it will be sent again next time`);
	}

	/** Has what is on the server's disk compared, and sets the scan's times: until then it is hidden. */
	async #readBack(open: Open): Promise<void> {
		const { scan } = this;
		if (!await holdsScan(open, scan))
			throw new ProtocolError(`${scan.name}: what the share holds is not what was sent: the server's disk, or memory here, may be failing`);
		this.#checkUnchanged();
		await open.setTimes(scan.mtime);
	}

	/** Whether what the share holds is read before it gets its name. */
	get #readsBack(): boolean { return this.#options.verify === "content"; }

	// ---- its name ----

	/** The nth name that is tried: the first is the one that the person wants. */
	#wanted(n: number): string {
		const { name, device } = this.#options;
		const wanted = targetName(name, this.scan, device, this.entry.temporary);
		return n === 1 ? wanted : numberedName(wanted, n);
	}

	/** Asks for the name that the person wants: it is nearly always free, and what is closed with it takes one round trip less. */
	#rename(): void {
		const { entry } = this;
		entry.target = this.#wanted(1);
		this.#record(JournalState.PUBLISHING);
		this.renamed = this.#open!.renameAndClose(this.#inFolder(entry.target));
	}

	/** The name that the whole file has, or the first numbered one that is free. Nothing is ever replaced. undefined where the share lets nothing be renamed: the file is to be closed, and is gone then. */
	async #published(): Promise<string | undefined> {
		const { entry, renamed } = this;
		this.renamed = undefined;
		let open = this.#open!;
		let foldersReady = false;
		for (let n = 1, answer = renamed; ; answer = undefined) {
			const name = entry.target!;
			try {
				await (answer ?? open.rename(this.#inFolder(name)));
				return name;
			}
			catch (error) {
				await this.#options.alone();
				if (!(error instanceof StatusError))
					throw error;
				if (open.closed) {
					const again = await this.#openAgain(open.tree);
					if (!again)
						throw error;
					open = this.#open = again;
				}
				if (error.status === NTStatus.OBJECT_PATH_NOT_FOUND && !foldersReady && name.includes("/")) {
					foldersReady = true;
					await open.tree.createFolder(this.#inFolder(name.slice(0, name.lastIndexOf("/"))));
					continue;
				}
				if (error.status === NTStatus.ACCESS_DENIED) {
					await open.deleteOnClose();
					return undefined;
				}
				if (error.status !== NTStatus.OBJECT_NAME_COLLISION || n === numberMax)
					throw error;
				// It may be this very scan, sent before the journal was lost.
				if (await this.#isThere(open.tree, name)) {
					await quietly(open.deleteOnClose());
					return name;
				}
				entry.target = this.#wanted(++n);
				this.#record(JournalState.PUBLISHING);
			}
		}
	}

	/**
	 * After a rename whose answer did not come, and the temporary file is gone: whether the scan stands under that name. A server that still keeps the lost handle may let nobody read
	 * the file; so it is only looked at, where that is proof enough.
	 */
	async #stands(tree: TreeConnect, name: string): Promise<boolean> {
		const { scan } = this, { serverFile } = this.entry;
		const there = await quietly(tree.create(this.#inFolder(name), fileToLookAt));
		if (!there)
			return false;
		try {
			// The next file may get the number of one that is gone: the number alone proves nothing.
			const { length, modified } = await there.status();
			if (length !== scan.size || (serverFile && there.diskId && !there.isOf(serverFile)))
				return false;
			if (serverFile && there.diskId && modified === Math.floor(scan.mtime))
				return true;
		}
		finally {
			await closeQuietly(there);
		}
		// No number, or a file system that rounds times. What can't be read now is neither sent twice nor taken for sent: it waits.
		const content = await tree.create(this.#inFolder(name), fileToRead);
		try {
			return await holdsScan(content, scan);
		}
		finally {
			await closeQuietly(content);
		}
	}

	/** Whether the file of that name holds this very scan. */
	async #isThere(tree: TreeConnect, name: string): Promise<boolean> {
		// Whoever has it open may be asked to let go of it before somebody reads: only where it can be this scan at all.
		const looked = await quietly(tree.create(this.#inFolder(name), fileToLookAt));
		if (looked)
			await closeQuietly(looked);
		if (looked?.length !== this.scan.size)
			return false;
		const there = await quietly(tree.create(this.#inFolder(name), fileToRead));
		if (!there)
			return false;
		try {
			return await holdsScan(there, this.scan);
		}
		catch (error) {
			if (!(error instanceof StatusError))
				throw error;
			// It can't be read, so nobody can tell: it counts as another file.
			return false;
		}
		finally {
			await closeQuietly(there);
		}
	}
}

/** [MS-SMB2] 2.2.3: the first dialect with durable handles of version 2. */
const smb3 = 0x0300;

/** The name of a temporary file. */
export function temporaryName(device: string, number: number): string {
	return `.scan-${device}-${number}.part`;
}

/** The number in a temporary file's name of that device, 0 where it is none. */
export function temporaryNumber(device: string, name: string): number {
	const [, number] = /^\.scan-[0-9a-f]{8}-([1-9][0-9]{0,9})\.part$/.exec(name) ?? [];
	return number !== undefined && name === temporaryName(device, Number(number)) ? Number(number) : 0;
}

/** What came of it, or undefined where the server refused. Other errors concern the connection, and more than this one request. */
async function quietly<T>(request: Promise<T>): Promise<T | undefined> {
	try {
		return await request;
	}
	catch (error) {
		if (!(error instanceof StatusError))
			throw error;
		return undefined;
	}
}

/** For a file whose fate is settled: what the server says to the CLOSE changes nothing about it, and a lost connection is found out by the next request. */
async function closeQuietly(open: Open): Promise<void> {
	try {
		await open.close();
	}
	catch {
		// See above.
	}
}

/** Whoever awaits it hears of it. */
function ignore(): void {}
