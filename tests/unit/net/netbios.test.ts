import { checkName, retargetText, serverName, sessionErrorCode, sessionErrorText, sessionResponseLength, writeName, writeSessionRequest } from "../../../modules/net/netbios.js";
import { bytesEqual, equal, throws } from "../../support/assert.js";
import { ascii, hex } from "../../support/hex.js";

function encoded(name: string, suffix: number): string {
	const bytes = new Uint8Array(36).fill(0xA5);
	writeName(bytes, 1, name, suffix);
	equal(bytes[0], 0xA5);
	equal(bytes[1], 32);
	equal(bytes[34], 0);
	equal(bytes[35], 0xA5);
	return String.fromCharCode(...bytes.slice(2, 34));
}

describe("net: NetBIOS session service", () => {
	it("encodes names as RFC 1001 14.1 does", () => {
		// "The NetBIOS name" has 16 characters, the last of which stands where the suffix goes. (The RFC prints GH for GI.)
		equal(encoded("The NetBIOS nam", 0x65), "FEGIGFCAEOGFHEECEJEPFDCAGOGBGNGF");
		// RFC 1002 4.2.1.2's name.
		equal(encoded("FRED", 0x20), "EGFCEFEECACACACACACACACACACACACA");
		equal(encoded("*SMBSERVER", 0x20), "CKFDENECFDEFFCFGEFFCCACACACACACA");
		equal(encoded("SCANNER", 0x00), "FDEDEBEOEOEFFCCACACACACACACACAAA");
	});

	it("refuses names that do not fit", () => {
		for (const name of ["", "1234567890123456", "größe", "a\nb"])
			throws(() => checkName(name), RangeError, /1 to 15 printable ASCII/, name);
		checkName("123456789012345");
	});

	it("writes the SESSION REQUEST of RFC 1002 4.3.2", () => {
		const bytes = new Uint8Array(76).fill(0xA5);
		writeSessionRequest(bytes, 2, "*SMBSERVER", "SCANNER");
		const golden = new Uint8Array(76).fill(0xA5);
		golden.set(hex("81 00 00 44 20"), 2);
		golden.set(ascii("CKFDENECFDEFFCFGEFFCCACACACACACA"), 7);
		golden.set(hex("00 20"), 39);
		golden.set(ascii("FDEDEBEOEOEFFCCACACACACACACACAAA"), 41);
		golden[73] = 0;
		bytesEqual(bytes, golden);
	});

	it("derives a server's name from its host name", () => {
		equal(serverName("nas.local"), "NAS");
		equal(serverName("nas"), "NAS");
		equal(serverName("averylongservername.lan"), "AVERYLONGSERVER");
		equal(serverName("10.0.0.1"), undefined);
		equal(serverName("fe80::1"), undefined);
		equal(serverName("größe.local"), undefined);
	});

	it("knows the responses of RFC 1002 4.3.3 to 4.3.5", () => {
		equal(sessionResponseLength(0x82), 0);
		equal(sessionResponseLength(0x83), 1);
		equal(sessionResponseLength(0x84), 6);
		for (const type of [0x00, 0x81, 0x85, 0x48]) equal(sessionResponseLength(type), -1);
		equal(sessionErrorText(0x80), "not listening on called name");
		equal(sessionErrorText(0x81), "not listening for calling name");
		equal(sessionErrorText(0x82), "called name not present");
		equal(sessionErrorText(0x83), "called name present, but insufficient resources");
		equal(sessionErrorText(0x8F), "unspecified error");
		equal(sessionErrorText(0x00), "unknown error");
		equal(sessionErrorCode(0x82), "SESSION_82");
		equal(retargetText(hex("A5 0A 00 00 14 01 BD"), 1), "10.0.0.20 port 445");
	});
});
