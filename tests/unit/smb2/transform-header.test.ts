import { protocolId, ProtocolId, TransformHeader } from "../../../modules/smb2/transform-header.js";
import { equal } from "../../support/assert.js";
import { counting, isGolden, received } from "./message.js";

const GOLDEN =
	"fd534d42" +                         // ProtocolId
	"b0b1b2b3b4b5b6b7b8b9babbbcbdbebf" + // Signature
	"c0c1c2c3c4c5c6c7c8c9cacbcccdcecf" + // Nonce
	"44332211" +                         // OriginalMessageSize
	"0000" +                             // Reserved
	"0100" +                             // Flags/EncryptionAlgorithm
	"0102030405060708";                  // SessionId

describe("smb2 SMB2 TRANSFORM_HEADER", () => {
	it("is golden", () => {
		isGolden(TransformHeader, GOLDEN, {
			Signature: counting(16, 0xB0), Nonce: counting(16, 0xC0), OriginalMessageSize: 0x11223344, SessionId: counting(8, 1),
		}, [[0, 4], [42, 2]]);
	});

	it("knows where its parts lie", () => {
		const { memory, at, end } = received(GOLDEN);
		const header = new TransformHeader().open(memory, at, end);
		equal(memory.bytes[header.signatureAt], 0xB0);
		equal(memory.bytes[header.nonceAt], 0xC0);
		equal(header.messageAt, end);
		equal(header.messageAt - header.nonceAt, 32);
		equal(header.isSession(counting(8, 1)), true);
		equal(header.isSession(counting(8, 2)), false);
	});

	it("tells what kind of message begins", () => {
		const kinds: [string, number][] = [
			["fe534d42", ProtocolId.SMB2], ["fd534d42", ProtocolId.TRANSFORM], ["fc534d42", ProtocolId.COMPRESSED], ["ff534d42", ProtocolId.SMB1],
		];
		for (const [bytes, kind] of kinds) {
			const { memory, at, end } = received(bytes);
			equal(protocolId(memory.view, at, end), kind);
			equal(protocolId(memory.view, at, end - 1), 0);
		}
	});
});
