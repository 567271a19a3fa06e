/** Any bytes into everything that reads: nothing but ProtocolError may come out, and nothing may read past the end. */
import { ProtocolError } from "../../../modules/errors/errors.js";
import { CloseResponse } from "../../../modules/smb2/close.js";
import {
	CreateContextCursor, CreateContextName, DurableHandleResponse, DurableHandleResponseV2, Lease, LeaseV2, QueryMaximalAccessResponse,
	QueryOnDiskIdResponse,
} from "../../../modules/smb2/create-context.js";
import { CreateResponse } from "../../../modules/smb2/create.js";
import { EchoResponse } from "../../../modules/smb2/echo.js";
import { ErrorResponse } from "../../../modules/smb2/error.js";
import {
	FileBasicInformation, FileFsFullSizeInformation, FileNetworkOpenInformation, FileStandardInformation,
} from "../../../modules/smb2/file-information.js";
import { FlushResponse } from "../../../modules/smb2/flush.js";
import { Header } from "../../../modules/smb2/header.js";
import { IoctlResponse } from "../../../modules/smb2/ioctl.js";
import { LogoffResponse } from "../../../modules/smb2/logoff.js";
import { NegotiateResponse } from "../../../modules/smb2/negotiate.js";
import { LeaseBreak, LeaseBreakNotification, OplockBreak } from "../../../modules/smb2/oplock-break.js";
import { QueryDirectoryResponse } from "../../../modules/smb2/query-directory.js";
import { QueryInfoResponse } from "../../../modules/smb2/query-info.js";
import { ReadResponse } from "../../../modules/smb2/read.js";
import { SessionSetupResponse } from "../../../modules/smb2/session-setup.js";
import { SetInfoResponse } from "../../../modules/smb2/set-info.js";
import { TransformHeader } from "../../../modules/smb2/transform-header.js";
import { TreeConnectResponse } from "../../../modules/smb2/tree-connect.js";
import { TreeDisconnectResponse } from "../../../modules/smb2/tree-disconnect.js";
import { type Memory, readText, Structure } from "../../../modules/smb2/wire.js";
import { WriteResponse } from "../../../modules/smb2/write.js";
import { ok } from "../../support/assert.js";
import { hex } from "../../support/hex.js";
import { Random, WILD } from "../../support/random.js";
import { poisoned } from "./message.js";

const ROUNDS = 300;

/** Reads every accessor that the structure's table and class made. */
function readAll(structure: Structure): void {
	for (let prototype = Object.getPrototypeOf(structure); prototype !== Structure.prototype; prototype = Object.getPrototypeOf(prototype)) {
		for (const name of Object.getOwnPropertyNames(prototype)) {
			if (Object.getOwnPropertyDescriptor(prototype, name)!.get === undefined)
				continue;
			try { void (structure as unknown as Record<string, unknown>)[name]; }
			catch (error) {
				// One field out of range says nothing about the others.
				if (!(error instanceof ProtocolError)) throw error;
			}
		}
	}
}

type Read = (memory: Memory, at: number, end: number) => void;
const inside = (position: number, length: number, end: number): void => ok(position >= 0 && position + length <= end, "outside of the message");

const CONTEXTS =
	"20000000" + "1000" + "0400" + "0000" + "1800" + "08000000" + "4d784163" + "00000000" + "00000000" + "ff011f00" +
	"38000000" + "1000" + "0400" + "0000" + "1800" + "20000000" + "52714c73" + "00000000" + "00".repeat(32) +
	"00000000" + "1000" + "0400" + "0000" + "1800" + "20000000" + "51466964" + "00000000" + "00".repeat(32);
const HEADER = "fe534d42" + "4000" + "00".repeat(14);

/** What reads, the valid bytes that it is first given, and how it reads all that is in them. */
const readers: [name: string, valid: string, read: Read][] = [
	["SMB2 Header", HEADER + "48000000" + "00".repeat(48) + HEADER + "40000000" + "00".repeat(40) + HEADER + "00".repeat(44), (memory, at, end) => {
		const header = new Header();
		let messages = 0;
		do {
			header.open(memory, at, end);
			readAll(header);
			inside(header.at, 64, end);
			ok(header.end > at && header.end <= end, "no way forward");
			at = header.end;
			messages++;
		} while (at < end);
		ok(messages <= 16, "too many messages");
	}],
	["ERROR Response", "0900" + "02" + "00" + "1c000000" + "03000000" + "53526472" + "aabbcc" + "0000000000" + "04000000" + "00000000" + "00100000",
		(memory, at, end) => { new ErrorResponse().open(memory, at, end).requiredLength(); }],
	["NEGOTIATE Response", "4100" + "0300" + "1103" + "0200" + "00".repeat(48) + "8000" + "0500" + "88000000" + "6006060102" + "000000" +
		"0100" + "0800" + "00000000" + "0100" + "0200" + "0100" + "beef" + "0800" + "0400" + "00000000" + "0100" + "0200", (memory, at, end) => {
		const response = new NegotiateResponse().open(memory, at, end);
		readAll(response);
		const contexts = response.contexts();
		let failure: unknown;
		while (contexts.next()) {
			ok(contexts.dataEnd >= contexts.dataAt, "data of negative length");
			inside(contexts.dataAt, contexts.dataEnd - contexts.dataAt, end);
			try { contexts.algorithm(); }
			catch (error) { failure = error; }
		}
		response.securityBuffer();
		if (failure !== undefined) throw failure;
	}],
	["SESSION_SETUP Response", "0900" + "0400" + "4800" + "0300" + "a10730",
		(memory, at, end) => { new SessionSetupResponse().open(memory, at, end).securityBuffer(); }],
	["CREATE Response", "5900" + "00".repeat(78) + "98000000" + "90000000" + CONTEXTS, (memory, at, end) => {
		const response = new CreateResponse().open(memory, at, end);
		readAll(response);
		readContexts(response.contexts(), memory, end);
	}],
	["CREATE_CONTEXT chain", CONTEXTS, (memory, at, end) => readContexts(new CreateContextCursor(memory, at, end), memory, end)],
	["READ Response", "1100" + "50" + "00" + "03000000" + "0000000000000000" + "aabbcc", (memory, at, end) => {
		const response = new ReadResponse().open(memory, at, end);
		inside(response.dataAt(), response.DataLength, end);
	}],
	["IOCTL Response", "3100" + "00".repeat(22) + "7000000000000000" + "70000000" + "18000000" + "00".repeat(8 + 24),
		(memory, at, end) => { readAll(new IoctlResponse().open(memory, at, end).validateNegotiateInfo()); }],
	["QUERY_INFO Response", "0900" + "4800" + "38000000" + "00".repeat(56), (memory, at, end) => {
		const response = new QueryInfoResponse().open(memory, at, end);
		for (const information of [new FileBasicInformation(), new FileStandardInformation(), new FileNetworkOpenInformation(), new FileFsFullSizeInformation()])
			readAll(response.read(information));
	}],
	["QUERY_DIRECTORY Response of names", "0900" + "4800" + "26000000" + "18000000" + "00000000" + "08000000" + "61003dd800de6200" + "00000000" +
		"00000000" + "00000000" + "02000000" + "2e00", (memory, at, end) => readEntries(new QueryDirectoryResponse().open(memory, at, end).names(), end)],
	["QUERY_DIRECTORY Response of files", "0900" + "4800" + "da000000" + "70000000" + "00".repeat(56) + "02000000" + "00".repeat(40) + "2e00" + "00".repeat(6) +
		"00".repeat(60) + "02000000" + "00".repeat(40) + "2e00", (memory, at, end) => readEntries(new QueryDirectoryResponse().open(memory, at, end).files(), end)],
	["text", "61003dd800de6200", (memory, at, end) => { readText(memory, at, end - at); }],
	["SMB2 TRANSFORM_HEADER", "fd534d42" + "00".repeat(38) + "0100" + "00".repeat(8), all(TransformHeader)],
	["LOGOFF Response", "0400" + "0000", all(LogoffResponse)],
	["TREE_CONNECT Response", "1000" + "00".repeat(14), all(TreeConnectResponse)],
	["TREE_DISCONNECT Response", "0400" + "0000", all(TreeDisconnectResponse)],
	["CLOSE Response", "3c00" + "00".repeat(58), all(CloseResponse)],
	["FLUSH Response", "0400" + "0000", all(FlushResponse)],
	["WRITE Response", "1100" + "00".repeat(14), all(WriteResponse)],
	["SET_INFO Response", "0200", all(SetInfoResponse)],
	["ECHO Response", "0400" + "0000", all(EchoResponse)],
	["OPLOCK_BREAK", "1800" + "00".repeat(22), all(OplockBreak)],
	["Lease Break Notification", "2c00" + "00".repeat(42), all(LeaseBreakNotification)],
	["Lease Break", "2400" + "00".repeat(34), all(LeaseBreak)],
];

function all(Class: new () => Structure): Read {
	return (memory, at, end) => readAll(new Class().open(memory, at, end));
}

function readContexts(contexts: CreateContextCursor, memory: Memory, end: number): void {
	let count = 0;
	while (contexts.next()) {
		inside(contexts.dataAt, contexts.dataEnd - contexts.dataAt, end);
		ok(++count <= 64, "too many contexts");
		for (const name of Object.values(CreateContextName))
			contexts.is(name);
		for (const Class of [DurableHandleResponse, DurableHandleResponseV2, Lease, LeaseV2, QueryMaximalAccessResponse, QueryOnDiskIdResponse]) {
			if (contexts.dataEnd - contexts.dataAt >= Class.size)
				readAll(new Class().open(memory, contexts.dataAt, contexts.dataEnd));
		}
	}
}

function readEntries(entries: ReturnType<QueryDirectoryResponse["names"]> | ReturnType<QueryDirectoryResponse["files"]>, end: number): void {
	let count = 0;
	while (entries.next()) {
		ok(++count <= 64, "too many entries");
		readAll(entries.entry);
		inside(entries.entry.at, entries.entry.size, end);
		entries.fileName();
	}
}

/** The message ends where the memory does: whoever reads on gets a RangeError, which fails the test. */
function place(random: Random, length: number): { memory: Memory; at: number; end: number } {
	const at = 64 + random.below(16), memory = poisoned(at + length);
	return { memory, at, end: at + length };
}

/** Valid bytes, cut or prolonged, with a few wild numbers in them; or bytes at random behind a valid beginning. */
function mutant(random: Random, valid: Uint8Array): { memory: Memory; at: number; end: number } {
	const length = Math.max(0, valid.length + (random.below(3) === 0 ? random.below(48) - 24 : 0));
	const { memory, at, end } = place(random, length);
	memory.bytes.set(valid.slice(0, length), at);
	if (random.below(4) === 0) {
		for (let position = at + random.below(8); position < end; position++)
			memory.bytes[position] = random.below(256);
		return { memory, at, end };
	}
	for (let writes = random.below(4); writes >= 0; writes--) {
		const size = 1 << random.below(3), value = WILD[random.below(WILD.length)];
		const position = at + random.below(Math.max(1, length / size)) * size;
		for (let i = 0; i < size && position + i < end; i++)
			memory.bytes[position + i] = Math.floor(value / 2 ** (8 * i)) % 256;
	}
	return { memory, at, end };
}

describe("smb2 fuzz", () => {
	for (let i = 0; i < readers.length; i++) {
		const [name, valid, read] = readers[i];
		it(`${name}: any bytes give a structure or ProtocolError`, () => {
			const random = new Random(0x5EED0000 + i), bytes = hex(valid);
			const { memory, at, end } = place(random, bytes.length);
			memory.bytes.set(bytes, at);
			read(memory, at, end);
			let refused = 0;
			for (let round = 0; round < ROUNDS; round++) {
				const { memory, at, end } = mutant(random, bytes);
				try { read(memory, at, end); }
				catch (error) {
					if (!(error instanceof ProtocolError)) throw error;
					refused++;
				}
			}
			ok(refused > 0, "not one was refused: the test tries nothing");
		});
	}
});
