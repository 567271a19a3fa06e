/**
 * The text of settings.txt: a setting a line, `key=value`, in UTF-8, with or without a byte order mark, lines ended by LF or CRLF.
 * Blanks around keys and values do not count; empty lines and lines that begin with "#" are for people.
 */

/** One setting; line counts from 1, the bytes of the line are [at, end), its end of line not among them. */
export interface Line { key: string; value: string; line: number; at: number; end: number }

/** The settings in the order in which they stand, and what is wrong with the rest, in sentences that quote no value: it may be a password. */
export interface Lines { entries: Line[]; problems: string[] }

/** Reads the first length bytes. */
export function readLines(bytes: Uint8Array, length: number): Lines {
	const entries: Line[] = [];
	const problems: string[] = [];
	if (length >= 2 && (bytes[0] === 0xFF && bytes[1] === 0xFE || bytes[0] === 0xFE && bytes[1] === 0xFF))
		return { entries, problems: ["the file is in UTF-16: save it as UTF-8"] };
	let at = length >= 3 && bytes[0] === 0xEF && bytes[1] === 0xBB && bytes[2] === 0xBF ? 3 : 0;
	for (let line = 1; at < length; line++) {
		let end = at;
		while (end < length && bytes[end] !== 0x0A)
			end++;
		const next = end + 1;
		if (end > at && bytes[end - 1] === 0x0D)
			end--;
		readLine(bytes, at, end, line, entries, problems);
		at = next;
	}
	return { entries, problems };
}

function readLine(bytes: Uint8Array, at: number, end: number, line: number, entries: Line[], problems: string[]): void {
	const text = decodeUTF8(bytes, at, end)?.trim();
	if (text === undefined) {
		problems.push(`line ${line}: this is no UTF-8: save the file as UTF-8`);
		return;
	}
	if (text === "" || text.startsWith("#"))
		return;
	const equals = text.indexOf("=");
	const key = text.slice(0, equals < 0 ? 0 : equals).trim();
	if (key === "") {
		problems.push(`line ${line}: expected key=value`);
		return;
	}
	const earlier = entries.find(entry => entry.key === key);
	if (earlier !== undefined)
		problems.push(`line ${line}: ${key} stands in line ${earlier.line} already`);
	entries.push({ key, value: text.slice(equals + 1).trim(), line, at, end });
}

/** RFC 3629: undefined for what is no UTF-8, and for control characters, which no setting has. XS has no TextDecoder. */
function decodeUTF8(bytes: Uint8Array, at: number, end: number): string | undefined {
	let text = "";
	while (at < end) {
		const first = bytes[at++];
		const more = first < 0x80 ? 0 : first >= 0xC2 && first < 0xE0 ? 1 : first >= 0xE0 && first < 0xF0 ? 2 : first >= 0xF0 && first < 0xF5 ? 3 : -1;
		if (more < 0 || at + more > end || first < 0x20 && first !== 0x09 || first === 0x7F)
			return undefined;
		let code = more === 0 ? first : first & (0x3F >> more);
		for (let i = 0; i < more; i++) {
			const byte = bytes[at++];
			if ((byte & 0xC0) !== 0x80)
				return undefined;
			code = code << 6 | byte & 0x3F;
		}
		if (more === 2 && (code < 0x800 || code >= 0xD800 && code < 0xE000) || more === 3 && (code < 0x10000 || code > 0x10FFFF))
			return undefined;
		text += String.fromCodePoint(code);
	}
	return text;
}

/** The other way, for what is said to the person. */
export function encodeUTF8(text: string): Uint8Array {
	const bytes = new Uint8Array(text.length * 4);
	let at = 0;
	for (const character of text) {
		const code = character.codePointAt(0)!;
		if (code < 0x80)
			bytes[at++] = code;
		else {
			const more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
			bytes[at++] = 0xFF00 >> more + 1 & 0xFF | code >> 6 * more;
			for (let i = more - 1; i >= 0; i--)
				bytes[at++] = 0x80 | code >> 6 * i & 0x3F;
		}
	}
	return bytes.slice(0, at);
}
