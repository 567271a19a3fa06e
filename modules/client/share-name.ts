/**
 * Names that a share can hold. What [MS-FSCC] 2.1.5 forbids is mapped into the private use area as macOS and Linux mounts
 * do by default ("Services for Mac"), so that those show the name as the scanner wrote it.
 */
import { characterAt } from "../smb2/wire.js";

const space = 0x20, period = 0x2E, slash = 0x2F, backslash = 0x5C;

/** The name under which a file called `name` (one component, no "/") stands in a share. Returns name itself where nothing has to change. */
export function shareName(name: string): string { return sharePath(name); }

/** A "/" separated path as SMB spells it: "\" between the parts, each part mapped. Returns path itself where nothing has to change. */
export function sharePath(path: string): string {
	const length = path.length;
	let result = "", done = 0;
	for (let i = 0, code = characterAt.call(path, 0); i < length; i++) {
		const next = characterAt.call(path, i + 1);
		const other = code === slash ? backslash : inShare(code, i + 1 === length || next === slash);
		if (other !== code) {
			result += path.slice(done, i) + String.fromCharCode(other);
			done = i + 1;
		}
		code = next;
	}
	return done ? result + path.slice(done) : path;
}

/** The character that stands there for that one. last: of its part of the path. */
function inShare(code: number, last: boolean): number {
	switch (code) {
		case 0x22: return 0xF020;       // "
		case 0x2A: return 0xF021;       // *
		case 0x3A: return 0xF022;       // :
		case 0x3C: return 0xF023;       // <
		case 0x3E: return 0xF024;       // >
		case 0x3F: return 0xF025;       // ?
		case backslash: return 0xF026;
		case 0x7C: return 0xF027;       // |
		case space: return last ? 0xF028 : code;
		case period: return last ? 0xF029 : code;
		default: return code < space ? 0xF000 + code : code;
	}
}
