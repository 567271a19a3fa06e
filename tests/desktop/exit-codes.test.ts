/** How the desktop host ends: its exit code and what it prints, for every way in which an app can fail. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { equal, ok } from "../support/assert.js";
import { eachWidth, fixture, run } from "./host.js";

describe("desktop host, exit codes", function () {
	this.timeout(300_000);

	eachWidth(bits => {
		const fail = (how: string) => run(fixture("failures"), { bits, options: ["--preload", fixture("preloaded")], settings: [`how=${how}`] });
		const cases: [how: string, code: number, said: RegExp][] = [
			["none", 0, /^$/],
			["throw", 105, /^Failure: thrown on purpose\n at Failure .*\n at innermost \(tests\/desktop\/fixtures\/failures\.ts:12\)/],
			["throw", 105, /caused by RangeError: the reason\n/],
			["timer", 105, /^Failure: thrown on purpose\n/],
			["job", 108, /^unhandled rejection: Failure: thrown on purpose\n/],
			["string", 105, /^no Error at all\n$/],
			["rejection", 108, /^unhandled rejection: Failure: nobody cares\n/],
			["handled", 0, /^$/],
			["chunks", 101, /^memory full: /],
			["slots", 101, /^memory full: /],
			["recursion", 102, /^stack overflow: /],
			["keys", 106, /^no more keys: /],
			["map", 105, /^TypeError: .*(read-only Map instance|Map instance is read-only)/],
			["bytes", 105, /^TypeError: read-only buffer/],
			["record", 0, /^$/],
			["import", 105, /^ReferenceError: module ".\/not-there.js" not found/],
			["eval", 105, /^SyntaxError: invalid script/],
			["exit", 7, /^$/],
			["exitLater", 8, /^$/],
		];
		for (const [how, code, said] of cases) {
			it(`${how}: ${code}, ${said.source}`, async () => {
				const result = await fail(how);
				ok(said.test(result.stderr), result.stderr);
				equal(result.code, code, result.stderr);
			});
		}

		const files: [name: string, text: string, code: number, said: RegExp][] = [
			["syntax", "let let = ;\n", 105, /^SyntaxError: .*main\.js:1: /],
			["export", "import { nothing } from \"./other.js\";\nnothing();\n", 105, /^SyntaxError: .*nothing/],
			["import", "import \"./nowhere.js\";\n", 105, /^ReferenceError: module "\.\/nowhere\.js" not found/],
			["bare", "import \"nowhere\";\n", 105, /^ReferenceError: module "nowhere" not found/],
			["native", "export function f() @ \"xs_no_such_function\";\n", 105, /^ReferenceError: main: native "xs_no_such_function" is not in this host/],
		];
		for (const [name, text, code, said] of files) {
			it(`a module with a bad ${name}: ${code}`, async () => {
				const folder = mkdtempSync(join(tmpdir(), "xs-host-"));
				try {
					writeFileSync(join(folder, "start.js"), text);
					writeFileSync(join(folder, "other.js"), "export const something = 1;\n");
					const result = await run("start", { bits, options: ["--root", folder] });
					ok(new RegExp(said.source.replace("main", "start")).test(result.stderr), result.stderr);
					equal(result.code, code);
				}
				finally {
					rmSync(folder, { recursive: true });
				}
			});
		}

		it("a wrong option: 100", async () => {
			equal((await run(fixture("hello"), { bits, options: ["--nonsense", "x"] })).code, 100);
		});
	});
});
