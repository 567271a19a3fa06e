/** Text as UTF-8 (RFC 3629), as Kerberos wants it. Walks by code point, for XS indexes strings by code point and other engines by code unit. */

/** Half a surrogate pair stands for no character: U+FFFD, which does. */
const replacement = 0xFFFD;

function codePoint(character: string): number {
	const code = character.codePointAt(0)!;
	return code >= 0xD800 && code <= 0xDFFF ? replacement : code;
}

export function utf8(text: string): Uint8Array {
	let length = 0;
	for (const character of text) {
		const code = codePoint(character);
		length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	}
	const bytes = new Uint8Array(length);
	let at = 0;
	for (const character of text) {
		const code = codePoint(character);
		if (code < 0x80)
			bytes[at++] = code;
		else {
			const more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
			bytes[at++] = (0xFF00 >> more + 1 & 0xFF) | code >> 6 * more;
			for (let shift = 6 * (more - 1); shift >= 0; shift -= 6)
				bytes[at++] = 0x80 | code >> shift & 0x3F;
		}
	}
	return bytes;
}

/** The text of bytes[at, end). What is no UTF-8 becomes U+FFFD, and so do control characters: such text is for names and messages. */
export function readUTF8(bytes: Uint8Array, at = 0, end = bytes.length): string {
	let text = "";
	while (at < end) {
		const first = bytes[at++];
		const more = first < 0x80 ? 0 : first >= 0xC2 && first < 0xE0 ? 1 : first >= 0xE0 && first < 0xF0 ? 2 : first >= 0xF0 && first < 0xF5 ? 3 : -1;
		let code = more < 0 ? replacement : more === 0 ? first : first & 0x3F >> more;
		for (let i = 0; i < more; i++) {
			const next = at < end ? bytes[at] : 0;
			if ((next & 0xC0) !== 0x80) {
				code = replacement;
				break;
			}
			code = code << 6 | next & 0x3F;
			at++;
		}
		const overlong = more === 2 && code < 0x800 || more === 3 && code < 0x10000;
		text += String.fromCodePoint(code < 0x20 || code === 0x7F || overlong || code > 0x10FFFF || code >= 0xD800 && code <= 0xDFFF ? replacement : code);
	}
	return text;
}
