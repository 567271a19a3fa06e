/** settings.txt as bytes. */
import { encodeUTF8, readLines } from "../../../hosts/esp32/device/settings-lines.js";
import { bytesEqual, deepEqual, equal, ok } from "../../support/assert.js";
import { ascii, hex } from "../../support/hex.js";
import { textOf } from "../guide/target.js";

export function run(bytes: Uint8Array): string {
	const before = bytes.slice(), { entries, problems } = readLines(bytes, bytes.length);
	bytesEqual(bytes, before, "the bytes");
	let last = 0;
	for (const { key, value, line, at, end } of entries) {
		ok(at >= last && end > at && end <= bytes.length && line > 0, "a line outside of the bytes");
		last = end;
		const text = textOf(bytes.slice(at, end));
		equal(`${key}=${value}`, `${text.slice(0, text.indexOf("=")).trim()}=${text.slice(text.indexOf("=") + 1).trim()}`, "a line");
		equal(textOf(encodeUTF8(value)), value);
	}
	if (problems.length === 0) {
		const again = encodeUTF8(entries.map(({ key, value }) => `${key}=${value}\r\n`).join("\r\n"));
		deepEqual(readLines(again, again.length).entries.map(({ key, value }) => [key, value]), entries.map(({ key, value }) => [key, value]), "written and read again");
	}
	for (const problem of problems) ok(entries.every(({ value }) => value.length < 12 || !problem.includes(value)), "a value in a message");
	return `${JSON.stringify(entries)} ${problems.join()}`;
}

export const seeds = (): Uint8Array[] => [ascii("server=nas\r\n# a remark\r\n share = media \nuser=anna\r\n\r\npassword"), hex("efbbbf6b3dc3a4f09f98800a6b3d"), hex("fffe6b003d00"), hex("6b3deda0800a6b3dc0af0a6b3d00")];
