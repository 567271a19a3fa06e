/** Round trips and bytes on the wire, from TCP connect to close. */
import { file, signed, upload } from "../clients.mjs";
import { Turns } from "../turns.mjs";

export const sizes = [["1 KB", 1000], ["100 KB", 100_000], ["10 MB", 10_000_000]];

/** Of one upload: { turns, overhead, requests }. The TCP handshake is a turn; overhead is what went over the wire in both directions beside the file, in bytes of TCP payload. */
export async function wireOf(client, protection, samba, size) {
	const proxy = await Turns.before(samba);
	try {
		await upload(client, protection, { ...proxy.target, share: samba.share, user: samba.user, password: samba.password }, samba, file(size));
		if (proxy.connections !== 1) throw new Error(`${client.name}: ${proxy.connections} connections`);
		return { turns: 1 + proxy.turns, overhead: proxy.sent + proxy.received - size, requests: proxy.requests };
	}
	finally { await proxy.close(); }
}

export async function wire({ samba, host, device, peers, table, say }) {
	const clients = [host, device, ...peers], rows = [];
	for (const [name, size] of sizes) {
		say(`wire: ${name}`);
		const found = [];
		for (const client of clients) found.push(await wireOf(client, signed, samba, size));
		rows.push([`${name}: round trips`, ...found.map(({ turns }) => turns)]);
		rows.push([`${name}: messages sent`, ...found.map(({ requests }) => requests)]);
		rows.push([`${name}: bytes beside the file`, ...found.map(({ overhead }) => overhead)]);
	}
	table("Round trips and bytes, TCP connect to close, 3.1.1 signed", ["", ...clients.map(({ name }) => name)], rows);
}
