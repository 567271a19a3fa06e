/**
 * Builds the desktop host: tsc, the XS engine, our C, and the list of modules that the host loads.
 *
 *   node tools/build.mjs [--bits 32|64] [--variant debug|release|asan] [--no-typecheck] [--quiet]
 *
 * debug (the default) has stack traces with .ts lines and can attach to xsbug; release is what a release firmware is; asan
 * runs under the address and undefined-behaviour sanitizers and collects at every allocation.
 * The engine is npm's @agoric/xsnap; XS=<folder> names another one's xs folder (…/moddable/xs).
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, copyFileSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, statSync, unlinkSync, utimesSync, writeFileSync, writeSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { definesHeader, readManifest, under } from "./manifest.mjs";
import { bindNatives } from "./natives.mjs";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const buildFolder = join(root, "build");

const variants = {
	debug: { flags: ["-O2", "-g", "-DmxDebug=1"], engine: [] },
	release: { flags: ["-O2", "-g"], engine: [] },
	asan: {
		flags: ["-O1", "-g", "-fno-omit-frame-pointer", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined", "-DmxDebug=1", "-DmxASANStackMargin=131072", "-DmxStress=1", "-DmxNoChunks=1"],
		// The engine leans on behaviour that UBSan objects to; our own C must not.
		engine: ["-fno-sanitize=undefined"],
		// It counts characters word by word, past the end of strings.
		files: { "xsCommon.c": ["-fno-sanitize=address"] },
	},
};

/** Messages of errors that C throws are what the C says, in every variant: without the frame's name that mxDebug puts before them. */
const engineFlags = { "xsAPI.c": ["-DfxBufferFrameName=host_noFrameName"] };

/**
 * Brings one variant up to date.
 * Returns { executable, moduleList, folder, manifest, bits, variant }; run executable with [moduleList, "key=value", …].
 */
export async function build({ bits = 64, variant = "debug", typecheck = true, quiet = false } = {}) {
	bits = Number(bits);
	if (bits !== 32 && bits !== 64)
		throw new Error(`bits: ${bits}, expected 32 or 64`);
	if (!variants[variant])
		throw new Error(`variant: "${variant}", expected one of ${Object.keys(variants).join(", ")}`);
	mkdirSync(buildFolder, { recursive: true });
	const release = await lock(join(buildFolder, ".lock"));
	try {
		const say = quiet ? () => {} : line => process.stderr.write(`${line}\n`);
		compileTypeScript(say, typecheck);
		const manifest = readManifest(join(root, "manifest.json"), { platform: "desktop", strict: false });
		const moduleList = listModules(manifest);
		const folder = join(buildFolder, `${variant}${bits}${process.env.XS ? "-xs" : ""}`);
		const executable = await compileHost({ bits, variant, folder, manifest, say });
		return { executable, moduleList, folder, manifest, bits, variant };
	}
	finally {
		release();
	}
}

/** TypeScript to build/js, mirroring the tree. Skipped when no source is newer than the last run that went well. */
function compileTypeScript(say, typecheck) {
	const stamp = join(buildFolder, "tsc.stamp");
	const project = join(root, "tests", "tsconfig.json");
	const sources = [
		...["main.ts", "tsconfig.json", "tests/tsconfig.json", "package-lock.json"].map(name => join(root, name)).filter(existsSync),
		...["modules", "hosts", "types", "tests"].flatMap(name => filesUnder(join(root, name), ".ts")),
	];
	const list = sources.map(file => under(root, file)).sort().join("\n");
	const newest = Math.max(...sources.map(file => statSync(file).mtimeMs));
	if (existsSync(stamp) && readFileSync(stamp, "utf8") === list && statSync(stamp).mtimeMs > newest)
		return;
	say("tsc");
	const started = new Date();
	const compiler = join(root, "node_modules", "typescript", "lib", "tsc.js");
	if (!existsSync(compiler))
		throw new Error("TypeScript is not installed: run npm ci");
	const run = spawnSync(process.execPath, [compiler, "-p", project, "--incremental", "--tsBuildInfoFile", join(buildFolder, "tsc.info")], { encoding: "utf8", cwd: root });
	removeStale(sources);
	if (run.status !== 0) {
		rmSync(stamp, { force: true });
		if (typecheck)
			throw new Error(`tsc found errors (--no-typecheck builds all the same):\n${run.stdout}${run.stderr}`);
		say(run.stdout + run.stderr);
	}
	else {
		writeFileSync(stamp, list);
		// As of the start: what was edited meanwhile is compiled again.
		touch(stamp, started);
	}
}

/** Takes away JavaScript whose TypeScript is gone, lest a deleted module or test lives on. */
function removeStale(sources) {
	const kept = new Set(sources.map(file => under(root, file).replace(/\.ts$/, ".js")));
	for (const file of filesUnder(join(buildFolder, "js"), ".js")) {
		if (!kept.has(under(join(buildFolder, "js"), file))) {
			rmSync(file);
			rmSync(`${file}.map`, { force: true });
		}
	}
}

/** Where the compiled form of a source of the project lies. Where natives were bound, it is in build/xs. */
function compiled(file) {
	const path = under(root, file).replace(/\.ts$/, ".js");
	const bound = join(buildFolder, "xs", path);
	return existsSync(bound) ? bound : join(buildFolder, "js", path);
}

/** Binds natives, and writes build/modules.txt: what the host needs to know of the manifest. */
function listModules(manifest) {
	const from = join(buildFolder, "js");
	const to = join(buildFolder, "xs");
	for (const file of filesUnder(from, ".js")) {
		const path = under(from, file);
		const target = join(to, path);
		const text = readFileSync(file, "utf8");
		if (!/\b[nN]ative\(/.test(text) || path.startsWith("tests/support/node")) {
			rmSync(target, { force: true });
			continue;
		}
		if (existsSync(target) && statSync(target).mtimeMs > statSync(file).mtimeMs && statSync(target).mtimeMs > statSync(join(root, "tools", "natives.mjs")).mtimeMs)
			continue;
		mkdirSync(dirname(target), { recursive: true });
		writeFileSync(target, bindNatives(text, path));
		if (existsSync(`${file}.map`))
			copyFileSync(`${file}.map`, `${target}.map`);
	}
	for (const file of filesUnder(to, ".js")) {
		if (!existsSync(join(from, under(to, file))))
			rmSync(file);
	}
	const creation = manifest.creation;
	const lines = [`base ${root}`];
	for (const [key, value] of flatten(creation))
		lines.push(`creation ${key}=${value}`);
	lines.push(`config ${JSON.stringify(manifest.config)}`);
	for (const [specifier, file] of manifest.modules)
		lines.push(`${manifest.preload.includes(specifier) ? "preload" : "module"} ${specifier} ${compiled(file)}`);
	// Tests, and what they test of a host that is not the desktop's.
	for (const prefix of ["tests/", "hosts/esp32/"]) {
		for (const folder of [to, from])
			lines.push(`root ${prefix} ${folder}`);
	}
	const path = join(buildFolder, "modules.txt");
	writeChanged(path, `${lines.join("\n")}\n`);
	return path;
}

function* flatten(part, prefix = "") {
	for (const [key, value] of Object.entries(part)) {
		if (typeof value === "object" && value !== null)
			yield* flatten(value, `${prefix}${key}.`);
		else
			yield [prefix + key, value];
	}
}

/** Compiles the engine and our C, links. Only what changed, by flags, time stamps and the compiler's list of headers. */
async function compileHost({ bits, variant, folder, manifest, say }) {
	const xs = resolve(process.env.XS ?? join(root, "node_modules", "@agoric", "xsnap", "moddable", "xs"));
	if (!existsSync(join(xs, "sources", "xsAll.c")))
		throw new Error(process.env.XS ? `XS=${process.env.XS}: no XS sources there (expected a Moddable SDK's xs folder)` : "The XS sources are not installed: run npm ci");
	const version = /XS_MAJOR_VERSION\s+(\d+)/.exec(readFileSync(join(xs, "sources", "xsCommon.h"), "utf8"))?.[1] ?? "0";
	const compiler = process.env.CC ?? "cc";
	needCompiler(compiler, bits);
	mkdirSync(join(folder, "engine"), { recursive: true });
	mkdirSync(join(folder, "host"), { recursive: true });
	writeChanged(join(folder, "mc.defines.h"), definesHeader(manifest.defines));
	writeIDs(folder, manifest);

	const machine = join(root, "hosts", "desktop", "machine");
	const common = [
		`-m${bits}`, "-std=gnu11", "-fno-common", "-MMD", ...(bits === 32 ? ["-msse2", "-mfpmath=sse", "-D_FILE_OFFSET_BITS=64", "-D_TIME_BITS=64"] : []),
		...variants[variant].flags,
		"-DINCLUDE_XSPLATFORM", "-DXSPLATFORM=\"engine.h\"", `-DXS_VERSION=${version}`,
		"-DmxRun=1", "-DmxParse=1", "-DmxBoundsCheck=1", "-DmxHostFunctionPrimitive=1", "-DmxLockdown=1", "-DmxNoConsole=1",
		"-DHOST_DESKTOP=1",
		`-I${machine}`, `-I${join(xs, "includes")}`, `-I${join(xs, "platforms")}`, `-I${join(xs, "sources")}`,
	];
	const jobs = [];
	for (const name of readdirSync(join(xs, "sources")).sort()) {
		if (name.endsWith(".c") && !["xsSnapshot.c", "xsffi.c", "xsum.c"].includes(name))
			jobs.push({ source: join(xs, "sources", name), object: join(folder, "engine", name.replace(/\.c$/, ".o")), flags: [...common, ...variants[variant].engine, ...(engineFlags[name] ?? []), ...(variants[variant].files?.[name] ?? []), "-w"] });
	}
	const ours = [
		...common, "-Wall", "-Wextra", "-Wno-unused-parameter", "-Wno-missing-field-initializers", "-Wno-sign-compare",
		`-I${folder}`, ...manifest.includes.map(path => `-I${path}`),
	];
	for (const source of [...manifest.natives, join(folder, "mc.xs.c")])
		jobs.push({ source, object: join(folder, "host", `${under(root, source).replaceAll("/", "-").replace(/\.c$/, "")}.o`), flags: ours });

	for (const job of jobs)
		job.key = createHash("sha256").update(JSON.stringify([compiler, ...job.flags])).digest("hex");
	const stale = jobs.filter(job => !fresh(job));
	if (stale.length > 0)
		say(`cc ${stale.length === jobs.length ? "engine and host" : stale.map(({ source }) => basename(source)).join(" ")} (${variant}, ${bits} bit)`);
	await compileAll(compiler, stale);

	const executable = join(folder, "xs-host");
	const objects = jobs.map(({ object }) => object);
	const objectList = objects.join("\n");
	const listFile = join(folder, "objects");
	const linked = existsSync(executable) && existsSync(listFile) && readFileSync(listFile, "utf8") === objectList
		&& objects.every(object => statSync(object).mtimeMs <= statSync(executable).mtimeMs);
	if (!linked) {
		const sanitize = variants[variant].flags.filter(flag => flag.startsWith("-fsanitize"));
		const run = spawnSync(compiler, [`-m${bits}`, ...sanitize, "-rdynamic", "-o", executable, ...objects, "-lmbedcrypto", "-ldl", "-lm", "-lpthread"], { encoding: "utf8" });
		if (run.status !== 0)
			throw new Error(`linking ${relative(root, executable)}:\n${run.stderr}${/cannot find -lmbedcrypto/.test(run.stderr) ? installHint(bits) : ""}`);
		writeFileSync(listFile, objectList);
	}
	return executable;
}

/** Whether an object file is newer than all that went into it, and was compiled with the same flags. */
function fresh({ source, object, key }) {
	const list = object.replace(/\.o$/, ".d");
	const keyFile = object.replace(/\.o$/, ".key");
	if (!existsSync(object) || !existsSync(list) || !existsSync(keyFile) || readFileSync(keyFile, "utf8") !== key)
		return false;
	const built = statSync(object).mtimeMs;
	const dependencies = readFileSync(list, "utf8").replace(/\\\n/g, " ").replace(/^[^:]*:/, "").split(/(?<!\\)\s+/).filter(Boolean);
	return [source, ...dependencies].every(path => existsSync(path) && statSync(path).mtimeMs <= built);
}

async function compileAll(compiler, jobs) {
	const queue = [...jobs];
	const failures = [];
	const worker = async () => {
		for (let job = queue.shift(); job && failures.length === 0; job = queue.shift()) {
			const { status, output } = await execute(compiler, [...job.flags, "-c", job.source, "-o", job.object]);
			if (status !== 0) {
				rmSync(job.object, { force: true });
				failures.push(`${under(root, job.source)}:\n${output}${/psa\/crypto|mbedtls/.test(output) && /No such file/.test(output) ? installHint(64) : ""}`);
			}
			else {
				writeFileSync(job.object.replace(/\.o$/, ".key"), job.key);
				if (output)
					process.stderr.write(output);
			}
		}
	};
	await Promise.all([worker(), worker()]);
	if (failures.length > 0)
		throw new Error(failures.join("\n"));
}

function execute(command, parameters) {
	return new Promise(done => {
		const child = spawn(command, parameters, { stdio: ["ignore", "pipe", "pipe"] });
		let output = "";
		child.stdout.on("data", text => { output += text; });
		child.stderr.on("data", text => { output += text; });
		child.on("error", error => done({ status: -1, output: error.message }));
		child.on("close", status => done({ status, output }));
	});
}

/** Every xsID_<name> that the C sources use becomes a variable, looked up once when the machine is built. */
function writeIDs(folder, manifest) {
	const names = new Set();
	for (const source of manifest.natives) {
		for (const [, name] of readFileSync(source, "utf8").matchAll(/\bxsID_(\w+)/g))
			names.add(name);
	}
	const sorted = [...names].sort();
	writeChanged(join(folder, "mc.xs.h"), [
		"/* Generated: the names that C sources look up. */", "#ifndef MC_XS_H", "#define MC_XS_H",
		"extern xsIdentifier host_ids[];", "extern const char *const host_names[];", "extern const int host_nameCount;",
		...sorted.map((name, index) => `#define xsID_${name} host_ids[${index}]`), "#endif", "",
	].join("\n"));
	writeChanged(join(folder, "mc.xs.c"), [
		"#include \"xs.h\"", "#include \"mc.xs.h\"", `xsIdentifier host_ids[${sorted.length + 1}];`,
		`const char *const host_names[${sorted.length + 1}] = { ${sorted.map(name => `"${name}", `).join("")}0 };`,
		`const int host_nameCount = ${sorted.length};`, "",
	].join("\n"));
}

/** Whether the machine's compiler and libraries can build for so many bits; if not, the reason. */
export function missing(bits, compiler = process.env.CC ?? "cc") {
	try {
		needCompiler(compiler, bits);
		return undefined;
	}
	catch (error) {
		return error.message;
	}
}

const checked = new Set();
function needCompiler(compiler, bits) {
	if (checked.has(bits))
		return;
	const run = spawnSync(compiler, [`-m${bits}`, "-x", "c", "-fsyntax-only", "-"], { input: "#include <stdio.h>\n#include <psa/crypto.h>\n", encoding: "utf8" });
	if (run.error)
		throw new Error(`no C compiler ("${compiler}"): ${run.error.message}${installHint(bits)}`);
	if (run.status !== 0)
		throw new Error(`the C compiler can't build for ${bits} bits:\n${run.stderr}${installHint(bits)}`);
	checked.add(bits);
}

function installHint(bits) {
	return bits === 32
		? "\nOn Debian and Ubuntu: dpkg --add-architecture i386 && apt-get update && apt-get install gcc-multilib libmbedtls-dev:i386\n"
		: "\nOn Debian and Ubuntu: apt-get install gcc libc6-dev libmbedtls-dev\n";
}

/** One build at a time: a file that holds the process id; one left by a dead process is taken over. */
async function lock(path) {
	for (;;) {
		try {
			const file = openSync(path, "wx");
			writeSync(file, String(process.pid));
			closeSync(file);
			return () => unlinkSync(path);
		}
		catch (error) {
			if (error.code !== "EEXIST")
				throw error;
		}
		let owner;
		try {
			owner = Number(readFileSync(path, "utf8"));
			if (owner > 0)
				process.kill(owner, 0);
		}
		catch (error) {
			if (error.code === "ESRCH")
				rmSync(path, { force: true });
		}
		await new Promise(done => setTimeout(done, 100));
	}
}

function filesUnder(folder, extension) {
	if (!existsSync(folder))
		return [];
	const found = [];
	for (const entry of readdirSync(folder, { withFileTypes: true })) {
		const path = join(folder, entry.name);
		if (entry.isDirectory())
			found.push(...filesUnder(path, extension));
		else if (entry.name.endsWith(extension))
			found.push(path);
	}
	return found;
}

function writeChanged(path, text) {
	if (!existsSync(path) || readFileSync(path, "utf8") !== text)
		writeFileSync(path, text);
}

function touch(path, time) {
	utimesSync(path, time, time);
}

function options(words) {
	const chosen = {};
	for (let index = 0; index < words.length; index++) {
		switch (words[index]) {
			case "--bits": chosen.bits = words[++index]; break;
			case "--variant": chosen.variant = words[++index]; break;
			case "--quiet": chosen.quiet = true; break;
			case "--no-typecheck": chosen.typecheck = false; break;
			default: throw new Error(`${words[index]}: unknown; expected --bits 32|64, --variant ${Object.keys(variants).join("|")}, --no-typecheck, --quiet`);
		}
	}
	return chosen;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
	try {
		const { executable, moduleList } = await build(options(process.argv.slice(2)));
		process.stdout.write(`${relative(process.cwd(), executable)} ${relative(process.cwd(), moduleList)}\n`);
	}
	catch (error) {
		process.stderr.write(`${error.message}\n`);
		process.exitCode = 1;
	}
}
