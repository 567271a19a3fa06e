/** [MS-SMB2] 2.2.33 SMB2 QUERY_DIRECTORY Request, 2.2.34 SMB2 QUERY_DIRECTORY Response. */
import { ProtocolError } from "../errors/errors.js";
import { FileIdBothDirectoryInformation, FileInformationClass, FileNamesInformation } from "./file-information.js";
import { only, opaque, range, readText, struct, u16, u32, u8, type Memory } from "./wire.js";

/** 2.2.33 Flags. */
export const QueryDirectoryFlags = Object.freeze({ RESTART_SCANS: 0x01, RETURN_SINGLE_ENTRY: 0x02, INDEX_SPECIFIED: 0x04, REOPEN: 0x10 } as const);

const Request = struct("QUERY_DIRECTORY Request", {
	StructureSize:        only(u16, 33),
	FileInformationClass: u8,
	Flags:                u8,
	FileIndex:            u32,
	FileId:               opaque(16),
	FileNameOffset:       u16,
	FileNameLength:       u16,
	OutputBufferLength:   u32,
});

/** 2.2.33 SMB2 QUERY_DIRECTORY Request. */
export class QueryDirectoryRequest extends Request {
	constructor() { super(); }

	/** Asks for names alone, FileNamesInformation. pattern: with * and ?; not empty. */
	askNames(pattern: string): void { this.#ask(FileInformationClass.FileNamesInformation, pattern); }
	/** Asks for names, sizes and times, FileIdBothDirectoryInformation. */
	askFiles(pattern: string): void { this.#ask(FileInformationClass.FileIdBothDirectoryInformation, pattern); }

	#ask(informationClass: number, pattern: string): void {
		this.FileInformationClass = informationClass;
		const at = this.appendText(pattern);
		this.FileNameOffset = at - this.headerAt;
		this.FileNameLength = this.end - at;
	}
}

const Response = struct("QUERY_DIRECTORY Response", {
	StructureSize:      only(u16, 9),
	OutputBufferOffset: u16,
	OutputBufferLength: u32,
});

/** 2.2.34 SMB2 QUERY_DIRECTORY Response. */
export class QueryDirectoryResponse extends Response {
	constructor() { super(); }

	/** The entries, before the first, in the form that askNames() asked for. */
	names(): DirectoryCursor<InstanceType<typeof FileNamesInformation>> { return this.#entries(new FileNamesInformation()); }
	/** The entries, before the first, in the form that askFiles() asked for. */
	files(): DirectoryCursor<InstanceType<typeof FileIdBothDirectoryInformation>> { return this.#entries(new FileIdBothDirectoryInformation()); }

	#entries<E extends DirectoryEntry>(entry: E): DirectoryCursor<E> {
		const at = this.part("OutputBuffer", this.OutputBufferOffset, this.OutputBufferLength);
		return new DirectoryCursor(entry, this.memory, at, at + this.OutputBufferLength);
	}
}

type DirectoryEntry = InstanceType<typeof FileNamesInformation> | InstanceType<typeof FileIdBothDirectoryInformation>;

/** Walks directory entries: `while (cursor.next()) … cursor.fileName() … cursor.entry.EndOfFile …`. */
export class DirectoryCursor<E extends DirectoryEntry> {
	/** The current entry, after next() was true. */
	readonly entry: E;
	readonly #memory: Memory;
	readonly #end: number;
	#nextAt: number;
	#nameAt = 0;

	/** The entries lie in [at, end). */
	constructor(entry: E, memory: Memory, at: number, end: number) {
		this.entry = entry;
		this.#memory = memory;
		this.#nextAt = at;
		this.#end = end;
	}

	/** Goes to the next entry; false behind the last. ProtocolError for one that is not wholly inside the buffer. */
	next(): boolean {
		const at = this.#nextAt;
		if (at === this.#end)
			return false;
		const entry = this.entry;
		entry.open(this.#memory, at, this.#end);
		const next = entry.NextEntryOffset;
		if (next !== 0 && (next < entry.size || at + next > this.#end))
			throw new ProtocolError(`${entry.title}: NextEntryOffset ${next} of ${this.#end - at} bytes`);
		const end = this.#nextAt = next === 0 ? this.#end : at + next;
		this.#nameAt = range(entry.title, "FileName", at, entry.size, entry.FileNameLength, end, entry.size);
		return true;
	}

	/** The current entry's name, "." and ".." among them. */
	fileName(): string { return readText(this.#memory, this.#nameAt, this.entry.FileNameLength); }
}
