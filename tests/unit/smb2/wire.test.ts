import { ProtocolError } from "../../../modules/errors/errors.js";
import {
	also, FileTime, filetime, holds, Memory, only, opaque, range, readText, reserved, struct, textLength, u16, u32, u64, u8, writeText,
} from "../../../modules/smb2/wire.js";
import { bytesEqual, equal, throws } from "../../support/assert.js";
import { hex } from "../../support/hex.js";
import { BODY_AT, isGolden, laid, poisoned, received } from "./message.js";

const Sample = struct("SAMPLE Request", {
	StructureSize: only(u16, 49),
	Level:         u8,
	Reserved:      reserved(1),
	Length:        u32,
	Offset:        u64,
	Time:          filetime,
	FileId:        opaque(4),
	Kind:          u16,
	Low:           also(8, u32),
});
const GOLDEN =
	"3100" +             // StructureSize
	"42" +               // Level
	"00" +               // Reserved
	"785634f2" +         // Length
	"8967452301cd0a00" + // Offset
	"30577f26849fda01" + // Time
	"0a0b0c0d" +         // FileId
	"fecd";              // Kind

describe("smb2 wire: struct", () => {
	it("lays fields out in the order of the table, little endian", () => {
		isGolden(Sample, GOLDEN,
			{ Level: 0x42, Length: 0xF2345678, Offset: 0x000ACD0123456789, Time: 1714979289123, FileId: hex("0a0b0c0d"), Kind: 0xCDFE }, [[0, 2]]);
	});

	it("knows its size, of the class and of a window", () => {
		equal(Sample.size, 30);
		equal(new Sample().size, 30);
	});

	it("gives a second reading of bytes that another field holds", () => {
		const { memory, at, end } = received(GOLDEN);
		const sample = new Sample().open(memory, at, end);
		equal(sample.Low, 0x23456789);
		sample.Low = 1;
		equal(sample.Offset, 0x000ACD0100000001);
	});

	it("clears what it begins, reserved fields too", () => {
		bytesEqual(laid((memory, at) => new Sample().begin(memory, at)), "3100" + "00".repeat(28));
	});

	it("can be moved without touching the bytes", () => {
		const { memory, at } = received(GOLDEN);
		const sample = new Sample().aim(memory, at);
		equal(sample.Kind, 0xCDFE);
		equal(sample.end, at + 30);
	});

	it("names the message, the field, what was expected and what came", () => {
		const { memory, at, end } = received("1100" + GOLDEN.slice(4));
		throws(() => new Sample().open(memory, at, end), ProtocolError, /^SAMPLE Request: StructureSize 49 expected, got 0x0011$/);
		throws(() => new Sample().open(memory, at, at + 12), ProtocolError, /^SAMPLE Request: 12 bytes, 30 needed$/);
	});

	it("refuses a caller's wrong place with RangeError", () => {
		const memory = new Memory(new ArrayBuffer(64));
		throws(() => new Sample().begin(memory, 35), RangeError);
		throws(() => new Sample().begin(memory, -1), RangeError);
		throws(() => new Sample().begin(memory, 0, 29), RangeError);
		throws(() => new Sample().begin(memory, 0, 65), RangeError);
		throws(() => new Sample().open(memory, 0, 65), RangeError);
		throws(() => new Sample().open(memory, -1, 64), RangeError);
	});

	it("refuses numbers that do not fit their field", () => {
		const sample = new Sample().begin(new Memory(new ArrayBuffer(64)), 0);
		for (const value of [-1, 0x100, 0.5, NaN, Infinity])
			throws(() => { sample.Level = value; }, RangeError, /Level/);
		for (const value of [-1, 0x10000, 0.5, NaN, Infinity])
			throws(() => { sample.Kind = value; }, RangeError, /Kind/);
		for (const value of [-1, 0x100000000, 0.5, NaN, Infinity])
			throws(() => { sample.Length = value; }, RangeError, /Length/);
		for (const value of [-1, 2 ** 53, 0.5, NaN, Infinity])
			throws(() => { sample.Offset = value; }, RangeError, /Offset/);
		for (const value of [new Uint8Array(3), new Uint8Array(5)])
			throws(() => { sample.FileId = value; }, RangeError, /FileId/);
		bytesEqual(sample.memory.bytes, "3100" + "00".repeat(62));
	});

	it("takes the largest numbers that fit", () => {
		bytesEqual(laid((memory, at) => {
			const sample = new Sample().begin(memory, at);
			sample.Level = 0xFF;
			sample.Kind = 0xFFFF;
			sample.Length = 0xFFFFFFFF;
			sample.Offset = Number.MAX_SAFE_INTEGER;
			return sample;
		}), "3100" + "ff" + "00" + "ffffffff" + "ffffffffffff1f00" + "00".repeat(12) + "ffff");
	});

	it("refuses a received 64-bit number that a Number can't hold", () => {
		const { memory, at, end } = received(GOLDEN);
		const sample = new Sample().open(memory, at, end);
		memory.bytes.set(hex("ffffffffffff1f00"), at + 8);
		equal(sample.Offset, Number.MAX_SAFE_INTEGER);
		memory.bytes.set(hex("0000000000002000"), at + 8);
		throws(() => sample.Offset, ProtocolError, /^SAMPLE Request: Offset below 2\^53 expected, got 0x0020000000000000$/);
		memory.bytes.set(hex("ffffffffffffffff"), at + 8);
		throws(() => sample.Offset, ProtocolError, /0xFFFFFFFFFFFFFFFF/);
	});

	it("hands out copies of opaque bytes", () => {
		const { memory, at, end } = received(GOLDEN);
		const sample = new Sample().open(memory, at, end);
		const id = sample.FileId;
		id[0] = 0;
		bytesEqual(sample.FileId, "0a0b0c0d");
	});

	it("appends aligned to the header, with zeros in the gap, and never past the limit", () => {
		const memory = poisoned(256);
		const sample = new Sample().begin(memory, BODY_AT, BODY_AT + 50);
		equal(sample.headerAt, BODY_AT - 64);
		equal(sample.appendBytes(hex("010203")), BODY_AT + 30);
		equal(sample.append(4, 8), BODY_AT + 40);
		bytesEqual(memory.bytes.slice(BODY_AT + 30, BODY_AT + 45), "010203" + "00000000000000" + "a5a5a5a5a5");
		throws(() => sample.append(7), RangeError, /SAMPLE Request: 7 bytes/);
		throws(() => sample.append(-1), RangeError);
		equal(sample.appendText("\u00e5"), BODY_AT + 44);
		equal(sample.end, BODY_AT + 46);
		equal(sample.append(0, 4), BODY_AT + 48);
		bytesEqual(memory.bytes.slice(BODY_AT + 44, BODY_AT + 50), "e500" + "0000" + "a5a5");
	});
});

describe("smb2 wire: filetime", () => {
	const times: [milliseconds: number, bytes: string][] = [
		[0, "00803ed5deb19d01"],
		[1, "10a73ed5deb19d01"],
		[-1, "f0583ed5deb19d01"],
		[1714979289123, "30577f26849fda01"],
		[253402300799999, "f018c0d15e5ac824"],
		[FileTime.NONE, "0000000000000000"],
		[FileTime.KEEP, "ffffffffffffffff"],
		[FileTime.LATEST, "50e9ffffffffff7f"],
	];
	it("is exact to the millisecond, from 1601 on", () => {
		const memory = poisoned(256);
		for (const [milliseconds, bytes] of times) {
			const sample = new Sample().begin(memory, 0);
			sample.Time = milliseconds;
			bytesEqual(memory.bytes.slice(16, 24), bytes, String(milliseconds));
			equal(sample.Time, milliseconds);
		}
	});

	it("cuts what is finer than a millisecond", () => {
		const { memory, at, end } = received(GOLDEN);
		const sample = new Sample().open(memory, at, end);
		memory.bytes.set(hex("b86a7f26849fda01"), at + 16);
		equal(sample.Time, 1714979289123);
	});

	it("comes back for any millisecond", () => {
		const sample = new Sample().begin(poisoned(64), 0);
		for (let time = FileTime.NONE + 1; time < FileTime.LATEST; time += 9007199254997) {
			sample.Time = time;
			equal(sample.Time, time);
		}
	});

	it("refuses times before 1601 and fractions", () => {
		const sample = new Sample().begin(poisoned(64), 0);
		for (const time of [FileTime.KEEP - 1, 0.5, NaN, Infinity, FileTime.LATEST + 1])
			throws(() => { sample.Time = time; }, RangeError, /Time/);
		sample.memory.bytes.set(hex("feffffffffffffff"), 16);
		throws(() => sample.Time, ProtocolError, /Time after 1601 expected, got 0xFFFFFFFFFFFFFFFE/);
	});
});

describe("smb2 wire: range", () => {
	it("gives the position of a part inside", () => {
		equal(range("X", "Name", 100, 64, 36, 200), 164);
		equal(range("X", "Name", 100, 64, 36, 200, 64), 164);
	});
	it("refuses a part that ends too late or begins too early", () => {
		throws(() => range("X Request", "Name", 100, 64, 37, 200), ProtocolError, /^X Request: Name ends at offset 101, the message at 100$/);
		throws(() => range("X Request", "Name", 100, 63, 1, 200, 64), ProtocolError, /^X Request: Name at offset 63, 64 or more expected$/);
	});
	it("can't wrap", () => {
		throws(() => range("X", "Name", 100, 0xFFFFFFFF, 1, 200), ProtocolError);
		throws(() => range("X", "Name", 100, 1, 0xFFFFFFFF, 200), ProtocolError);
		throws(() => range("X", "Name", 100, 0xFFFFFFFF, 0xFFFFFFFF, 200), ProtocolError);
	});
	it("does not look at the offset of an empty part", () => {
		equal(range("X", "Name", 100, 0xFFFF, 0, 200, 72), 172);
	});
});

describe("smb2 wire: text", () => {
	const emoji = "a\u00e5\u20ac\u{1F600}z";
	it("writes UTF-16LE with surrogate pairs", () => {
		const memory = poisoned(32);
		equal(writeText(memory, 1, emoji), 13);
		bytesEqual(memory.bytes.slice(0, 14), "a5 6100 e500 ac20 3dd8 00de 7a00 a5");
	});
	it("knows beforehand how many bytes that takes", () => {
		equal(textLength(emoji), 12);
		equal(textLength(""), 0);
		equal(textLength("\u{10FFFF}\uFFFF"), 6);
	});
	it("writes the first and the last character of two units", () => {
		const memory = poisoned(16);
		equal(writeText(memory, 0, "\u{10000}\u{10FFFF}"), 8);
		bytesEqual(memory.bytes.slice(0, 9), "00d8 00dc ffdb ffdf a5");
		equal(readText(memory, 0, 8), "\u{10000}\u{10FFFF}");
	});
	it("reads it back as the same string", () => {
		const memory = poisoned(32);
		const end = writeText(memory, 3, emoji);
		const text = readText(memory, 3, end - 3);
		equal(text, emoji);
		equal(text.codePointAt(3), 0x1F600);
	});
	it("keeps halves of pairs that stand alone", () => {
		const { memory, at, end } = received("00de 3dd8 4100 3dd8");
		const text = readText(memory, at, end - at);
		equal(text.length, 4);
		equal(text.charCodeAt(0), 0xDE00);
		equal(text.charCodeAt(1), 0xD83D);
		equal(text.charCodeAt(2), 0x41);
		equal(text.charCodeAt(3), 0xD83D);
	});
	it("refuses half a unit", () => {
		const { memory, at } = received("410042");
		throws(() => readText(memory, at, 3), ProtocolError, /odd|even/);
	});
	it("compares bytes in place", () => {
		const { memory, at } = received("01020304");
		equal(holds(memory, at, hex("0102")), true);
		equal(holds(memory, at + 1, hex("0203")), true);
		equal(holds(memory, at, hex("0103")), false);
		equal(holds(memory, memory.bytes.length - 1, hex("a5a5")), false);
	});
});
