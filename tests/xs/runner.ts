/**
 * Runs unit tests inside XS: describe and it as globals, one line of JSON for each result.
 * Settings (mc/config): tests, the test modules' specifiers, parted by commas; scratch, a folder for their files (see
 * tests/support/scratch.ts); list, to name the tests and run none.
 *
 *   { "file": "tests/unit/net/host.test", "index": 0, "title": ["hosts", "takes an IPv6 address"] }        when listing
 *   { "file": …, "index": 0, "ms": 3 } or { "file": …, "index": 0, "ms": 3, "message": …, "stack": … }      when running
 *   { "done": 12 }                                                                                          last
 */
import config from "mc/config";
import { exit, print } from "platform";
import Timer from "timer";

interface Test { title: string[]; run: () => unknown; timeoutMs: number }
interface Suite { title: string[]; before: (() => unknown)[]; after: (() => unknown)[]; beforeEach: (() => unknown)[]; afterEach: (() => unknown)[]; tests: (Test | Suite)[] }

const defaultTimeoutMs = 60_000;

let suite: Suite;
let tests = 0;
let failed = 0;

/** What a function of describe or it finds as this: mocha's timeout() is the one thing that unit tests ask of it. */
class Context {
	timeoutMs = defaultTimeoutMs;
	timeout(ms: number): this { this.timeoutMs = ms; return this; }
}

function newSuite(title: string[]): Suite { return { title, before: [], after: [], beforeEach: [], afterEach: [], tests: [] }; }

Object.assign(globalThis, {
	scratchFolder: config["scratch"],
	describe(title: string, body: (this: Context) => void): void {
		const outer = suite;
		suite = newSuite([...outer.title, title]);
		outer.tests.push(suite);
		body.call(new Context());
		suite = outer;
	},
	it(title: string, run: (this: Context) => unknown): void {
		const context = new Context();
		suite.tests.push({ title: [...suite.title, title], run: () => run.call(context), get timeoutMs() { return context.timeoutMs; } });
	},
	before(run: () => unknown): void { suite.before.push(run); },
	after(run: () => unknown): void { suite.after.push(run); },
	beforeEach(run: () => unknown): void { suite.beforeEach.push(run); },
	afterEach(run: () => unknown): void { suite.afterEach.push(run); },
});

/** Runs one function, synchronous or not, for at most the time that timeoutMs() tells once it has begun. */
function timed(run: () => unknown, timeoutMs: () => number): Promise<void> {
	return new Promise((resolve, reject) => {
		const result = run();
		if (typeof (result as Promise<void> | undefined)?.then !== "function") {
			resolve();
			return;
		}
		const timer = Timer.set(() => reject(new Error(`no end after ${timeoutMs()} ms`)), timeoutMs());
		(result as Promise<void>).then(
			() => { Timer.clear(timer); resolve(); },
			(reason: unknown) => { Timer.clear(timer); reject(reason); },
		);
	});
}

async function all(hooks: (() => unknown)[]): Promise<void> {
	for (const hook of hooks) await timed(hook, () => defaultTimeoutMs);
}

function report(file: string, index: number, ms: number, reason?: unknown, threw = false): void {
	tests++;
	if (!threw) {
		print(JSON.stringify({ file, index, ms }));
		return;
	}
	failed++;
	const error = reason instanceof Error ? reason : new Error(String(reason));
	print(JSON.stringify({ file, index, ms, message: `${error.name}: ${error.message}`, stack: error.stack ?? "" }));
}

/** Runs a suite's tests in order; a failed hook fails each test that it stands before. Returns the index after the last test. */
async function runSuite(file: string, which: Suite, index: number, outer: Suite[], broken?: { reason: unknown }): Promise<number> {
	const suites = [...outer, which];
	if (!broken) {
		try { await all(which.before); }
		catch (reason) { broken = { reason }; }
	}
	for (const test of which.tests) {
		if ("tests" in test) {
			index = await runSuite(file, test, index, suites, broken);
			continue;
		}
		const start = Date.now();
		try {
			if (broken) throw broken.reason;
			for (const { beforeEach } of suites) await all(beforeEach);
			await timed(test.run, () => test.timeoutMs);
			for (const { afterEach } of suites) await all(afterEach);
			report(file, index++, Date.now() - start);
		}
		catch (reason) { report(file, index++, Date.now() - start, reason, true); }
	}
	if (!broken) await all(which.after);
	return index;
}

function list(file: string, which: Suite, index: number): number {
	for (const test of which.tests) {
		if ("tests" in test) index = list(file, test, index);
		else {
			tests++;
			print(JSON.stringify({ file, index: index++, title: test.title }));
		}
	}
	return index;
}

for (const file of String(config["tests"]).split(",")) {
	const top = suite = newSuite([]);
	await import(file);
	if (config["list"]) list(file, top, 0);
	else await runSuite(file, top, 0, []);
}
print(JSON.stringify({ done: tests }));
exit(failed === 0 ? 0 : 1);
