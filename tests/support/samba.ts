/** The private Samba of tools/samba.mjs, for tests; and what a second client does to it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Samba } from "../../tools/samba.mjs";
import { tool } from "./repository.js";

export type { Samba, SambaOptions, SambaShare, SambaUser } from "../../tools/samba.mjs";

export const { startSamba, freePort, otherClock, dialects, defaultUser } = await tool("samba.mjs") as typeof import("../../tools/samba.mjs");

/** The files that a process has open. */
function openFiles(pid: number): string[] {
	try {
		return readdirSync(`/proc/${pid}/fd`).map(fd => {
			try { return readlinkSync(`/proc/${pid}/fd/${fd}`); }
			catch { return ""; }
		});
	}
	catch { return []; }
}

/** How many connections the server has not closed, be the other side there or not. */
export function openConnections(samba: Samba): number {
	const [ESTABLISHED, CLOSE_WAIT] = ["01", "08"];
	const here = `:${samba.port.toString(16).toUpperCase().padStart(4, "0")}`;
	return readFileSync("/proc/net/tcp", "utf8").split("\n").filter(line => {
		const [, local, , state] = line.trim().split(/\s+/);
		return local?.endsWith(here) && (state === ESTABLISHED || state === CLOSE_WAIT);
	}).length;
}

/** Opens a file of the share with another client, which lets nobody else delete or rename it, until the returned function is called. */
export async function holdOpen(samba: Samba, name: string): Promise<() => Promise<void>> {
	const conf = `${samba.folder}/smb.conf`;
	// smbclient keeps what it says until it ends, so the server's open files tell.
	const file = join(samba.folderOf(), name.replace(/\\/g, "/"));
	const client = spawn("smbclient", [`//${samba.address}/${samba.share}`, "-p", String(samba.port), "-s", conf, "-U", `${samba.user}%${samba.password}`], { stdio: ["pipe", "pipe", "pipe"] });
	const ended = once(client, "close");
	let said = "";
	for (const output of [client.stdout, client.stderr]) output.on("data", (data: Buffer) => { said += data.toString(); });
	client.stdin.on("error", () => {});
	client.stdin.write(`open "${name}"\n`);
	const release = async (): Promise<void> => {
		client.stdin.end();
		await ended;
	};
	for (const end = Date.now() + 10_000; !samba.connections().some(pid => openFiles(pid).includes(file));) {
		if (client.exitCode !== null || Date.now() > end) {
			await release();
			throw new Error(`smbclient could not open ${name}: ${said}`);
		}
		await sleep(20);
	}
	return release;
}
