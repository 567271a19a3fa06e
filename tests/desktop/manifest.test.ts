/** The manifest reader and the binding of natives: what tools/build.mjs hands to the host. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { deepEqual, equal, ok, throws } from "../support/assert.js";

interface Manifest {
	modules: Map<string, string>;
	natives: string[];
	includes: string[];
	preload: string[];
	creation: object;
	config: object;
	defines: object;
	skipped: string[];
	missing: { message: string }[];
}

const tool = (name: string) => pathToFileURL(join(process.cwd(), "tools", name)).href;
const { readManifest, definesHeader } = await import(tool("manifest.mjs")) as {
	readManifest(path: string, options?: { platform?: string; strict?: boolean }): Manifest;
	definesHeader(defines: object): string;
};
const { bindNatives } = await import(tool("natives.mjs")) as { bindNatives(text: string, path: string): string };

/** Writes files into a scratch folder, with JSON for objects, and reads its manifest.json. */
function read(files: Record<string, object | string>, options?: { platform?: string; strict?: boolean }): Manifest & { folder: string } {
	const folder = mkdtempSync(join(tmpdir(), "manifest-"));
	try {
		for (const [name, content] of Object.entries(files)) {
			mkdirSync(dirname(join(folder, name)), { recursive: true });
			writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
		}
		return { ...readManifest(join(folder, "manifest.json"), options), folder };
	}
	finally {
		rmSync(folder, { recursive: true });
	}
}

describe("manifest", () => {
	it("maps wildcards by the names of files, C to natives and headers to folders", () => {
		const { modules, natives, includes, folder } = read({
			"manifest.json": { modules: { "*": "./main", "a/b/*": "./src/*", "embedded:x": "./src/one", "p/*": "./src/t*" } },
			"main.ts": "", "src/one.ts": "", "src/two.ts": "", "src/two.d.ts": "", "src/one.c": "", "src/one.h": "", "src/deep/three.ts": "",
		});
		deepEqual([...modules].map(([specifier, file]) => [specifier, file.slice(folder.length)]), [
			["main", "/main.ts"], ["a/b/one", "/src/one.ts"], ["a/b/two", "/src/two.ts"], ["embedded:x", "/src/one.ts"], ["p/wo", "/src/two.ts"],
		]);
		deepEqual(natives, [join(folder, "src/one.c")]);
		deepEqual(includes, [join(folder, "src")]);
	});

	it("takes the most specific platform, includes first, the includer's values last", () => {
		const files = {
			"manifest.json": {
				include: ["./sub/manifest.json", "$(MODDABLE)/examples/manifest_base.json"],
				creation: { static: 1, chunk: { initial: 2 } }, config: { a: 1 },
				platforms: {
					"esp32": { creation: { static: 10 } },
					"esp32/board": { creation: { static: 20 } },
					"...": { config: { a: "other" } },
				},
			},
			"sub/manifest.json": { creation: { static: 100, chunk: { incremental: 3 } }, config: { a: 0, b: 1 }, defines: { pipeline: { slots: 4 } } },
		};
		const board = read(files, { platform: "esp32/board" });
		deepEqual(board.creation, { static: 20, chunk: { incremental: 3, initial: 2 } });
		deepEqual(board.config, { a: 1, b: 1 });
		deepEqual(board.skipped, ["$(MODDABLE)/examples/manifest_base.json"]);
		deepEqual(read(files, { platform: "esp32/other" }).creation, { static: 10, chunk: { incremental: 3, initial: 2 } });
		deepEqual(read(files, { platform: "desktop" }).config, { a: "other", b: 1 });
		deepEqual(board.defines, { pipeline: { slots: 4 } });
	});

	it("preloads what its patterns match, folders within folders too", () => {
		const { preload } = read({
			"manifest.json": { modules: { "*": "./main", "modules/a/*": "./a/*" }, preload: ["modules/*"] },
			"main.ts": "", "a/x.ts": "", "a/y.ts": "",
		});
		deepEqual(preload, ["modules/a/x", "modules/a/y"]);
	});

	it("names the file and the entry of a mistake", () => {
		throws(() => read({ "manifest.json": "{" }), Error, /manifest\.json: /);
		throws(() => read({ "manifest.json": { include: "./gone.json" } }), Error, /manifest\.json: include ".*gone\.json": no such file/);
		throws(() => read({ "manifest.json": { include: "$(NOWHERE)/x.json" } }), Error, /manifest\.json: include "\$\(NOWHERE\)\/x\.json": unknown variable \$\(NOWHERE\)/);
		throws(() => read({ "manifest.json": { modules: { "*": "./gone" } } }), Error, /manifest\.json: modules "\*": "\.\/gone": no file matches/);
		throws(() => read({ "manifest.json": { modules: { "x/*": "./gone/*" } } }), Error, /manifest\.json: modules "x\/\*": "\.\/gone\/\*": no folder /);
		throws(() => read({ "manifest.json": { preload: ["gone"] } }), Error, /manifest\.json: preload "gone": no such module/);
		throws(() => read({ "manifest.json": { modules: { "x": ["./a", "./b"] } }, "a.ts": "", "b.ts": "" }), Error, /"x" is both .*a\.ts and .*b\.ts/);
		throws(() => read({ "manifest.json": { platforms: { desktop: { error: "not here" } } } }), Error, /manifest\.json: not here/);
		equal(read({ "manifest.json": { modules: { "*": "./gone" } } }, { strict: false }).missing.length, 1);
	});

	it("writes defines as mcconfig does", () => {
		const header = definesHeader({ pipeline: { slots: 4, name: "#ring", type: "uint8_t" }, on: true });
		for (const line of ["#define MODDEF_PIPELINE_SLOTS (4)", "#define MODDEF_PIPELINE_NAME \"ring\"", "#define MODDEF_PIPELINE_TYPE uint8_t", "#define MODDEF_ON (1)"])
			equal(header.includes(`${line}\n`), true, header);
	});
});

describe("natives", () => {
	it("binds functions that are only a native call, and keeps the lines", () => {
		equal(bindNatives("export class A extends Native(\"d\") {\n    constructor(k) { super(); native(\"c\").call(this, k); }\n    get x() { return native(\"g\").call(this); }\n    m(a, b) {\n        native(\"m\").call(this, a, b);\n    }\n}\n", "a.js"),
			"export class A @ \"d\" {\n    constructor(k) @ \"c\";\n    get x() @ \"g\";\n    m(a, b) @ \"m\";\n\n\n}\n");
		equal(bindNatives("export function f(a) { return native(\"f\").call(this, a); }", "a.js"), "export function f(a) @ \"f\";");
	});

	it("calls through a function where the parameters are not the same", () => {
		equal(bindNatives("function f(a, b) { native(\"f\").call(this, b, a); }", "a.js"), "function f(a, b) { (function () @ \"f\").call(this, b, a); }");
	});

	it("refuses a host class whose constructor does more", () => {
		throws(() => bindNatives("class A extends Native(\"d\") {\n    constructor() { super(); this.x = 1; }\n}", "a.js"), Error, /^a\.js:2: /);
	});
});

describe("the project's manifest", () => {
	const ours = readManifest(join(process.cwd(), "manifest.json"), { platform: "desktop" });

	it("names no file that is not there", () => deepEqual(ours.missing, []));

	it("preloads every module, main too: mcconfig's wildcards don't reach TypeScript, and what is not preloaded takes RAM", () => {
		const modules = [...ours.modules.keys()].filter(specifier => /^(main$|modules\/|hosts\/)/.test(specifier));
		ok(modules.length > 50);
		deepEqual(modules.filter(specifier => !ours.preload.includes(specifier)), []);
	});

	it("gives each C file a base name of its own: mcconfig compiles them into one folder, and drops the second in silence", () => {
		const names = ours.natives.map(path => path.replace(/^.*\//, "")).sort();
		deepEqual(names.filter((name, i) => name === names[i - 1]), []);
	});

	it("holds the device to 64 KiB", () => equal((ours.creation as { static: number }).static, 65536));
});
