/**
 * A private Kerberos KDC: MIT's krb5kdc with every path of its own in a scratch folder, on a free loopback port, as root or as an ordinary user. Its
 * principals are made by kadmin.local, which needs no server. It dies with this process; on Linux, however that ends.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./samba.mjs";

/** Where Debian, Fedora and Homebrew put krb5kdc, kdb5_util and kadmin.local. */
const path = [process.env.PATH, "/usr/local/sbin", "/usr/sbin", "/sbin", "/opt/homebrew/opt/krb5/sbin", "/opt/homebrew/opt/krb5/bin"].join(delimiter);

/** What the KDC may use: the four encryption types of AES, as MIT names them. */
export const encryptionTypes = Object.freeze(["aes256-cts-hmac-sha384-192", "aes256-cts-hmac-sha1-96", "aes128-cts-hmac-sha256-128", "aes128-cts-hmac-sha1-96"]);

const running = new Set();

export function kdcInstalled() {
	return ["krb5kdc", "kdb5_util", "kadmin.local"].every(name => path.split(delimiter).some(folder => existsSync(join(folder, name))));
}

/** Makes a realm and starts its KDC; returns once it answers. See kdc.d.mts for the options and the result. */
export async function startKDC(options = {}) {
	if (!kdcInstalled()) throw new Error("MIT's KDC is not installed: there is no krb5kdc. `node tools/setup.mjs --tests` installs it, or says what to install");
	const kdc = new KDC(options);
	running.add(kdc);
	try {
		kdc.port = options.port ?? await freePort(kdc.address);
		kdc.prepare();
		await kdc.start();
		return kdc;
	}
	catch (error) {
		await kdc.stop();
		throw error;
	}
}

class KDC {
	#options;
	#process;
	#closed;
	#output = "";

	constructor(options) {
		this.#options = options;
		this.folder = mkdtempSync(join(tmpdir(), "smb-scan-uploader-kdc-"));
		this.address = options.address ?? "127.0.0.1";
		this.realm = options.realm ?? "SCANS.TEST";
		this.keytab = join(this.folder, "keytab");
	}

	/** What programs that use MIT's library need to find this KDC, and nothing else of the machine. */
	get env() { return { KRB5_CONFIG: join(this.folder, "krb5.conf"), KRB5_KDC_PROFILE: join(this.folder, "kdc.conf"), KRB5RCACHENAME: "none:" }; }

	/** What krb5kdc has logged. */
	log() {
		const file = join(this.folder, "kdc.log");
		return this.#output + (existsSync(file) ? readFileSync(file, "latin1") : "");
	}

	prepare() {
		const { folder, realm, address, port } = this;
		const types = encryptionTypes.join(" ");
		const { users = [], services = [], policies = [], trusts = [] } = this.#options;
		writeFileSync(this.env.KRB5_CONFIG, `[libdefaults]
	default_realm = ${realm}
	dns_lookup_realm = false
	dns_lookup_kdc = false
	rdns = false
	udp_preference_limit = 1
	permitted_enctypes = ${types}
[realms]
	${realm} = {
		kdc = ${address}:${port}
	}
[domain_realm]
${trusts.filter(({ hosts }) => hosts).map(({ to, hosts }) => `	${hosts} = ${to}\n`).join("")}[logging]
	kdc = FILE:${join(folder, "kdc.log")}
`);
		writeFileSync(this.env.KRB5_KDC_PROFILE, `[kdcdefaults]
	kdc_listen = ${this.#options.udp ? `${address}:${port}` : `""`}
${this.#options.longestDatagram ? `	kdc_max_dgram_reply_size = ${this.#options.longestDatagram}
` : ""}	kdc_tcp_listen = ${address}:${port}
[realms]
	${realm} = {
		database_name = ${join(folder, "principal")}
		key_stash_file = ${join(folder, "stash")}
		acl_file = ${join(folder, "acl")}
		max_life = 10h
		default_principal_flags = +preauth
		master_key_type = aes256-cts-hmac-sha1-96
		supported_enctypes = ${encryptionTypes.map(type => `${type}:normal`).join(" ")}
	}
[dbmodules]
	db_module_dir = ${moduleFolder()}
`);
		this.#run("kdb5_util", ["create", "-s", "-r", realm, "-P", "not-a-secret"]);
		this.admin([
			...policies.map(({ name, options }) => `addpol ${options} ${name}`),
			...users.map(user => `addprinc ${user.etypes ? `-e ${salted(user.etypes)} ` : ""}${user.options ?? ""} -pw ${user.password} ${user.name}`),
			...services.flatMap(service => [
				`addprinc ${service.etypes ? `-e ${salted(service.etypes)} ` : ""}-randkey -requires_preauth ${service.options ?? ""} ${service.name}`,
				// A standalone smbd can make nothing of MIT's PAC, and refuses it.
				`modprinc +no_auth_data_required ${service.name}`,
				...(service.keytab === false ? [] : [`ktadd -norandkey -k ${this.keytab} ${service.name}`]),
			]),
			// Both KDCs make the key that they share of the same password.
			...trusts.map(({ from, to }) => `addprinc -requires_preauth -pw ${from}-trusts-${to} krbtgt/${to}@${from}`),
		]);
	}

	/** Runs commands of kadmin.local, which must all succeed; returns what they say. */
	admin(commands) {
		const said = [];
		for (const command of commands) {
			const output = this.#run("kadmin.local", ["-r", this.realm, "-q", command]);
			// kadmin.local ends well whatever became of its query.
			if (/^\w+(?:\.\w+)*: .* while |^usage:|unknown/im.test(output)) throw new Error(`KDC: ${command}: ${output}`);
			said.push(output);
		}
		return said.join("");
	}

	#run(command, args) {
		const result = spawnSync(command, args, { encoding: "utf8", env: { ...process.env, ...this.env, PATH: path } });
		if (result.status !== 0) throw new Error(`KDC: ${command} ${args.join(" ")} failed: ${result.error?.message ?? result.stderr + result.stdout}`);
		return result.stdout + result.stderr;
	}

	/** Starts krb5kdc, perhaps anew. */
	async start() {
		const args = ["-n", "-r", this.realm, "-P", join(this.folder, "pid")];
		const { clock } = this.#options;
		// krb5kdc notices nothing of its parent: where there is setpriv(1), the kernel ends it even when this process is killed.
		const mortal = path.split(delimiter).some(folder => existsSync(join(folder, "setpriv"))) ? ["setpriv", "--pdeathsig", "KILL"] : [];
		const [command, ...list] = [...mortal, ...(clock ? ["faketime", "-f", clock, ...mortal] : []), "krb5kdc", ...args];
		this.#process = spawn(command, list, { stdio: ["ignore", "pipe", "pipe"], detached: true, env: { ...process.env, ...this.env, PATH: path } });
		for (const stream of [this.#process.stdout, this.#process.stderr])
			stream.setEncoding("utf8").on("data", text => { this.#output += text; });
		this.#process.on("error", error => { this.#output += `${error.message}\n`; });
		this.#closed = new Promise(resolve => this.#process.once("close", resolve));
		this.#process.unref();
		for (const stream of this.#process.stdio) stream?.unref?.();
		for (const end = Date.now() + 10_000; Date.now() < end && this.#process.exitCode === null;) {
			if (await accepts(this.address, this.port)) return;
			await sleep(10);
		}
		throw new Error(`krb5kdc did not start:\n${this.log()}`);
	}

	/** Ends krb5kdc; the realm stays. */
	async end() {
		if (!this.#process) return;
		this.#kill("SIGTERM");
		const timer = globalThis.setTimeout(() => this.#kill("SIGKILL"), 3000);
		this.#process.ref();
		await this.#closed;
		clearTimeout(timer);
		this.#process = undefined;
	}

	#kill(signal) {
		if (!this.#process?.pid) return;
		try { process.kill(-this.#process.pid, signal); }
		catch (error) { if (error.code !== "ESRCH") throw error; }
	}

	/** Ends it and removes its folder. Safe to call twice. */
	async stop() {
		await this.end();
		running.delete(this);
		rmSync(this.folder, { recursive: true, force: true });
	}

	/** What can be done without waiting, for the end of the process. */
	stopNow() {
		this.#kill("SIGKILL");
		running.delete(this);
		rmSync(this.folder, { recursive: true, force: true });
	}
}

function salted(etypes) { return etypes.map(type => `${type}:normal`).join(","); }

/** Where MIT's database modules are, which a profile of one's own has to say on some systems. */
function moduleFolder() {
	const folders = ["/usr/lib/x86_64-linux-gnu/krb5/plugins/kdb", "/usr/lib/aarch64-linux-gnu/krb5/plugins/kdb", "/usr/lib64/krb5/plugins/kdb", "/usr/lib/krb5/plugins/kdb", "/opt/homebrew/opt/krb5/lib/krb5/plugins/kdb"];
	return folders.find(folder => existsSync(folder)) ?? folders[0];
}

function accepts(address, port) {
	return new Promise(resolve => {
		const socket = connect(port, address);
		const done = answer => { socket.destroy(); resolve(answer); };
		socket.on("connect", () => done(true));
		socket.on("error", () => done(false));
	});
}

process.on("exit", () => { for (const kdc of running) kdc.stopNow(); });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
	process.once(signal, () => {
		for (const kdc of running) kdc.stopNow();
		if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
	});
}
