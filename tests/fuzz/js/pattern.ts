/** The pattern of names on the share, and a scan's name by it. */
import { SettingsError } from "../../../modules/errors/errors.js";
import { checkPattern, numberedName, targetName } from "../../../modules/uploader/naming.js";
import { ok } from "../../support/assert.js";
import { ascii } from "../../support/hex.js";
import { Input, outcome, parts, textOf } from "../guide/target.js";

export function run(bytes: Uint8Array): string {
	const input = new Input(bytes), pattern = textOf(input.part());
	// What no folder has as a file's name.
	const name = textOf(input.rest()).replace(/[\/\0]/g, "");
	return outcome([SettingsError], () => {
		checkPattern(pattern);
		if (name === "" || name === "." || name === "..") return "no name";
		const target = targetName(pattern, { name, mtime: 1_700_000_000_000 }, "0badcafe", 12), names = target.split("/");
		ok(names.length <= pattern.split("/").length, "more folders than the pattern has");
		ok(names.every(part => part !== "" && part !== "." && part !== ".."), "a folder that is none, or leads out");
		return `${target} ${numberedName(target, 3)}`;
	});
}

export const length = 300;
export const seeds = (): Uint8Array[] => ["{name}", "{date}/{name}", "{stem}-{counter}.{ext}", "{device}/{time}/{stem}", "{nme}", "a/../{name}", "{na{me}}"].map(pattern => Uint8Array.of(...parts(ascii(pattern)), ...ascii("scan.tar.pdf")));
export const words = ["{name}", "{stem}", "{ext}", ".{ext}", "{date}", "{time}", "{counter}", "{device}", "/", "..", "{", "}"];
