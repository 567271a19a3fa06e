import { TransportError } from "../../../modules/errors/errors.js";
import { bytesEqual, deepEqual, equal, ok, throws } from "../../support/assert.js";
import { joined } from "../../support/fake-tcp.js";
import { FakeWindow } from "../../support/io-buffer.js";
import { Bench, counting, frame, memoryLength, rule } from "./transport-setup.js";

describe("net: Transport sends", () => {
	rule("a message behind its length, and gives the memory back", async () => {
		const bench = new Bench();
		const transport = await bench.open();
		bench.bytes.fill(0xA5);
		bench.bytes.set(counting(258), 1000);
		transport.send(1000, 1258);
		bytesEqual(bench.socket.written, joined(new Uint8Array([0, 0, 1, 2]), new Uint8Array(counting(258))));
		equal(bench.bytes[995], 0xA5);
		equal(bench.bytes[1258], 0xA5);
		deepEqual(bench.calls, ["sent 1000"]);
		deepEqual(bench.socket.writes, [262]);
		ok(!transport.sending);
	});

	rule("the rest as room comes back, whatever room there is", async () => {
		const first = counting(20);
		const second = counting(9, 100);
		const whole = joined(frame(...first), frame(...second));
		for (let room = 1; room <= whole.length + 1; room++) {
			const bench = new Bench();
			const transport = await bench.open({}, 0);
			bench.bytes.set(first, 1000);
			bench.bytes.set(second, 2000);
			transport.send(1000, 1020);
			transport.send(2000, 2009);
			equal(bench.socket.writes.length, 0, "no room");
			for (let written = 0; written < whole.length; written = bench.socket.written.length) {
				ok(transport.sending);
				bench.socket.writable(room);
				equal(bench.socket.written.length, Math.min(written + room, whole.length), "room " + room);
				const sent = bench.socket.written.length >= whole.length ? 2 : bench.socket.written.length >= 24 ? 1 : 0;
				equal(bench.calls.length, sent, "room " + room);
			}
			bytesEqual(bench.socket.written, whole);
			deepEqual(bench.calls, ["sent 1000", "sent 2000"]);
			ok(!transport.sending);
		}
	});

	rule("one message of parts that lie apart, whatever room there is", async () => {
		const parts = [[1000, 1020], [3000, 3007], [2000, 2009]] as const;
		const whole = joined(new Uint8Array([0, 0, 0, 36]), new Uint8Array(counting(20)), new Uint8Array(counting(7, 50)), new Uint8Array(counting(9, 100)));
		for (let room = 1; room <= whole.length + 1; room++) {
			const bench = new Bench();
			const transport = await bench.open({}, room);
			parts.forEach(([at, end], i) => bench.bytes.set(counting(end - at, 50 * i), at));
			transport.send(1000, 1020, 16);
			transport.sendMore(3000, 3007);
			transport.sendMore(2000, 2009);
			while (bench.socket.written.length < whole.length) bench.socket.writable(room);
			bytesEqual(bench.socket.written, whole);
			deepEqual(bench.calls, ["sent 1000", "sent 3000", "sent 2000"]);
		}
	});

	rule("nothing else before the last part is there, and no part too much", async () => {
		const bench = new Bench();
		const transport = await bench.open();
		throws(() => transport.sendMore(1000, 1001), RangeError, /0 bytes of the message before it/);
		transport.send(1000, 1020, 16);
		throws(() => transport.send(2000, 2009), RangeError, /16 bytes of the message before it are still to come/);
		throws(() => transport.sendMore(2000, 2017), RangeError, /16 bytes of the message before it are still to come/);
		transport.sendMore(2000, 2016);
		transport.send(3000, 3001);
		deepEqual(bench.calls, ["sent 1000", "sent 2000", "sent 3000"]);
		const announced = new Bench(), long = await announced.open();
		throws(() => long.send(1000, 1020, 0xFFFFFF), RangeError, /16777215 are the most/);
	});

	rule("nothing more where the room is used up", async () => {
		const bench = new Bench();
		const transport = await bench.open({}, 100);
		transport.send(1000, 1096);
		equal(bench.socket.room, 0);
		transport.send(1200, 1210);
		deepEqual(bench.calls, ["sent 1000"]);
		bench.socket.writable(13);
		ok(transport.sending);
		bench.socket.writable(1);
		deepEqual(bench.calls, ["sent 1000", "sent 1200"]);
	});

	rule("from inside onSent and onMessage, in order and without recursion", async () => {
		const bench = new Bench();
		const transport = await bench.open();
		let depth = 0;
		let next = 1;
		transport.onSent = at => {
			equal(depth++, 0, "onSent inside of onSent");
			bench.calls.push("sent " + at);
			if (next < 200) transport.send(1000 + 8 * next, 1001 + 8 * next++);
			depth--;
		};
		transport.send(1000, 1001);
		equal(bench.calls.length, 200);
		for (let i = 0; i < 200; i++) equal(bench.calls[i], "sent " + (1000 + 8 * i));
		transport.onSent = () => {};
		transport.onMessage = () => transport.send(3000, 3002);
		bench.socket.taken();
		bench.bytes.set([7, 8], 3000);
		bench.socket.receive(joined(frame(1), frame(2)));
		bytesEqual(bench.socket.written, joined(frame(7, 8), frame(7, 8)));
	});

	rule("at most 32 waiting messages, again and again", async () => {
		const bench = new Bench();
		const transport = await bench.open({}, 0);
		for (let round = 0; round < 3; round++) {
			for (let i = 0; i < 32; i++) transport.send(1000 + 10 * i, 1001 + 10 * i);
			const before = bench.bytes.slice();
			throws(() => transport.send(2000, 2001), RangeError, /32 messages/);
			bytesEqual(bench.bytes, before, "a refused message leaves the memory alone");
			bench.calls.length = 0;
			// Seven of them, then all but the one that is put behind them.
			bench.socket.writable(7 * 5);
			equal(bench.calls.length, 7);
			for (let i = 0; i < 7; i++) transport.send(2000 + 10 * i, 2001 + 10 * i);
			throws(() => transport.send(3000, 3001), RangeError, /32 messages/);
			bench.socket.writable(1000);
			equal(bench.calls.length, 39);
			for (let i = 0; i < 39; i++) equal(bench.calls[i], "sent " + (i < 32 ? 1000 + 10 * i : 2000 + 10 * (i - 32)));
			ok(!transport.sending);
			bench.socket.writable(0);
		}
	});

	rule("no message that is empty, too long or outside of the memory", async () => {
		const bench = new Bench();
		const transport = await bench.open();
		for (const [at, end] of [[1000, 1000], [1000, 999], [3, 10], [0, 1], [4, memoryLength + 1], [NaN, 10], [10, NaN], [memoryLength, memoryLength + 1]])
			throws(() => transport.send(at!, end!), RangeError, /expected 1 to 16777215 bytes/, `[${at}, ${end})`);
		equal(bench.socket.written.length, 0);
		transport.send(4, memoryLength);
		equal(bench.socket.written.length, memoryLength);
	});

	rule("up to 24 bits of length over Direct TCP, 17 in a NetBIOS session", async () => {
		const memory = new ArrayBuffer(0x20400);
		const window = (): FakeWindow => new FakeWindow(memory);
		const bench = new Bench();
		const direct = await bench.open({ memory, window }, 0x40000);
		equal(direct.maxLength, 0xFFFFFF);
		direct.send(512, 512 + 0x10203);
		equal(bench.socket.written.length, 0x10207);
		bytesEqual(bench.socket.written.slice(0, 4), "00 01 02 03");
		const session = await bench.open({ netbios: true, memory, window }, 0x40000);
		equal(session.maxLength, 0x1FFFF);
		throws(() => session.send(512, 512 + 0x20000), RangeError, /1 to 131071 bytes/);
		session.send(512, 512 + 0x1FFFF);
		equal(bench.socket.written.length, 0x20003);
		bytesEqual(bench.socket.written.slice(0, 4), "00 01 FF FF");
	});

	for (const broken of ["throw", "undefined"] as const) {
		rule(`nothing lost where write() answers ${broken}: what was received is handed out, then the error`, async () => {
			const bench = new Bench();
			const transport = await bench.asked();
			bench.socket.broken = broken;
			transport.onMessage = () => {
				bench.calls.push("message");
				transport.send(1000, 1001);
			};
			bench.socket.receive(joined(frame(1), frame(2)));
			bench.socket.fail();
			deepEqual(bench.calls, ["message", "message", "error EOF"]);
		});

		rule(`no longer than a message's time-out where write() answers ${broken} and no error follows`, async () => {
			const bench = new Bench();
			const transport = await bench.asked({ messageTimeoutMs: 20 });
			bench.socket.broken = broken;
			const ended = new Promise<Error>(resolve => { transport.onError = resolve; });
			transport.send(1000, 1001);
			const error = await ended;
			ok(error instanceof TransportError);
			ok(/failed or was closed: write: (not ready|not taken)$/.test(error.message), error.message);
			ok(bench.socket.closed);
		});
	}
});
