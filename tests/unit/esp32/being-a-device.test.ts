/** hosts/esp32/device: LED, button, watchdog, and the object over them. */
import { parseBoard } from "../../../hosts/esp32/device/board.js";
import { Button } from "../../../hosts/esp32/device/button.js";
import { memoryText, startReason } from "../../../hosts/esp32/device/condition.js";
import { Device } from "../../../hosts/esp32/device/device.js";
import { Indicator, patterns, type Pattern } from "../../../hosts/esp32/device/indicator.js";
import { Watchdog } from "../../../hosts/esp32/device/watchdog.js";
import { SettingsError } from "../../../modules/errors/errors.js";
import { deepEqual, equal, throws } from "../../support/assert.js";
import { FakeTimer } from "./fake-timer.js";

describe("LED", () => {
	/** What is written, with the time. */
	function led(activeLow = false) {
		const timer = new FakeTimer();
		const writes: [number, number][] = [];
		const indicator = new Indicator({ output: { write: value => writes.push([timer.now, value]) }, activeLow, Timer: timer });
		return { timer, writes, indicator };
	}

	it("is dark at first, for either polarity", () => {
		deepEqual(led().writes, [[0, 0]]);
		deepEqual(led(true).writes, [[0, 1]]);
	});

	it("shows each pattern of the table, over and over", () => {
		for (const pattern of Object.keys(patterns) as Pattern[]) {
			const times = patterns[pattern];
			if (times.length === 1) continue;
			const { timer, writes, indicator } = led();
			indicator.show(pattern);
			timer.pass(10000);
			let at = 0;
			const expected: [number, number][] = [[0, 0]];
			for (let i = 0; at <= 10000; at += times[i++ % times.length]!) expected.push([at, 1 - i % 2]);
			deepEqual(writes, expected, pattern);
		}
	});

	it("stays lit for wrong settings, and goes on from there", () => {
		const { timer, writes, indicator } = led(true);
		indicator.show("uploading");
		timer.pass(50);
		indicator.show("settings");
		timer.pass(10000);
		deepEqual(writes, [[0, 1], [0, 0], [50, 0]]);
		equal(timer.count, 0);
		indicator.show("uploading");
		timer.pass(100);
		deepEqual(writes.slice(3), [[10050, 0], [10150, 1]]);
	});

	it("is not disturbed by the same pattern again, and holds one timer", () => {
		const { timer, writes, indicator } = led();
		for (let i = 0; i < 10; i++) {
			indicator.show("waiting");
			timer.pass(10);
		}
		deepEqual(writes, [[0, 0], [0, 1], [50, 0]]);
		indicator.show("problem");
		equal(timer.count, 1);
	});
});

describe("button", () => {
	function button(activeLow: boolean, at = activeLow ? 1 : 0) {
		const timer = new FakeTimer();
		const input = { level: at, read(): number { return this.level; } };
		let changed = (): void => {};
		let presses = 0;
		new Button({ open: notify => { changed = notify; return input; }, activeLow, Timer: timer, onPress: () => { presses++; } });
		return {
			timer, edge(level: number): void { input.level = level; changed(); },
			get presses() { return presses; },
		};
	}

	for (const activeLow of [false, true]) {
		const [up, down] = activeLow ? [1, 0] : [0, 1];
		it(`tells of a press once, however it bounces (pressed is ${down})`, () => {
			const it = button(activeLow);
			for (let i = 0; i < 5; i++) {
				it.edge(i % 2 === 0 ? down : up);
				it.timer.pass(2);
			}
			it.timer.pass(100);
			equal(it.presses, 1);
			for (let i = 0; i < 5; i++) {
				it.edge(i % 2 === 0 ? up : down);
				it.timer.pass(2);
			}
			it.timer.pass(100);
			equal(it.presses, 1);
			it.edge(down);
			it.timer.pass(30);
			equal(it.presses, 2);
		});
	}

	it("passes over a spike, and a press that begins before the device does", () => {
		const spike = button(true);
		spike.edge(0);
		spike.timer.pass(1);
		spike.edge(1);
		spike.timer.pass(100);
		equal(spike.presses, 0);
		const held = button(true, 0);
		held.timer.pass(1000);
		held.edge(1);
		held.timer.pass(100);
		equal(held.presses, 0);
		held.edge(0);
		held.timer.pass(100);
		equal(held.presses, 1);
	});
});

describe("watchdog", () => {
	function watchdog() {
		const timer = new FakeTimer();
		const starved: number[] = [];
		return { timer, starved, watchdog: new Watchdog({ seconds: 300, Timer: timer, onStarved: () => starved.push(timer.now) }) };
	}

	it("watches from the first sign of life on, and tells once when they end", () => {
		const { timer, starved, watchdog: it } = watchdog();
		timer.pass(3600000);
		it.feed();
		for (let i = 0; i < 100; i++) {
			timer.pass(299000);
			it.feed();
		}
		deepEqual(starved, []);
		timer.pass(600000);
		equal(starved.length, 1);
		timer.pass(3600000);
		equal(starved.length, 1);
	});

	it("rests while nothing is under way, and holds one timer", () => {
		const { timer, starved, watchdog: it } = watchdog();
		it.feed();
		it.feed();
		equal(timer.count, 1);
		it.rest();
		it.rest();
		timer.pass(3600000);
		deepEqual([starved, timer.count], [[], 0]);
		it.feed();
		timer.pass(600000);
		equal(starved.length, 1);
	});
});

const memory = () => ({ free: 100_000, largest: 80_000 });

describe("device", () => {
	function device() {
		const calls: string[] = [];
		const it = new Device({
			memory,
			settings: { server: "nas" }, indicator: { show: pattern => calls.push(pattern) },
			watchdog: { feed: () => calls.push("feed"), rest: () => calls.push("rest") }, prepare: () => calls.push("prepare"),
		});
		calls.length = 0;
		return { it, calls };
	}

	it("shows what it does, feeds the watchdog while it uploads and lets it rest otherwise", () => {
		const { it, calls } = device();
		it.online = true;
		for (const activity of ["uploading", "uploading", "problem", "waiting"] as const) it.status(activity);
		deepEqual(calls, ["waiting", "feed", "uploading", "feed", "uploading", "rest", "problem", "rest", "waiting"]);
	});

	it("shows first that the settings are wrong, then that there is no network", () => {
		const { it, calls } = device();
		it.status("uploading");
		it.online = true;
		it.online = false;
		it.status("settings");
		deepEqual(calls, ["feed", "offline", "uploading", "offline", "rest", "settings"]);
	});

	it("hands on that the button was pressed, to whoever asked last", () => {
		const { it, calls } = device();
		it.ask();
		it.onAsk(() => calls.push("first"));
		it.onAsk(() => calls.push("second"));
		it.ask();
		it.prepare();
		deepEqual(calls, ["second", "prepare"]);
		deepEqual(it.memory(), { free: 100_000, largest: 80_000 });
	});

	it("works without an LED", () => {
		const it = new Device({ settings: {}, indicator: undefined, watchdog: { feed() {}, rest() {} }, prepare() {}, memory });
		it.status("uploading");
		it.online = true;
	});
});

describe("board", () => {
	it("names pins, polarity and network, or nothing", () => {
		deepEqual(parseBoard(undefined), { led: undefined, button: undefined, network: undefined });
		deepEqual(parseBoard({ led: { pin: 2 }, button: { pin: 0 }, network: "ethernet" }), {
			led: { pin: 2, activeLow: false }, button: { pin: 0, activeLow: true }, network: "ethernet",
		});
		deepEqual(parseBoard({ led: { pin: 5, activeLow: true }, button: { pin: 4, activeLow: false } }), {
			led: { pin: 5, activeLow: true }, button: { pin: 4, activeLow: false }, network: undefined,
		});
	});

	it("is refused with the name of what is wrong", () => {
		for (const [board, message] of [
			[1, /^board: /], [null, /^board: /], [{ LED: { pin: 2 } }, /^board\.LED /], [{ led: 2 }, /^board\.led: /], [{ led: {} }, /^board\.led\.pin: /],
			[{ led: { pin: 55 } }, /^board\.led\.pin: /], [{ led: { pin: "2" } }, /^board\.led\.pin: /], [{ button: { pin: 0, activelow: true } }, /^board\.button\.activelow /],
			[{ button: { pin: 0, activeLow: 1 } }, /^board\.button\.activeLow: /], [{ network: "lan" }, /^board\.network: /],
		] as const) throws(() => parseBoard(board), SettingsError, message);
	});
});

describe("what the chip says", () => {
	it("is said in words", () => {
		deepEqual([1, 4, 9, 99].map(startReason), ["by power", "after a crash", "after a dip of the supply voltage: check the power supply", "for an unknown reason"]);
		equal(memoryText(108999, 92160, 1023), "free memory 106 KB, largest block 90 KB, least so far 0 KB");
	});
});
