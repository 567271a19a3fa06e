/**
 * Brings every scan of the source folder to the share: whole, once, under its name. Up under a temporary name, checked, then renamed;
 * the local file is touched only after the server has confirmed. Knows no wire format and no network: main.ts says how to connect.
 */
import Timer from "timer";
import { createDirectory, flushFolder, move, remove } from "../../hosts/storage/storage.js";
import { newFile } from "../client/create.js";
import type { TreeConnect } from "../client/tree-connect.js";
import { sharePath } from "../client/share-name.js";
import type { Open } from "../client/open.js";
import { ProtocolError, StatusError, StorageError } from "../errors/errors.js";
import { NTStatus } from "../smb2/status.js";
import { fingerprint, isTimeProof } from "./fingerprint.js";
import type { Journal } from "./journal.js";
import { JournalEntry, JournalState } from "./journal-record.js";
import { numberedName, targetName } from "./naming.js";
import { concernsAll, faultOf } from "./retry.js";
import { isUnchanged, type Scan, type Settling, Spool } from "./spool.js";

export interface UploaderOptions {
	/** Folder of scans. Those that arrived go to its sub-folder "sent" where after is "move". */
	readonly source: string;
	/** Folder in the share, "/" between its parts, "" for the root. Made where it is missing. */
	readonly path: string;
	readonly after: "keep" | "move" | "delete";
	/** How a scan is named on the share: see naming.ts. Not given: as it is called here. */
	readonly name?: string;
	/** Remembers what has arrived; or why there is none, and then only what is safe without it is done: see docs/DESIGN.md. */
	readonly journal: Journal | Error;
	/** Eight hexadecimal digits that mark this device's temporary files. */
	readonly device: string;
	/** When a file counts as complete; not given: at once. */
	readonly settling?: Settling;
	/** Connects, logs on and opens the share. Called when the first scan is there, and not again after it failed. */
	connect(): Promise<TreeConnect>;
	readonly listener: UploadListener;
}

/** Hears what becomes of each scan. progressed() is called for every WRITE: it should allocate nothing. */
export interface UploadListener {
	started(scan: Scan): void;
	progressed(confirmed: number): void;
	/** name: under which it stands in the folder of the share, as a person reads it. trouble: it arrived, but the local file could not be dealt with. */
	arrived(scan: Scan, name: string, trouble: Error | undefined): void;
	/** It arrived at an earlier time, and is not sent again. trouble: as for arrived(). */
	remembered(scan: Scan, trouble: Error | undefined): void;
	/** It stays here, untouched. */
	stayed(scan: Scan, reason: Error): void;
	/** Something else that a person has to know. */
	warned(reason: Error): void;
}

/** "scan (9999).pdf" is the last name that is tried. */
const numberMax = 9999;

export class Uploader {
	#options: UploaderOptions;
	#tree: TreeConnect | undefined;
	#journal: Journal | undefined;
	#temporaries = 0;
	#folderReady = false;

	constructor(options: UploaderOptions) {
		this.#options = options;
	}

	/**
	 * Looks at the folder once and uploads what is there, oldest first, over one session. Settles when every scan was dealt with; the
	 * listener has heard of each. An error that no other scan would escape (no connection, no permission, no room) is the reason for all that remain.
	 * Rejects only where the folder can't be read: StorageError.
	 */
	async run(): Promise<void> {
		const spool = this.#look(() => new Spool(this.#options.source, this.#options.settling));
		try {
			let hopeless = this.#begin();
			for (let scan = this.#look(() => spool.next()); scan !== undefined; scan = this.#look(() => spool.next())) {
				if (hopeless)
					await this.#pass(scan, hopeless);
				else
					hopeless = await this.#send(spool, scan);
			}
			this.#journal?.endLook(true);
		}
		finally {
			spool.close();
			await this.#disconnect();
		}
	}

	/** Reads the folder: it may be gone at any time, with the card that it is on. */
	#look<T>(read: () => T): T {
		try {
			return read();
		}
		catch (error) {
			throw new StorageError(`source=${this.#options.source}: ${(error as Error).message}`, { cause: error });
		}
	}

	/** Returns why nothing can be sent, if so it is. */
	#begin(): Error | undefined {
		const { journal, after, listener } = this.#options;
		if (!(journal instanceof Error)) {
			this.#journal = journal;
			journal.beginLook();
			return undefined;
		}
		listener.warned(journal);
		return canDoWithout(journal, after) ? undefined : journal;
	}

	/** A scan that can't be sent now: it stays, unless it has arrived before. */
	async #pass(scan: Scan, reason: Error): Promise<void> {
		const { listener } = this.#options;
		try {
			const entry = await this.#arrivedBefore(scan);
			if (entry)
				listener.remembered(scan, this.#settleAgain(scan, entry));
			else
				listener.stayed(scan, reason);
		}
		catch (error) {
			listener.stayed(scan, error as Error);
		}
	}

	/** What the journal knows of scan if it has arrived, whatever became of the file here. */
	async #arrivedBefore(scan: Scan): Promise<JournalEntry | undefined> {
		const entry = this.#journal?.find(scan);
		if (entry === undefined || entry.state < JournalState.PUBLISHED)
			return undefined;
		// Where the time proves nothing, another scan may look just like the one that arrived.
		if (entry.fingerprint === undefined)
			return isTimeProof(scan.mtime) ? entry : undefined;
		const now = await fingerprint(scan);
		return entry.fingerprint.every((byte, i) => byte === now[i]) ? entry : undefined;
	}

	/** Deals with the local file of a scan that arrived before, where that was not done yet. Returns what went wrong. */
	#settleAgain(scan: Scan, entry: JournalEntry): Error | undefined {
		if (entry.state === JournalState.DONE)
			return undefined;
		const trouble = this.#settle(scan);
		return trouble ?? this.#remember(entry, JournalState.DONE);
	}

	/** Writes down how far a scan has come. Returns the error where that can't be done, and the journal is done without from then on. */
	#remember(entry: JournalEntry, state: number): Error | undefined {
		entry.state = state;
		try {
			this.#journal?.record(entry);
			return undefined;
		}
		catch (error) {
			this.#journal = undefined;
			return error as Error;
		}
	}

	/** Uploads one scan and tells the listener. Returns the error, if there was one that no other scan would escape. */
	async #send(spool: Spool, scan: Scan): Promise<Error | undefined> {
		const { listener, after } = this.#options;
		let started = false;
		try {
			const before = await this.#arrivedBefore(scan);
			if (before) {
				listener.remembered(scan, this.#settleAgain(scan, before));
				return undefined;
			}
			await settled(spool.unsettledMs(scan));
			const entry = new JournalEntry(scan);
			if (this.#journal && !isTimeProof(scan.mtime))
				entry.fingerprint = await fingerprint(scan);
			// What can't be remembered is not sent.
			this.#journal?.prepare();
			started = true;
			listener.started(scan);
			this.#tree ??= await this.#options.connect();
			const name = await this.#upload(this.#tree, scan, entry);
			let lost = this.#remember(entry, after === "keep" ? JournalState.DONE : JournalState.PUBLISHED);
			const trouble = this.#settle(scan);
			if (!trouble && after !== "keep")
				lost ??= this.#remember(entry, JournalState.DONE);
			listener.arrived(scan, name, trouble);
			return lost && this.#lose(lost);
		}
		catch (error) {
			listener.stayed(scan, error as Error);
			// The journal's own error is no scan's: prepare() and find() close it.
			if (!started && this.#journal?.closed)
				return this.#lose(error as Error);
			return (started && this.#tree === undefined) || concernsAll(faultOf(error as Error)) ? error as Error : undefined;
		}
	}

	/** The journal can't be used any more. Returns why nothing more can be sent, if so it is. */
	#lose(reason: Error): Error | undefined {
		const { listener, after } = this.#options;
		this.#journal = undefined;
		listener.warned(reason);
		return canDoWithout(reason, after) ? undefined : reason;
	}

	/** Leaves the share and the server in good order; what goes wrong here concerns nobody. */
	async #disconnect(): Promise<void> {
		const tree = this.#tree;
		this.#tree = undefined;
		this.#folderReady = false;
		if (!tree)
			return;
		const { session } = tree;
		try {
			if (session.connection.alive) {
				await tree.disconnect();
				await session.logoff();
			}
		}
		catch {
			// All scans are settled: the server will find out by itself that nobody is there any more.
		}
		session.connection.close();
	}

	/** Returns the name under which the scan stands in the folder; notes in entry what is to be remembered. */
	async #upload(tree: TreeConnect, scan: Scan, entry: JournalEntry): Promise<string> {
		if (!isUnchanged(scan))
			throw new StorageError(`${scan.name}: the file was changed or taken away after it was found: it will be looked at again next time`);
		const open = await this.#createTemporary(tree);
		let name: string;
		try {
			await open.write(scan.path, 0, scan.size, this.#options.listener.progressed);
			const arrived = await open.flush();
			if (arrived !== scan.size)
				throw new ProtocolError(`${scan.name}: the server says that ${arrived} of ${scan.size} bytes arrived`);
			if (!isUnchanged(scan))
				throw new StorageError(`${scan.name}: the file was changed while it was being sent: it will be sent again next time`);
			await open.setTimes(scan.mtime);
			const { name: pattern = "{name}", device } = this.#options;
			entry.temporary = this.#temporaries;
			entry.target = name = await this.#publish(open, targetName(pattern, scan, device, this.#temporaries));
		}
		catch (error) {
			await discard(open);
			throw error;
		}
		await closeQuietly(open);
		return name;
	}

	/** A new hidden file in the folder, whose name nobody else uses. */
	async #createTemporary(tree: TreeConnect, attempts = 0): Promise<Open> {
		this.#temporaries = this.#journal?.nextTemporary() ?? this.#temporaries + 1;
		const name = `.scan-${this.#options.device}-${this.#temporaries}.part`;
		try {
			return await tree.create(this.#inFolder(name), newFile);
		}
		catch (error) {
			if (!(error instanceof StatusError))
				throw error;
			if (error.status === NTStatus.OBJECT_PATH_NOT_FOUND && !this.#folderReady && this.#options.path !== "") {
				await tree.createFolder(sharePath(this.#options.path));
				this.#folderReady = true;
				return this.#createTemporary(tree, attempts);
			}
			if (error.status === NTStatus.OBJECT_NAME_COLLISION && attempts < numberMax)
				return this.#createTemporary(tree, attempts + 1);
			throw error;
		}
	}

	/** Gives the whole file its name, or the first numbered one that is free. Nothing is ever replaced. */
	async #publish(open: Open, wanted: string): Promise<string> {
		let foldersReady = !wanted.includes("/");
		for (let n = 1; ;) {
			const name = n === 1 ? wanted : numberedName(wanted, n);
			try {
				await open.rename(this.#inFolder(sharePath(name)));
				return name;
			}
			catch (error) {
				if (!(error instanceof StatusError))
					throw error;
				if (error.status === NTStatus.OBJECT_PATH_NOT_FOUND && !foldersReady) {
					foldersReady = true;
					await open.tree.createFolder(this.#inFolder(sharePath(wanted.slice(0, wanted.lastIndexOf("/")))));
					continue;
				}
				if (error.status !== NTStatus.OBJECT_NAME_COLLISION || n === numberMax)
					throw error;
				// It may be this very scan, sent before power was lost: without the journal nobody can tell.
				if (!this.#journal)
					throw new StorageError(`${wanted} is on the share already, and perhaps is this very scan: without the journal it is not sent under another name`, { cause: error });
				n++;
			}
		}
	}

	#inFolder(name: string): string {
		const { path } = this.#options;
		return path === "" ? name : `${sharePath(path)}\\${name}`;
	}

	/** Does with the local file what the person wants done with what has arrived; returns what went wrong, if anything. */
	#settle(scan: Scan): Error | undefined {
		const { after, source } = this.#options;
		if (after === "keep")
			return undefined;
		try {
			if (!isUnchanged(scan))
				throw new StorageError("it was changed meanwhile");
			if (after === "delete")
				remove(scan.path);
			else
				moveToSent(scan, `${source}/sent`);
			// Before the journal says so.
			flushFolder(source);
			return undefined;
		}
		catch (error) {
			return new StorageError(`${scan.name} arrived, but could not be ${after === "delete" ? "deleted" : "moved"} here: ${(error as Error).message}`, { cause: error });
		}
	}
}

/**
 * Whether sending is safe though nothing can be remembered: what has arrived is moved or deleted here, and that is memory enough, as long as the medium can be written
 * to. A full one can: it takes no new bytes, but lets files go. On one that is read-only, or fails, each look would send all scans again.
 */
function canDoWithout(reason: Error, after: UploaderOptions["after"]): boolean {
	return after !== "keep" && (reason.cause as { code?: string } | undefined)?.code === "ENOSPC";
}

/** Waits until a file that may still be written to has had its time: isUnchanged() then tells. */
async function settled(ms: number): Promise<void> {
	if (ms > 0)
		await new Promise<void>(resolve => Timer.set(() => resolve(), ms));
}

/** Has the temporary file deleted, as far as the server still listens. */
async function discard(open: Open): Promise<void> {
	if (!open.tree.session.connection.alive)
		return;
	try {
		await open.deleteOnClose();
	}
	catch {
		// The error that led here is the one to be told; whether the file could be deleted changes nothing about it.
	}
	await closeQuietly(open);
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

function moveToSent(scan: Scan, folder: string): void {
	createDirectory(folder);
	for (let n = 1; ; n++) {
		try {
			move(scan.path, `${folder}/${n === 1 ? scan.name : numberedName(scan.name, n)}`);
			return;
		}
		catch (error) {
			if ((error as { code?: string }).code !== "EEXIST" || n === numberMax)
				throw error;
		}
	}
}
