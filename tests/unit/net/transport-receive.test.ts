import Timer from "timer";
import { TransportError } from "../../../modules/errors/errors.js";
import { deepEqual, equal, ok, throws } from "../../support/assert.js";
import { joined } from "../../support/fake-tcp.js";
import { ascii, hex, toHex } from "../../support/hex.js";
import { FakeWindow } from "../../support/io-buffer.js";
import { Bench, counting, frame, receiveEnd, rule } from "./transport-setup.js";

function messages(...bodies: number[][]): string[] {
	return bodies.map(body => "message " + toHex(new Uint8Array(body)));
}

describe("net: Transport receives", () => {
	const bodies = [counting(3), counting(17, 50), counting(1, 200), counting(40, 100)];
	const stream = joined(...bodies.map(body => frame(...body)));

	for (const netbios of [false, true]) {
		const name = netbios ? "NetBIOS" : "Direct TCP";
		rule(`whole messages, however they are cut (${name})`, async () => {
			for (let step = 1; step <= stream.length; step++) {
				const bench = new Bench();
				await bench.asked({ netbios });
				bench.socket.receive(stream, step);
				deepEqual(bench.calls, messages(...bodies), "in steps of " + step);
				equal(bench.socket.unread, 0);
			}
		});

		rule(`whole messages, cut in two at each byte (${name})`, async () => {
			for (let cut = 0; cut <= stream.length; cut++) {
				const bench = new Bench();
				await bench.asked({ netbios });
				bench.socket.receive(stream.slice(0, cut));
				equal(bench.socket.unread, 0);
				bench.socket.receive(stream.slice(cut));
				deepEqual(bench.calls, messages(...bodies), "cut at " + cut);
			}
		});
	}

	rule("into another area from one message to the next, with what had come of the next one", async () => {
		const long = counting(600, 3);
		const bench = new Bench();
		const transport = await bench.asked();
		const bytes = joined(frame(...counting(5)), frame(...long), frame(7));
		// A longer message is refused as soon as its length is known.
		for (let cut = 9; cut < 9 + 4; cut++) {
			transport.receiveInto(0, receiveEnd);
			bench.calls.length = 0;
			bench.socket.receive(bytes.slice(0, cut));
			transport.receiveInto(1024, 2048);
			bench.socket.receive(bytes.slice(cut));
			deepEqual(bench.calls, messages(counting(5), long, [7]), "cut at " + cut);
		}
		throws(() => transport.receiveInto(4000, 4097), RangeError, /^receive area/);
		bench.socket.receive(frame(...long).slice(0, 300));
		throws(() => transport.receiveInto(0, receiveEnd), RangeError, /expected more than 304 bytes/);
	});

	rule("more than fits at once, in as few reads as the area allows", async () => {
		const bench = new Bench();
		await bench.asked();
		const many: number[][] = [];
		for (let i = 0; i < 100; i++) many.push(counting(1 + i % 60, i));
		bench.socket.receive(joined(...many.map(body => frame(...body))));
		deepEqual(bench.calls, messages(...many));
		equal(bench.socket.unread, 0);
	});

	rule("a message as long as the area less its prefix, from anywhere in the stream", async () => {
		const longest = counting(receiveEnd - 4);
		for (let before = 1; before < 10; before++) {
			const bench = new Bench();
			await bench.asked();
			bench.socket.receive(joined(frame(...counting(before)), frame(...longest), frame(9)));
			deepEqual(bench.calls, messages(counting(before), longest, [9]));
		}
	});

	rule("into its area only", async () => {
		const bench = new Bench();
		bench.bytes.fill(0xA5);
		await bench.asked({ receiveAt: 512, receiveEnd: 512 + 256 });
		bench.bytes.fill(0xA5);
		bench.socket.receive(joined(stream, stream, frame(...counting(252)), stream));
		equal(bench.calls.length, 13);
		for (let at = 0; at < bench.bytes.length; at++)
			if (at < 512 || at >= 768) equal(bench.bytes[at], 0xA5, "byte " + at);
	});

	rule("no message longer than the area", async () => {
		for (const [prefix, text] of [["00 00 00 FD", /253 bytes, expected at most 252/], ["00 FF FF FF", /16777215 bytes, expected at most 252/], ["00 7F FF FF", /8388607 bytes/]] as const) {
			const bench = new Bench();
			await bench.asked();
			bench.socket.receive(joined(frame(1), hex(prefix)), 1);
			deepEqual(bench.calls, [...messages([1]), "error ProtocolError"]);
			ok(text.test(bench.errors[0]!.message), bench.errors[0]!.message);
			ok(bench.socket.closed);
		}
	});

	rule("no message of more than 17 bits of length in a NetBIOS session, though it would fit", async () => {
		const memory = new ArrayBuffer(0x40000);
		for (const [prefix, expected] of [["00 02 00 00", "error ProtocolError"], ["00 80 00 01", "error ProtocolError"]]) {
			const bench = new Bench();
			const transport = await bench.open({ netbios: true, memory, window: () => new FakeWindow(memory), receiveAt: 0x1000, receiveEnd: 0x40000 });
			transport.send(512, 513);
			bench.calls.length = 0;
			bench.socket.receive(hex(prefix!));
			deepEqual(bench.calls, [expected]);
		}
		const bench = new Bench();
		const transport = await bench.open({ netbios: true, memory, window: () => new FakeWindow(memory), receiveAt: 0x1000, receiveEnd: 0x40000 });
		transport.send(512, 513);
		let length = 0;
		transport.onMessage = (at, end) => { length = end - at; };
		bench.socket.receive(joined(hex("00 01 FF FF"), new Uint8Array(0x1FFFF)));
		equal(length, 0x1FFFF);
	});

	rule("no empty message", async () => {
		for (const netbios of [false, true]) {
			const bench = new Bench();
			await bench.asked({ netbios });
			bench.socket.receive(hex("00 00 00 00"));
			deepEqual(bench.calls, ["error ProtocolError"]);
			ok(/empty message/.test(bench.errors[0]!.message), bench.errors[0]!.message);
		}
	});

	rule("no other kind of service, and says what came", async () => {
		for (const [bytes, text] of [
			[ascii("HTTP/1.1 400 Bad Request\r\n"), /^nas\.local \(10\.0\.0\.10\) port 445 sent 0x48 0x54 0x54 0x50 \("HTTP"\).*SMB server\?/],
			[ascii("SSH-2.0-x\r\n"), /\("SSH-"\)/],
			[hex("15 03 01 00 02"), /0x15 0x03 0x01 0x00, which/],
			[hex("82 00 00 00"), /NetBIOS session service.*139/],
			[hex("83 00 00 01 80"), /NetBIOS session service.*139/],
			[hex("85 00 00 00"), /0x85 0x00 0x00 0x00/],
		] as const) {
			const bench = new Bench();
			await bench.asked();
			bench.socket.receive(bytes, 1);
			deepEqual(bench.calls, ["error ProtocolError"]);
			ok(text.test(bench.errors[0]!.message), bench.errors[0]!.message);
		}
	});

	rule("keep-alives in a NetBIOS session, and passes over them", async () => {
		for (let step = 1; step < 12; step++) {
			const bench = new Bench();
			await bench.asked({ netbios: true });
			bench.socket.receive(joined(hex("85 00 00 00"), frame(1, 2), hex("85 00 00 00 85 00 00 00"), frame(3)), step);
			deepEqual(bench.calls, messages([1, 2], [3]));
		}
		for (const prefix of ["85 00 00 01", "82 00 00 00", "83 00 00 01", "84 00 00 06", "81 00 00 44", "48 54 54 50"]) {
			const bench = new Bench();
			await bench.asked({ netbios: true });
			bench.socket.receive(hex(prefix));
			deepEqual(bench.calls, ["error ProtocolError"], prefix);
		}
	});

	rule("nothing before a message was sent", async () => {
		for (const netbios of [false, true]) {
			const bench = new Bench();
			await bench.open({ netbios });
			bench.socket.receive(frame(1));
			deepEqual(bench.calls, ["error ProtocolError"]);
			ok(/before it was asked/.test(bench.errors[0]!.message), bench.errors[0]!.message);
		}
	});

	rule("no more of a message that stops in the middle than its time-out allows", async () => {
		for (const part of [frame(1, 2, 3).slice(0, 6), frame(1).slice(0, 1)]) {
			const bench = new Bench();
			const transport = await bench.asked({ messageTimeoutMs: 20 });
			const ended = new Promise<Error>(resolve => { transport.onError = resolve; });
			bench.socket.receive(part);
			const error = await ended;
			ok(error instanceof TransportError);
			equal(error.code, "ETIMEDOUT");
			ok(/stopped in the middle of a message/.test(error.message), error.message);
			ok(bench.socket.closed);
		}
	});

	rule("without a time-out while nothing is half received", async () => {
		const bench = new Bench();
		await bench.asked({ messageTimeoutMs: 240 });
		// Each message takes its time, all of them together more than the time-out; and then there is a silence.
		for (let i = 0; i < 7; i++) {
			bench.socket.receive(frame(i).slice(0, 2));
			await new Promise<void>(resolve => { Timer.set(() => resolve(), 50); });
			bench.socket.receive(frame(i).slice(2));
		}
		await new Promise<void>(resolve => { Timer.set(() => resolve(), 400); });
		deepEqual(bench.calls, messages([0], [1], [2], [3], [4], [5], [6]));
	});
});
