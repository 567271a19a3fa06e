/**
 * Makes a fresh clone ready: checks Node, installs the npm packages of package-lock.json, and on Debian and its relatives the
 * system's packages. With nothing to do it says nothing and takes a tenth of a second. `node tools/setup.mjs --tests` for what the tests need, `--bench` for the benches.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { kdcInstalled } from "./kdc.mjs";
import { sambaInstalled } from "./samba.mjs";
import { Obstacle, program, root, run, say, step } from "./steps.mjs";

/** Only there can the 32-bit build, with slots as small as on the device, be made and run. */
export const builds32 = process.platform === "linux" && process.arch === "x64";

const compiler = process.env.CC ?? "gcc";

/** What this needs of the system: Debian's packages, those of others, what for, and whether it is there already. */
const needs = [
	{ debian: ["gcc", "libc6-dev"], others: "a C compiler (gcc)", why: "compiles the XS engine and the native code", there: () => compilerFinds("crt1.o") || process.platform === "darwin" && onPath(compiler) },
	{ debian: ["libmbedtls-dev"], others: "Mbed TLS with its headers (Fedora: mbedtls-devel, macOS: mbedtls)", why: "PSA Crypto: signing and encryption", there: () => compilerIncludes("psa/crypto.h") },
	{ debian: ["samba"], others: "Samba (samba)", why: "smbd, the server that is tried against, on loopback only", there: sambaInstalled },
	{ debian: ["smbclient"], others: "smbclient (Fedora: samba-client, macOS: samba)", why: "a second client, to hold files open in tests", tests: true, bench: true, there: () => onPath("smbclient") },
	{ debian: ["tshark"], others: "tshark (Fedora: wireshark-cli, macOS: wireshark)", why: "checks what goes over the wire", tests: true, there: () => onPath("tshark") },
	{ debian: ["valgrind"], others: "Valgrind with its headers (Fedora: valgrind-devel)", why: "looks for branches and addresses that depend on secrets, counts instructions", tests: true, bench: true, there: () => onPath("valgrind") && compilerIncludes("valgrind/memcheck.h") },
	{ get debian() { return ["clang", `libclang-rt-${clangVersion()}-dev`]; }, others: "clang with its sanitizers and libFuzzer (Fedora: clang compiler-rt)", why: "fuzzes the native code", tests: true, there: fuzzes },
	{ debian: ["krb5-kdc", "krb5-admin-server", "krb5-user"], others: "MIT Kerberos with its KDC (Fedora: krb5-server krb5-workstation, macOS: krb5)", why: "krb5kdc, a private KDC on loopback", tests: true, there: kdcInstalled },
	{ debian: ["faketime"], others: "faketime (Fedora: libfaketime, macOS: libfaketime)", why: "runs the desktop host with a wrong clock", tests: true, there: () => onPath("faketime") },
	// Not every release of Debian has it: the bench says so, and does without.
	{ debian: ["libsmb2-dev"], others: "libsmb2 (libsmb2)", why: "a client to compare with", bench: true, there: () => process.env.LIBSMB2 !== undefined || compilerFinds("libsmb2.so") || onPath("apt-cache") && !debianHas("libsmb2-dev") },
	{ debian: ["mingw-w64-common"], others: "the headers of MinGW-w64 (Fedora: mingw32-headers, macOS: mingw-w64)", why: "Windows's headers: the native code is checked against them", tests: true, there: () => windowsHeaders() !== undefined },
	...builds32 ? [
		{ debian: ["gcc-multilib"], others: "32-bit glibc and libgcc (Fedora: glibc-devel.i686 libgcc.i686)", why: "builds with the device's 32-bit slots", tests: true, bench: true, there: () => compilerFinds("crt1.o", "-m32") && compilerFinds("libgcc.a", "-m32") },
		{ debian: ["libmbedtls-dev:i386"], others: "32-bit Mbed TLS (Fedora: mbedtls-devel.i686)", why: "PSA Crypto for that build", tests: true, bench: true, there: () => compilerFinds("libmbedcrypto.so", "-m32") },
	] : [],
];

function onPath(name) {
	return (process.env.PATH ?? "").split(delimiter).some(folder => existsSync(join(folder, name)));
}

/** Whether this release has a package of that name, as far as its lists are there. */
function debianHas(name) {
	return spawnSync("apt-cache", ["show", "--no-all-versions", name]).status === 0;
}

function compilerFinds(file, ...flags) {
	const result = spawnSync(compiler, [...flags, `-print-file-name=${file}`], { encoding: "utf8" });
	return result.status === 0 && existsSync(result.stdout.trim()) && result.stdout.trim() !== file;
}

function compilerIncludes(header) {
	return spawnSync(compiler, ["-E", "-x", "c", "-", "-o", "/dev/null"], { input: `#include <${header}>\n` }).status === 0;
}

/** Debian's clang is an empty package that depends on the one of a version; its libraries are in a package that only has the version's name. */
function clangVersion() {
	return /clang-(\d+)/.exec(spawnSync("apt-cache", ["depends", "clang"], { encoding: "utf8" }).stdout ?? "")?.[1] ?? "14";
}

function fuzzes() {
	const { status, stdout } = spawnSync(process.env.CLANG ?? "clang", ["-print-resource-dir"], { encoding: "utf8" });
	if (status !== 0) return false;
	const libraries = join(stdout.trim(), "lib");
	return existsSync(libraries) && readdirSync(libraries, { recursive: true }).some(name => /libclang_rt\.fuzzer[-_.a-z0-9]*\.a$/.test(String(name)));
}

/** The folder of Windows's headers, as MinGW-w64 has them. */
export function windowsHeaders() {
	return ["/usr/share/mingw-w64/include", "/usr/i686-w64-mingw32/sys-root/mingw/include", "/opt/homebrew/opt/mingw-w64/toolchain-i686/i686-w64-mingw32/include"].find(folder => existsSync(join(folder, "windows.h")));
}

function checkNode() {
	const wanted = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).engines.node.replace(/[^\d.]/g, "").split(".").map(Number);
	const [major, minor] = process.versions.node.split(".").map(Number);
	if (major < wanted[0] || major === wanted[0] && minor < wanted[1])
		throw new Obstacle(`Node ${wanted.join(".")} or newer is needed; this is ${process.versions.node}. See nodejs.org, or use a version manager.`);
}

/** Whether node_modules holds just what package-lock.json asks for. */
function packagesMatch() {
	try {
		const packages = name => JSON.parse(readFileSync(join(root, name), "utf8")).packages;
		const installed = packages("node_modules/.package-lock.json");
		return Object.entries(packages("package-lock.json"))
			.every(([name, { version, optional }]) => name === "" || optional && !installed[name] || installed[name]?.version === version && existsSync(join(root, name)));
	}
	catch { return false; }
}

async function installPackages() {
	const { status, output } = await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
	if (status !== 0) throw new Obstacle(`npm ci failed:\n${output}`);
}

/** What becomes root here without asking for a password: nothing, sudo, or undefined. */
function becomeRoot() {
	if (process.getuid() === 0) return [];
	if (spawnSync("sudo", ["-n", "true"]).status === 0) return ["sudo", "-n"];
	return undefined;
}

/**
 * Installs Debian packages. Their services are neither started (policy-rc.d, as Debian's own images do it) nor
 * switched on for the next start of the machine: this needs smbd as a program only.
 */
async function installDebian(packages, asRoot) {
	const apt = (...args) => run(...command([...asRoot, "env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", "apt-get", "-q", "-y", ...args]));
	const root = (...args) => run(...command([...asRoot, ...args]));
	const policy = "/usr/sbin/policy-rc.d";
	const guarded = !existsSync(policy);
	const bringsSamba = packages.includes("samba");
	if (packages.some(name => name.endsWith(":i386"))) await root("dpkg", "--add-architecture", "i386");
	if (guarded) await root("sh", "-c", `printf '#!/bin/sh\\nexit 101\\n' > ${policy} && chmod 755 ${policy}`);
	try {
		let output = "";
		// One index of several that cannot be read fails the update as a whole, and often hurts nothing: the install decides.
		for (let attempt = 1; attempt <= 3; attempt++) {
			const update = await apt("update");
			const install = await apt("install", "--no-install-recommends", ...packages);
			if (install.status === 0) {
				if (bringsSamba && onPath("systemctl")) await root("systemctl", "--no-reload", "disable", "smbd", "nmbd", "samba-ad-dc");
				return;
			}
			output = update.output + install.output;
		}
		throw new Obstacle(`apt-get could not install ${packages.join(" ")}:\n${output.split("\n").slice(-40).join("\n")}`);
	}
	finally {
		if (guarded) await root("rm", "-f", policy);
	}
}

function command([name, ...args]) { return [name, args]; }

async function installSystem(tests, bench) {
	const missing = needs.filter(need => (tests && need.tests || bench && need.bench || !need.tests && !need.bench) && !need.there());
	if (missing.length === 0) return;
	const debian = missing.flatMap(need => need.debian);
	const list = missing.map(need => `    ${need.debian.join(" ")}: ${need.why}`).join("\n");
	const asRoot = onPath("apt-get") ? becomeRoot() : undefined;
	if (!onPath("apt-get"))
		throw new Obstacle(`This machine lacks what follows; please install it with its package manager:\n${missing.map(need => `    ${need.others}: ${need.why}`).join("\n")}`);
	if (!asRoot) {
		const foreign = debian.some(name => name.endsWith(":i386")) ? "sudo dpkg --add-architecture i386 && " : "";
		throw new Obstacle(`This machine lacks:\n${list}\nPlease run: ${foreign}sudo apt-get update && sudo apt-get install --no-install-recommends ${debian.join(" ")}`);
	}
	say(list);
	await step(`apt-get install ${debian.join(" ")}${debian.includes("samba") ? " (no service is started)" : ""}`, () => installDebian(debian, asRoot));
	const still = missing.filter(need => !need.there());
	if (still.length > 0) throw new Obstacle(`Installed, and still not found: ${still.flatMap(need => need.debian).join(" ")}`);
}

/** tests: also what `npm test` needs; bench: what `npm run bench` does. Throws Obstacle with what the person should do. */
export async function setup({ tests = false, bench = false } = {}) {
	checkNode();
	if (!packagesMatch()) await step("npm ci (engine sources, TypeScript, mocha)", installPackages);
	await installSystem(tests, bench);
}

if (process.argv[1] === new URL(import.meta.url).pathname) await program(() => setup({ tests: process.argv.includes("--tests"), bench: process.argv.includes("--bench") }));
