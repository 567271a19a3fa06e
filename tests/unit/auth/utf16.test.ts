import { utf16Length, writeUpperUTF16, writeUTF16 } from "../../../modules/auth/utf16.js";
import { bytesEqual, equal } from "../../support/assert.js";

function utf16(text: string, write: typeof writeUTF16 = writeUTF16): Uint8Array {
	const bytes = new Uint8Array(utf16Length(text) + 4).fill(0xA5);
	const end = write(text, bytes, 2);
	equal(end, bytes.length - 2, "position past the text");
	bytesEqual(bytes.subarray(end), "a5a5", "nothing behind the text");
	return bytes.slice(2, end);
}

describe("UTF-16LE", () => {
	it("writes low byte first", () => bytesEqual(utf16("Aß€"), "4100df00ac20"));
	it("writes what is beyond 16 bits as two surrogates", () => bytesEqual(utf16("a\u{1F600}b"), "61003dd800de6200"));
	it("keeps a NUL", () => bytesEqual(utf16("a\0b"), "610000006200"));
	it("writes nothing for empty text", () => equal(utf16("").length, 0));
	it("raises a to z, umlauts, Greek and Cyrillic", () => bytesEqual(utf16("azäσж", writeUpperUTF16), "41005a00c400a3031604"));
	it("leaves ß, ŉ, µ, ı, ſ and emoji as they are, as Windows does", () => bytesEqual(utf16("ßŉµıſ\u{1F600}", writeUpperUTF16), "df004901b50031017f013dd800de"));
	it("leaves capitals, digits and marks", () => bytesEqual(utf16("AZ09@`{", writeUpperUTF16), "41005a003000390040006000 7b00"));
});
