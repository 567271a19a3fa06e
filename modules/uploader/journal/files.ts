/** The journal's two files, docs/JOURNAL.md: which of them counts, what its header says, and how the other one takes its place. */
import { crc32, File, flushFolder } from "../../../hosts/storage/storage.js";
import { StorageError } from "../../errors/errors.js";
import { frontAt, Memory, sector } from "./memory.js";

export interface JournalOptions {
	/** Its files are this path with "-a" and "-b" behind it. */
	readonly path: string;
	/** Whether it may begin anew where both files are there and neither can be read: what has arrived is not known any more then. */
	readonly anew: boolean;
	log(line: string): void;
	random(bytes: Uint8Array, at: number, length: number): void;
}

/** "SCANJRNL". */
const magic = Object.freeze([0x53, 0x43, 0x41, 0x4E, 0x4A, 0x52, 0x4E, 0x4C]);
const version = 1;
const Header = Object.freeze({
	Magic: 0, Version: 8, Length: 10, Generation: 12, Salt: 16, BaseBlocks: 20, BaseRecords: 24, Temporaries: 28, ClientGuid: 32, Checksum: 60, size: 64,
} as const);
/** The header, twice. */
export const baseAt = 2 * sector;
/** The file is made longer by so much at a time, and when less than reserve is left: so "it has arrived" can be written even where the medium is full by then. */
const extent = 32 * sector;
const reserve = 8 * sector;
/** What peek() says of a file that has no generation. */
const missing = -1;
const unreadable = -2;

export class Files {
	readonly options: JournalOptions;
	readonly memory = new Memory();
	private file: File | undefined;
	/** The first file of all is the other one, "-a". */
	private suffix = "-b";

	/** What the header of the file that counts says. temporaries may be ahead of it. */
	private generation = 0;
	private salt = 0;
	baseBlocks = 0;
	baseRecords = 0;
	temporaries = 0;
	readonly clientGuid = new Uint8Array(16);

	/** Where the tail begins, and where the file ends. */
	tailAt = 0;
	length = 0;

	constructor(options: JournalOptions) { this.options = options; }

	/** For messages: the file that counts. */
	get name(): string { return `journal ${this.options.path}${this.suffix}`; }

	get closed(): boolean { return this.file === undefined; }

	/** Safe to call twice. */
	close(): void {
		this.file?.close();
		this.file = undefined;
	}

	/** Opens the one that counts. False where there is none yet, or none any more and it may begin anew. */
	open(): boolean {
		const { path, anew } = this.options;
		const a = this.peek("-a");
		const b = this.peek("-b");
		if (a < 0 && b < 0) {
			if (a === unreadable || b === unreadable) {
				if (!anew)
					throw new StorageError(`journal ${path}: neither of its files (-a, -b) can be read any more, so it is not known which scans have arrived. Nothing is sent. Delete both to have all scans sent that lie here`);
				this.options.log(`journal ${path}: neither of its files (-a, -b) can be read any more; it begins anew`);
			}
			return false;
		}
		this.suffix = a > b ? "-a" : "-b";
		this.file = new File(path + this.suffix, "r+");
		this.readHeader(this.file);
		this.length = this.file.length;
		return true;
	}

	/** The generation of the file; missing, or unreadable where there was once more than a beginning. */
	private peek(suffix: string): number {
		let file: File;
		try {
			file = new File(this.options.path + suffix, "r+");
		}
		catch (error) {
			if ((error as { code?: string }).code === "ENOENT")
				return missing;
			throw error;
		}
		try {
			if (this.readHeader(file))
				return this.generation;
			return file.length > baseAt ? unreadable : missing;
		}
		finally {
			file.close();
		}
	}

	/** Whether one of the two copies is good: its fields are taken over then. It stands where a block of the base does. */
	private readHeader(file: File): boolean {
		const bytes = this.memory.bytes;
		const view = this.memory.view;
		for (let at = 0; at < baseAt; at += sector) {
			if (!readInto(file, bytes, 0, Header.size, at))
				continue;
			if (view.getUint32(Header.Checksum, true) !== crc32(0, bytes, 0, Header.Checksum) || magic.some((byte, i) => bytes[i] !== byte))
				continue;
			if (view.getUint16(Header.Version, true) !== version)
				throw new StorageError(`journal ${this.options.path}: it is of version ${view.getUint16(Header.Version, true)}, and this program knows ${version}: use the newer program, or delete both of its files (-a, -b) to have all scans sent that lie here`);
			this.generation = view.getUint32(Header.Generation, true);
			this.salt = view.getUint32(Header.Salt, true);
			this.baseBlocks = view.getUint32(Header.BaseBlocks, true);
			this.baseRecords = view.getUint32(Header.BaseRecords, true);
			this.temporaries = view.getUint32(Header.Temporaries, true);
			this.clientGuid.set(bytes.subarray(Header.ClientGuid, Header.ClientGuid + 16));
			this.tailAt = baseAt + this.baseBlocks * sector;
			return true;
		}
		return false;
	}

	// THE ONE THAT COUNTS

	/** Throws StorageError after close(). */
	need(): File {
		if (!this.file)
			throw new StorageError(`journal ${this.options.path}: it is closed`);
		return this.file;
	}

	/** Reads from the position into the memory at at; whether all of it could be read. */
	read(at: number, length: number, position: number): boolean { return readInto(this.need(), this.memory.bytes, at, length, position); }

	/** What checksums begin with at that position. */
	seed(position: number): number { return seedOf(this.salt, position); }

	/** Writes what stands in the memory at at, and returns when it is on the medium. */
	write(at: number, length: number, position: number): void {
		const file = this.need();
		file.writeFrom(this.memory.bytes, at, length, position);
		file.flush();
	}

	/** Makes the file longer where it does not reach to needed and a reserve behind it. urgent: what has arrived is written as long as there is room, whatever comes after it. */
	reach(needed: number, urgent: boolean): void {
		if (needed + reserve <= this.length)
			return;
		const file = this.need();
		const wanted = Math.ceil((needed + reserve) / extent) * extent;
		try {
			file.setSize(wanted);
			this.length = wanted;
		}
		catch (error) {
			if (!(urgent && needed <= this.length))
				throw error;
		}
	}

	// THE OTHER ONE

	private get other(): string { return this.suffix === "-a" ? "-b" : "-a"; }

	/** Creates the other one, or empties it: it does not count. */
	createOther(): File { return new File(this.options.path + this.other, "w+"); }

	/** Returns when the medium knows of the other one. */
	flushFolder(): void { flushFolder(folderOf(this.options.path)); }

	/** A salt for the other one. Takes the front. */
	newSalt(): number {
		this.options.random(this.memory.bytes, frontAt, 4);
		return this.memory.view.getUint32(frontAt, true);
	}

	/** Makes the other one, which is to, the one that counts: all of it is on the medium before its header is. The header stands where a block of the base does. */
	adopt(to: File, salt: number, blocks: number, records: number): void {
		to.flush();
		const bytes = this.memory.bytes;
		const view = this.memory.view;
		bytes.fill(0, 0, sector);
		bytes.set(magic);
		view.setUint16(Header.Version, version, true);
		view.setUint16(Header.Length, Header.size, true);
		view.setUint32(Header.Generation, this.generation + 1, true);
		view.setUint32(Header.Salt, salt, true);
		view.setUint32(Header.BaseBlocks, blocks, true);
		view.setUint32(Header.BaseRecords, records, true);
		view.setUint32(Header.Temporaries, this.temporaries, true);
		bytes.set(this.clientGuid, Header.ClientGuid);
		view.setUint32(Header.Checksum, crc32(0, bytes, 0, Header.Checksum), true);
		// The second copy, then the first: one of them is whole at any instant from then on.
		for (let at = sector; at >= 0; at -= sector) {
			to.writeFrom(bytes, 0, sector, at);
			to.flush();
		}
		const from = this.file;
		this.file = to;
		this.suffix = this.other;
		this.generation++;
		this.salt = salt;
		this.baseBlocks = blocks;
		this.baseRecords = records;
		this.tailAt = baseAt + blocks * sector;
		this.length = to.length;
		from?.close();
	}
}

/** Whether all of it could be read: a sector that is worn out is like one that was not written. */
function readInto(file: File, bytes: Uint8Array, at: number, length: number, position: number): boolean {
	try {
		return file.readInto(bytes, at, length, position) === length;
	}
	catch (error) {
		if ((error as { code?: string }).code !== "EIO")
			throw error;
		return false;
	}
}

/** What checksums begin with in a file of that salt, at that position: bytes of an earlier file in the same place are never believed. */
export function seedOf(salt: number, position: number): number { return (salt ^ position) >>> 0; }

function folderOf(path: string): string {
	const end = path.lastIndexOf("/");
	return end < 0 ? "." : end === 0 ? "/" : path.slice(0, end);
}
