import { ProtocolError } from "../../../modules/errors/errors.js";
import { ErrorContext, ErrorResponse } from "../../../modules/smb2/error.js";
import { equal, throws } from "../../support/assert.js";
import { isGolden, patched, received, truncated } from "./message.js";

const FIXED =
	"0900" +     // StructureSize
	"00" +       // ErrorContextCount
	"00" +       // Reserved
	"00000000";  // ByteCount

/** Two contexts: one of a redirect, which is skipped, and one with a length. */
const CONTEXTS =
	"0900" + "02" + "00" + "1c000000" +
	"03000000" + // ErrorDataLength
	"53526472" + // ErrorId: share redirect
	"aabbcc" +   // ErrorContextData
	"0000000000" +
	"04000000" + // ErrorDataLength
	"00000000" + // ErrorId: default
	"00100000";  // ErrorContextData: the length needed

function requiredLength(body: string | Uint8Array): number | undefined {
	const { memory, at, end } = received(body);
	return new ErrorResponse().open(memory, at, end).requiredLength();
}

describe("smb2 ERROR Response", () => {
	it("is golden", () => {
		isGolden(ErrorResponse, FIXED, { ErrorContextCount: 0, ByteCount: 0 }, [[0, 2]]);
		isGolden(ErrorContext, "0400000053526472", { ErrorDataLength: 4, ErrorId: 0x72645253 });
	});

	it("may end with the one byte that stands for no data", () => {
		equal(requiredLength(FIXED + "00"), undefined);
	});

	it("says how long a buffer is needed: bare data before 3.1.1, a context since", () => {
		equal(requiredLength("0900" + "00" + "00" + "04000000" + "78560000"), 0x5678);
		equal(requiredLength(CONTEXTS), 4096);
		equal(requiredLength("0900" + "00" + "00" + "03000000" + "785600"), undefined);
		equal(requiredLength("0900" + "01" + "00" + "08000000" + "00000000" + "00000000"), undefined);
	});

	it("skips contexts of other kinds", () => {
		equal(requiredLength("0900" + "01" + "00" + "24000000" + "1c000000" + "01000000" + "18000000" + "53594d4c" + "0c0000a0" + "0c000000" + "000000000000000000000000"), undefined);
	});

	it("is refused cut at any length", () => {
		truncated(CONTEXTS, (memory, at, end) => new ErrorResponse().open(memory, at, end).requiredLength());
	});

	it("is refused when lengths or counts are wild", () => {
		for (const count of [3, 255])
			equal(requiredLength(patched(CONTEXTS, 2, 1, count)), 4096, "the length is found before what is missing");
		for (const byteCount of [29, 0x100, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
			throws(() => requiredLength(patched(CONTEXTS, 4, 4, byteCount)), ProtocolError);
		for (const length of [21, 0x7FFFFFFF, 0xFFFFFFF8, 0xFFFFFFFF])
			throws(() => requiredLength(patched(CONTEXTS, 8, 4, length)), ProtocolError);
		throws(() => requiredLength("0900" + "02" + "00" + "0b000000" + "03000000" + "53526472" + "aabbcc"), ProtocolError, /2 contexts in 11 bytes/);
	});
});
