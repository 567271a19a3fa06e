/** A server's message, single or compound: headers, then each body as what its command says. */
import { ProtocolError } from "../../../modules/errors/errors.js";
import { CloseResponse } from "../../../modules/smb2/close.js";
import {
	CreateContextCursor, CreateContextName, DurableHandleResponse, DurableHandleResponseV2, Lease, LeaseV2, QueryMaximalAccessResponse, QueryOnDiskIdResponse,
} from "../../../modules/smb2/create-context.js";
import { CreateResponse } from "../../../modules/smb2/create.js";
import { EchoResponse } from "../../../modules/smb2/echo.js";
import { ErrorResponse } from "../../../modules/smb2/error.js";
import { FileBasicInformation, FileFsFullSizeInformation, FileNetworkOpenInformation, FileStandardInformation } from "../../../modules/smb2/file-information.js";
import { FlushResponse } from "../../../modules/smb2/flush.js";
import { Command, commandName, Header } from "../../../modules/smb2/header.js";
import { IoctlResponse } from "../../../modules/smb2/ioctl.js";
import { LogoffResponse } from "../../../modules/smb2/logoff.js";
import { NegotiateResponse } from "../../../modules/smb2/negotiate.js";
import { LeaseBreak, LeaseBreakNotification, OplockBreak } from "../../../modules/smb2/oplock-break.js";
import { type DirectoryCursor, QueryDirectoryResponse } from "../../../modules/smb2/query-directory.js";
import { QueryInfoResponse } from "../../../modules/smb2/query-info.js";
import { ReadResponse } from "../../../modules/smb2/read.js";
import { SessionSetupResponse } from "../../../modules/smb2/session-setup.js";
import { SetInfoResponse } from "../../../modules/smb2/set-info.js";
import { isError, statusName } from "../../../modules/smb2/status.js";
import { TransformHeader } from "../../../modules/smb2/transform-header.js";
import { TreeConnectResponse } from "../../../modules/smb2/tree-connect.js";
import { TreeDisconnectResponse } from "../../../modules/smb2/tree-disconnect.js";
import { Memory, Structure } from "../../../modules/smb2/wire.js";
import { WriteResponse } from "../../../modules/smb2/write.js";
import { ok } from "../../support/assert.js";
import { hex } from "../../support/hex.js";
import { frames } from "../../unit/smb2/frames.js";
import { outcome, Sum, sumOf } from "../guide/target.js";

type Fields = Record<string, number | Uint8Array>;

const known = new Map<string, string[]>();

/** The names of a structure's fields, constants left out. */
function fieldsOf(structure: Structure): string[] {
	let names = known.get(structure.title);
	if (!names) {
		known.set(structure.title, names = []);
		for (let prototype = Object.getPrototypeOf(structure); prototype !== Structure.prototype; prototype = Object.getPrototypeOf(prototype))
			names.push(...Object.getOwnPropertyNames(prototype).filter(name => Object.getOwnPropertyDescriptor(prototype, name)!.set));
		names.sort();
	}
	return names;
}

function same(a: number | Uint8Array, b: number | Uint8Array): boolean {
	return typeof a === "number" || typeof b === "number" ? a === b : a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Every field that can be read, after a look that it can be written as well and comes out the same. */
function show(structure: Structure): string {
	const fields = structure as unknown as Fields, sum = new Sum();
	const again = new (structure.constructor as new () => Structure)().begin(new Memory(new ArrayBuffer(structure.size)), 0) as unknown as Fields;
	for (const name of fieldsOf(structure)) {
		try {
			const value = fields[name]!;
			if (typeof value === "number") sum.number(value);
			else sum.bytes(value);
			again[name] = value;
			ok(same(again[name]!, value), name);
		}
		// One field out of range says nothing about the others.
		catch (error) { if (!(error instanceof ProtocolError)) throw error; }
	}
	return `${structure.title} ${sum.text}`;
}

const inside = (at: number, length: number, from: number, end: number): void => ok(at >= from && length >= 0 && at + length <= end, "outside of the message");

function contexts(cursor: CreateContextCursor, memory: Memory, from: number, end: number): string {
	let all = "";
	for (let count = 0; cursor.next(); count++) {
		const { dataAt, dataEnd } = cursor, length = dataEnd - dataAt;
		inside(dataAt, length, from, end);
		ok(count < (end - from) / 16, "more contexts than there is room for");
		for (const name of names) if (cursor.is(name)) all += name;
		for (const Class of data) if (length >= Class.size) all += show(new Class().open(memory, dataAt, dataEnd));
	}
	return all;
}

const names = Object.values(CreateContextName);
const data = [DurableHandleResponse, DurableHandleResponseV2, Lease, LeaseV2, QueryMaximalAccessResponse, QueryOnDiskIdResponse];

function entries(cursor: DirectoryCursor<any>, from: number, end: number): string {
	let all = "";
	for (let count = 0; cursor.next(); count++) {
		const { entry } = cursor;
		inside(entry.at, entry.size + entry.FileNameLength, from, end);
		ok(count < (end - from) / 12, "more entries than there is room for");
		all += `${show(entry)} ${outcome([ProtocolError], () => cursor.fileName())}`;
	}
	return all;
}

type Read = (memory: Memory, at: number, end: number) => string;

function of(Class: new () => Structure): Read { return (memory, at, end) => show(new Class().open(memory, at, end)); }

const readers: Record<number, Read[]> = {
	[Command.NEGOTIATE]: [(memory, at, end) => {
		const response = new NegotiateResponse().open(memory, at, end), cursor = response.contexts();
		let all = show(response) + sumOf(response.securityBuffer());
		for (let count = 0; cursor.next(); count++) {
			inside(cursor.dataAt, cursor.dataEnd - cursor.dataAt, at + response.size, end);
			ok(count < (end - at) / 8, "more contexts than there is room for");
			all += ` ${cursor.ContextType} ${outcome([ProtocolError], () => String(cursor.algorithm()))}`;
		}
		return all;
	}],
	[Command.SESSION_SETUP]: [(memory, at, end) => {
		const response = new SessionSetupResponse().open(memory, at, end);
		return show(response) + sumOf(response.securityBuffer());
	}],
	[Command.LOGOFF]: [of(LogoffResponse)],
	[Command.TREE_CONNECT]: [of(TreeConnectResponse)],
	[Command.TREE_DISCONNECT]: [of(TreeDisconnectResponse)],
	[Command.CREATE]: [(memory, at, end) => {
		const response = new CreateResponse().open(memory, at, end);
		return show(response) + contexts(response.contexts(), memory, at + response.size, end);
	}, (memory, at, end) => contexts(new CreateContextCursor(memory, at, end), memory, at, end)],
	[Command.CLOSE]: [of(CloseResponse)],
	[Command.FLUSH]: [of(FlushResponse)],
	[Command.READ]: [(memory, at, end) => {
		const response = new ReadResponse().open(memory, at, end);
		inside(response.dataAt(), response.DataLength, at + response.size, end);
		return show(response);
	}],
	[Command.WRITE]: [of(WriteResponse)],
	[Command.IOCTL]: [(memory, at, end) => {
		const response = new IoctlResponse().open(memory, at, end);
		inside(response.outputAt(), response.OutputCount, at + response.size, end);
		return show(response) + show(response.validateNegotiateInfo());
	}],
	[Command.ECHO]: [of(EchoResponse)],
	[Command.QUERY_DIRECTORY]: [
		(memory, at, end) => entries(new QueryDirectoryResponse().open(memory, at, end).names(), at + 8, end),
		(memory, at, end) => entries(new QueryDirectoryResponse().open(memory, at, end).files(), at + 8, end),
	],
	[Command.QUERY_INFO]: [FileBasicInformation, FileStandardInformation, FileNetworkOpenInformation, FileFsFullSizeInformation].map(Class => (memory, at, end) => {
		const information = new QueryInfoResponse().open(memory, at, end).read<Structure>(new Class());
		inside(information.at, information.size, at + 8, end);
		return show(information);
	}),
	[Command.SET_INFO]: [of(SetInfoResponse)],
	[Command.OPLOCK_BREAK]: [of(OplockBreak), of(LeaseBreakNotification), of(LeaseBreak)],
};

const refused: Read = (memory, at, end) => {
	const response = new ErrorResponse().open(memory, at, end);
	return `${show(response)} ${response.requiredLength()}`;
};

function body(header: Header, memory: Memory): string {
	const { Command: command, Status: status, bodyAt, end } = header;
	const read = isError(status) || !readers[command] ? [refused] : readers[command];
	return read.map(one => outcome([ProtocolError], () => one(memory, bodyAt, end))).join(" | ");
}

export function run(bytes: Uint8Array): string {
	// The message ends where the memory does: who reads on gets a RangeError, which is not documented.
	const at = 12, end = at + bytes.length, memory = new Memory(new ArrayBuffer(end));
	memory.bytes.set(bytes, at);
	return outcome([ProtocolError], () => {
		if (bytes[0] === 0xFD) return show(new TransformHeader().open(memory, at, end));
		const header = new Header();
		let all = "", next = at;
		do {
			header.open(memory, next, end);
			inside(header.at, header.end - header.at, next, end);
			ok(header.end >= next + Header.size, "no way forward");
			next = header.end;
			all += `${commandName(header.Command)} ${statusName(header.Status)} ${header.async} ${header.isResponse} ${header.isSigned} ${header.unsolicited} ${show(header)} ${body(header, memory)} `;
		} while (next < end);
		return all;
	});
}

/** A CREATE response with three contexts, as no server of the captures sent any. */
const create = "fe534d4240000100000000000500010001000000" + "00".repeat(44) + "5900" + "00".repeat(78) + "98000000" + "90000000"
	+ "20000000100004000000180008000000" + "4d7841630000000000000000ff011f00"
	+ "38000000100004000000180020000000" + "52714c7300000000" + "00".repeat(32)
	+ "00000000100004000000180020000000" + "5146696400000000" + "00".repeat(32);
/** Two entries of FileNamesInformation, which smbclient never asks for. */
const entriesOfNames = "fe534d4240000100000000000e00010001000000" + "00".repeat(44) + "0900" + "4800" + "26000000" + "18000000000000000800000061003dd800de620000000000" + "000000000000000002000000" + "2e00";

export const seeds = (): Uint8Array[] => [...Object.values(frames).map(hex), hex(create), hex(entriesOfNames), hex("fd534d42" + "00".repeat(38) + "0100" + "00".repeat(24))];
export const words = names;
