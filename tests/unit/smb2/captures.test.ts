/** Frames of other people's making: opened with the values that tshark prints, and laid out by us byte for byte. */
import { CloseRequest } from "../../../modules/smb2/close.js";
import { CreateDisposition, CreateRequest, CreateResponse } from "../../../modules/smb2/create.js";
import { ErrorResponse } from "../../../modules/smb2/error.js";
import { FileBasicInformation } from "../../../modules/smb2/file-information.js";
import { Command, Header } from "../../../modules/smb2/header.js";
import { IoctlRequest, IoctlResponse } from "../../../modules/smb2/ioctl.js";
import { Cipher, Dialect, HashAlgorithm, NegotiateContextType, NegotiateRequest, NegotiateResponse, SigningAlgorithm } from "../../../modules/smb2/negotiate.js";
import { QueryDirectoryRequest, QueryDirectoryResponse } from "../../../modules/smb2/query-directory.js";
import { QueryInfoResponse } from "../../../modules/smb2/query-info.js";
import { ReadRequest, ReadResponse } from "../../../modules/smb2/read.js";
import { SetInfoRequest, SetInfoResponse } from "../../../modules/smb2/set-info.js";
import { NTStatus } from "../../../modules/smb2/status.js";
import { ShareType, TreeConnectRequest, TreeConnectResponse } from "../../../modules/smb2/tree-connect.js";
import { TreeDisconnectRequest } from "../../../modules/smb2/tree-disconnect.js";
import type { Memory, Structure } from "../../../modules/smb2/wire.js";
import { WriteRequest, WriteResponse } from "../../../modules/smb2/write.js";
import { ascii, hex } from "../../support/hex.js";
import { bytesEqual, deepEqual, equal } from "../../support/assert.js";
import { frames } from "./frames.js";
import { HEADER_AT, poisoned, received } from "./message.js";

/** The header and, through body(), the body of a captured frame. */
function open<S extends Structure>(frame: string, body: S): { header: Header; body: S } {
	const { memory, at, end } = received(frame, HEADER_AT);
	const header = new Header().open(memory, at, end);
	equal(header.end, end);
	return { header, body: body.open(memory, header.bodyAt, header.end) };
}

/** That lay() lays out the body of a captured frame behind its header, and ends where it ends, save for trailing bytes given as extra. */
function isLaid(frame: string, lay: (memory: Memory, at: number) => Structure, extra = ""): void {
	const memory = poisoned(1024);
	const captured = hex(frame);
	const original = new Header().open(received(frame, HEADER_AT).memory, HEADER_AT, HEADER_AT + captured.length);
	const header = new Header().begin(memory, HEADER_AT);
	header.CreditCharge = original.CreditCharge;
	header.Status = original.Status;
	header.Command = original.Command;
	header.CreditRequest = original.CreditRequest;
	header.Flags = original.Flags;
	header.MessageId = original.MessageId;
	header.TreeId = original.TreeId;
	header.SessionId = original.SessionId;
	header.Signature = original.Signature;
	const end = lay(memory, header.bodyAt).end;
	bytesEqual(memory.bytes.slice(HEADER_AT, end), frame.slice(0, frame.length - extra.length));
	equal(frame.slice(frame.length - extra.length), extra);
}

describe("smb2 captured requests", () => {
	it("NEGOTIATE with five dialects and four contexts", () => {
		isLaid(frames.negotiateRequest, (memory, at) => {
			const request = new NegotiateRequest().begin(memory, at);
			request.SecurityMode = 1;
			request.Capabilities = 0x7F;
			request.ClientGuid = hex("92a8bcc1e3868749a7795bb7f6153782");
			request.setDialects([Dialect.SMB2_02, Dialect.SMB2_10, Dialect.SMB3_00, Dialect.SMB3_02, Dialect.SMB3_11]);
			request.addPreauthIntegrity([HashAlgorithm.SHA_512], hex(frames.negotiateRequest).slice(126, 158));
			request.addEncryption([Cipher.AES128_GCM, Cipher.AES128_CCM, Cipher.AES256_GCM, Cipher.AES256_CCM]);
			request.addSigning([SigningAlgorithm.AES_GMAC, SigningAlgorithm.AES_CMAC, SigningAlgorithm.HMAC_SHA256]);
			request.addNetName("127.0.7.3");
			return request;
		});
	});

	it("TREE_CONNECT", () => {
		isLaid(frames.treeConnectRequest, (memory, at) => {
			const request = new TreeConnectRequest().begin(memory, at);
			request.setPath("\\\\127.0.7.3\\IPC$");
			return request;
		});
	});

	it("CREATE, but for a terminator that smbclient adds to the name", () => {
		isLaid(frames.createRequest, (memory, at) => {
			const request = new CreateRequest().begin(memory, at);
			request.ImpersonationLevel = 2;
			request.DesiredAccess = 0x0012019F;
			request.ShareAccess = 3;
			request.CreateDisposition = CreateDisposition.OVERWRITE_IF;
			request.CreateOptions = 0x40;
			request.setName("x.tmp");
			return request;
		}, "0000");
	});

	it("WRITE", () => {
		isLaid(frames.writeRequest, (memory, at) => {
			const request = new WriteRequest().begin(memory, at);
			request.FileId = hex("246468bb000000009c41d22b00000000");
			memory.bytes.set(ascii("Hello, scan!"), at + 48);
			request.setData(at + 48, 12);
			return request;
		});
	});

	it("SET_INFO to rename", () => {
		isLaid(frames.setInfoRequest, (memory, at) => {
			const request = new SetInfoRequest().begin(memory, at);
			request.FileId = hex("711e243e000000003469ad4500000000");
			request.setRename("scan\u{1F600}.pdf");
			return request;
		});
	});

	it("CLOSE", () => {
		isLaid(frames.closeRequest, (memory, at) => {
			const request = new CloseRequest().begin(memory, at);
			request.FileId = hex("246468bb000000009c41d22b00000000");
			return request;
		});
	});

	it("QUERY_DIRECTORY", () => {
		isLaid(frames.queryDirectoryRequest, (memory, at) => {
			const request = new QueryDirectoryRequest().begin(memory, at);
			request.FileId = hex("0eefea4600000000f34d6fa400000000");
			request.OutputBufferLength = 0x800000;
			request.askFiles("*");
			return request;
		});
	});

	it("READ", () => {
		isLaid(frames.readRequest, (memory, at) => {
			const request = new ReadRequest().begin(memory, at);
			request.Length = 12;
			request.FileId = hex("3ddd6b8500000000dab3608c00000000");
			return request;
		});
	});

	it("TREE_DISCONNECT", () => {
		isLaid(frames.treeDisconnectRequest, (memory, at) => new TreeDisconnectRequest().begin(memory, at));
	});

	it("IOCTL with FSCTL_VALIDATE_NEGOTIATE_INFO, but for an offset of no output", () => {
		isLaid(frames.ioctlRequest, (memory, at) => {
			const request = new IoctlRequest().begin(memory, at);
			const info = request.setValidateNegotiateInfo([Dialect.SMB2_02, Dialect.SMB2_10, Dialect.SMB3_00, Dialect.SMB3_02]);
			info.Capabilities = 0x7F;
			info.Guid = hex("cec651984c095546a63f082e6c953711");
			info.SecurityMode = 1;
			request.OutputOffset = 0x78;
			return request;
		});
	});
});

describe("smb2 captured responses", () => {
	it("NEGOTIATE of 3.1.1", () => {
		const { header, body } = open(frames.negotiateResponse, new NegotiateResponse());
		deepEqual([header.Command, header.Status, header.CreditResponse, header.isResponse, header.isSigned], [Command.NEGOTIATE, NTStatus.SUCCESS, 1, true, false]);
		deepEqual([body.SecurityMode, body.DialectRevision, body.Capabilities], [1, Dialect.SMB3_11, 0x0F]);
		deepEqual([body.MaxTransactSize, body.MaxReadSize, body.MaxWriteSize], [8388608, 8388608, 8388608]);
		equal(body.SystemTime, Date.UTC(2026, 10, 23, 15, 39, 8, 214));
		const token = body.securityBuffer();
		deepEqual([token.length, token[0], token[1]], [74, 0x60, 72]);
		const contexts = body.contexts(), seen: number[][] = [];
		while (contexts.next())
			seen.push([contexts.ContextType, contexts.dataEnd - contexts.dataAt, contexts.algorithm()]);
		deepEqual(seen, [
			[NegotiateContextType.PREAUTH_INTEGRITY_CAPABILITIES, 38, HashAlgorithm.SHA_512],
			[NegotiateContextType.ENCRYPTION_CAPABILITIES, 4, Cipher.AES128_GCM],
			[NegotiateContextType.SIGNING_CAPABILITIES, 4, SigningAlgorithm.AES_GMAC],
		]);
	});

	it("TREE_CONNECT", () => {
		const { header, body } = open(frames.treeConnectResponse, new TreeConnectResponse());
		deepEqual([header.TreeId, header.isSigned], [0x1FFB96CE, true]);
		deepEqual([body.ShareType, body.ShareFlags, body.Capabilities, body.MaximalAccess], [ShareType.PIPE, 0, 0, 0x001F00A9]);
	});

	it("CREATE", () => {
		const { header, body } = open(frames.createResponse, new CreateResponse());
		deepEqual([header.MessageId, header.CreditResponse], [7, 1]);
		deepEqual([body.OplockLevel, body.CreateAction, body.AllocationSize, body.EndofFile, body.FileAttributes], [0, 2, 0, 0, 0x20]);
		equal(body.LastWriteTime, Date.UTC(2026, 10, 23, 15, 39, 8, 228));
		bytesEqual(body.FileId, "246468bb000000009c41d22b00000000");
		equal(body.contexts().next(), false);
	});

	it("CREATE refused", () => {
		const { header, body } = open(frames.createError, new ErrorResponse());
		deepEqual([header.Status, body.requiredLength()], [NTStatus.OBJECT_PATH_NOT_FOUND, undefined]);
	});

	it("WRITE, pending first", () => {
		const pending = open(frames.writePending, new ErrorResponse());
		deepEqual([pending.header.Status, pending.header.async, pending.header.MessageId, pending.header.CreditResponse], [NTStatus.PENDING, true, 8, 1]);
		bytesEqual(pending.header.AsyncId, "0800000000000000");
		const done = open(frames.writeResponse, new WriteResponse());
		deepEqual([done.header.Status, done.header.async, done.header.MessageId, done.header.CreditResponse], [NTStatus.SUCCESS, true, 8, 0]);
		bytesEqual(done.header.AsyncId, "0800000000000000");
		deepEqual([done.body.Count, done.body.Remaining], [12, 0]);
	});

	it("SET_INFO", () => {
		equal(open(frames.setInfoResponse, new SetInfoResponse()).header.Status, NTStatus.SUCCESS);
	});

	it("QUERY_INFO", () => {
		// smbclient asked for FileAllInformation, which begins like FileBasicInformation.
		const basic = open(frames.queryInfoResponse, new QueryInfoResponse()).body.read(new FileBasicInformation());
		deepEqual([basic.CreationTime, basic.LastWriteTime, basic.FileAttributes],
			[Date.UTC(2026, 10, 23, 15, 39, 8, 228), Date.UTC(2026, 10, 23, 15, 39, 8, 233), 0x20]);
	});

	it("QUERY_DIRECTORY", () => {
		const entries = open(frames.queryDirectoryResponse, new QueryDirectoryResponse()).body.files();
		const seen: unknown[] = [];
		while (entries.next())
			seen.push(entries.fileName(), entries.entry.EndOfFile, entries.entry.FileAttributes);
		deepEqual(seen, [".", 0, 0x10, "..", 0, 0x10, "scan\u{1F600}.pdf", 12, 0x20]);
	});

	it("READ", () => {
		const { body } = open(frames.readResponse, new ReadResponse());
		bytesEqual(body.memory.bytes.slice(body.dataAt(), body.dataAt() + body.DataLength), ascii("Hello, scan!"));
	});

	it("IOCTL with FSCTL_VALIDATE_NEGOTIATE_INFO", () => {
		const info = open(frames.ioctlResponse, new IoctlResponse()).body.validateNegotiateInfo();
		deepEqual([info.Capabilities, info.SecurityMode, info.Dialect], [0x4F, 1, Dialect.SMB3_02]);
		bytesEqual(info.Guid, "7363616e6e6173000000000000000000");
	});
});
