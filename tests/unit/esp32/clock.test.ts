/** hosts/esp32/device/clock.ts over a time server of the test's. */
import { Clock } from "../../../hosts/esp32/device/clock.js";
import { deepEqual, equal, ok } from "../../support/assert.js";
import { FakeTimer } from "./fake-timer.js";

type Callback = (message: number, value?: number | string) => void;

function fixture(atOnce?: string) {
	const timer = new FakeTimer();
	const requests: { host: string; answer: Callback; closed: boolean }[] = [];
	class SNTP {
		static readonly time = 1;
		static readonly error = -1;
		readonly #request: { host: string; answer: Callback; closed: boolean };
		constructor({ host }: { host: string }, answer: Callback) {
			requests.push(this.#request = { host, answer, closed: false });
			if (atOnce === "throw") throw new Error("no memory");
			if (atOnce !== undefined) answer(SNTP.error, atOnce);
		}
		close(): void { this.#request.closed = true; }
	}
	const set: number[] = [];
	const answers: boolean[] = [];
	const log: string[] = [];
	const clock = new Clock({ io: SNTP, host: "ntp.example", set: seconds => set.push(seconds), Timer: timer, onAnswer: known => answers.push(known), log: line => log.push(line) });
	return { timer, requests, set, answers, log, clock };
}

const noon = 1800000000;

describe("clock", () => {
	it("is set by the answer, and again after a day", () => {
		const { clock, requests, set, answers, timer, log } = fixture();
		clock.start();
		equal(requests[0]!.host, "ntp.example");
		requests[0]!.answer(2);
		deepEqual(set, []);
		requests[0]!.answer(1, noon);
		deepEqual([set, answers, log], [[noon], [true], ["clock: 2027-01-15T08:00:00.000Z from ntp.example"]]);
		timer.pass(86399999);
		equal(requests.length, 1);
		timer.pass(1);
		equal(requests.length, 2);
	});

	it("asks again after 15 s and more, an hour at most", () => {
		const { clock, requests, answers, timer, log } = fixture();
		clock.start();
		const pauses: number[] = [];
		for (let tries = 0; tries < 6; tries++) {
			const { length } = requests;
			requests[length - 1]!.answer(-1, "no response from SNTP server");
			const from = timer.now;
			while (requests.length === length) timer.pass(1000);
			pauses.push((timer.now - from) / 1000);
		}
		deepEqual(pauses, [15, 60, 240, 960, 3600, 3600]);
		deepEqual(answers, [false, false, false, false, false, false]);
		ok(log[0]!.includes("no response from SNTP server") && log[0]!.includes("NTLM works without"), log[0]);
		requests[6]!.answer(1, noon);
		timer.pass(86400000);
		requests[7]!.answer(-1, "x");
		timer.pass(15000);
		equal(requests.length, 9);
	});

	it("refuses a time that lies in the past", () => {
		const { clock, requests, set, answers } = fixture();
		clock.start();
		requests[0]!.answer(1, 1704067199);
		requests[0]!.answer(1, -1);
		deepEqual([set, answers], [[], [false, false]]);
	});

	it("asks once, however often the network comes, and not while it is gone", () => {
		const { clock, requests, timer } = fixture();
		clock.start();
		clock.start();
		equal(requests.length, 1);
		clock.stop();
		ok(requests[0]!.closed);
		timer.pass(100000000);
		equal(requests.length, 1);
		clock.start();
		equal(requests.length, 2);
		requests[1]!.answer(1, noon);
		clock.stop();
		equal(requests[1]!.closed, false);
		equal(timer.count, 0);
	});

	it("survives a request that fails at once", () => {
		for (const way of ["cannot resolve", "throw"]) {
			const { clock, requests, timer, answers } = fixture(way);
			clock.start();
			deepEqual(answers, [false]);
			timer.pass(15000);
			equal(requests.length, 2, way);
			clock.stop();
			equal(requests[0]!.closed, false);
		}
	});
});
