/**
 * Files and folders over calls of the system: POSIX, which the desktop, the simulators and ESP-IDF's VFS (SD cards too) have, or Win32. Methods are
 * named and called as in the SDK's "embedded:storage/files" where both have them: read, write, setSize, flush and close of a
 * file, isFile and isDirectory of a status. It is not that module: paths are the system's and not within a Directory, and there
 * are modification times and sizes beyond 31 bits.
 * Failures throw Error whose message is "call path: reason" and whose `code` is the errno name ("ENOENT"); positions and lengths
 * that are no whole numbers below 2^53 throw RangeError. Names are UTF-8 on the medium, whole code points, no surrogates.
 */

/** What a name refers to. */
export class Status {
	/** Bytes. */
	size = 0;
	/** Last modification, milliseconds since 1970-01-01 UTC. */
	mtime = 0;
	/** st_mode's file type bits: 0o100000 file, 0o040000 folder. */
	mode = 0;
	isFile(): boolean { return (this.mode & 0o170000) === 0o100000; }
	isDirectory(): boolean { return (this.mode & 0o170000) === 0o040000; }
}

export class File extends Native("xs_storage_file_destructor") {
	/** mode "r": read; "r+": read and write; "w+": create, or cut to nothing, read and write; RangeError for others. A folder throws with code "EISDIR". */
	constructor(path: string, mode: string) { super(); native("xs_storage_file").call(this, path, mode); }
	/** Reads into the whole buffer from position on; returns the bytes read: fewer than it holds only at the end of the file. */
	read(buffer: ArrayBuffer | Uint8Array, position: number): number { return native("xs_storage_file_read").call(this, buffer, position); }
	/** Writes the whole buffer at position; a full medium throws with code "ENOSPC". */
	write(buffer: ArrayBuffer | Uint8Array, position: number): void { native("xs_storage_file_write").call(this, buffer, position); }
	/** read() into bytes[at, at + length). */
	readInto(bytes: Uint8Array, at: number, length: number, position: number): number { return native("xs_storage_file_readInto").call(this, bytes, at, length, position); }
	/** write() of bytes[at, at + length). */
	writeFrom(bytes: Uint8Array, at: number, length: number, position: number): void { native("xs_storage_file_writeFrom").call(this, bytes, at, length, position); }
	/** Bytes. */
	get length(): number { return native("xs_storage_file_get_length").call(this); }
	setSize(length: number): void { native("xs_storage_file_setSize").call(this, length); }
	/** Returns when the bytes are on the medium. */
	flush(): void { native("xs_storage_file_flush").call(this); }
	/** Safe to call twice. */
	close(): void { native("xs_storage_file_close").call(this); }
}

/** A lock that one program at a time can have, until close() or its end, however that comes. On a device there is no other. */
export class Lock extends Native("xs_storage_lock_destructor") {
	/** The file at path stands for it, and is made where it is missing. Throws with code "EBUSY" where another program has it. */
	constructor(path: string) { super(); native("xs_storage_lock").call(this, path); }
	/** Safe to call twice. */
	close(): void { native("xs_storage_lock_close").call(this); }
}

/** Iterates over a folder's names, "." and ".." left out, in no order. */
export class Scan extends Native("xs_storage_scan_destructor") {
	constructor(path: string) { super(); native("xs_storage_scan").call(this, path); }
	/** The next name (UTF-8 decoded; what is no UTF-8 becomes U+FFFD, and no path leads to such a file), undefined at the end. */
	next(): string | undefined { return native("xs_storage_scan_next").call(this); }
	/** Safe to call twice. */
	close(): void { native("xs_storage_scan_close").call(this); }
}

/** Fills result; all of it is 0 when there is nothing of that name. */
export function status(this: void, path: string, result: Status): void { native("xs_storage_status").call(this, path, result); }
/** Deletes a file or an empty folder. */
export function remove(this: void, path: string): void { native("xs_storage_remove").call(this, path); }
/** Renames within one file system. Refuses to replace: throws with code "EEXIST" where to is taken. */
export function move(this: void, from: string, to: string): void { native("xs_storage_move").call(this, from, to); }
/**
 * Puts the file from in the place of to, which may be there or not; both in one folder. POSIX and Windows rename, in one step. On FAT, where a rename that is cut short leaves two
 * names for the same clusters, from is copied over to and then deleted: until that is done from is whole, and whoever finds it takes it for the new one.
 */
export function replace(this: void, from: string, to: string): void { native("xs_storage_replace").call(this, from, to); }
/** Returns when what was created, renamed and deleted in the folder is on the medium. */
export function flushFolder(this: void, path: string): void { native("xs_storage_flushFolder").call(this, path); }
/** Creates one folder; returns false where it is there already. */
export function createDirectory(this: void, path: string): boolean { return native("xs_storage_createDirectory").call(this, path); }

/** CRC-32 (RFC 1952 8) of bytes[at, at + length), going on from seed: 0, or that of the bytes before. */
export function crc32(this: void, seed: number, bytes: Uint8Array, at: number, length: number): number { return native("xs_storage_crc32").call(this, seed, bytes, at, length); }
/** Writes text as UTF-8 to bytes at at; returns its length. RangeError where it does not fit. */
export function putText(this: void, text: string, bytes: Uint8Array, at: number): number { return native("xs_storage_putText").call(this, text, bytes, at); }
/** bytes[at, at + length) as text; what is no UTF-8 becomes U+FFFD. */
export function getText(this: void, bytes: Uint8Array, at: number, length: number): string { return native("xs_storage_getText").call(this, bytes, at, length); }
