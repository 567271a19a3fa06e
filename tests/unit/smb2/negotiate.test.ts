import { ProtocolError } from "../../../modules/errors/errors.js";
import {
	Capabilities, Cipher, Dialect, HashAlgorithm, NegotiateContext, NegotiateContextType, NegotiateRequest, NegotiateResponse, SecurityMode,
	SigningAlgorithm,
} from "../../../modules/smb2/negotiate.js";
import type { Memory } from "../../../modules/smb2/wire.js";
import { bytesEqual, deepEqual, equal, throws } from "../../support/assert.js";
import { hex } from "../../support/hex.js";
import { BODY_AT, counting, isGolden, laid, patched, poisoned, received, truncated } from "./message.js";

const REQUEST =
	"2400" +                             // StructureSize
	"0500" +                             // DialectCount
	"0100" +                             // SecurityMode
	"0000" +                             // Reserved
	"44000000" +                         // Capabilities
	"a0a1a2a3a4a5a6a7a8a9aaabacadaeaf" + // ClientGuid
	"70000000" +                         // NegotiateContextOffset: 64 + 36 + 10 + 2 = 112
	"0400" +                             // NegotiateContextCount
	"0000" +                             // Reserved2
	"0202" + "1002" + "0003" + "0203" + "1103" + // Dialects
	"0000" +                             // Padding
	"0100" + "0a00" + "00000000" +       // PREAUTH_INTEGRITY_CAPABILITIES, 10 bytes
	"0100" + "0400" + "0100" + "deadbeef" + // HashAlgorithmCount, SaltLength, SHA-512, Salt
	"000000000000" +                     // Padding
	"0200" + "0600" + "00000000" +       // ENCRYPTION_CAPABILITIES, 6 bytes
	"0200" + "0100" + "0200" +           // CipherCount, AES-128-CCM, AES-128-GCM
	"0000" +                             // Padding
	"0800" + "0400" + "00000000" +       // SIGNING_CAPABILITIES, 4 bytes
	"0100" + "0100" +                    // SigningAlgorithmCount, AES-CMAC
	"00000000" +                         // Padding
	"0500" + "0600" + "00000000" +       // NETNAME_NEGOTIATE_CONTEXT_ID, 6 bytes
	"6e0061007300";                      // "nas"

function request(memory: Memory, at: number, limit?: number): NegotiateRequest {
	const request = new NegotiateRequest().begin(memory, at, limit);
	request.SecurityMode = SecurityMode.SIGNING_ENABLED;
	request.Capabilities = Capabilities.LARGE_MTU | Capabilities.ENCRYPTION;
	request.ClientGuid = counting(16, 0xA0);
	request.setDialects([Dialect.SMB2_02, Dialect.SMB2_10, Dialect.SMB3_00, Dialect.SMB3_02, Dialect.SMB3_11]);
	request.addPreauthIntegrity([HashAlgorithm.SHA_512], hex("deadbeef"));
	request.addEncryption([Cipher.AES128_CCM, Cipher.AES128_GCM]);
	request.addSigning([SigningAlgorithm.AES_CMAC]);
	request.addNetName("nas");
	return request;
}

describe("smb2 NEGOTIATE Request", () => {
	it("is golden with every context", () => {
		bytesEqual(laid(request), REQUEST);
		const { memory, at, end } = received(REQUEST);
		const opened = new NegotiateRequest().open(memory, at, end);
		deepEqual([opened.DialectCount, opened.SecurityMode, opened.Capabilities, opened.NegotiateContextOffset, opened.NegotiateContextCount], [5, 1, 0x44, 112, 4]);
		bytesEqual(opened.ClientGuid, counting(16, 0xA0));
	});

	it("is golden without contexts, whose fields are ClientStartTime then", () => {
		bytesEqual(laid((memory, at) => {
			const request = new NegotiateRequest().begin(memory, at);
			request.SecurityMode = SecurityMode.SIGNING_REQUIRED;
			request.setDialects([Dialect.SMB2_02]);
			return request;
		}), "2400" + "0100" + "0200" + "0000" + "00000000" + "00".repeat(16) + "0000000000000000" + "0202");
	});

	it("stays inside its limit", () => {
		const memory = poisoned(512), length = REQUEST.length / 2;
		equal(request(memory, BODY_AT, BODY_AT + length).end, BODY_AT + length);
		for (let short = 1; short <= length; short++)
			throws(() => request(memory, BODY_AT, BODY_AT + length - short), RangeError);
		equal(memory.bytes[BODY_AT + length], 0xA5);
	});

	it("has golden contexts", () => {
		isGolden(NegotiateContext, "0800" + "2211" + "00000000", { ContextType: NegotiateContextType.SIGNING_CAPABILITIES, DataLength: 0x1122 });
	});
});

const FIXED =
	"4100" +                             // StructureSize
	"0300" +                             // SecurityMode
	"1103" +                             // DialectRevision
	"0300" +                             // NegotiateContextCount
	"a0a1a2a3a4a5a6a7a8a9aaabacadaeaf" + // ServerGuid
	"47000000" +                         // Capabilities
	"00008000" +                         // MaxTransactSize
	"00007000" +                         // MaxReadSize
	"00006000" +                         // MaxWriteSize
	"30577f26849fda01" +                 // SystemTime
	"0102030405060708" +                 // ServerStartTime
	"8000" +                             // SecurityBufferOffset: 64 + 64
	"0500" +                             // SecurityBufferLength
	"88000000";                          // NegotiateContextOffset: 64 + 64 + 5 + 3
const RESPONSE = FIXED +
	"6006060102" +                       // Buffer
	"000000" +                           // Padding
	"0100" + "0a00" + "00000000" +       // PREAUTH_INTEGRITY_CAPABILITIES
	"0100" + "0400" + "0100" + "deadbeef" +
	"000000000000" +                     // Padding
	"0800" + "0400" + "00000000" +       // SIGNING_CAPABILITIES
	"0100" + "0200" +
	"00000000" +                         // Padding
	"0200" + "0400" + "00000000" +       // ENCRYPTION_CAPABILITIES
	"0100" + "0100";
const FIRST_CONTEXT = 72, SECOND_CONTEXT = 96, THIRD_CONTEXT = 112;

function open(memory: Memory, at: number, end: number): number[][] {
	const response = new NegotiateResponse().open(memory, at, end);
	response.securityBuffer();
	const seen: number[][] = [];
	const contexts = response.contexts();
	while (contexts.next())
		seen.push([contexts.ContextType, contexts.dataAt - at, contexts.dataEnd - at, contexts.algorithm()]);
	return seen;
}

function openBytes(body: string | Uint8Array): number[][] {
	const { memory, at, end } = received(body);
	return open(memory, at, end);
}

describe("smb2 NEGOTIATE Response", () => {
	it("has a golden fixed part", () => {
		isGolden(NegotiateResponse, FIXED, {
			SecurityMode: SecurityMode.SIGNING_ENABLED | SecurityMode.SIGNING_REQUIRED, DialectRevision: Dialect.SMB3_11, NegotiateContextCount: 3,
			ServerGuid: counting(16, 0xA0), Capabilities: 0x47, MaxTransactSize: 0x800000, MaxReadSize: 0x700000, MaxWriteSize: 0x600000,
			SystemTime: 1714979289123, ServerStartTime: counting(8, 1), SecurityBufferOffset: 128, SecurityBufferLength: 5, NegotiateContextOffset: 136,
		}, [[0, 2]]);
	});

	it("gives the token and walks the contexts", () => {
		const { memory, at, end } = received(RESPONSE);
		bytesEqual(new NegotiateResponse().open(memory, at, end).securityBuffer(), "6006060102");
		deepEqual(open(memory, at, end), [
			[NegotiateContextType.PREAUTH_INTEGRITY_CAPABILITIES, 80, 90, HashAlgorithm.SHA_512],
			[NegotiateContextType.SIGNING_CAPABILITIES, 104, 108, SigningAlgorithm.AES_GMAC],
			[NegotiateContextType.ENCRYPTION_CAPABILITIES, 120, 124, Cipher.AES128_CCM],
		]);
	});

	it("may have an empty token, wherever its offset points", () => {
		const { memory, at, end } = received(patched(RESPONSE, 58, 2, 0));
		memory.view.setUint16(at + 56, 0xFFFF, true);
		bytesEqual(new NegotiateResponse().open(memory, at, end).securityBuffer(), "");
	});

	it("may have contexts that we do not know, and empty ones", () => {
		const { memory, at, end } = received(patched(RESPONSE, SECOND_CONTEXT, 2, 0x7777));
		memory.view.setUint16(at + SECOND_CONTEXT + 2, 0, true);
		const contexts = new NegotiateResponse().open(memory, at, end).contexts();
		contexts.next();
		equal(contexts.next(), true);
		deepEqual([contexts.ContextType, contexts.dataAt, contexts.dataEnd], [0x7777, at + 104, at + 104]);
		// An empty context ends sooner, so the third is not where it was.
		equal(contexts.next(), true);
		equal(contexts.ContextType, 1);
		equal(contexts.next(), false);
	});

	it("is refused cut at any length", () => {
		truncated(RESPONSE, open);
	});

	it("is refused when offsets, lengths or counts are wild", () => {
		for (const offset of [0, 64, 127, 184, 0x7FFF, 0xFFFF])
			throws(() => openBytes(patched(RESPONSE, 56, 2, offset)), ProtocolError, /SecurityBuffer/, `SecurityBufferOffset ${offset}`);
		for (const length of [61, 0x7FFF, 0xFFFF])
			throws(() => openBytes(patched(RESPONSE, 58, 2, length)), ProtocolError, /SecurityBuffer/, `SecurityBufferLength ${length}`);
		for (const offset of [0, 8, 64, 120, 134, 137, 184, 192, 0x7FFFFFF8, 0xFFFFFFF8, 0xFFFFFFFF])
			throws(() => openBytes(patched(RESPONSE, 60, 4, offset)), ProtocolError, undefined, `NegotiateContextOffset ${offset}`);
		for (const count of [4, 0xFFFF])
			throws(() => openBytes(patched(RESPONSE, 6, 2, count)), ProtocolError, /NegotiateContext/, `NegotiateContextCount ${count}`);
		for (const at of [FIRST_CONTEXT, SECOND_CONTEXT, THIRD_CONTEXT]) {
			for (const length of [0x80, 0x7FFF, 0xFFF8, 0xFFFF])
				throws(() => openBytes(patched(RESPONSE, at + 2, 2, length)), ProtocolError, /Data/, `DataLength ${length}`);
		}
	});

	it("must choose exactly one algorithm, inside its context", () => {
		for (const at of [FIRST_CONTEXT, SECOND_CONTEXT, THIRD_CONTEXT]) {
			for (const count of [0, 2, 0xFFFF])
				throws(() => openBytes(patched(RESPONSE, at + 8, 2, count)), ProtocolError, /1 algorithm expected/);
			for (const length of [0, 3])
				throws(() => openBytes(patched(RESPONSE, at + 2, 2, length)), ProtocolError, /needed/);
		}
		for (const length of [5, 0x7FFF, 0xFFFF])
			throws(() => openBytes(patched(RESPONSE, FIRST_CONTEXT + 10, 2, length)), ProtocolError, /Salt/);
	});
});
