/**
 * hosts/pipeline and hosts/storage for Node, over node:fs. Reads are synchronous, but happen later, as the reader's do in C:
 * next() has nothing before onFilled() was called from the event loop.
 */
import {
	closeSync, constants, fstatSync, fsyncSync, ftruncateSync, linkSync, lstatSync, mkdirSync, mkdtempSync, opendirSync, openSync, readdirSync, readSync, renameSync,
	rmSync, rmdirSync, statSync, unlinkSync, writeSync, type Dir,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Functions } from "./node-natives.js";

const alignment = 16;
const align = (at: number): number => Math.ceil(at / alignment) * alignment;

/** What C throws: "call path: reason", and the errno's name as code. */
function failure(call: string, path: string | undefined, reason: unknown): Error {
	const { code, message } = reason as NodeJS.ErrnoException;
	const text = code === "EEXIST" ? "file exists" : message.replace(/^[A-Z0-9]+: /, "").replace(/, .*$/s, "");
	return Object.assign(new Error(`${call}${path === undefined ? "" : ` ${path}`}: ${text[0]!.toUpperCase()}${text.slice(1)}`), { code });
}

function errno(code: string, text: string): Error { return Object.assign(new Error(`${code}: ${text}`), { code }); }

function attempt<Result>(call: string, path: string | undefined, run: () => Result): Result {
	if (path?.includes("\0")) throw failure(call, path, errno("EINVAL", "invalid argument"));
	try { return run(); }
	catch (reason) { throw failure(call, path, reason); }
}

/** Opens a file, and no folder. */
function openFile(path: string, flags: number): number {
	const fd = openSync(path, flags, 0o666);
	if (!fstatSync(fd).isDirectory()) return fd;
	closeSync(fd);
	throw errno("EISDIR", "is a directory");
}

function number(value: number, name: string, least: number, most: number): number {
	if (!(value >= least && value <= most && Math.floor(value) === value)) throw new RangeError(`${name} is no whole number from ${least} to ${most}`);
	return value;
}

/** What C keeps behind a host object. Closed objects are gone from here. */
const held = new WeakMap<object, unknown>();

function state<State>(self: object, closed: () => Error): State {
	const found = held.get(self);
	if (found === undefined) throw closed();
	return found as State;
}

// Pipeline

type SlotState = "free" | "filled" | "taken";
interface Slot { state: SlotState; length: number }
interface Read { fd: number | undefined; at: number; end: number; shift: number; reason: Error | undefined }

class Ring {
	readonly memory: ArrayBuffer;
	readonly slots: Slot[] = [];
	readonly controlAt: number;
	readonly dataAt: number;
	readonly stride: number;
	readonly slotLength: number;
	readonly headRoom: number;
	readonly onFilled: () => void;
	readonly filled: number[] = [];
	reading: Read | undefined;
	wanted = false;
	timer: NodeJS.Immediate | undefined;

	constructor(slots: number, slotLength: number, headRoom: number, controlLength: number, receiveLength: number, onFilled: () => void) {
		const limit = 2 ** 31 - 1;
		number(slots, "slots", 1, 255);
		number(slotLength, "slotLength", 1, limit);
		number(headRoom, "headRoom", 0, limit);
		number(controlLength, "controlLength", 0, limit);
		number(receiveLength, "receiveLength", 0, limit);
		if (typeof onFilled !== "function") throw new TypeError("onFilled is no function");
		this.controlAt = align(receiveLength);
		this.dataAt = align(this.controlAt + controlLength + headRoom);
		this.stride = align(headRoom + slotLength);
		this.slotLength = slotLength;
		this.headRoom = headRoom;
		this.onFilled = onFilled;
		const length = this.dataAt - headRoom + this.stride * slots + 16;
		if (length > limit) throw new RangeError("a write pipeline of 2 GiB or more");
		for (let i = 0; i < slots; i++) this.slots.push({ state: "free", length: 0 });
		this.memory = new ArrayBuffer(length);
	}
	get slotsFree(): number { return this.slots.filter(slot => slot.state === "free").length; }
	at(index: number): number { return this.dataAt + index * this.stride; }
	/** The taken slot around a position. */
	taken(at: number): Slot {
		number(at, "at", 0, this.memory.byteLength);
		const from = at - (this.dataAt - this.headRoom);
		const slot = from >= 0 && from % this.stride < this.headRoom + this.slotLength ? this.slots[Math.floor(from / this.stride)] : undefined;
		if (slot?.state !== "taken") throw new RangeError(`no slot at ${at} was taken`);
		return slot;
	}
	take(): number {
		const index = this.slots.findIndex(slot => slot.state === "free");
		this.wanted = index < 0;
		if (index < 0) return -1;
		this.slots[index] = { state: "taken", length: 0 };
		return this.at(index);
	}
	/** Reads on, later, and tells. */
	schedule(): void {
		this.timer ??= setImmediate(() => {
			this.timer = undefined;
			this.fill();
			this.onFilled.call(undefined);
		});
	}
	/** Fills free slots, less the one that take() waits for. */
	fill(): void {
		const read = this.reading;
		while (read?.fd !== undefined && this.slotsFree > (this.wanted ? 1 : 0)) {
			const index = this.slots.findIndex(slot => slot.state === "free");
			const want = Math.min(this.slotLength - read.shift, read.end - read.at);
			let got = 0;
			try {
				while (got < want) {
					const count = readSync(read.fd, new Uint8Array(this.memory, this.at(index) + read.shift + got, want - got), 0, want - got, read.at + got);
					if (count === 0) break;
					got += count;
				}
				if (got < want) read.reason = new Error(`file ended at ${read.at + got} of ${read.end} bytes`);
			}
			catch (reason) { read.reason = failure("read", undefined, reason); }
			read.at += got;
			if (got > 0) {
				this.slots[index] = { state: "filled", length: got };
				this.filled.push(index);
			}
			if (read.reason || read.at === read.end) this.closeFile();
		}
	}
	closeFile(): void {
		if (this.reading?.fd !== undefined) closeSync(this.reading.fd);
		if (this.reading) this.reading.fd = undefined;
	}
	next(): number {
		const index = this.filled.shift();
		if (index !== undefined) {
			this.slots[index]!.state = "taken";
			return this.at(index) + this.reading!.shift;
		}
		if (this.reading?.fd !== undefined) return -1;
		const reason = this.reading?.reason;
		this.reading = undefined;
		if (reason) throw reason;
		return -2;
	}
	stop(): void {
		this.closeFile();
		this.reading = undefined;
		for (const index of this.filled.splice(0)) this.slots[index]!.state = "free";
		if (this.wanted && this.slotsFree > 0) this.schedule();
	}
}

function ring(self: object): Ring {
	const it = state<Ring>(self, () => new Error("pipeline is closed"));
	if (!(it instanceof Ring)) throw new TypeError("no pipeline");
	return it;
}

const pipeline: Functions = {
	xs_pipeline(slots: number, slotLength: number, headRoom: number, controlLength: number, receiveLength: number, onFilled: () => void) {
		held.set(this, new Ring(slots, slotLength, headRoom, controlLength, receiveLength, typeof onFilled === "function" ? () => onFilled.call(this) : onFilled));
	},
	xs_pipeline_memory() { return ring(this).memory; },
	xs_pipeline_get_receiveAt() { return ring(this) && 0; },
	xs_pipeline_get_controlAt() { return ring(this).controlAt; },
	xs_pipeline_get_slotLength() { return ring(this).slotLength; },
	xs_pipeline_get_slotsFree() { return ring(this).slotsFree; },
	xs_pipeline_take() { return ring(this).take(); },
	xs_pipeline_release(at: number) {
		const it = ring(this);
		it.taken(at).state = "free";
		if (it.wanted || it.reading?.fd !== undefined) it.schedule();
	},
	xs_pipeline_read(path: string, offset: number, length: number, shift: number) {
		const it = ring(this);
		number(offset, "offset", 0, 2 ** 53);
		number(length, "length", 0, 2 ** 53 - offset);
		number(shift, "shift", 0, it.slotLength - 1);
		if (it.reading) throw new Error("a read is still going on");
		const fd = attempt("open", String(path), () => openFile(String(path), constants.O_RDONLY));
		it.reading = { fd, at: offset, end: offset + length, shift, reason: undefined };
		if (length === 0) it.closeFile();
		it.schedule();
	},
	xs_pipeline_next() { return ring(this).next(); },
	xs_pipeline_lengthAt(at: number) { return ring(this).taken(at).length; },
	xs_pipeline_stop() { ring(this).stop(); },
	xs_pipeline_close() {
		const it = held.get(this) as Ring | undefined;
		if (!it) return;
		it.wanted = false;
		it.stop();
		if (it.timer) clearImmediate(it.timer);
		held.delete(this);
	},
};

// Window

/** Where window-bytes.ts finds what a window shows. In XS a window is a host buffer, and has no such property. */
const bytesOfWindow = Symbol.for("windowBytes");
interface Aimed { memory: ArrayBuffer; at: number; length: number }

/** The bytes that a window shows now. */
export function windowBytes(window: object): Uint8Array {
	const aimed = held.get(window) as Aimed | undefined;
	return aimed ? new Uint8Array(aimed.memory, aimed.at, aimed.length) : new Uint8Array(0);
}

const window: Functions = {
	xs_window(of: object) {
		held.set(this, { memory: ring(of).memory, at: 0, length: 0 });
		Object.defineProperty(this, bytesOfWindow, { get() { return windowBytes(this); } });
	},
	xs_window_aim(at: number, length: number) {
		const aimed = state<Aimed>(this, () => new Error("window is closed"));
		const end = aimed.memory.byteLength;
		number(at, "at", 0, end);
		number(length, "length", 0, end - at);
		aimed.at = at;
		aimed.length = length;
	},
	xs_window_close() { held.delete(this); },
};

// Storage

function bufferBytes(buffer: ArrayBuffer | Uint8Array | object): Uint8Array {
	if (buffer instanceof Uint8Array) return buffer;
	if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer);
	if (bytesOfWindow in buffer) return windowBytes(buffer);
	throw new TypeError("this is no buffer");
}

const flagsOfMode: Record<string, number> = {
	"r": constants.O_RDONLY, "r+": constants.O_RDWR, "w+": constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC,
};

const closedFile = (call: string) => () => failure(call, undefined, errno("EBADF", "bad file descriptor"));
const position = (value: number, name: string): number => number(value, name, 0, 2 ** 53);
const missing = (reason: unknown): boolean => ["ENOENT", "ENOTDIR"].includes((reason as NodeJS.ErrnoException).code ?? "");

function range(bytes: Uint8Array, at: number, length: number): Uint8Array {
	position(at, "at");
	position(length, "length");
	if (at + length > bytes.length) throw new RangeError("at and length leave the buffer");
	return bytes.subarray(at, at + length);
}

interface Listed { name: string; key: Uint8Array; size: number; mtime: number }

/** Reads the whole folder for each batch, and keeps of it what C would have room for at the most. */
class FolderListing {
	readonly #path: string;
	readonly #ignored: string[];
	readonly #capacity: number;
	#batch: Listed[] = [];
	#last: Listed | undefined;
	#until = Infinity;
	#more = true;
	constructor(path: string, ignored: string, capacity: number) {
		this.#path = path;
		this.#ignored = ignored.toLowerCase().split(" ").filter(pattern => pattern.length > 1);
		this.#capacity = capacity;
	}
	read(): number {
		this.#batch = [];
		if (!this.#more) return 0;
		const order = (a: Listed, b: Listed): number => a.mtime - b.mtime || Buffer.compare(a.key, b.key);
		const all = attempt("scan", this.#path, () => readdirSync(this.#path)).filter(name => !this.#isIgnored(name)).flatMap(name => {
			const status = statSync(join(this.#path, name), { throwIfNoEntry: false });
			return status?.isFile() ? [{ name, key: new Uint8Array(Buffer.from(name)), size: status.size, mtime: Math.floor(status.mtimeMs) }] : [];
		}).sort(order);
		if (this.#until === Infinity) this.#until = all.reduce((latest, { mtime }) => Math.max(latest, mtime), -Infinity);
		const last = this.#last;
		const rest = all.filter(file => file.mtime <= this.#until && (last === undefined || order(last, file) < 0));
		let room = this.#capacity;
		for (const file of rest) {
			room -= align(17 + file.key.length) + 4;
			if (room < 0) break;
			this.#batch.push(file);
		}
		this.#more = this.#batch.length < rest.length;
		this.#last = this.#batch.at(-1);
		return this.#batch.length;
	}
	next(file: { size: number; mtime: number }): string | undefined {
		const found = this.#batch.shift();
		if (!found) return undefined;
		[file.size, file.mtime] = [found.size, found.mtime];
		return found.name;
	}
	#isIgnored(name: string): boolean {
		const lower = name.toLowerCase();
		return this.#ignored.some(pattern => pattern.startsWith("*") ? lower.endsWith(pattern.slice(1)) : lower.startsWith(pattern.slice(0, -1)));
	}
}

const locked = new Set<string>();

const storage: Functions = {
	xs_storage_file(path: string, mode: string) {
		const flags = flagsOfMode[mode];
		if (flags === undefined) throw new RangeError("mode is none of r, r+, w+");
		held.set(this, { fd: attempt("open", String(path), () => openFile(String(path), flags)) });
	},
	xs_storage_file_read(buffer: object, at: number) {
		const { fd } = state<{ fd: number }>(this, closedFile("read"));
		const bytes = bufferBytes(buffer);
		position(at, "position");
		let got = 0;
		return attempt("read", undefined, () => {
			while (got < bytes.length) {
				const count = readSync(fd, bytes, got, bytes.length - got, at + got);
				if (count === 0) break;
				got += count;
			}
			return got;
		});
	},
	xs_storage_file_write(buffer: object, at: number) {
		const { fd } = state<{ fd: number }>(this, closedFile("write"));
		const bytes = bufferBytes(buffer);
		position(at, "position");
		let put = 0;
		attempt("write", undefined, () => { while (put < bytes.length) put += writeSync(fd, bytes, put, bytes.length - put, at + put); });
	},
	xs_storage_file_readInto(bytes: Uint8Array, at: number, length: number, from: number) {
		const part = range(bytes, at, length);
		return storage["xs_storage_file_read"]!.call(this, part, from);
	},
	xs_storage_file_writeFrom(bytes: Uint8Array, at: number, length: number, to: number) {
		const part = range(bytes, at, length);
		return storage["xs_storage_file_write"]!.call(this, part, to);
	},
	xs_storage_file_get_length() {
		const { fd } = state<{ fd: number }>(this, closedFile("length"));
		return attempt("length", undefined, () => fstatSync(fd).size);
	},
	xs_storage_file_setSize(length: number) {
		const { fd } = state<{ fd: number }>(this, closedFile("setSize"));
		position(length, "length");
		attempt("setSize", undefined, () => ftruncateSync(fd, length));
	},
	xs_storage_file_flush() {
		const { fd } = state<{ fd: number }>(this, closedFile("flush"));
		attempt("flush", undefined, () => fsyncSync(fd));
	},
	xs_storage_file_close() {
		const file = held.get(this) as { fd: number } | undefined;
		held.delete(this);
		if (file) closeSync(file.fd);
	},

	// Within this one process: other processes are the C's affair.
	xs_storage_lock(path: string) {
		if (locked.has(path)) throw Object.assign(new Error(`lock ${path}: Device or resource busy`), { code: "EBUSY" });
		closeSync(attempt("open", String(path), () => openFile(String(path), constants.O_RDWR | constants.O_CREAT)));
		locked.add(path);
		held.set(this, path);
	},
	xs_storage_lock_close() {
		locked.delete(held.get(this) as string);
		held.delete(this);
	},

	xs_storage_scan(path: string) { held.set(this, attempt("scan", String(path), () => opendirSync(String(path)))); },
	xs_storage_scan_next() { return state<Dir>(this, closedFile("scan")).readSync()?.name; },
	xs_storage_scan_close() {
		const directory = held.get(this) as Dir | undefined;
		held.delete(this);
		directory?.closeSync();
	},

	xs_storage_status(path: string, result: { size: number; mtime: number; mode: number }) {
		result.size = result.mtime = result.mode = 0;
		const found = attempt("status", String(path), () => {
			try { return statSync(String(path)); }
			catch (reason) {
				if (missing(reason)) return undefined;
				throw reason;
			}
		});
		if (found) [result.size, result.mtime, result.mode] = [found.size, Math.floor(found.mtimeMs), found.mode];
	},
	xs_storage_remove(path: string) {
		attempt("remove", String(path), () => lstatSync(String(path)).isDirectory() ? rmdirSync(String(path)) : unlinkSync(String(path)));
	},
	xs_storage_move(from: string, to: string) {
		attempt("move", String(from), () => lstatSync(String(from)));
		attempt("move", String(to), () => {
			// link() refuses a name that is taken, rename() does not; folders can't be linked.
			if (!lstatSync(from).isDirectory()) {
				linkSync(from, to);
				unlinkSync(from);
			}
			else if (lstatSync(to, { throwIfNoEntry: false })) throw errno("EEXIST", "file exists");
			else renameSync(from, to);
		});
	},
	xs_storage_replace(from: string, to: string) { attempt("replace", String(to), () => renameSync(String(from), String(to))); },
	xs_storage_flushFolder(path: string) {
		attempt("flushFolder", String(path), () => {
			const fd = openSync(String(path), constants.O_RDONLY);
			try { fsyncSync(fd); }
			finally { closeSync(fd); }
		});
	},
	xs_storage_crc32(seed: number, bytes: Uint8Array, at: number, length: number) {
		let crc = ~seed;
		for (const byte of range(bytes, at, length)) {
			crc ^= byte;
			for (let bit = 0; bit < 8; bit++) crc = crc >>> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
		}
		return ~crc >>> 0;
	},
	xs_storage_putText(text: string, bytes: Uint8Array, at: number) {
		const utf8 = Buffer.from(String(text), "utf8");
		position(at, "at");
		if (at + utf8.length > bytes.length) throw new RangeError("the text does not fit");
		bytes.set(utf8, at);
		return utf8.length;
	},
	xs_storage_getText(bytes: Uint8Array, at: number, length: number) {
		const part = range(bytes, at, length);
		if (length >= 512) throw new RangeError(`a text of ${length} bytes, expected less than 512`);
		return Buffer.from(part).toString("utf8");
	},

	xs_listing(path: string, ignored: string, capacity: number) {
		if (!(capacity >= 4096 && capacity <= 0x1000000)) throw new RangeError("capacity is none of 4096 to 16777216 bytes");
		held.set(this, new FolderListing(String(path), String(ignored), capacity));
	},
	xs_listing_read() { return state<FolderListing>(this, closedFile("listing")).read(); },
	xs_listing_next(file: { size: number; mtime: number }) { return state<FolderListing>(this, closedFile("listing")).next(file); },
	xs_listing_close() { held.delete(this); },
	xs_storage_createDirectory(path: string) {
		return attempt("createDirectory", String(path), () => {
			try {
				mkdirSync(String(path));
				return true;
			}
			catch (reason) {
				if ((reason as NodeJS.ErrnoException).code === "EEXIST" && statSync(String(path)).isDirectory()) return false;
				throw reason;
			}
		});
	},
};

export const natives: Functions = { ...pipeline, ...window, ...storage };

// A folder for tests/support/scratch.ts, gone with the process. In XS the runner of the tests gives one.
let scratchFolder: string | undefined;
Object.defineProperty(globalThis, "scratchFolder", {
	get() {
		if (scratchFolder === undefined) {
			const folder = scratchFolder = mkdtempSync(join(tmpdir(), "smb-scan-uploader-tests-"));
			process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
		}
		return scratchFolder;
	},
});
