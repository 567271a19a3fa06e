/** [MS-SMB2] 2.2.1 SMB2 Packet Header: SYNC (2.2.1.2) and ASYNC (2.2.1.1) forms in one structure of 64 bytes. */
import { ProtocolError } from "../errors/errors.js";
import { also, holds, type Memory, only, opaque, reserved, struct, u16, u32, u64 } from "./wire.js";

/** 2.2.1.2 Command. */
export const Command = Object.freeze({
	NEGOTIATE: 0x0000,
	SESSION_SETUP: 0x0001,
	LOGOFF: 0x0002,
	TREE_CONNECT: 0x0003,
	TREE_DISCONNECT: 0x0004,
	CREATE: 0x0005,
	CLOSE: 0x0006,
	FLUSH: 0x0007,
	READ: 0x0008,
	WRITE: 0x0009,
	LOCK: 0x000A,
	IOCTL: 0x000B,
	CANCEL: 0x000C,
	ECHO: 0x000D,
	QUERY_DIRECTORY: 0x000E,
	CHANGE_NOTIFY: 0x000F,
	QUERY_INFO: 0x0010,
	SET_INFO: 0x0011,
	OPLOCK_BREAK: 0x0012,
} as const);

const headerLength = 64;
const protocolId = 0x424D53FE;

/** The name of a command, for messages. */
export function commandName(command: number): string {
	for (const name of Object.keys(Command)) {
		if (Command[name as keyof typeof Command] === command)
			return name;
	}
	return `command ${command}`;
}

/** 2.2.1.2 Flags. */
export const Flags = Object.freeze({
	SERVER_TO_REDIR: 0x00000001,
	ASYNC_COMMAND: 0x00000002,
	RELATED_OPERATIONS: 0x00000004,
	SIGNED: 0x00000008,
	PRIORITY_MASK: 0x00000070,
	DFS_OPERATIONS: 0x10000000,
	REPLAY_OPERATION: 0x20000000,
} as const);

/** The FileId of a related request: that of the request before it in the compound (3.2.4.1.4). Never written to. */
export const RELATED_FILE_ID = Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255);

const Fields = struct("SMB2 Header", {
	ProtocolId:      only(u32, protocolId),
	StructureSize:   only(u16, headerLength),
	CreditCharge:    u16,
	/** In requests of 3.x: ChannelSequence and two reserved bytes. */
	Status:          u32,
	Command:         u16,
	CreditRequest:   u16,
	Flags:           u32,
	NextCommand:     u32,
	/** Ask unsolicited first: the MessageId of a server's own message is no Number. */
	MessageId:       u64,
	Reserved:        reserved(4),
	TreeId:          u32,
	SessionId:       opaque(8),
	Signature:       opaque(16),
	ChannelSequence: also(8, u16),
	CreditResponse:  also(14, u16),
	/** ASYNC form: in place of Reserved and TreeId. */
	AsyncId:         also(32, opaque(8)),
});

/**
 * The header of one message. A frame is walked by its headers, for end is where this message ends and the next begins:
 *
 *   let at = frameAt;
 *   do {
 *       header.open(memory, at, frameEnd);   // an empty frame is refused here
 *       …
 *   } while ((at = header.end) < frameEnd);
 */
export class Header extends Fields {
	/** Flags, Status and MessageId as open() found them: what the data plane asks of each response. MessageId is -1 where unsolicited. */
	flags = 0;
	status = 0;
	messageId = 0;
	constructor() { super(); }

	/** Also checks NextCommand: 8-byte aligned, past this header, and with room for another. end is the end of this message. */
	override open(memory: Memory, at: number, end: number): this {
		const view = memory.view;
		if (!(at >= 0 && at + headerLength <= end && end <= memory.length && view.getUint32(at, true) === protocolId && view.getUint16(at + 4, true) === headerLength))
			// Says what is wrong.
			super.open(memory, at, end);
		this.memory = memory;
		this.at = at;
		this.end = this.limit = end;
		this.flags = view.getUint32(at + 16, true);
		this.status = view.getUint32(at + 8, true);
		const low = view.getUint32(at + 24, true), high = view.getUint32(at + 28, true);
		this.messageId = high === 0 ? low : high === 0xFFFFFFFF && low === 0xFFFFFFFF ? -1 : this.MessageId;
		const next = view.getUint32(at + 20, true);
		if (next !== 0) {
			if (next < Header.size || next % 8 !== 0 || at + next + Header.size > end)
				throw new ProtocolError(`SMB2 Header: NextCommand ${next} of ${end - at} bytes`);
			this.end = at + next;
		}
		return this;
	}

	/** Where this message's body begins. */
	get bodyAt(): number { return this.at + Header.size; }

	/** Whether a server sent this of its own accord (MessageId 0xFFFFFFFFFFFFFFFF): an oplock or lease break, 2.2.23. */
	get unsolicited(): boolean {
		const view = this.memory.view, at = this.at + 24;
		return view.getUint32(at, true) === 0xFFFFFFFF && view.getUint32(at + 4, true) === 0xFFFFFFFF;
	}

	/** Whether this is the ASYNC form: AsyncId is there, TreeId is not. */
	get async(): boolean { return (this.Flags & Flags.ASYNC_COMMAND) !== 0; }
	get isResponse(): boolean { return (this.Flags & Flags.SERVER_TO_REDIR) !== 0; }
	get isSigned(): boolean { return (this.Flags & Flags.SIGNED) !== 0; }
	/** Position of Signature, for those who sign in place. */
	get signatureAt(): number { return this.at + 48; }

	/** Compares SessionId without a copy. */
	isSession(sessionId: Uint8Array): boolean { return holds(this.memory, this.at + 40, sessionId); }

	/** The same, of a SessionId read as two numbers of 32 bits, little endian. */
	isSessionOf(low: number, high: number): boolean {
		const view = this.memory.view, at = this.at;
		return view.getUint32(at + 40, true) === low && view.getUint32(at + 44, true) === high;
	}

	/**
	 * Ends this message, whose body ends at end, and makes room for another in the same frame: pads to 8 bytes, sets
	 * NextCommand. Returns where the next header begins. RangeError where the padding does not fit.
	 */
	link(end: number): number {
		const length = Math.ceil((end - this.at) / 8) * 8;
		if (this.at + length > this.limit)
			throw new RangeError(`SMB2 Header: a compound of ${length} bytes at ${this.at} does not fit before ${this.limit}`);
		this.memory.bytes.fill(0, end, this.at + length);
		this.NextCommand = length;
		this.end = this.at + length;
		return this.end;
	}
}
