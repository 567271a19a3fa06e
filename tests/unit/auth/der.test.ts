import { applicationTag, contextTag, DERReader, DERWriter, Tag } from "../../../modules/auth/der.js";
import { ProtocolError } from "../../../modules/errors/errors.js";
import { bytesEqual, equal, ok, throws } from "../../support/assert.js";
import { ascii, hex, toHex } from "../../support/hex.js";

const reader = (digits: string): DERReader => new DERReader(hex(digits), "TEST");

function written(write: (writer: DERWriter) => void, capacity = 64): Uint8Array {
	const writer = new DERWriter(capacity);
	write(writer);
	return writer.finish();
}

describe("DER reader", () => {
	it("walks in and out of elements", () => {
		const der = reader("6009 a007 3005 020105 0400");
		const application = der.enter(applicationTag(0)), context = der.enter(contextTag(0)), sequence = der.enter(Tag.SEQUENCE);
		equal(der.integer(), 5);
		equal(der.octets().length, 0);
		equal(der.more, false);
		der.leave(sequence);
		der.leave(context);
		der.leave(application);
		equal(der.more, false);
	});
	it("tells what comes next without taking it", () => {
		const der = reader("0400");
		ok(der.next(Tag.OCTET_STRING));
		ok(!der.next(Tag.OID));
		der.skip();
		ok(!der.next(Tag.OCTET_STRING), "at the end");
	});
	it("reads INTEGER and ENUMERATED with their sign", () => {
		for (const [digits, value] of [["020100", 0], ["02017f", 127], ["02020080", 128], ["020180", -128], ["0201ff", -1], ["0205 00ffffffff", 4294967295], ["0206 7fffffffffff", 140737488355327], ["0206 800000000000", -140737488355328]] as const)
			equal(reader(digits).integer(), value, digits);
		equal(reader("0a0103").integer(Tag.ENUMERATED), 3);
	});
	it("reads flags, first bit highest", () => {
		equal(reader("0305 00 40000001").flags(), 0x40000001);
		equal(reader("0306 00 8000000011").flags(), 0x80000000);
	});
	it("compares an OID and passes over it", () => {
		const der = reader("06032b0605 06032b0605 06022b06");
		ok(der.oidIs(hex("2b0605")));
		ok(!der.oidIs(hex("2b0606")));
		ok(!der.oidIs(hex("2b0605")));
		equal(der.more, false);
	});
	it("reads lengths of one and two bytes", () => {
		equal(reader("0481 80" + "00".repeat(128)).octets().length, 128);
		equal(reader("0482 0100" + "00".repeat(256)).octets().length, 256);
		equal(reader("0482 0001 00").octets().length, 1, "longer than needed is no harm");
	});
	it("copies octets", () => {
		const bytes = hex("04021122");
		const content = new DERReader(bytes, "TEST").octets();
		bytes.fill(0);
		bytesEqual(content, "1122");
	});
	it("reads times in the one form of Kerberos", () => {
		for (const [text, time] of [["19700101000000Z", 0], ["20240229123456Z", 1709210096000], ["20370913024805Z", 2136422885000], ["99991231235959Z", 253402300799000], ["20161231235960Z", 1483228800000]] as const)
			equal(new DERReader(hex("180f" + toHex(ascii(text))), "TEST").time(), time, text);
		for (const text of ["20240229123456", "20240229123456z", "20240229123456.0Z", "2024022912345aZ", "20241329123456Z", "20240029123456Z", "20240200123456Z", "20240232123456Z", "20240229243456Z", "20240229126056Z", "20240229123461Z", " 0240229123456Z"])
			throws(() => new DERReader(hex("18" + toHex(Uint8Array.of(text.length)) + toHex(ascii(text))), "TEST").time(), ProtocolError, /time/, text);
	});
	it("tells where content lies, and copies elements whole", () => {
		const der = reader("0402 1122 6103 020105 04");
		equal(der.content(Tag.OCTET_STRING), 2);
		equal(der.at, 4);
		bytesEqual(der.element(0x61), "6103020105");
		equal(der.end, 10);
		throws(() => der.element(0x61), ProtocolError, /ends where/);
	});
	it("refuses what is not DER as we know it", () => {
		for (const [what, digits] of [
			["nothing", ""], ["identifier alone", "04"], ["indefinite length", "0480 0000"], ["length of 3 bytes", "0483000001 00"], ["cut length", "0482 01"],
			["content cut off", "0405 00000000"], ["another tag", "0500"],
		] as const)
			throws(() => reader(digits).octets(), ProtocolError, /^TEST: /, what);
		throws(() => reader("1f8100").skip(), ProtocolError, /identifier/);
		throws(() => reader("0200").integer(), ProtocolError, /integer of 0/);
		throws(() => reader("0207 01000000000000").integer(), ProtocolError, /integer of 7/);
		throws(() => reader("0304 00000000").flags(), ProtocolError, /bit string/);
		throws(() => reader("0305 08 00000000").flags(), ProtocolError, /bit string/);
	});
	it("refuses an element that outgrows the one around it", () => {
		const der = reader("3003 0402 11 22");
		der.enter(Tag.SEQUENCE);
		throws(() => der.octets(), ProtocolError, /only 1 are there/);
	});
	it("refuses to leave what is not used up", () => {
		const der = reader("3004 0400 0400");
		const outer = der.enter(Tag.SEQUENCE);
		der.skip();
		throws(() => der.leave(outer), ProtocolError, /2 bytes too many/);
		der.skipRest();
		der.leave(outer);
	});
	it("stays inside a window of a larger buffer", () => {
		const der = new DERReader(hex("ff 0401 11 22"), "TEST", 1, 4);
		bytesEqual(der.octets(), "11");
		equal(der.more, false);
	});
});

describe("DER writer", () => {
	it("writes from the end, each header last", () => {
		bytesEqual(written(writer => {
			const all = writer.at;
			writer.octets(hex("1122"));
			writer.integer(1, Tag.ENUMERATED);
			writer.wrap(Tag.SEQUENCE, all);
			writer.wrap(contextTag(1), all);
		}), "a1093007 0a0101 04021122");
	});
	it("writes integers in their shortest form", () => {
		for (const [value, digits] of [[0, "020100"], [127, "02017f"], [128, "02020080"], [-1, "0201ff"], [-128, "020180"], [-129, "0202ff7f"], [256, "02020100"], [4294967295, "020500ffffffff"]] as const) {
			bytesEqual(written(writer => writer.integer(value)), digits);
			equal(reader(digits).integer(), value);
		}
	});
	it("writes flags", () => bytesEqual(written(writer => writer.flags(0x40800001)), "0305 00 40800001"));
	it("writes times", () => {
		for (const [time, text] of [[0, "19700101000000Z"], [1709210096999, "20240229123456Z"]] as const)
			bytesEqual(written(writer => writer.time(time)), "180f" + toHex(ascii(text)));
	});
	it("takes elements that are encoded already", () => {
		bytesEqual(written(writer => {
			const all = writer.at;
			writer.integer(5);
			writer.raw(hex("0400"));
			writer.wrap(Tag.SEQUENCE, all);
		}), "3005 0400 020105");
	});
	it("moves what was written and forgets it", () => {
		const writer = new DERWriter(8), to = new Uint8Array(5);
		writer.integer(7);
		equal(writer.length, 3);
		writer.moveTo(to, 1);
		bytesEqual(to, "0002010700");
		equal(writer.length, 0);
		bytesEqual(writer.finish(), "");
		writer.octets(new Uint8Array(2));
		bytesEqual(writer.finish(), "04020000");
	});
	it("writes lengths in their shortest form at every edge", () => {
		for (const [length, header] of [[0, "0400"], [127, "047f"], [128, "048180"], [255, "0481ff"], [256, "04820100"], [65535, "0482ffff"]] as const)
			bytesEqual(written(writer => writer.octets(new Uint8Array(length)), length + 4).slice(0, header.length / 2), header);
	});
	it("refuses what no length can tell", () => throws(() => written(writer => writer.octets(new Uint8Array(65536)), 66000), RangeError));
	it("refuses to exceed its capacity", () => {
		throws(() => written(writer => writer.octets(new Uint8Array(5)), 6), RangeError, /capacity/);
		throws(() => written(writer => writer.octets(new Uint8Array(7)), 6), RangeError, /capacity/);
	});
});
