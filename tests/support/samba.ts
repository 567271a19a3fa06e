/** The private Samba of tools/samba.mjs, for tests; and what a second client does to it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Samba } from "../../tools/samba.mjs";
import { tool } from "./repository.js";

export type { Samba, SambaOptions, SambaShare, SambaUser } from "../../tools/samba.mjs";

export const { startSamba, freePort, dialects, defaultUser } = await tool("samba.mjs") as typeof import("../../tools/samba.mjs");

/** Opens a file of the share with another client, which lets nobody else delete or rename it, until the returned function is called. */
export async function holdOpen(samba: Samba, name: string): Promise<() => Promise<void>> {
	const client = spawn("smbclient", [`//${samba.address}/${samba.share}`, "-p", String(samba.port), "-s", `${samba.folder}/smb.conf`, "-U", `${samba.user}%${samba.password}`], { stdio: ["pipe", "pipe", "pipe"] });
	let output = "";
	const opened = new Promise<void>((resolve, reject) => {
		for (const stream of [client.stdout, client.stderr]) stream.setEncoding("utf8").on("data", (text: string) => {
			output += text;
			if (/open file .*: for read\/write fnum/.test(output)) resolve();
		});
		client.on("error", reject);
		client.on("close", () => reject(new Error(`smbclient ended: ${output}`)));
	});
	client.stdin.write(`open "${name}"\n`);
	await opened;
	return async () => {
		client.stdin.end();
		if (client.exitCode === null) await once(client, "close");
	};
}
