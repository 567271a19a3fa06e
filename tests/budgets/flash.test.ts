/** docs/DESIGN.md, budgets: what our modules take of a device's flash, and of its RAM for what could be written to. */
import { equal, ok } from "../support/assert.js";
import { builds32, host, runProcess } from "../support/run.js";

/**
 * By the desktop host with the device's slots, whose figures are the same in each run. A device has some less: no lengths and names of functions, no code
 * that has run by then. Where a limit is met, ask first what grew: docs/DEVICE-PATH.md says what a slot, a name and an object that is not frozen cost.
 */
const most = {
	/** Of 16 bytes: objects, functions, constants. */
	slots: 22_000,
	/** Bytes of byte code, main's included. */
	code: 251_000,
	/** Names of properties and variables, some 35 bytes each. */
	keys: 2_500,
	/** Objects and variables that the app could change. 4 bytes of RAM each: those of modules are to be frozen, and constants. */
	aliases: 8,
};

(builds32 ? describe : describe.skip)("budgets: flash, 32 bits", function () {
	this.timeout(300_000);

	it(`the preloaded modules take at most ${Object.entries(most).map(([name, value]) => `${value} ${name === "code" ? "bytes of code" : name}`).join(", ")}`, async () => {
		const { executable, moduleList } = await host(32, "release");
		// Settings are missing: it is done once it has been loaded.
		const run = await runProcess(executable, ["--report", moduleList]);
		equal(run.code, 2, run.text);
		const line = /^rom (.*)$/m.exec(run.err)?.[1] ?? "";
		const rom = Object.fromEntries(line.split(" ").map(word => word.split("="))) as Record<string, string>;
		for (const [name, limit] of Object.entries(most)) {
			const value = Number(rom[name]);
			// A limit far above is none; of the few aliases each is known.
			ok(value > (name === "aliases" ? 0 : limit / 2) && value <= limit, `${value} ${name}, at most ${limit} expected: ${run.text}`);
		}
	});
});
