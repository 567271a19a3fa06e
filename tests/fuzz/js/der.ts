/** DER: any calls of the reader over any bytes, and what a tree of elements becomes when it is written again. */
import { DERReader, DERWriter, Tag } from "../../../modules/auth/der.js";
import { ProtocolError } from "../../../modules/errors/errors.js";
import { ok } from "../../support/assert.js";
import { hex } from "../../support/hex.js";
import { Input, outcome, sumOf } from "../guide/target.js";

/** Bytes tell which calls to make, in which order. */
function calls(input: Input, bytes: Uint8Array): string {
	const reader = new DERReader(bytes, "test"), outers: number[] = [];
	let all = "", mark = 0, level = 0;
	while (input.left > 0) {
		const call = input.byte() % 10, tag = input.byte();
		switch (call) {
			case 0: outers.push(reader.enter(tag)); break;
			case 1: if (outers.length > 0) reader.leave(outers.pop()!); break;
			case 2: reader.skip(); break;
			case 3: reader.skipRest(); break;
			case 4: all += ` ${reader.integer(tag)}`; break;
			case 5: all += ` ${reader.flags()}`; break;
			case 6: all += ` ${sumOf(reader.octets(tag))}`; break;
			case 7: all += ` ${reader.oidIs(bytes.subarray(0, tag))}`; break;
			case 8: [mark, level] = [reader.at, outers.length]; break;
			// A place is only good within its window.
			default: if (level === outers.length && mark <= reader.at) reader.seek(mark);
		}
		ok(reader.at >= 0 && reader.at <= bytes.length, "outside of the bytes");
		if (level > outers.length) [mark, level] = [reader.at, outers.length];
	}
	return all;
}

interface Element { tag: number; content: Uint8Array; inner: Element[] }

/** The elements of what is left; constructed ones with theirs. */
function elements(reader: DERReader, bytes: Uint8Array, depth: number): Element[] {
	const all: Element[] = [];
	while (reader.more) {
		const tag = bytes[reader.at]!;
		if ((tag & 0x20) !== 0 && depth < 8) {
			const outer = reader.enter(tag);
			all.push({ tag, content: new Uint8Array(0), inner: elements(reader, bytes, depth + 1) });
			reader.leave(outer);
		}
		else {
			if (tag === Tag.INTEGER) {
				const at = reader.at;
				outcome([ProtocolError], () => {
					const value = reader.integer(), writer = new DERWriter(16);
					writer.integer(value);
					ok(new DERReader(writer.finish(), "again").integer() === value, "an integer written and read");
					return "";
				});
				reader.seek(at);
			}
			all.push({ tag, content: reader.octets(tag), inner: [] });
		}
	}
	return all;
}

function write(writer: DERWriter, all: readonly Element[]): void {
	for (const { tag, content, inner } of [...all].reverse()) {
		const mark = writer.at;
		if (inner.length > 0) {
			write(writer, inner);
			writer.wrap(tag, mark);
		}
		else writer.octets(content, tag);
	}
}

function encoded(all: readonly Element[], bytes: Uint8Array): Uint8Array {
	const writer = new DERWriter(4 * bytes.length + 16);
	write(writer, all);
	return writer.finish();
}

export function run(bytes: Uint8Array): string {
	const input = new Input(bytes), program = new Input(input.part()), rest = input.rest();
	const read = (whole: Uint8Array): Element[] => elements(new DERReader(whole, "tree"), whole, 0);
	return outcome([ProtocolError], () => calls(program, rest)) + outcome([ProtocolError], () => {
		// Lengths may have been longer than they need to be, so the second writing is compared with the first.
		const once = encoded(read(rest), rest);
		ok(once.length <= rest.length, "longer than what was read");
		ok(sumOf(encoded(read(once), once)) === sumOf(once), "written and read again");
		return sumOf(once);
	});
}

export const seeds = (): Uint8Array[] => [
	hex("0000" + "300a" + "020105" + "0403010203"),
	hex("0008" + "0030" + "0402" + "0604" + "0100" + "300a" + "020105" + "0403010203"),
	hex("0006" + "0030" + "0500" + "0100" + "3007" + "03050040000000"),
	hex("0000" + "a181" + "82" + "308180" + "047e" + "00".repeat(126)),
];
