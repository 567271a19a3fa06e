/** hosts/esp32/device/network.ts and links.ts, over interfaces that behave as the SDK's do. */
import { joinTrouble } from "../../../hosts/esp32/device/join-trouble.js";
import { checkWiFi, ethernet, wifi } from "../../../hosts/esp32/device/links.js";
import { Network, type Link } from "../../../hosts/esp32/device/network.js";
import { deepEqual, equal, ok, throws } from "../../support/assert.js";
import { FakeTimer } from "./fake-timer.js";

class FakeInterface {
	static last: FakeInterface;
	connection = 200;
	address: string | undefined;
	calls: unknown[] = [];
	refuse: string | undefined;
	readonly onChanged: () => void;
	constructor({ onChanged }: { onChanged: () => void }) {
		this.onChanged = onChanged;
		FakeInterface.last = this;
	}
	connect(options?: unknown): void {
		this.calls.push(options ?? "connect");
		if (this.refuse !== undefined) throw new Error(this.refuse);
		if (this.connection === 300) throw new Error("already connecting");
		this.connection = 300;
	}
	disconnect(): void {
		this.calls.push("disconnect");
		this.connection = 200;
		this.address = undefined;
	}
	become(connection: number, address?: string): void {
		this.connection = connection;
		this.address = address;
		this.onChanged();
	}
}

interface Fixture { timer: FakeTimer; io: FakeInterface; network: Network; events: string[]; log: string[] }

function start(open: (changed: () => void) => Link = changed => wifi(FakeInterface, "home", "correct horse", changed)): Fixture {
	const timer = new FakeTimer();
	const events: string[] = [];
	const log: string[] = [];
	const network = new Network({
		open, Timer: timer, log: line => log.push(line), onUp: address => events.push(`up ${address}`), onDown: () => events.push("down"),
	});
	network.start();
	return { timer, io: FakeInterface.last, network, events, log };
}

const wired = (changed: () => void): Link => ethernet(FakeInterface, changed);

describe("network", () => {
	it("joins with name and passphrase, or with the name alone where there is none", () => {
		deepEqual(start().io.calls, [{ SSID: "home", password: "correct horse" }]);
		deepEqual(start(changed => wifi(FakeInterface, "open", "", changed)).io.calls, [{ SSID: "open" }]);
	});

	it("is up once there is an address, and says so once", () => {
		const { io, events, network } = start();
		io.become(400);
		deepEqual(events, []);
		io.become(500, "192.168.1.9");
		io.become(500, "192.168.1.9");
		deepEqual(events, ["up 192.168.1.9"]);
		equal(network.address, "192.168.1.9");
	});

	it("finds an IPv4 address that nobody tells of while the interface waits for IPv6", () => {
		const { io, events, timer } = start();
		io.become(400);
		io.address = "fe80::1";
		timer.pass(2000);
		deepEqual(events, []);
		io.address = "192.168.1.9";
		timer.pass(1000);
		deepEqual(events, ["up 192.168.1.9"]);
	});

	it("tries again when refused, with pauses that double up to a minute", () => {
		const { io, timer, log } = start();
		const begins: number[] = [];
		for (let tries = 0; tries < 9; tries++) {
			begins.push(timer.now);
			const before = io.calls.filter(call => typeof call === "object").length;
			io.become(200);
			while (io.calls.filter(call => typeof call === "object").length === before) timer.pass(500);
		}
		deepEqual(begins.map((at, i) => i === 0 ? 0 : at - begins[i - 1]!), [0, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000]);
		ok(log[0]!.includes("Wi-Fi \"home\": refused or out of reach; check ssid and passphrase") && log[0]!.endsWith("Next try in 1 s"), log[0]);
		ok(!log.join().includes("horse"));
	});

	it("says why the access point refused or was lost, where the board can tell", () => {
		let reason = 0;
		let watched = 0;
		const disconnects = { watchDisconnects: () => { watched++; }, disconnectReason: () => reason };
		const { io, timer, log } = start(changed => wifi(FakeInterface, "home", "correct horse", changed, disconnects));
		equal(watched, 1);
		for (const [value, said] of [
			[15, "does not accept the passphrase: check passphrase. Next try"], [201, "no access point with this name in reach"], [210, "security is of another kind"],
			[3, "refused or out of reach; check ssid"], [0, "refused or out of reach; check ssid"], [99, "disconnected (ESP-IDF's reason 99). Next try"],
		] as const) {
			reason = value;
			io.become(200);
			const line = log[log.length - 1]!;
			ok(line.startsWith("network: Wi-Fi \"home\": ") && line.includes(said), line);
			while (io.connection !== 300) timer.pass(500);
		}
		io.become(500, "10.0.0.2");
		reason = 200;
		io.become(200);
		equal(log[log.length - 1], "network: Wi-Fi \"home\" is lost: the access point fell silent: it is out of reach or was switched off");
	});

	it("has a word for every reason that a person can do something about, and none of them is empty", () => {
		for (let reason = 0; reason < 256; reason++) {
			const text = joinTrouble(reason);
			ok(text === undefined ? [0, 3, 8].includes(reason) : text.length > 20 && text.length < 160, `${reason}`);
		}
	});

	it("gives up a try without an answer, and one without an address from DHCP, after half a minute each", () => {
		const { io, timer, log } = start();
		timer.pass(29000);
		deepEqual(log, []);
		timer.pass(1000);
		ok(log[0]!.includes("no answer"));
		timer.pass(1000);
		io.become(400);
		timer.pass(30000);
		ok(log[1]!.includes("no address from DHCP"), log[1]);
		deepEqual(io.calls.filter(call => call === "disconnect").length, 2);
	});

	it("tells of a loss, joins again, and begins with short pauses", () => {
		const { io, timer, events } = start();
		io.become(200);
		timer.pass(1000);
		io.become(500, "10.0.0.2");
		io.become(200);
		deepEqual(events, ["up 10.0.0.2", "down"]);
		timer.pass(1000);
		equal(io.connection, 300);
		io.become(500, "10.0.0.3");
		deepEqual(events, ["up 10.0.0.2", "down", "up 10.0.0.3"]);
	});

	it("notices a loss, and a new address, that nobody tells of", () => {
		const { io, timer, events } = start();
		io.become(500, "10.0.0.2");
		io.address = "10.0.0.3";
		timer.pass(15000);
		deepEqual(events, ["up 10.0.0.2", "up 10.0.0.3"]);
		io.connection = 200;
		io.address = undefined;
		timer.pass(15000);
		equal(events[2], "down");
	});

	it("survives an interface that throws", () => {
		const { io, timer, log, events } = start();
		io.become(200);
		io.refuse = "connect failed";
		timer.pass(1000);
		ok(log[1]!.includes("connect failed"));
		io.refuse = undefined;
		timer.pass(2000);
		io.become(500, "10.0.0.2");
		deepEqual(events, ["up 10.0.0.2"]);
	});

	it("holds one timer, whatever happens", () => {
		const { io, timer } = start();
		for (const connection of [200, 300, 400, 500, 400, 200, 500]) {
			io.become(connection, connection === 500 ? "10.0.0.2" : undefined);
			timer.pass(700);
			equal(timer.count, 1, `${connection}`);
		}
	});

	it("asks Ethernet once: then it follows the cable by itself", () => {
		const { io, timer, events, log } = start(wired);
		timer.pass(200000);
		deepEqual(io.calls, ["connect"]);
		ok(log[0]!.includes("Ethernet: no answer; check the cable"), log[0]);
		io.become(500, "10.0.0.2");
		io.become(200);
		io.become(400);
		io.become(500, "10.0.0.2");
		deepEqual(events, ["up 10.0.0.2", "down", "up 10.0.0.2"]);
		deepEqual(io.calls, ["connect"]);
	});
});

describe("the settings of Wi-Fi", () => {
	it("take what an access point can have", () => {
		for (const [ssid, passphrase] of [["home", "12345678"], ["x".repeat(32), "x".repeat(63)], ["open", ""], ["k", "0123456789abcdefABCDEF".repeat(3).slice(0, 64)]])
			checkWiFi({ ssid, passphrase });
		checkWiFi({});
	});
	it("refuse what none can have, and don't show the passphrase", () => {
		for (const passphrase of ["1234567", "x".repeat(64), "pass\u00e9wort"])
			throws(() => checkWiFi({ ssid: "home", passphrase }), RangeError, /^passphrase=…: 8 to 63 characters/);
		throws(() => checkWiFi({ ssid: "x".repeat(33) }), RangeError, /^ssid=…: /);
	});
});
