/** What link.c runs on the far side of the link: a Samba there, and the clients, one after the other, on the near side. Prints what each took as JSON. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startSamba } from "../tools/samba.mjs";
import { file, libsmb2, ours, oursAsDevice, scratch, signed, smbclient, upload } from "./clients.mjs";

const { release64, put, size, rounds } = JSON.parse(process.argv[2]);
const { LINK_NEAR, LINK_PID } = process.env;
const clients = [ours(release64), oursAsDevice(release64), ...put ? [libsmb2(put), libsmb2(put, 16384)] : [], smbclient];
const samba = await startSamba({ address: "10.77.0.2" });
const uploads = [];
try {
	const times = join(scratch, "link-times"), path = file(size);
	for (let round = 0; round < rounds; round++) {
		for (const client of clients) {
			rmSync(times, { force: true });
			await upload(client, signed, samba, samba, path, { before: ["nsenter", `--net=${LINK_NEAR}`, join(scratch, "measure"), times] });
			// The last acknowledgments are under way.
			await sleep(300);
			process.kill(Number(LINK_PID), "SIGUSR1");
			await sleep(100);
			uploads.push({ name: client.name, whole: Number(readFileSync(times, "utf8").split(" ")[0]) });
		}
	}
}
finally {
	await samba.stop();
}
console.log(JSON.stringify(uploads));
