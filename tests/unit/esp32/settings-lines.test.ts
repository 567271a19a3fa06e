/** hosts/esp32/device/settings-lines.ts */
import { encodeUTF8, readLines } from "../../../hosts/esp32/device/settings-lines.js";
import { hex } from "../../support/hex.js";
import { bytesEqual, deepEqual, equal } from "../../support/assert.js";

function read(text: string): { values: Record<string, string>; problems: string[] } {
	const bytes = encodeUTF8(text);
	const { entries, problems } = readLines(bytes, bytes.length);
	return { values: Object.fromEntries(entries.map(({ key, value }) => [key, value])), problems };
}

function problems(bytes: Uint8Array): string[] { return readLines(bytes, bytes.length).problems; }

describe("settings.txt, its lines", () => {
	it("are key=value, with blanks, remarks and empty lines", () => {
		deepEqual(read("# my NAS\n\nserver = nas.local\n  share=media  \n\t# x=y\nuser="), { values: { server: "nas.local", share: "media", user: "" }, problems: [] });
	});

	it("end in LF or CRLF, the last one in nothing", () => {
		deepEqual(read("a=1\r\nb=2\nc=3").values, { a: "1", b: "2", c: "3" });
		deepEqual(read("a=1\r\n\r\n").values, { a: "1" });
		deepEqual(read(""), { values: {}, problems: [] });
	});

	it("keep what follows the first equals sign, and # within", () => {
		deepEqual(read("password=a=b#c==").values, { password: "a=b#c==" });
	});

	it("may begin with a byte order mark", () => {
		deepEqual(read("\uFEFFserver=nas"), { values: { server: "nas" }, problems: [] });
		deepEqual(read("\uFEFF# x\nserver=nas").values, { server: "nas" });
	});

	it("know where they stand", () => {
		const bytes = encodeUTF8("# é\r\nserver=nas\r\n");
		deepEqual(readLines(bytes, bytes.length).entries, [{ key: "server", value: "nas", line: 2, at: 6, end: 16 }]);
	});

	it("hold UTF-8 of one to four bytes", () => {
		for (const text of ["user=Jürgen", "share=スキャン", "path=\u{1F4C4}/x", "a=\u{10FFFF}\uFFFD"]) {
			const [key, value] = text.split("=");
			deepEqual(read(text), { values: { [key!]: value! }, problems: [] });
		}
		bytesEqual(encodeUTF8("aé€\u{1F4C4}"), "61c3a9e282acf09f9384");
	});

	it("that are no UTF-8 are named by number, their text is not shown", () => {
		for (const bad of ["ff", "c3", "c328", "c080", "e08080", "eda080", "f08080aa", "f4908080", "80", "e282", "00", "1b"])
			deepEqual(problems(hex("613d310a623d" + bad + "0a633d33")), ["line 2: this is no UTF-8: save the file as UTF-8"], bad);
	});

	it("in UTF-16 are refused as a whole", () => {
		for (const bad of ["fffe61003d003100", "feff0061003d0031", "fffe"])
			deepEqual(problems(hex(bad)), ["the file is in UTF-16: save it as UTF-8"]);
	});

	it("without a key or an equals sign are wrong, and not quoted: it may be a password", () => {
		deepEqual(read("a=1\nsecret\n=secret").problems, ["line 2: expected key=value", "line 3: expected key=value"]);
	});

	it("that set a key again are wrong", () => {
		deepEqual(read("a=1\nb=2\na=3").problems, ["line 3: a stands in line 1 already"]);
	});

	it("count only as far as they were read", () => {
		const bytes = encodeUTF8("a=1\nb=2");
		equal(readLines(bytes, 4).entries.length, 1);
	});
});
