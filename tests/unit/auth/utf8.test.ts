import { readUTF8, utf8 } from "../../../modules/auth/utf8.js";
import { bytesEqual, equal } from "../../support/assert.js";
import { hex } from "../../support/hex.js";

describe("UTF-8", () => {
	it("writes and reads characters of every length", () => {
		for (const [text, bytes] of [["", ""], ["a~", "617e"], ["\u0080\u07FF", "c280dfbf"], ["\u0800\u20AC\uFFFD", "e0a080e282acefbfbd"], ["\u{10000}\u{1D11E}\u{10FFFF}", "f0908080f09d849ef48fbfbf"]] as const) {
			bytesEqual(utf8(text), bytes);
			equal(readUTF8(hex(bytes)), text);
		}
	});
	it("writes half a surrogate pair as U+FFFD", () => bytesEqual(utf8("a\uD834"), "61efbfbd"));
	it("reads what is no UTF-8, and control characters, as U+FFFD", () => {
		for (const [bytes, text] of [
			["61ff62", "a\uFFFDb"], ["c3", "\uFFFD"], ["c341", "\uFFFDA"], ["c0af", "\uFFFD\uFFFD"], ["e08080", "\uFFFD"], ["eda080", "\uFFFD"], ["f08080af", "\uFFFD"],
			["f5", "\uFFFD"], ["f4908080", "\uFFFD"], ["00", "\uFFFD"], ["0a1b7f", "\uFFFD\uFFFD\uFFFD"],
		] as const)
			equal(readUTF8(hex(bytes)), text, bytes);
	});
	it("reads a range", () => equal(readUTF8(hex("616263"), 1, 2), "b"));
});
