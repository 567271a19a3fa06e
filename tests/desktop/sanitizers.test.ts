/** The host under the address and undefined-behaviour sanitizers, with a collection at every allocation: stale pointers into the heap show. */
import { equal, ok } from "../support/assert.js";
import { fixture, run } from "./host.js";

describe("desktop host, sanitizers", function () {
	this.timeout(600_000);

	for (const name of ["hello", "timers", "crypto", "echo", "udp", "resolve", "frozen"]) {
		it(name, async () => {
			const { code, stderr, heap } = await run(fixture(name), {
				variant: "asan", options: ["--stress", "--preload", fixture("preloaded")], settings: ["size=40000", "host=localhost"],
			});
			equal(stderr, "");
			equal(code, 0);
			ok(heap["collections"]! > 10, `${heap["collections"]} collections`);
		});
	}
});
