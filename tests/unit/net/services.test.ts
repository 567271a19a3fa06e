import { findServices, readAnswer, writeQuery } from "../../../modules/net/services.js";
import { ProtocolError, TransportError } from "../../../modules/errors/errors.js";
import { bytesEqual, deepEqual, equal, ok, rejects, throws } from "../../support/assert.js";
import { codedError, FakeNetwork, type FakeTCP } from "../../support/fake-tcp.js";
import { ascii, hex, toHex } from "../../support/hex.js";

const name = "_kerberos._tcp.HOME.TEST";
const question = "09 5f6b65726265726f73 04 5f746370 04 484f4d45 04 54455354 00".replace(/ /g, "");

/** A record for the question's name: c00c points at it. */
function srv(priority: number, weight: number, port: number, target: string): string {
	const data = [priority, weight, port].map(value => value.toString(16).padStart(4, "0")).join("") + target;
	return `c00c 0021 0001 00000e10 ${(data.length / 2).toString(16).padStart(4, "0")} ${data}`;
}
const labels = (host: string): string => host.split(".").map(label => toHex(Uint8Array.of(label.length)) + toHex(ascii(label))).join("") + "00";

/** An answer to query. */
function answer(query: Uint8Array, records: readonly string[], flags = "8180"): Uint8Array {
	return hex(toHex(query, 0, 2) + flags + "0001" + records.length.toString(16).padStart(4, "0") + "0000 0000" + question + "0021 0001" + records.join(""));
}

describe("services of the DNS", () => {
	it("are asked for as RFC 1035 and RFC 2782 have it", () => {
		const query = writeQuery(name);
		bytesEqual(query.slice(2), "0100 0001 0000 0000 0000" + question + "0021 0001");
		for (const wrong of ["", "a..b", "a b", "x".repeat(64), `${"a.".repeat(127)}a`, "ü"])
			throws(() => writeQuery(wrong), RangeError, /no name of the DNS/, wrong);
	});
	it("come by priority, then by weight", () => {
		const query = writeQuery(name);
		deepEqual(readAnswer(answer(query, [
			srv(10, 1, 88, labels("third.home.test")), srv(0, 5, 88, labels("second.home.test")), srv(0, 50, 750, labels("first.home.test")),
		]), query), [{ host: "first.home.test", port: 750 }, { host: "second.home.test", port: 88 }, { host: "third.home.test", port: 88 }]);
	});
	it("with names that are continued elsewhere, and other records between them", () => {
		const query = writeQuery(name);
		// c01b: "HOME.TEST" in the question.
		deepEqual(readAnswer(answer(query, ["c00c 0005 0001 00000000 0002 c00c", srv(0, 0, 88, "026463c01b")]), query), [{ host: "dc.HOME.TEST", port: 88 }]);
	});
	it("are none where the name is unknown, and where a dot says so", () => {
		const query = writeQuery(name);
		deepEqual(readAnswer(answer(query, [], "8183"), query), []);
		deepEqual(readAnswer(answer(query, []), query), []);
		deepEqual(readAnswer(answer(query, [srv(0, 0, 0, "00")]), query), []);
	});
	it("are at most eight", () => {
		const query = writeQuery(name);
		equal(readAnswer(answer(query, Array.from({ length: 20 }, (_, i) => srv(i, 0, 88, labels(`dc${i}`)))), query).length, 8);
	});
	it("are refused where the answer is none, cut anywhere, or runs in circles", () => {
		const query = writeQuery(name), good = answer(query, [srv(0, 0, 88, "026463c01b")]);
		for (let length = 0; length < good.length; length++)
			throws(() => readAnswer(good.slice(0, length), query), ProtocolError, /DNS/, `${length} bytes`);
		const other = good.slice();
		other[0]! ^= 1;
		throws(() => readAnswer(other, query), ProtocolError, /no answer to this question/);
		throws(() => readAnswer(answer(query, [], "0180"), query), ProtocolError, /no answer/);
		throws(() => readAnswer(answer(query, [], "8185"), query), ProtocolError, /RCODE 5/);
		const at = toHex(good).indexOf("026463c01b") / 2;
		throws(() => readAnswer(answer(query, [srv(0, 0, 88, `c0${at.toString(16)}`)]), query), ProtocolError, /a name that is none/);
		throws(() => readAnswer(answer(query, [srv(0, 0, 88, "c0ff")]), query), ProtocolError, /a name that is none/);
		throws(() => readAnswer(answer(query, [srv(0, 0, 88, "7f61")]), query), ProtocolError, /a name that is none/);
		throws(() => readAnswer(answer(query, ["c00c 0021 0001 00000000 0006 000000000058"]), query), ProtocolError, /too short/);
	});
	it("any bytes give services or ProtocolError", () => {
		const query = writeQuery(name), good = answer(query, [srv(0, 5, 88, "026463c01b"), srv(10, 1, 88, labels("third.home.test"))]);
		let state = 0x5EED, refused = 0;
		const next = (below: number): number => {
			state = (state * 1103515245 + 12345) % 2147483648;
			return Math.floor(state / 65536) % below;
		};
		for (let round = 0; round < 1000; round++) {
			const bytes = good.slice(0, next(4) === 0 ? next(good.length) : good.length);
			for (let writes = 1 + next(3); writes > 0 && bytes.length > 0; writes--)
				bytes[next(bytes.length)] = next(2) === 0 ? next(256) : [0, 0xC0, 0xC1, 0xFF, 0x3F, 0x40][next(6)]!;
			try { readAnswer(bytes, query); }
			catch (error) {
				if (!(error instanceof ProtocolError)) throw error;
				refused++;
			}
		}
		ok(refused > 100, String(refused));
	});

	const replies = (bytes: (query: Uint8Array) => Uint8Array) => (socket: FakeTCP): void => {
		socket.onWritten = () => {
			const reply = bytes(socket.written.slice(2));
			socket.receive(hex(reply.length.toString(16).padStart(4, "0") + toHex(reply)));
		};
		socket.writable(1000);
	};

	it("the next name server is asked where one fails", async () => {
		const network = new FakeNetwork(), plays = [(socket: FakeTCP) => socket.fail(codedError("ECONNREFUSED")), replies(query => answer(query, [srv(0, 0, 88, labels("dc.home.test"))]))];
		network.onSocket = socket => plays.shift()!(socket);
		const found = await findServices({ TCP: network.TCP, resolve: () => {}, nameServers: ["10.0.0.1", "10.0.0.2"], nameServerPort: 5353 }, name);
		deepEqual(found, [{ host: "dc.home.test", port: 88 }]);
		deepEqual(network.sockets.map(({ options: { address, port } }) => [address, port]), [["10.0.0.1", 5353], ["10.0.0.2", 5353]]);
	});
	it("without name servers, or with none that answers, there is a clear word", async () => {
		const network = new FakeNetwork();
		await rejects(() => findServices({ TCP: network.TCP, resolve: () => {}, nameServers: [] }, name), TransportError, /no name server is known/);
		network.onSocket = replies(query => answer(query, [], "8182"));
		await rejects(() => findServices({ TCP: network.TCP, resolve: () => {}, nameServers: ["10.0.0.1"] }, name), TransportError, /_kerberos\._tcp\.HOME\.TEST can't be looked up: DNS: the name server refuses: RCODE 2/);
		equal(network.last.options.port, 53);
	});
});
