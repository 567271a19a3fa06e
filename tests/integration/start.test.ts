/** npm start, as a person runs it; and that nothing is left running, however it ends. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { deepEqual, equal, ok } from "../support/assert.js";
import { root } from "../support/repository.js";
import { runProcess } from "../support/run.js";
import { startSamba } from "../support/samba.js";
import { onShare } from "../support/scanner.js";

const start = join(root, "tools", "start.mjs");

function listens(port: number): Promise<boolean> {
	return new Promise(resolve => {
		const socket = connect(port, "127.0.0.1");
		socket.on("connect", () => { socket.destroy(); resolve(true); });
		socket.on("error", () => resolve(false));
	});
}

/** Waits until nothing listens on port any more. */
async function untilGone(port: number): Promise<void> {
	for (const end = Date.now() + 10_000; await listens(port);) {
		ok(Date.now() < end, `something still listens on port ${port}`);
		await sleep(50);
	}
}

describe("npm start", function () {
	this.timeout(120_000);

	it("without settings: sample scans go to a private Samba and are compared", async () => {
		const run = await runProcess(process.execPath, [start], { timeoutMs: 110_000 });
		equal(run.code, 0, run.text);
		for (const pattern of [/SMB 3\.1\.1, signed/, /scan-0001\.pdf: 1\.\d MB, .*\/s, arrived as Scans\/scan-0001\.pdf/, /4 scans arrived/, /XS heap peak \d+ KB/, /all 4 are there, byte for byte/])
			ok(pattern.test(run.out), `${String(pattern)} in:\n${run.text}`);
		const port = Number(/listens on 127\.0\.0\.1:(\d+)/.exec(run.err)?.[1]);
		ok(port > 0, run.text);
		ok(!await listens(port), `Samba still listens on port ${port}`);
	});

	it("ended by a signal, it takes its Samba with it", async () => {
		const child = spawn(process.execPath, [start], { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
		const ended = new Promise(resolve => child.once("close", resolve));
		let said = "";
		const port = await new Promise<number>((resolve, reject) => {
			child.stderr.setEncoding("utf8").on("data", (text: string) => {
				said += text;
				const found = /listens on 127\.0\.0\.1:(\d+)/.exec(said);
				if (found) resolve(Number(found[1]));
			});
			child.on("close", () => reject(new Error(`it ended: ${said}`)));
		});
		child.kill("SIGTERM");
		await ended;
		await untilGone(port);
	});

	it("with settings: they go to the app, the home folder written out", async () => {
		const home = mkdtempSync(join(tmpdir(), "smb-scan-uploader-home-"));
		const samba = await startSamba();
		try {
			mkdirSync(join(home, "my scans"));
			writeFileSync(join(home, "my scans", "scan.pdf"), "a scan");
			const run = await runProcess(process.execPath, [start, `server=${samba.address}`, `port=${samba.port}`, `share=${samba.share}`, `user=${samba.user}`, `password=${samba.password}`, "source=~/my scans"], { env: { HOME: home } });
			equal(run.code, 0, run.text);
			deepEqual(onShare(samba), ["scan.pdf"]);
		}
		finally {
			await samba.stop();
			rmSync(home, { recursive: true });
		}
	});

	it("the password comes from SMB_PASSWORD, and stands on no command line while the app runs", async () => {
		const password = `p-${process.pid}-${Date.now()}`;
		const samba = await startSamba({ users: [{ name: "scanner", password }] });
		const source = mkdtempSync(join(tmpdir(), "smb-scan-uploader-scans-"));
		writeFileSync(join(source, "scan.pdf"), "a scan");
		const child = spawn(process.execPath, [start, `server=${samba.address}`, `port=${samba.port}`, `share=${samba.share}`, "user=scanner", `source=${source}`, "after=move", "watch=3600"],
			{ cwd: root, stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, SMB_PASSWORD: password } });
		const ended = new Promise(resolve => child.once("close", resolve));
		try {
			let said = "";
			await new Promise<void>((resolve, reject) => {
				child.stdout.setEncoding("utf8").on("data", (text: string) => {
					said += text;
					if (said.includes("1 scan arrived")) resolve();
				});
				child.on("close", () => reject(new Error(`it ended: ${said}`)));
			});
			const processes = await runProcess("ps", ["-A", "-ww", "-o", "args="]);
			ok(processes.out.includes("xs-host"), "the app runs");
			ok(!processes.out.includes(password));
		}
		finally {
			child.kill("SIGTERM");
			await ended;
			await samba.stop();
			rmSync(source, { recursive: true });
		}
	});

	it("passes the app's exit code on", async () => {
		equal((await runProcess(process.execPath, [start, "server=nas.local"])).code, 2);
	});

	it("a word that is no setting is exit code 2", async () => {
		const run = await runProcess(process.execPath, [start, "nas.local"]);
		equal(run.code, 2, run.text);
		ok(/"nas\.local" is no setting: expected key=value/.test(run.text), run.text);
	});
});

describe("a private Samba", function () {
	this.timeout(60_000);

	it("dies with the process that started it, even when that is killed", async () => {
		const script = `const { startSamba } = await import(${JSON.stringify(join(root, "tools", "samba.mjs"))});
			const samba = await startSamba(); console.log(samba.port, samba.folder); setInterval(() => {}, 1000);`;
		const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
		const [port, folder] = (await new Promise<string>(resolve => child.stdout.setEncoding("utf8").once("data", resolve))).trim().split(" ");
		ok(await listens(Number(port)));
		child.kill("SIGKILL");
		await untilGone(Number(port));
		rmSync(folder!, { recursive: true, force: true });
	});

	it("leaves no folder behind", async () => {
		const samba = await startSamba();
		ok(existsSync(samba.folder));
		await samba.stop();
		await samba.stop();
		ok(!existsSync(samba.folder));
		ok(!await listens(samba.port));
	});
});
