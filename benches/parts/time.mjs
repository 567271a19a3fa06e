/** Processor and wall-clock time of an upload of 16 MiB: ratios to the peers, within each round of runs that alternate. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { file, median, scratch, sealed, signed, unsigned, upload } from "../clients.mjs";

const size = 16 * 1048576;
const rounds = 5;

/** What benches/measure.c says of one upload: { wall, cpu } in seconds, rss in KiB. */
export async function measured(client, protection, samba, path) {
	const times = join(scratch, "times");
	rmSync(times, { force: true });
	await upload(client, protection, samba, samba, path, { before: [join(scratch, "measure"), times] });
	const [wall, user, system, rss] = readFileSync(times, "utf8").split(" ").map(Number);
	return { wall, cpu: user + system, rss };
}

export async function time({ samba, host, peers, table, say }) {
	const rows = [];
	for (const protection of [signed, sealed, unsigned]) {
		say(`time: ${protection.name}`);
		const clients = [host, ...peers].filter(client => client.supports(protection));
		const found = new Map(clients.map(client => [client, []]));
		for (let round = 0; round < rounds; round++)
			for (const client of clients) found.get(client).push(await measured(client, protection, samba, file(size)));
		const ratio = (peer, what) => `${median(found.get(host).map((mine, round) => mine[what] / found.get(peer)[round][what])).toFixed(2)} (${median(found.get(peer).map(run => run[what])).toFixed(2)} s)`;
		for (const [what, name] of [["cpu", "processor"], ["wall", "clock"]])
			rows.push([`${protection.name}: ${name}`, `${median(found.get(host).map(run => run[what])).toFixed(2)} s`, ...peers.map(peer => found.has(peer) ? ratio(peer, what) : "–")]);
	}
	table("Time for 16 MiB on loopback: seconds, and how many times the peer's", ["whole process, median of 5", "this project", ...peers.map(({ name }) => `to ${name}`)], rows);
}
