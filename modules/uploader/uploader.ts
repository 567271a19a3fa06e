/**
 * Brings every scan of the source folder to the share: whole, once, under its name, whatever happens on the way. Up under a temporary name, checked, then renamed;
 * the local file is touched only after the server has confirmed. Knows no wire format and no network: main.ts says how to connect.
 */
import Timer from "timer";
import { crc32, createDirectory, flushFolder, move, putText, remove } from "../../hosts/storage/storage.js";
import type { TreeConnect } from "../client/tree-connect.js";
import { StorageError, TransportError } from "../errors/errors.js";
import { fingerprint, isTimeProof } from "./fingerprint.js";
import type { Journal } from "./journal/journal.js";
import { JournalEntry, JournalState } from "./journal/record.js";
import { deleteLeftovers } from "./leftovers.js";
import { numberedName } from "./naming.js";
import type { PostponedScans } from "./postponed.js";
import { Action, BackOff, concernsAll, Faults, faultOf } from "./retry.js";
import { isUnchanged, type Scan, type Settling, Spool } from "./spool.js";
import { Transfer, type TransferOptions } from "./transfer.js";

export interface UploaderOptions {
	/** Folder of scans. Those that arrived go to its sub-folder "sent" where after is "move". */
	readonly source: string;
	/** Folder in the share, "/" between its parts, "" for the root. Made where it is missing. */
	readonly path: string;
	readonly after: "keep" | "move" | "delete";
	/** How a scan is named on the share: see naming.ts. Not given: as it is called here. */
	readonly name?: string;
	/** What of it is checked before it gets its name; not given: its length. */
	readonly verify?: "length" | "content";
	/** Server and share, for the journal: what is half sent is gone on with at the same place only. */
	readonly place: string;
	/** Remembers what has arrived; or why there is none, and then only what is safe without it is done: see docs/DESIGN.md. */
	readonly journal: Journal | Error;
	/** Eight hexadecimal digits that mark this device's temporary files. */
	readonly device: string;
	/** When a file counts as complete; not given: at once. */
	readonly settling?: Settling;
	/** Outlives the looks: which scans wait, and whether something of ours may lie about on the share. */
	readonly postponed: PostponedScans;
	readonly tidy: { due: boolean };
	/** For how long a lost connection is tried again, without a byte confirmed in between, before the look ends. */
	readonly patienceMs: number;
	/** Numbers from 0 to below 1, and milliseconds that only go up. */
	random(): number;
	ticks(): number;
	/**
	 * Connects and logs on; the share is connected to with the first file, or before. Called when the first scan is there; not again after it failed the first time, and again, after a while, when a connection was lost.
	 * previousSessionId: of the session that was lost.
	 */
	connect(previousSessionId: Uint8Array | undefined): Promise<TreeConnect>;
	readonly listener: UploadListener;
}

/** Hears what becomes of each scan. One may be started before the one before it has arrived, or stayed; progressed() is of the one that was started last. It is called for every WRITE: it should allocate nothing. */
export interface UploadListener {
	started(scan: Scan): void;
	progressed(confirmed: number): void;
	/** What led to it was lost; it goes on, where it was, in so many milliseconds. */
	interrupted(scan: Scan, reason: Error, waitMs: number): void;
	/** name: under which it stands in the folder of the share, as a person reads it. elapsedMs: since it was started. trouble: it arrived, but the local file could not be dealt with. */
	arrived(scan: Scan, name: string, elapsedMs: number, trouble: Error | undefined): void;
	/** It arrived at an earlier time, and is not sent again. trouble: as for arrived(). */
	remembered(scan: Scan, trouble: Error | undefined): void;
	/** It stays here, untouched. */
	stayed(scan: Scan, reason: Error): void;
	/** It stays here for a reason that stayed() told at an earlier look: its time has not come yet. */
	waited(scan: Scan, reason: Error): void;
	/** Something else that a person has to know. */
	warned(reason: Error): void;
}

/** How often the first log-on of a look is tried again after it was cut off: a server that speaks no SMB 2 does so each time. */
const firstFailuresMax = 3;

export class Uploader {
	#options: UploaderOptions;
	#tree: TreeConnect | undefined;
	/** Of the session that was lost. */
	#previousSessionId: Uint8Array | undefined;
	/** Whether there has been a connection in this look. */
	#connected = false;
	#journal: Journal | undefined;
	#temporaries = 0;
	#lookedForRoom = false;
	#place: number;
	#backOff: BackOff;
	/** Of every scan of this look. */
	readonly #transferOptions: TransferOptions;
	/** The scan whose rename the server has still to answer, while the next one is begun; and that one. */
	#renaming: Transfer | undefined;
	#sending: Transfer | undefined;

	constructor(options: UploaderOptions) {
		const { listener, path, name = "{name}", device, verify = "length" } = options;
		this.#options = options;
		this.#place = checksum(`${options.place}/${options.path}`);
		this.#backOff = new BackOff(() => options.random());
		this.#transferOptions = {
			path, name, device, verify, learned: { way: 0 },
			nextTemporary: () => this.#journal?.nextTemporary() ?? ++this.#temporaries,
			metLeftover: () => { options.tidy.due = true; },
			remember: entry => this.#journal?.record(entry),
			progressed: confirmed => {
				this.#backOff.reset();
				listener.progressed(confirmed);
			},
			alone: () => this.#sending?.begun(),
		};
	}

	/**
	 * Looks at the folder once and uploads what is there, oldest first, over one session, or as many as it takes. Settles when every scan was dealt with; the
	 * listener has heard of each. An error that no other scan would escape (no connection, no permission, no room) is the reason for all that remain, and what run() settles with.
	 * Rejects only where the folder can't be read: StorageError.
	 */
	async run(): Promise<Error | undefined> {
		const spool = this.#look(() => new Spool(this.#options.source, this.#options.settling));
		try {
			let hopeless = this.#begin();
			try {
				for (let scan = this.#look(() => spool.next()); scan !== undefined; scan = this.#look(() => spool.next())) {
					if (hopeless)
						await this.#pass(scan, hopeless);
					else
						hopeless = await this.#send(spool, scan);
					if (hopeless && this.#renaming)
						await this.#finish();
				}
			}
			finally {
				if (this.#renaming)
					hopeless = await this.#finish() ?? hopeless;
			}
			this.#end();
			await this.#tidy();
			return hopeless;
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
			// What lies there all the same is in the way of the first number: see metLeftover.
			if (!journal.hasTemporaries)
				this.#options.tidy.due = false;
			journal.beginLook();
			return undefined;
		}
		listener.warned(journal);
		return canDoWithout(journal, after) ? undefined : journal;
	}

	/** Every scan was dealt with: what goes wrong now concerns the next look. */
	#end(): void {
		try {
			if (this.#journal?.endLook(true))
				this.#options.tidy.due = true;
		}
		catch (error) {
			this.#options.listener.warned(error as Error);
		}
	}

	/** A scan that can't be sent now: it stays, unless it has arrived before. */
	async #pass(scan: Scan, reason: Error): Promise<void> {
		const { listener } = this.#options;
		try {
			const known = this.#journal?.find(scan);
			if (known && known.state >= JournalState.PUBLISHED && (isCertain(known, scan) || await isSame(known, scan)))
				listener.remembered(scan, this.#settleAgain(scan, known));
			else
				listener.stayed(scan, reason);
		}
		catch (error) {
			listener.stayed(scan, error as Error);
		}
	}

	/** Deals with the local file of a scan that arrived before, where that was not done yet. Returns what went wrong. */
	#settleAgain(scan: Scan, entry: JournalEntry): Error | undefined {
		if (entry.state === JournalState.DONE)
			return undefined;
		const trouble = this.#settle(scan);
		return trouble ?? this.#remember(entry, JournalState.DONE);
	}

	/** Writes down how far a scan has come. Returns the error where that can't be done, and the journal is done without from then on. */
	#remember(entry: JournalEntry, state: JournalEntry["state"]): Error | undefined {
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

	/** Uploads one scan and tells the listener, or leaves that to #finish(). Returns the error, if there was one that no other scan would escape. */
	async #send(spool: Spool, scan: Scan): Promise<Error | undefined> {
		const { listener, postponed, ticks } = this.#options;
		let started = false;
		try {
			// Nothing is awaited for nothing: that leaves some 75 slots of garbage each time.
			let known = this.#journal?.find(scan);
			const timeProof = !this.#journal || isTimeProof(scan.mtime), unsettledMs = spool.unsettledMs(scan);
			// What takes its time is not begun while the one before waits for its name.
			let hopeless = this.#renaming && (known || !timeProof || unsettledMs > 0) ? await this.#finish() : undefined;
			if (known && !isCertain(known, scan) && !await isSame(known, scan))
				known = undefined;
			if (known && known.state >= JournalState.PUBLISHED) {
				listener.remembered(scan, this.#settleAgain(scan, known));
				return hopeless;
			}
			const waits = postponed.reason(scan, ticks());
			if (waits) {
				listener.waited(scan, waits);
				return hopeless;
			}
			if (hopeless)
				throw hopeless;
			if (unsettledMs > 0)
				await wait(unsettledMs);
			const entry = known && known.place === this.#place ? known : new JournalEntry(scan);
			entry.place = this.#place;
			if (entry.fingerprint === undefined && !timeProof)
				entry.fingerprint = await fingerprint(scan);
			// What can't be remembered is not sent.
			this.#journal?.prepare();
			started = true;
			listener.started(scan);
			const transfer = this.#sending = new Transfer(scan, entry, ticks(), this.#transferOptions);
			if (this.#renaming) {
				if (transfer.mayBegin && this.#tree?.session.connection.alive)
					transfer.begin(this.#tree);
				hopeless = await this.#finish();
				if (hopeless) {
					await transfer.abandon(hopeless);
					throw hopeless;
				}
			}
			let name: string | undefined;
			try {
				name = await transfer.run(this.#tree ?? await this.#connect());
			}
			catch (error) {
				name = await this.#bring(transfer, error as Error);
			}
			if (name !== undefined)
				return this.#arrived(transfer, name);
			this.#renaming = transfer;
			return undefined;
		}
		catch (error) {
			return this.#failed(scan, error as Error, started);
		}
		finally {
			this.#sending = undefined;
		}
	}

	/** Waits for the name of the scan whose rename is not answered, and deals with what comes of it, as #send() does. */
	async #finish(): Promise<Error | undefined> {
		const transfer = this.#renaming!;
		this.#renaming = undefined;
		try {
			let name = transfer.entry.target!;
			try {
				await transfer.renamed;
			}
			catch {
				name = await this.#bring(transfer, undefined);
			}
			return this.#arrived(transfer, name);
		}
		catch (error) {
			return this.#failed(transfer.scan, error as Error, true);
		}
	}

	/** It stands under that name: the journal, the local file and the listener are told. Returns why nothing more can be sent, if so it is. */
	#arrived({ scan, entry, began }: Transfer, name: string): Error | undefined {
		const { after, postponed, listener, ticks } = this.#options;
		this.#connected = true;
		this.#backOff.reset();
		entry.target = name;
		let lost = this.#remember(entry, after === "keep" ? JournalState.DONE : JournalState.PUBLISHED);
		const trouble = this.#settle(scan);
		if (!trouble && after !== "keep")
			lost ??= this.#remember(entry, JournalState.DONE);
		postponed.arrived(scan);
		listener.arrived(scan, name, ticks() - began, trouble);
		return lost && this.#lose(lost);
	}

	/** It stays here for that reason, which is returned if no other scan would escape it. */
	#failed(scan: Scan, reason: Error, started: boolean): Error | undefined {
		const { listener, postponed, ticks } = this.#options;
		listener.stayed(scan, reason);
		// Over a connection that is there it was tidied up at once.
		this.#options.tidy.due ||= !this.#tree?.session.connection.alive;
		// The journal's own error is no scan's: it is closed by it.
		if (this.#journal?.closed)
			return this.#lose(reason);
		if ((started && !this.#connected) || concernsAll(faultOf(reason)))
			return reason;
		postponed.failed(scan, reason, ticks());
		return undefined;
	}

	/** Goes on with a scan over as many connections as it takes, until it has its name. failure: of what was tried first, unless that is the rename. */
	async #bring(transfer: Transfer, failure: Error | undefined): Promise<string> {
		const { listener, patienceMs, ticks } = this.#options;
		const backOff = this.#backOff;
		for (let since = -1; ; ) {
			if (failure) {
				const fault = backOff.failed(failure, ticks()), { action } = fault;
				this.#connected ||= this.#tree?.connected ?? false;
				if (action === Action.RESUME || !this.#connected)
					this.#drop();
				// What this device has left there may be what fills the share.
				const roomMade = fault === Faults.FULL && !this.#lookedForRoom && await this.#makeRoom();
				if (!roomMade) {
					const waitMs = backOff.waitMs(ticks());
					if (backOff.failures === 1)
						since = ticks();
					if (action !== Action.RESUME || ticks() + waitMs - since > patienceMs || (!this.#connected && !(wasCut(failure) && backOff.failures <= firstFailuresMax)))
						throw failure;
					listener.interrupted(transfer.scan, failure, waitMs);
					await wait(waitMs);
				}
			}
			try {
				return (transfer.renamed ? undefined : await transfer.run(this.#tree ?? await this.#connect())) ?? await transfer.end();
			}
			catch (error) {
				failure = error as Error;
			}
		}
	}

	/** Whether what this device has left on the full share could be deleted. */
	async #makeRoom(): Promise<boolean> {
		this.#lookedForRoom = this.#options.tidy.due = true;
		return await this.#tidy() > 0;
	}

	async #connect(): Promise<TreeConnect> {
		// Kerberos takes most of the stack: it is to be empty.
		await undefined;
		const tree = this.#tree = await this.#options.connect(this.#previousSessionId);
		this.#previousSessionId = tree.session.connection.sessionId;
		return tree;
	}

	/** Deletes what an earlier time has left on the share, if that is due. Returns how many files. */
	async #tidy(): Promise<number> {
		const { path, device, tidy } = this.#options;
		const tree = this.#tree, journal = this.#journal;
		// Without a journal nobody knows what is needed.
		if (!tidy.due || !journal || !tree?.connected || !tree.session.connection.alive)
			return 0;
		try {
			const deleted = await deleteLeftovers(tree, path, device, number => number === this.#sending?.entry.temporary || isNeeded(journal, number));
			tidy.due = false;
			return deleted;
		}
		catch {
			// The connection was lost: another time.
			return 0;
		}
	}

	/** This connection is of no use any more. */
	#drop(): void {
		this.#tree?.session.connection.close();
		this.#tree = undefined;
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
		if (!tree)
			return;
		await tree.session.leave(tree);
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
			// Before the journal says so; and the name there before it is gone here.
			if (after === "move")
				flushFolder(`${source}/sent`);
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

/** Whether there was a connection, and it was cut or fell silent: not that nobody listens there. */
function wasCut(error: Error): boolean {
	return error instanceof TransportError && (error.code === "ECONNRESET" || error.code === "EOF" || error.code === "EPIPE" || error.code === "SILENT");
}

/** Whether a scan that is half sent has its temporary file under that number. */
function isNeeded(journal: Journal, number: number): boolean {
	for (let nth = 0, entry = journal.unfinished(nth); entry !== undefined; entry = journal.unfinished(++nth)) {
		if (entry.temporary === number)
			return true;
	}
	return false;
}

function checksum(text: string): number {
	const bytes = new Uint8Array(4 * text.length);
	return crc32(0, bytes, 0, putText(text, bytes, 0));
}

function wait(ms: number): Promise<void> {
	return new Promise(resolve => Timer.set(() => resolve(), ms));
}

/** Whether name, size and time prove that entry, which has them, is of this very scan. */
function isCertain(entry: JournalEntry, scan: Scan): boolean { return entry.fingerprint === undefined && isTimeProof(scan.mtime); }

/** Whether the content proves it. */
async function isSame({ fingerprint: known }: JournalEntry, scan: Scan): Promise<boolean> {
	if (known === undefined)
		return false;
	const now = await fingerprint(scan);
	return known.every((byte, i) => byte === now[i]);
}

/** "scan (9999).pdf" is the last name that is tried. */
const numberMax = 9999;

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
