/** Text as UTF-16, and file names as a share can hold them. */
import { utf16Length, writeUpperUTF16, writeUTF16 } from "../../../modules/auth/utf16.js";
import { shareName, sharePath } from "../../../modules/client/share-name.js";
import { ProtocolError } from "../../../modules/errors/errors.js";
import { Memory, readText, textLength, writeText } from "../../../modules/smb2/wire.js";
import { numberedName } from "../../../modules/uploader/naming.js";
import { equal, ok } from "../../support/assert.js";
import { hex } from "../../support/hex.js";
import { outcome, sumOf } from "../guide/target.js";

/** As mounts do by default ("Services for Mac"): what U+F001 to U+F029 stand for. */
const unmapped = "\"*:<>?\\| .";
const forbidden = "\"*:<>?\\|";

function encoded(text: string): Memory {
	const memory = new Memory(new ArrayBuffer(textLength(text)));
	equal(writeText(memory, 0, text), memory.bytes.length);
	return memory;
}

function checkName(name: string): string {
	const changed = shareName(name), before = encoded(name).view, after = encoded(changed).view, end = after.byteLength;
	equal(end, before.byteLength, "the length of a name");
	for (let at = 0; at < end; at += 2) {
		const unit = after.getUint16(at, true), was = before.getUint16(at, true);
		ok(unit >= 0x20 && !(unit < 0x80 && forbidden.includes(String.fromCharCode(unit))) && !(at === end - 2 && (unit === 0x20 || unit === 0x2E)), "what no share's name can hold");
		if (unit !== was) equal(unit < 0xF020 ? unit - 0xF000 : unmapped.charCodeAt(unit - 0xF020), was, "what a mapped unit stands for");
	}
	return changed;
}

function same(a: Uint8Array, b: Uint8Array): boolean { return sumOf(a) === sumOf(b); }

export function run(bytes: Uint8Array): string {
	const memory = new Memory(new ArrayBuffer(bytes.length));
	memory.bytes.set(bytes);
	return outcome([ProtocolError], () => {
		const text = readText(memory, 0, bytes.length);
		const again = new Memory(new ArrayBuffer(bytes.length)), other = new Uint8Array(bytes.length), upper = new Uint8Array(bytes.length);
		equal(textLength(text), bytes.length);
		equal(writeText(again, 0, text), bytes.length);
		ok(same(again.bytes, bytes), "wire.ts");
		equal(utf16Length(text), bytes.length);
		equal(writeUTF16(text, other, 0), bytes.length);
		ok(same(other, bytes), "utf16.ts");
		equal(writeUpperUTF16(text, upper, 0), bytes.length);
		const names = text.split("/");
		const path = sharePath(text);
		equal(path, names.map(checkName).join("\\"));
		const numbered = numberedName(names[0]!, 2);
		equal(textLength(numbered), textLength(names[0]!) + 8);
		return `${text} ${path} ${numbered}`;
	});
}

export const seeds = (): Uint8Array[] => [hex("7300630061006e003dd800de2e00700064006600"), hex("61002f0062003a00630020002f002e00"), hex("3dd8610000de"), hex("df00b50031016900"), hex("2e0061002e0070006100720074007e00")];
export const words = ["\"*:<>?\\|", ".tmp", ".partial", "~", "/"];
