/** docs/DESIGN.md, layers: dependencies point one way. Reads the sources; runs on Node. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { deepEqual, equal, ok } from "./support/assert.js";
import { root } from "./support/repository.js";

/** What a layer may import besides itself and modules/errors, which is everybody's leaf: layers, single files, and bare names, which are the platform's. */
const allowed: Record<string, readonly string[]> = {
	"main.ts": [
		"modules/settings", "modules/net", "modules/auth", "modules/client", "modules/uploader", "modules/smb2/negotiate.js", "modules/smb2/status.js", "modules/smb2/wire.js",
		"hosts/crypto", "hosts/pipeline", "hosts/storage", "timer", "time", "platform", "mc/config",
	],
	"modules/errors": [],
	"modules/settings": [],
	"modules/smb2": [],
	"modules/auth": ["hosts/crypto"],
	"modules/net": ["hosts/pipeline", "timer", "embedded:io/socket/tcp", "embedded:io/socket/udp"],
	"modules/client": ["modules/smb2", "modules/auth", "modules/net", "hosts/crypto", "hosts/pipeline", "timer"],
	// It reads what a status means, and no other byte of the protocol.
	"modules/uploader": ["modules/client", "modules/smb2/status.js", "hosts/crypto/digest.js", "hosts/crypto/random.js", "hosts/storage", "hosts/pipeline", "timer"],
	"hosts/crypto": [],
	"hosts/pipeline": [],
	"hosts/storage": [],
};

/** Hosts of one platform stand under everything and import that platform's own modules. */
const platformHosts = ["hosts/desktop", "hosts/esp32", "hosts/simulator"];

function files(folder: string, ...endings: string[]): string[] {
	if (!existsSync(join(root, folder))) return [];
	return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) return [".git", "node_modules", "build"].includes(path) ? [] : files(path, ...endings);
		return entry.isFile() && endings.some(ending => path.endsWith(ending)) ? [path] : [];
	});
}

function text(path: string): string { return readFileSync(join(root, path), "utf8"); }

/** A source without its comments. */
function code(path: string): string {
	return text(path).replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

/** C with those macros expanded that make functions whose name ends in their argument: one line, `void name(xsMachine *the)`, for each use. */
function withMadeFunctions(c: string): string {
	const made = [...c.matchAll(/^#define\s+(\w+)\((\w+)\)\s*\\\n\s*void\s+(\w+?)##(\w+)\(xsMachine/gm)].flatMap(([, macro, parameter, stem, ending]) =>
		parameter !== ending ? [] : [...c.matchAll(new RegExp(`^${macro!}\\((\\w+)\\)`, "gm"))].map(([, argument]) => `void ${stem!}${argument!}(xsMachine *the)`));
	return [c, ...made].join("\n");
}

/** The layer that a source belongs to: its folder, two levels deep, or main.ts. */
function layerOf(path: string): string { return path.split("/").slice(0, 2).join("/"); }

interface Edge { file: string; to: string; bare: boolean }

const statements = [/^\s*(?:import|export)\b[^;"']*?\bfrom\s*["']([^"'\n]+)["']/gm, /^\s*import\s*["']([^"'\n]+)["']/gm, /\bimport\(\s*["']([^"'\n]+)["']/g];

function imports(file: string): Edge[] {
	return statements.flatMap(statement => [...code(file).matchAll(statement)]).map(([, name]) => {
		const bare = !name!.startsWith(".");
		return { file, to: bare ? name! : normalize(join(dirname(file), name!)), bare };
	});
}

const sources = [...(existsSync(join(root, "main.ts")) ? ["main.ts"] : []), ...files("modules", ".ts"), ...files("hosts", ".ts")];

describe("layers", () => {
	it("every folder of modules/ and hosts/ is a known layer", () => {
		for (const file of sources) ok(layerOf(file) in allowed || platformHosts.includes(layerOf(file)), `${file} belongs to no layer: give it one here and in docs/DESIGN.md`);
	});

	for (const layer of Object.keys(allowed)) {
		it(`${layer} imports only ${["modules/errors", ...allowed[layer]!].filter(name => name !== layer).join(", ") || "itself"}`, () => {
			const wrong = sources.filter(file => layerOf(file) === layer).flatMap(imports).filter(({ to, bare }) => {
				const target = bare ? to : layerOf(to);
				return target !== layer && target !== "modules/errors" && !allowed[layer]!.includes(target) && !allowed[layer]!.includes(to);
			});
			deepEqual(wrong.map(({ file, to }) => `${file} → ${to}`), []);
		});
	}

	it("relative imports end in .js and name a source that is there", () => {
		for (const { file, to, bare } of sources.flatMap(imports)) {
			if (bare) continue;
			ok(to.endsWith(".js"), `${file} imports ${to}`);
			ok(existsSync(join(root, to.replace(/\.js$/, ".ts"))), `${file} imports ${to}, which is not there`);
		}
	});

	it("nothing imports main.ts", () => {
		deepEqual(sources.flatMap(imports).filter(({ to }) => to === "main.js" || to === "main").map(({ file }) => file), []);
	});

	it("modules import nothing of one platform's host", () => {
		const edges = sources.filter(file => !platformHosts.includes(layerOf(file))).flatMap(imports);
		deepEqual(edges.filter(({ to }) => platformHosts.some(host => to.startsWith(`${host}/`))).map(({ file, to }) => `${file} → ${to}`), []);
	});

	it("only main.ts and the platforms' hosts touch globals of the device", () => {
		for (const file of sources) {
			if (file === "main.ts" || platformHosts.includes(layerOf(file))) continue;
			ok(!/\btrace\s*\(|\bdevice\s*\.|\bglobalThis\b|\bscreen\s*\./.test(code(file)), file);
		}
	});
});

describe("native faces", () => {
	for (const folder of [...new Set(files("hosts", ".ts").map(layerOf))]) {
		const faces = files(folder, ".ts").map(code).join("\n");
		const named = [...faces.matchAll(/\bnative\("(\w+)"\)/g)].map(match => match[1]!).sort();
		const destructors = [...faces.matchAll(/\bNative\("(\w+)"\)/g)].map(match => match[1]!).sort();
		if (named.length + destructors.length === 0) continue;
		const c = withMadeFunctions(files(folder, ".c").map(code).join("\n"));
		// What a header declares is for other C, not for a face.
		const headers = files(folder, ".h").map(code).join("\n");

		it(`${folder}: each native is defined in C, once, and each function for XS has a face`, () => {
			const defined = [...c.matchAll(/^void\s+(\w+)\s*\(\s*xsMachine\s*\*\s*\w*\s*\)/gm)].map(match => match[1]!);
			for (const name of named) equal(defined.filter(other => other === name).length, 1, `C functions ${name}`);
			deepEqual(defined.filter(name => name.startsWith("xs_") && !named.includes(name) && !headers.includes(`${name}(`)), []);
		});
		it(`${folder}: each destructor is defined in C`, () => {
			for (const name of destructors) ok(new RegExp(`^void\\s+${name}\\s*\\(\\s*void\\s*\\*`, "m").test(c), name);
		});
	}
});

describe("the repository", () => {
	const everything = files(".", "").filter(path => !/\.(png|jpe?g|pdf|tiff|ttf|bin|bm4)$/.test(path) && path !== "package-lock.json");

	it("holds no paths of anyone's machine", () => {
		ok(everything.includes("package.json") && everything.includes("tests/layers.test.ts"), "the sources are where this test looks");
		const wrong = new RegExp(`(^|[^A-Za-z0-9_.])/(${["wo" + "rk", "ro" + "ot", "home", "Users"].join("|")})/`, "m");
		deepEqual(everything.filter(path => wrong.test(text(path))), []);
	});

	it("names no package registry's host", () => {
		const wrong = new RegExp(["registry\\.npm" + "js", "deb\\.deb" + "ian\\.org", "py" + "pi\\.org", "crates" + "\\.io"].join("|"), "i");
		deepEqual(everything.filter(path => wrong.test(text(path))), []);
	});
});
