/**
 * Text as UTF-16LE, as NTLM wants it. Walks by code point, for XS indexes strings by code point and other engines by code unit.
 */

/** Bytes that writeUTF16 writes. */
export function utf16Length(text: string): number {
	let length = 0;
	for (const character of text)
		length += character.codePointAt(0)! > 0xFFFF ? 4 : 2;
	return length;
}

/** Writes text to bytes at at; returns the position past it. The caller made room. */
export function writeUTF16(text: string, bytes: Uint8Array, at: number): number {
	for (const character of text)
		at = writeCodePoint(character.codePointAt(0)!, bytes, at);
	return at;
}

/**
 * Writes text in the upper case that Windows compares names in. It maps one code unit to one, so ß stays; and no letter beyond ASCII becomes an
 * ASCII one (dotless i, long s) or leaves its alphabet (micro sign). The length is that of the text as it was.
 */
export function writeUpperUTF16(text: string, bytes: Uint8Array, at: number): number {
	for (const character of text)
		at = writeCodePoint(upper(character), bytes, at);
	return at;
}

function upper(character: string): number {
	const code = character.codePointAt(0)!;
	if (code < 0x80)
		return code >= 0x61 && code <= 0x7A ? code - 0x20 : code;
	if (code === 0xB5 || code > 0xFFFF)
		return code;
	const mapped = character.toUpperCase();
	const first = mapped.codePointAt(0)!;
	return first < 0x80 || first > 0xFFFF || mapped !== String.fromCodePoint(first) ? code : first;
}

function writeCodePoint(code: number, bytes: Uint8Array, at: number): number {
	if (code > 0xFFFF) {
		code -= 0x10000;
		at = writeUnit(0xD800 | code >> 10, bytes, at);
		code = 0xDC00 | code & 0x3FF;
	}
	return writeUnit(code, bytes, at);
}

function writeUnit(unit: number, bytes: Uint8Array, at: number): number {
	bytes[at] = unit & 0xFF;
	bytes[at + 1] = unit >> 8;
	return at + 2;
}
