/**
 * npm start. Without settings: sets up, builds the desktop host, starts a private Samba and sends it a few sample scans.
 * With settings (npm start -- server=nas.local share=media source=~/scans …): the same app against that server.
 * Exit codes are the app's: 0 all arrived, 1 something stayed behind, 2 settings, 100 and above the engine died.
 */
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, utimesSync } from "node:fs";
import { constants, homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { startSamba } from "./samba.mjs";
import { sampleNames, writeSamples } from "./scans.mjs";
import { setup } from "./setup.mjs";
import { Obstacle, program, root, say } from "./steps.mjs";

const folderOnShare = "Scans";

/** Runs the app until it ends; resolves to its exit code. */
function runApp({ executable, moduleList }, settings, cwd) {
	return new Promise((resolve, reject) => {
		const child = spawn(executable, [moduleList, "-"], { stdio: ["pipe", "inherit", "inherit"], cwd });
		// Not on its command line, where every user of the machine could read the password.
		child.stdin.on("error", () => {});
		child.stdin.end(settings.map(setting => `${setting}\n`).join(""));
		// Ctrl-C reaches the app by itself; what is sent to this process alone is passed on.
		const pass = signal => child.kill(signal);
		process.once("SIGTERM", pass);
		process.once("SIGHUP", pass);
		child.on("error", reject);
		child.on("close", (code, signal) => {
			process.off("SIGTERM", pass);
			process.off("SIGHUP", pass);
			resolve(code ?? 128 + constants.signals[signal]);
		});
	});
}

/** As a shell would: npm passes `source=~/scans` on as it stands. */
function expandHome(setting) {
	return setting.replace(/^(source=)~(?=$|\/)/, (_, key) => key + homedir());
}

/** Names of the samples that are not on the share with just the same bytes. */
function different(source, folder) {
	return sampleNames.filter(name => !existsSync(join(folder, name)) || !readFileSync(join(folder, name)).equals(readFileSync(join(source, name))));
}

async function demonstrate(host) {
	const samples = join(root, "build", "samples");
	writeSamples(samples);
	const samba = await startSamba();
	try {
		// A copy: what the app may leave beside the scans goes away with the server.
		const source = join(samba.folder, "scanner");
		mkdirSync(source);
		for (const name of sampleNames) {
			copyFileSync(join(samples, name), join(source, name));
			const { mtime } = statSync(join(samples, name));
			utimesSync(join(source, name), mtime, mtime);
		}
		say(`A private Samba listens on ${samba.address}:${samba.port}; ${sampleNames.length} sample scans (PDF, JPEG, PNG, TIFF) go to its share "${samba.share}".`);
		const code = await runApp(host, [
			`server=${samba.address}`, `port=${samba.port}`, `share=${samba.share}`, `path=${folderOnShare}`,
			`user=${samba.user}`, `password=${samba.password}`, `source=${source}`,
		], root);
		// Ended by a signal: the server may be gone already.
		if (code >= 128) return code;
		const folder = join(samba.folderOf(), folderOnShare);
		const wrong = different(source, folder);
		const extra = existsSync(folder) ? readdirSync(folder).filter(name => !sampleNames.includes(name)) : [];
		if (wrong.length > 0) say(`Not the same on the share: ${wrong.join(", ")}`);
		if (extra.length > 0) say(`Also on the share: ${extra.join(", ")}`);
		if (wrong.length + extra.length > 0) return code || 1;
		console.log(`Compared with what lies in the server's folder: all ${sampleNames.length} are there, byte for byte.`);
		console.log("Your own server: npm start -- server=nas.local share=media path=scans user=anna password=… source=~/scans");
		return code;
	}
	finally {
		await samba.stop();
	}
}

/** The settings with a password: as given, else of the environment's SMB_PASSWORD, else asked for where somebody sits at a terminal. */
async function withPassword(settings) {
	const has = key => settings.some(setting => setting.startsWith(`${key}=`));
	if (has("password") || !has("user") || settings.includes("auth=guest")) return settings;
	if (process.env.SMB_PASSWORD !== undefined) return [...settings, `password=${process.env.SMB_PASSWORD}`];
	if (!process.stdin.isTTY) return settings;
	process.stderr.write("Password: ");
	const question = createInterface({ input: process.stdin, output: new Writable({ write(_bytes, _encoding, done) { done(); } }), terminal: true });
	const password = await new Promise((resolve, reject) => {
		question.question("", resolve);
		question.on("SIGINT", () => reject(new Obstacle("\nNo password was given")));
	}).finally(() => question.close());
	process.stderr.write("\n");
	return [...settings, `password=${password}`];
}

await program(async () => {
	const settings = process.argv.slice(2).map(expandHome);
	for (const word of settings)
		if (!/^[^=]+=/.test(word)) throw Object.assign(new Obstacle(`"${word}" is no setting: expected key=value, such as server=nas.local`), { exitCode: 2 });
	await setup();
	const { build } = await import("./build.mjs");
	const host = await build({ bits: 64 });
	if (settings.length === 0) return await demonstrate(host);
	// Relative paths mean the folder in which the person called npm.
	return await runApp(host, await withPassword(settings), process.env.INIT_CWD ?? process.cwd());
});
