/**
 * The application in the SDK's simulators, without the SDK: that lin, mac and win get the same modules, and that what win gets is C which a compiler for Windows takes:
 * clang with the headers of MinGW-w64 checks it. Linking needs a Windows with MSVC; tests/c/wine.mjs runs what is Windows's own.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { run } from "./c/compile.js";
import { deepEqual, equal, ok } from "./support/assert.js";
import { writeGeneratedHeaders } from "./support/generated-headers.js";
import { root, tool } from "./support/repository.js";

interface Manifest { modules: Map<string, string>; natives: string[]; includes: string[]; preload: string[]; creation: { static: number }; defines: object; missing: object[] }

const { readManifest } = await tool("manifest.mjs") as { readManifest(path: string, options: { platform: string }): Manifest };
const { windowsHeaders } = await tool("setup.mjs") as { windowsHeaders(): string };

function read(platform: string): Manifest { return readManifest(join(root, "manifest.json"), { platform }); }

/** What is of one system only. */
function system(natives: string[]): string[] { return natives.map(path => relative(root, path)).filter(path => path.includes("/system/")).sort(); }

const simulators = { lin: read("lin"), mac: read("mac"), win: read("win") };

describe("simulators", () => {
	for (const [name, manifest] of Object.entries(simulators)) {
		it(`${name} has the application's modules, with ${name === "win" ? "Win32" : "POSIX"} calls below`, () => {
			for (const module of ["main", "platform", "modules/uploader/uploader", "hosts/pipeline/pipeline"]) ok(manifest.modules.has(module), module);
			deepEqual([...manifest.modules], [...simulators.lin.modules]);
			deepEqual(manifest.preload, simulators.lin.preload);
			deepEqual(manifest.natives.filter(path => !path.includes("/system/")), simulators.lin.natives.filter(path => !path.includes("/system/")));
			deepEqual(system(manifest.natives), name === "win"
				? ["hosts/pipeline/system/port-win.c", "hosts/storage/system/paths-win.c", "hosts/storage/system/storage-win.c"]
				: ["hosts/pipeline/system/port-posix.c", "hosts/storage/system/storage-posix.c"]);
			equal(manifest.creation.static, 65536);
		});
	}

	it("gives each C file a base name of its own", () => {
		const names = simulators.win.natives.map(path => path.replace(/^.*\//, "")).sort();
		deepEqual(names.filter((name, index) => name === names[index - 1]), []);
	});
});

describe("the simulator for Windows", () => {
	const folder = join(root, "hosts/simulator");
	const { build } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")).platforms.win as { build: Record<string, string> };

	it("adds Mbed TLS to the SDK's rules, where they take it", () => {
		ok(existsSync(join(folder, build.MAKE_FRAGMENT!)));
		const lines = readFileSync(join(folder, build.MAKE_FRAGMENT!), "utf8").split("\n");
		const at = (beginning: string) => lines.findIndex(line => line.startsWith(beginning));
		// The folder is the manifest's, or the environment's: no blanks, for mcconfig escapes them in a way that nmake does not know.
		ok(/^\S+$/.test(build["MBEDTLS_DIR ?="]!));
		// The SDK's rules give every other variable a value of their own; what they only add to is to be set before.
		const rules = at("!INCLUDE $(MODDABLE)\\tools\\mcconfig\\nmake.win.mk");
		for (const line of ["DIRECTORIES = $(DIRECTORIES) -I$(MBEDTLS_DIR)\\include", "OBJECTS = $(OBJECTS) $(MBEDTLS_DIR)\\lib\\mbedcrypto.lib"]) ok(at(line) >= 0 && at(line) < rules, line);
		ok(at("!ERROR ") >= 0 && at("!ERROR ") < rules);
	});

	/** The compiler's flags for a kind of Windows; what is generated, and the way to Mbed TLS alone of the machine's headers, are in a scratch folder. */
	function withFlags(target: string, use: (flags: string[]) => void): void {
		const scratch = mkdtempSync(join(tmpdir(), "windows-"));
		try {
			writeGeneratedHeaders(simulators.win, scratch);
			const psa = /(\S+)\/psa\/crypto\.h/.exec(run("gcc", ["-M", join(root, "hosts/crypto/backend.c")]))![1]!;
			for (const part of ["psa", "mbedtls"]) symlinkSync(join(psa, part), join(scratch, part));
			const engine = join(root, "node_modules/@agoric/xsnap/moddable/xs/includes");
			use([`--target=${target}`, "-fsyntax-only", "-std=c11", "-pedantic", "-Wvla", "-Wall", "-Wextra", "-Werror", "-include", "stddef.h",
				"-isystem", windowsHeaders(), ...[scratch, engine, ...simulators.win.includes].map(path => `-I${path}`)]);
		}
		finally {
			rmSync(scratch, { recursive: true });
		}
	}

	const clang = process.env.CLANG ?? "clang";

	it("takes all C that the manifest names, as standard C: the simulator has 32 bits", function () {
		this.timeout(240_000);
		ok(simulators.win.natives.length > 25);
		withFlags("i686-w64-windows-gnu", flags => run(clang, [...flags, ...simulators.win.natives]));
	});

	it("takes all that knows no XS as 64 bits too", function () {
		this.timeout(240_000);
		withFlags("x86_64-w64-windows-gnu", flags => run(clang, [...flags, ...simulators.win.natives.filter(path => !/\/xs_/.test(path))]));
	});

	it("includes no header that MSVC lacks, though MinGW has it", () => {
		for (const path of simulators.win.natives) {
			const text = [path, path.replace(/\.c$/, ".h")].filter(name => existsSync(name)).map(name => readFileSync(name, "utf8")).join("\n");
			deepEqual([...text.matchAll(/^\s*#\s*include\s*<(?:unistd|dirent|pthread|strings|getopt|sys\/(?!stat\.h|types\.h)\w+)\.h>/gm)].map(match => `${relative(root, path)}: ${match[0]}`), []);
		}
	});
});
