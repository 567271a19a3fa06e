/** The machine that the desktop host gives an app: settings, timers, heap limits, natives, frozen modules. */
import { equal, ok } from "../support/assert.js";
import { eachWidth, fixture, run } from "./host.js";

describe("desktop host, machine", function () {
	this.timeout(300_000);

	eachWidth(bits => {
		it("runs jobs before timers, and timers in the order of their time", async () => {
			const { code, stdout, stderr } = await run(fixture("hello"), { bits, settings: ["greeting=to \"you\""] });
			equal(stdout, "hello to \"you\"\nend of main\njob\ntimer 0\ntimer 5\ntimer 20\n");
			equal(stderr, "");
			equal(code, 0);
		});

		it("takes settings from standard input, where nobody else can read them", async () => {
			const { stdout, code } = await run(fixture("hello"), { bits, settings: ["greeting=aloud", "-"], input: "\ngreeting=a=b \\ \"c\"\nother=1" });
			ok(stdout.startsWith("hello a=b \\ \"c\"\n"), stdout);
			equal(code, 0);
			equal((await run(fixture("hello"), { bits, settings: ["-"], input: "nonsense\n" })).code, 100);
		});

		it("repeats, reschedules and clears timers", async () => {
			const { stdout, code } = await run(fixture("timers"), { bits });
			equal(stdout, "three times\nafter schedule\nsame turn in order 1 2 3\ncleared itself\n");
			equal(code, 0);
		});

		it("has slots of the device's size with 32 bits", async () => {
			const { heap } = await run(fixture("hello"), { bits });
			equal(heap["slotSize"], bits === 32 ? 16 : 32);
		});

		it("calls a preloaded host function without allocating", async () => {
			const { stdout, code } = await run(fixture("crypto"), { bits });
			equal(stdout, "0 slots, 0 bytes\ntrue 16 201\nCMAC is closed\n");
			equal(code, 0);
		});

		it("ends with memory full just below what an app takes, and not at it", async () => {
			const creation = (size: number) => ["--creation", `static=${size},chunk=1024,heap=64,stack=256`];
			const enough = await run(fixture("hello"), { bits, options: creation(60_000) });
			equal(enough.code, 0);
			const used = enough.heap["staticUsed"]!;
			ok(used < 60_000, `${used} bytes used`);
			equal((await run(fixture("hello"), { bits, options: creation(used) })).code, 0);
			const slots = (await run(fixture("hello"), { bits, options: ["--creation", `static=${used - 4096},chunk=1024,heap=64,stack=256`] }));
			equal(slots.code, 101);
			ok(slots.stderr.startsWith("memory full"), slots.stderr);
		});

		it("shows preloaded modules as the device does: frozen, and copied on write where that is possible", async () => {
			const { stdout, code } = await run(fixture("frozen"), { bits, options: ["--preload", fixture("preloaded")] });
			equal(stdout.replace("this: read-only Map instance", "Map instance is read-only"), [
				"Map.set: Map instance is read-only",
				"Uint8Array: read-only buffer",
				"fill: read-only buffer",
				"method: own property of frozen prototype",
				"JSON.stringify: read only value",
				"record: 1",
				"",
			].join("\n"));
			equal(code, 0);
		});

		it("costs the same heap with line numbers as without, but for one slot that XS adds to each promise", async () => {
			const costs = async (variant: string) => (await run(fixture("heap"), { bits, variant })).stdout;
			const debug = await costs("debug");
			const release = await costs("release");
			ok(/promise: (\d+) slots/.test(release), release);
			const lessPromises = (text: string) => text.replace(/^(promise|async): .*\n/gm, "");
			equal(lessPromises(debug), lessPromises(release));
			const slots = (text: string) => Number(/promise: (\d+) slots/.exec(text)![1]);
			ok(slots(debug) - slots(release) <= 1, `${debug}\n${release}`);
		});
	});

	it("resolves names to addresses, IPv4 first, and tells why not", async () => {
		const { stdout } = await run(fixture("resolve"), { settings: ["host=localhost"] });
		ok(/^127\.0\.0\.1\b/.test(stdout), stdout);
		const numeric = await run(fixture("resolve"), { settings: ["host=192.0.2.7"] });
		equal(numeric.stdout, "192.0.2.7\n");
		const wrong = await run(fixture("resolve"), { settings: ["host=no such name"] });
		ok(/^Error: no such name: ./.test(wrong.stdout), wrong.stdout);
	});
});
