/**
 * A private Samba: one smbd with every path of its own in a scratch folder, on a free loopback port, as root or as an
 * ordinary user. npm start and the integration tests share it. It dies with this process, however that ends: smbd -F
 * leaves when its standard input closes, and takes its children with it.
 */
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Where Debian and others put smbd and pdbedit; an ordinary user's PATH often lacks /usr/sbin. */
const path = [process.env.PATH, "/usr/local/sbin", "/usr/sbin", "/sbin", "/opt/homebrew/sbin"].join(delimiter);

/** A winbindd that this machine may run has a socket in one place for all, and is to have no say in who logs on here. */
const environment = Object.freeze({ ...process.env, PATH: path, _NO_WINBINDD: "1" });

/** The SMB dialects by their names in smb.conf, oldest first. */
export const dialects = ["SMB2_02", "SMB2_10", "SMB3_00", "SMB3_02", "SMB3_11"];

export const defaultUser = Object.freeze({ name: "scanner", password: "p-4-scans" });

/** Accounts that every Unix has, for the users beyond the first: those are only ever refused. */
const spareAccounts = ["bin", "sys", "mail", "news", "uucp", "man", "lp", "games"];

const running = new Set();

/** Whether smbd and pdbedit are there. */
export function sambaInstalled() {
	return ["smbd", "pdbedit"].every(name => path.split(delimiter).some(folder => existsSync(join(folder, name))));
}

/** A port of that address that nothing listens on now. */
export function freePort(address = "127.0.0.1") {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.on("error", reject);
		server.listen(0, address, () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}

/**
 * Starts smbd and returns once it answers an SMB2 NEGOTIATE. See samba.d.mts for the options and the result.
 * A port that another process takes in the meantime is tried again with another one.
 */
export async function startSamba(options = {}) {
	if (!sambaInstalled()) throw new Error("Samba is not installed: there is no smbd. `node tools/setup.mjs` installs it, or says what to install");
	if (options.port < 1024 && process.getuid?.() !== 0 && options.port < unprivilegedPort())
		throw new Error(`A server on port ${options.port} can only be started by root, or after: sysctl net.ipv4.ip_unprivileged_port_start=${options.port}`);
	const scratch = mkdtempSync(join(options.under ?? tmpdir(), "smb-scan-uploader-"));
	const samba = new Samba(scratch, options);
	running.add(samba);
	try {
		samba.prepare();
		for (let attempt = 1; ; attempt++) {
			samba.port = options.port ?? await freePort(samba.address);
			samba.launch();
			if (await samba.answers()) return samba;
			const log = samba.log();
			await samba.end();
			if (attempt >= 3 || options.port || !/EADDRINUSE|Address already in use|open_sockets|bind failed/i.test(log))
				throw new Error(`Samba did not start:\n${log || "(its log is empty)"}`);
		}
	}
	catch (error) {
		await samba.stop();
		throw error;
	}
}

class Samba {
	#options;
	#process;
	#closed;
	#guest;
	#output = "";

	constructor(scratch, options) {
		this.#options = options;
		this.folder = scratch;
		this.address = options.address ?? "127.0.0.1";
		this.users = options.users ?? [defaultUser];
		this.user = this.users[0]?.name;
		this.password = this.users[0]?.password;
		const shares = options.shares ?? [{ name: "scans" }];
		this.shares = shares.map(share => ({ ...share, folder: join(scratch, "shares", share.name) }));
		this.share = this.shares[0].name;
	}

	#share(name) {
		const share = this.shares.find(share => share.name === name);
		if (!share) throw new RangeError(`no share ${name}`);
		return share;
	}

	/** The folder behind a share; without a name, behind the first one. One of limited size is mounted where only smbd sees it: the way there is through smbd. */
	folderOf(name = this.share) {
		const { folder, bytes } = this.#share(name);
		return bytes ? join("/proc", String(this.pid), "root", folder) : folder;
	}

	/** Mounts a share of limited size anew, as "ro" or "rw". */
	remount(how, name = this.share) {
		const { status, stderr } = spawnSync("nsenter", ["-t", String(this.pid), "-m", "mount", "-o", `remount,${how}`, this.#share(name).folder], { encoding: "utf8" });
		if (status !== 0) throw new Error(`Samba: share ${name} could not be mounted ${how}: ${stderr}`);
	}

	/** Changes settings of a share, for whoever connects from now on. */
	configure(options, name = this.share) {
		const share = this.#share(name);
		share.options = { ...share.options, ...options };
		writeFileSync(this.#conf, this.#settings(this.#guest));
		process.kill(this.pid, "SIGHUP");
	}

	/** Dies as by a crash, with all its children, and is there again, on the same port, after so many milliseconds. */
	async restart(awayMs = 0, signal = "SIGKILL") {
		this.kill(signal);
		await this.end();
		await sleep(awayMs);
		// What its children listened on is free once they are gone, which is a moment later.
		for (let attempt = 1; ; attempt++) {
			this.launch();
			if (await this.answers()) return;
			await this.end();
			if (attempt === 5) throw new Error(`Samba did not start again:\n${this.log()}`);
		}
	}

	/** What smbd and its children have logged. */
	log() {
		const folder = join(this.folder, "log");
		const files = existsSync(folder) ? readdirSync(folder).filter(name => !name.startsWith("cores")).sort() : [];
		return this.#output + files.map(name => readFileSync(join(folder, name), "latin1")).join("");
	}

	/** Writes the folders, smb.conf and the accounts. */
	prepare() {
		const root = process.getuid?.() === 0;
		if (!root && this.shares.some(share => share.bytes)) throw new Error("A share of limited size is a file system of its own, which only root can mount: run this as root");
		const owner = root ? account("daemon") : { name: userInfo().username, uid: undefined, gid: undefined };
		for (const name of ["private", "lock", "state", "cache", "pid", "ncalrpc", "log", "shares"]) mkdirSync(join(this.folder, name));
		chmodSync(this.folder, 0o711);
		chmodSync(join(this.folder, "shares"), 0o755);
		for (const share of this.shares) {
			mkdirSync(share.folder, { mode: 0o777 });
			chmodSync(share.folder, 0o777);
			if (root) chownSync(share.folder, owner.uid, owner.gid);
		}
		// The first user may touch files; as root that is an account without rights elsewhere.
		const unix = this.users.map((user, index) => index === 0 ? owner.name : spareAccounts[index - 1]);
		writeFileSync(join(this.folder, "users"), this.users.map((user, index) => `${unix[index]} = ${[user.name, ...user.aliases ?? []].map(name => `"${name}"`).join(" ")}\n`).join(""));
		this.#guest = root ? "nobody" : owner.name;
		writeFileSync(this.#conf, this.#settings(this.#guest));
		this.users.forEach((user, index) => this.#addUser(unix[index], user));
	}

	get #conf() { return join(this.folder, "smb.conf"); }

	#settings(guest) {
		const { folder } = this;
		const options = this.#options;
		const global = {
			"server role": "standalone server",
			"netbios name": "SCANNAS",
			"workgroup": "WORKGROUP",
			"private dir": join(folder, "private"),
			"lock directory": join(folder, "lock"),
			"state directory": join(folder, "state"),
			"cache directory": join(folder, "cache"),
			"pid directory": join(folder, "pid"),
			"ncalrpc dir": join(folder, "ncalrpc"),
			"log file": join(folder, "log", "smbd"),
			"max log size": 0,
			"passdb backend": `tdbsam:${join(folder, "private", "passdb.tdb")}`,
			"username map": join(folder, "users"),
			"guest account": guest,
			"map to guest": options.guest ? "Bad User" : "Never",
			"interfaces": `${this.address}/8`,
			"bind interfaces only": "yes",
			"disable netbios": "no",
			"server min protocol": options.minProtocol ?? "SMB2_02",
			"server max protocol": options.maxProtocol ?? "SMB3_11",
			"server signing": options.signing ?? "default",
			"smb encrypt": options.encrypt ?? "default",
			// Nothing of the machine's own printers, shares or name service.
			"disable spoolss": "yes",
			"load printers": "no",
			"printcap name": "/dev/null",
			"usershare max shares": 0,
			"dns proxy": "no",
			"fss: prune stale": "no",
			...options.global,
		};
		const section = values => Object.entries(values).map(([key, value]) => `\t${key} = ${value}\n`).join("");
		return `[global]\n${section(global)}` + this.shares.map(share => `[${share.name}]\n${section({
			"path": share.folder,
			"read only": share.readOnly ? "yes" : "no",
			"guest ok": options.guest ? "yes" : "no",
			...(share.encrypt ? { "smb encrypt": share.encrypt } : {}),
			...share.options,
		})}`).join("");
	}

	#addUser(unix, user) {
		this.#run("pdbedit", ["-a", "-t", "-u", unix], `${user.password}\n${user.password}\n`);
		if (user.state === "disabled") this.#run("pdbedit", ["-r", "-u", unix, "-c", "[D]"]);
		if (user.state === "locked") this.#run("pdbedit", ["-r", "-u", unix, "-c", "[L]"]);
		if (user.state === "expired") this.#run("pdbedit", ["-r", "-u", unix, "-K", "1000000"]);
		if (user.state === "must-change") this.#run("net", ["sam", "set", "pwdmustchangenow", unix, "yes"]);
	}

	#run(command, args, input = "") {
		const result = spawnSync(command, [`--configfile=${this.#conf}`, ...args], { input, encoding: "utf8", env: environment });
		if (result.status !== 0) throw new Error(`Samba: ${command} ${args.join(" ")} failed: ${result.error?.message ?? result.stderr + result.stdout}`);
	}

	launch() {
		const { fileLimit, clock } = this.#options;
		// Standard input is a socket pair here, which without -D means inetd to smbd.
		const args = ["-D", "-F", "--no-process-group", "-s", this.#conf, `--option=smb ports=${this.port}`];
		// Past RLIMIT_FSIZE a write fails as on a full disk: smbd answers STATUS_DISK_FULL. Its own databases stay below 1 MiB.
		const limit = fileLimit ? `trap "" XFSZ; ulimit -f ${Math.ceil(fileLimit / 512)}; ` : "";
		// In a mount namespace of its own, so that they are gone when smbd is.
		const mounts = this.shares.filter(share => share.bytes).map(({ folder, bytes }) => `mount -t tmpfs -o mode=777,size=${bytes} none '${folder}' && `).join("");
		const [command, ...list] = [
			...mounts ? ["unshare", "-m"] : [],
			...limit || mounts ? ["sh", "-c", `${limit}${mounts}exec "$@"`, "sh"] : [],
			"smbd", ...args,
		];
		this.#process = spawn(command, list, { stdio: ["pipe", "pipe", "pipe"], detached: true, env: { ...environment, ...this.#options.env, ...clock ? otherClock(clock) : {} } });
		this.pid = this.#process.pid;
		this.#output = "";
		this.#process.on("error", error => { this.#output += `${error.message}\n`; });
		for (const stream of [this.#process.stdout, this.#process.stderr])
			stream.setEncoding("utf8").on("data", text => { this.#output += text; });
		this.#process.stdin.on("error", () => {});
		this.#closed = new Promise(resolve => this.#process.once("close", resolve));
		// A test that forgets stop() must not keep Node alive.
		this.#process.unref();
		for (const stream of this.#process.stdio) stream.unref?.();
	}

	/** Whether it answers within ten seconds. */
	async answers() {
		for (const end = Date.now() + 10_000; Date.now() < end && this.#process.exitCode === null && this.#process.signalCode === null;) {
			if (await negotiates(this.address, this.port, this.#options.awaitSMB2 ?? true)) return true;
			await sleep(10);
		}
		return false;
	}

	/** Ends smbd and all its children, and returns when they are gone; the folder stays. */
	async end() {
		if (!this.#process) return;
		this.kill("SIGTERM");
		this.#process.stdin.destroy();
		const timer = globalThis.setTimeout(() => this.kill("SIGKILL"), 3000);
		this.#process.ref();
		await this.#closed;
		clearTimeout(timer);
		this.kill("SIGKILL");
		this.#process = undefined;
	}

	/** smbd leads a process group of its own, which its children share. */
	kill(signal) {
		if (!this.#process?.pid) return;
		try { process.kill(-this.#process.pid, signal); }
		catch (error) { if (error.code !== "ESRCH") throw error; }
	}

	/** Closes every connection without ceremony, as a server that crashes: the children die, smbd itself stays. */
	cutConnections() { this.signalConnections("SIGKILL"); }

	/** Sends a signal to the children that serve a connection now. One that ends meanwhile, of a client that has gone, does not need it. */
	signalConnections(signal) {
		for (const pid of this.connections()) {
			try { process.kill(pid, signal); }
			catch (error) { if (error.code !== "ESRCH") throw error; }
		}
	}

	/** Process ids of the children that serve a connection now. */
	connections() {
		const result = spawnSync("ps", ["-A", "-o", "pid=,ppid=,stat=,comm="], { encoding: "utf8" });
		return result.stdout.split("\n").map(line => line.trim().split(/\s+/))
			// Those that smbd has for itself go by other names: smbd-notifyd, cleanupd, smbd-scavenger. Later ones call themselves smbd[their client].
			.filter(([, parent, state, name]) => Number(parent) === this.pid && !state.startsWith("Z") && /^smbd(\[.*)?$/.test(name))
			.map(([pid]) => Number(pid));
	}

	/** Ends it and removes its folder. Safe to call twice. */
	async stop() {
		await this.end();
		running.delete(this);
		rmSync(this.folder, { recursive: true, force: true });
	}

	/** What can be done without waiting, for the end of the process. */
	stopNow() {
		this.kill("SIGKILL");
		running.delete(this);
		rmSync(this.folder, { recursive: true, force: true });
	}
}

/** The environment in which a program has another clock, as faketime(1) gives it, but without a process in between: "-10y", "+0 x60". Files' times are not shifted. */
export function otherClock(clock) {
	forgetOrphans();
	const { stdout, stderr, error } = spawnSync("faketime", ["-f", "+0", "printenv", "LD_PRELOAD"], { encoding: "utf8" });
	if (error) throw new Error("faketime is not installed: `node tools/setup.mjs --tests` installs it, or says what to install", { cause: error });
	if (!stdout) throw new Error(`faketime: ${stderr}`);
	return { LD_PRELOAD: stdout.trim(), FAKETIME: clock, NO_FAKE_STAT: "1" };
}

/** Takes away what programs that were killed have left of libfaketime's memory, by process id: another program that gets that number would end at finding it. */
function forgetOrphans() {
	const folder = "/dev/shm";
	for (const name of existsSync(folder) ? readdirSync(folder) : []) {
		const [, pid] = /^(?:sem\.faketime_sem|faketime_shm)_([0-9]+)$/.exec(name) ?? [];
		if (pid && !existsSync(`/proc/${pid}`)) rmSync(join(folder, name), { force: true });
	}
}

/** The first port that an ordinary user may listen on. */
function unprivilegedPort() {
	try { return Number(readFileSync("/proc/sys/net/ipv4/ip_unprivileged_port_start", "utf8")); }
	catch { return 1024; }
}

/** An account's numbers from /etc/passwd. */
function account(name) {
	const line = readFileSync("/etc/passwd", "utf8").split("\n").find(line => line.startsWith(`${name}:`));
	if (!line) throw new Error(`Samba: this machine has no account "${name}" that the test server could use`);
	const [, , uid, gid] = line.split(":");
	return { name, uid: Number(uid), gid: Number(gid) };
}

/** Whether a server answers [MS-SMB2] 2.2.3 NEGOTIATE there, with whatever status; one that speaks no SMB2 may also hang up on it. */
function negotiates(address, port, awaitSMB2) {
	const request = Buffer.alloc(4 + 64 + 36 + 4);
	request.writeUInt32BE(request.length - 4, 0);
	request.write("\xFESMB", 4, "latin1");
	request.writeUInt16LE(64, 8);
	request.writeUInt16LE(36, 68);
	request.writeUInt16LE(2, 70);
	request.writeUInt16LE(1, 72);
	request.writeUInt16LE(0x0202, 104);
	request.writeUInt16LE(0x0210, 106);
	return new Promise(resolve => {
		const socket = connect(port, address);
		let connected = false;
		const done = answer => { socket.destroy(); resolve(answer); };
		socket.setTimeout(2000, () => done(false));
		socket.on("connect", () => { connected = true; socket.write(request); });
		socket.on("data", () => done(true));
		socket.on("error", () => done(connected && !awaitSMB2));
		socket.on("close", () => done(connected && !awaitSMB2));
	});
}

process.on("exit", () => { for (const samba of running) samba.stopNow(); });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
	process.once(signal, () => {
		for (const samba of running) samba.stopNow();
		if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
	});
}
