/** Bytes as hex digits and back, for tests. */

/** The bytes that the digits name; white space is ignored, anything else is an error. */
export function hex(text: string): Uint8Array {
	const digits = text.replace(/\s+/g, "");
	if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) throw new SyntaxError("hex: not pairs of digits: " + text);
	const bytes = new Uint8Array(digits.length / 2);
	for (let at = 0; at < bytes.length; at++) bytes[at] = parseInt(digits.substring(at * 2, at * 2 + 2), 16);
	return bytes;
}

/** Two lower-case digits for each of bytes[at, end). */
export function toHex(bytes: Uint8Array, at = 0, end = bytes.length): string {
	let text = "";
	for (; at < end; at++) text += (bytes[at]! < 16 ? "0" : "") + bytes[at]!.toString(16);
	return text;
}

/** One byte for each character, all of which must be below U+0080. */
export function ascii(text: string): Uint8Array {
	const bytes = new Uint8Array(text.length);
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code > 0x7F) throw new RangeError("ascii: U+" + code.toString(16) + " in " + text);
		bytes[at] = code;
	}
	return bytes;
}
