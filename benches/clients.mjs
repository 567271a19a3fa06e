/** The clients that are compared: this project's desktop host, libsmb2 (put.c), smbclient. Each is a command that uploads one file. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Obstacle, root } from "../tools/steps.mjs";

/** Where benches keep what they make. */
export const scratch = join(root, "build", "bench");

/** What protects an upload, and how each client is told so; undefined where it has none of that. */
export const protections = [
	{ name: "3.1.1 signed, AES-CMAC", ours: { dialect: "3.1.1", "signing-algorithms": "AES-CMAC" }, libsmb2: ["0x0311", "sign"], smbclient: ["-mSMB3_11", "--client-protection=sign", "--option=client smb3 signing algorithms=AES-128-CMAC"] },
	{ name: "3.1.1 signed, AES-GMAC", ours: { dialect: "3.1.1", "signing-algorithms": "AES-GMAC" }, smbclient: ["-mSMB3_11", "--client-protection=sign", "--option=client smb3 signing algorithms=AES-128-GMAC"] },
	{ name: "3.1.1 sealed, AES-128-CCM", ours: { dialect: "3.1.1", encryption: "required", "encryption-algorithms": "AES-128-CCM" }, libsmb2: ["0x0311", "seal"], smbclient: ["-mSMB3_11", "--client-protection=encrypt", "--option=client smb3 encryption algorithms=AES-128-CCM"] },
	{ name: "3.1.1 sealed, AES-128-GCM", ours: { dialect: "3.1.1", encryption: "required", "encryption-algorithms": "AES-128-GCM" }, smbclient: ["-mSMB3_11", "--client-protection=encrypt", "--option=client smb3 encryption algorithms=AES-128-GCM"] },
	{ name: "3.0.2 signed, AES-CMAC", ours: { dialect: "3.0.2" }, libsmb2: ["0x0302", "sign"], smbclient: ["-mSMB3_02", "--client-protection=sign"] },
	{ name: "2.1 signed, HMAC-SHA256", ours: { dialect: "2.1" }, libsmb2: ["0x0210", "sign"], smbclient: ["-mSMB2_10", "--client-protection=sign"] },
	{ name: "3.1.1 unsigned (guest; libsmb2: an account)", ours: { dialect: "3.1.1", auth: "guest", user: undefined, password: undefined }, libsmb2: ["0x0311", "none"], smbclient: ["-mSMB3_11", "--client-protection=off"], guest: true },
];

export const [signed, , sealed, , , , unsigned] = protections;

/** A file of that many bytes that do not repeat, in a folder of its own; larger ones are mostly a hole. */
export function file(size) {
	const folder = join(scratch, `scans-${size}`), path = join(folder, "scan.pdf");
	mkdirSync(folder, { recursive: true });
	if (!existsSync(path) || statSync(path).size !== size) {
		const solid = Buffer.alloc(Math.min(size, 16 * 1048576));
		let state = 2463534242;
		for (let at = 0; at < solid.length; at++) {
			state ^= state << 13;
			state ^= state >>> 17;
			state ^= state << 5;
			solid[at] = state;
		}
		writeFileSync(path, solid);
		if (size > solid.length) truncateSync(path, size);
	}
	return path;
}

/** Has this project's client forget what it has sent, and the share what it has. */
export function forget(folder, samba) {
	for (const name of readdirSync(folder)) if (name.startsWith(".scan-")) rmSync(join(folder, name));
	for (const share of samba.shares) for (const name of readdirSync(share.folder)) rmSync(join(share.folder, name), { recursive: true });
}

/** Bytes of free memory that have the host take a device's slots, four of 16 KiB; with 64 bits it takes four of 64 KiB unless told so. */
export const deviceMemory = 172 * 1024;

/** This project's client on that build of the desktop host. path: a scan; its whole folder goes up. */
export function ours({ executable, moduleList }, hostOptions = [], name = "this project") {
	return {
		name,
		supports: ({ ours }) => ours !== undefined,
		command: ({ ours }, target, path) => [executable, [...hostOptions, moduleList, ...Object.entries({
			server: target.address, port: target.port, share: target.share, user: target.user, password: target.password, source: join(path, ".."), ...ours,
		}).filter(([, value]) => value !== undefined).map(([key, value]) => `${key}=${value}`)]],
	};
}

/** The same with a device's slots. */
export function oursAsDevice(build) { return ours(build, ["--memory", String(deviceMemory)], "this project, 4 × 16 KiB"); }

/** libsmb2 with so many WRITEs of so many bytes under way. */
export function libsmb2(program, chunk = 65536, window = 4) {
	return {
		name: `libsmb2, ${window} × ${chunk / 1024} KiB`,
		supports: ({ libsmb2 }) => libsmb2 !== undefined,
		command: ({ libsmb2: [dialect, protection] }, target, path) => [program, [
			`${target.address}:${target.port}`, target.share, basename(path), path, target.user, target.password, dialect, protection, String(chunk), String(window),
		]],
	};
}

/** -t: its own 20 seconds are over before what it has under way is through a slow link. */
export const smbclient = {
	name: "smbclient",
	supports: ({ smbclient }) => smbclient !== undefined,
	command: ({ smbclient: options, guest }, target, path) => ["smbclient", [
		`//${target.address}/${target.share}`, "-p", String(target.port), "-s", "/dev/null", "-t", "300", "-U", guest ? "nobody-here%none" : `${target.user}%${target.password}`, ...options, "-c", `put "${path}" "${basename(path)}"`,
	]],
};

/** Runs a command to its end; resolves to { status, output }. */
export function execute(command, args, { timeoutMs = 600_000, env } = {}) {
	return new Promise(resolve => {
		let output = "";
		const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, LC_ALL: "C.UTF-8", ...env } });
		const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
		for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", text => { output += text; });
		child.on("error", error => { output += error.message; });
		child.on("close", (status, signal) => {
			clearTimeout(timer);
			resolve({ status: status ?? 128, output: signal ? `${output}ended by ${signal}\n` : output });
		});
	});
}

/** Uploads path with client and checks that all of it arrived. before: a command to put before it, with its options. Resolves to what it said. */
export async function upload(client, protection, target, samba, path, { before = [], env } = {}) {
	forget(join(path, ".."), samba);
	const [command, args] = client.command(protection, target, path);
	const [first, ...rest] = [...before, command, ...args];
	const { status, output } = await execute(first, rest, { env });
	if (status !== 0) throw new Error(`${client.name}, ${protection.name}: exit code ${status}\n${output}`);
	for (const name of readdirSync(join(path, ".."))) {
		const arrived = join(samba.folderOf(target.share), name);
		if (!name.startsWith(".") && (!existsSync(arrived) || statSync(arrived).size !== statSync(join(path, "..", name)).size)) throw new Error(`${client.name}, ${protection.name}: ${name} did not arrive whole\n${output}`);
	}
	return output;
}

/** Compiles one of the C programs here; returns its path. */
export function compile(name, options = []) {
	mkdirSync(scratch, { recursive: true });
	const program = join(scratch, name);
	const { status, stderr } = spawnSync(process.env.CC ?? "gcc", ["-O2", "-Wall", "-o", program, join(root, "benches", `${name}.c`), ...options], { encoding: "utf8" });
	if (status !== 0) throw new Obstacle(`benches/${name}.c:\n${stderr}`);
	return program;
}

/**
 * put.c on the libsmb2 of LIBSMB2=<prefix> (a folder with include and lib), else of the system; undefined where there is none. Not every release of
 * Debian has the package.
 */
export function compileLibsmb2() {
	const prefix = process.env.LIBSMB2;
	if (!prefix && !libsmb2Installed()) return undefined;
	return compile("put", prefix ? [`-I${prefix}/include`, `-L${prefix}/lib`, `-Wl,-rpath,${prefix}/lib`, "-lsmb2"] : ["-lsmb2"]);
}

export function libsmb2Installed() {
	return spawnSync(process.env.CC ?? "gcc", ["-E", "-x", "c", "-", "-o", "/dev/null"], { input: "#include <stdint.h>\n#include <stddef.h>\n#include <time.h>\n#include <smb2/smb2.h>\n#include <smb2/libsmb2.h>\n" }).status === 0;
}

export function median(numbers) {
	const sorted = [...numbers].sort((a, b) => a - b), middle = sorted.length >> 1;
	return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
