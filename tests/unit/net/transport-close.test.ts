import { ProtocolError, TransportError } from "../../../modules/errors/errors.js";
import { deepEqual, ok, throws } from "../../support/assert.js";
import { codedError, joined } from "../../support/fake-tcp.js";
import { hex } from "../../support/hex.js";
import { Bench, frame, rule } from "./transport-setup.js";

describe("net: Transport ends", () => {
	rule("by close(): twice is safe, nothing is called afterwards, socket and windows are closed", async () => {
		const bench = new Bench();
		const transport = await bench.asked();
		transport.close();
		transport.close();
		ok(bench.socket.closed);
		ok(bench.windows.length > 0 && bench.windows.every(window => window.closed));
		// A socket that is already on its way into the callbacks.
		const { options } = bench.socket;
		options.onReadable!.call(bench.socket as never, 10);
		options.onWritable!.call(bench.socket as never, 10);
		options.onError!.call(bench.socket as never);
		deepEqual(bench.calls, []);
		throws(() => transport.send(1000, 1001), TransportError, /closed by this side/);
	});

	rule("inside of onMessage, with more messages at hand", async () => {
		const bench = new Bench();
		const transport = await bench.asked();
		transport.onMessage = () => {
			bench.calls.push("message");
			transport.close();
		};
		bench.socket.receive(joined(frame(1), frame(2)));
		deepEqual(bench.calls, ["message"]);
	});

	rule("inside of onMessage, with more bytes than the area holds", async () => {
		const bench = new Bench();
		const transport = await bench.asked();
		transport.onMessage = () => transport.close();
		bench.socket.receive(joined(frame(1), new Uint8Array(1000)));
		ok(bench.socket.closed);
		deepEqual(bench.calls, []);
	});

	rule("inside of onSent, with more messages waiting", async () => {
		const bench = new Bench();
		const transport = await bench.open({}, 0);
		transport.onSent = () => {
			bench.calls.push("sent");
			transport.close();
		};
		transport.send(1000, 1001);
		transport.send(2000, 2001);
		bench.socket.writable(100);
		deepEqual(bench.calls, ["sent"]);
	});

	rule("inside of onError", async () => {
		const bench = new Bench();
		const transport = await bench.asked();
		transport.onError = () => {
			bench.calls.push("error");
			transport.close();
		};
		bench.socket.fail(codedError("ECONNRESET"));
		bench.socket.fail(codedError("ECONNRESET"));
		deepEqual(bench.calls, ["error"]);
	});

	rule("by an error of the socket, once, with the host's code", async () => {
		for (const [code, text] of [["ECONNRESET", /^nas\.local \(10\.0\.0\.10\) reset the connection on port 445$/], ["ETIMEDOUT", /no longer answers/], ["EHOSTUNREACH", /cannot be reached/], ["EOF", /closed the connection/], ["EPIPE", /closed the connection/], ["EWHATEVER", /failed or was closed \(EWHATEVER\)/]] as const) {
			const bench = new Bench();
			const transport = await bench.asked();
			bench.socket.fail(codedError(code));
			deepEqual(bench.calls, ["error " + code]);
			ok(bench.errors[0] instanceof TransportError);
			ok(text.test(bench.errors[0].message), bench.errors[0].message);
			ok(bench.socket.closed);
			throws(() => transport.send(1000, 1001), TransportError, text);
		}
	});

	rule("by an error without a code, as on the device: CLOSED before any byte, EOF after", async () => {
		const bench = new Bench();
		await bench.asked();
		bench.socket.fail();
		deepEqual(bench.calls, ["error CLOSED"]);
		ok(/connection to nas\.local \(10\.0\.0\.10\) port 445 failed or was closed/.test(bench.errors[0]!.message), bench.errors[0]!.message);
		const other = new Bench();
		await other.asked();
		other.socket.receive(frame(1));
		other.calls.length = 0;
		other.socket.fail();
		deepEqual(other.calls, ["error EOF"]);
	});

	rule("in the middle of a message, and says so", async () => {
		const bench = new Bench();
		await bench.asked();
		bench.socket.receive(frame(1, 2, 3, 4).slice(0, 7));
		bench.socket.fail(codedError("EOF"));
		ok(/closed the connection on port 445, 7 bytes into a message/.test(bench.errors[0]!.message), bench.errors[0]!.message);
	});

	rule("by a ProtocolError, after which neither messages nor errors come", async () => {
		const bench = new Bench();
		const transport = await bench.asked();
		bench.socket.receive(joined(frame(1), hex("48 54 54 50"), frame(2)));
		bench.socket.fail();
		deepEqual(bench.calls, ["message 01", "error ProtocolError"]);
		throws(() => transport.send(1000, 1001), ProtocolError, /HTTP/);
	});

	rule("before onError was set: send() throws the reason", async () => {
		const bench = new Bench();
		const transport = await bench.open();
		transport.onError = () => {};
		bench.socket.fail(codedError("ECONNRESET"));
		throws(() => transport.send(1000, 1001), TransportError, /reset the connection/);
	});
});
