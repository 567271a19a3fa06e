/** Instructions per byte: an upload of 4 MiB less one of 0 bytes, and those of the cryptographic primitive in it. */
import { callgrind, readCounts } from "../callgrind.mjs";
import { file, protections, signed, upload } from "../clients.mjs";

const size = 4 * 1048576;

/** Of one client: { perByte, primitive, start }. */
export async function instructionsOf(client, protection, samba, bytes = size) {
	const counts = [];
	for (const length of [0, bytes]) {
		const { file: counted, before } = callgrind("upload");
		await upload(client, protection, samba, samba, file(length), { before });
		counts.push(readCounts(counted));
	}
	const [none, all] = counts;
	return { perByte: (all.total - none.total) / bytes, primitive: (all.crossing - none.crossing) / bytes, start: none.total };
}

export async function instructions({ samba, host, device, peers, table, say }) {
	const rows = [], deviceRows = [];
	let starts;
	for (const protection of protections) {
		say(`instructions: ${protection.name}`);
		const mine = await instructionsOf(host, protection, samba);
		deviceRows.push([protection.name, ...partsOf(await instructionsOf(device, protection, samba))]);
		const others = [];
		for (const peer of peers) others.push(peer.supports(protection) ? await instructionsOf(peer, protection, samba) : undefined);
		rows.push([protection.name, ...partsOf(mine), ...others.map(count => count ? count.perByte.toFixed(count.perByte < 10 ? 2 : 1) : "–")]);
		if (protection === signed) starts = ["whole process, 0 bytes, 3.1.1 signed", million(mine.start), "", "", ...others.map(count => count ? million(count.start) : "–")];
	}
	table("Client instructions per byte (callgrind, 4 MiB less 0 bytes)", ["", "this project", "of which PSA Crypto's", "beyond it", ...peers.map(({ name }) => name)], [...rows, starts].filter(Boolean));
	table("The same with a device's slots, 4 × 16 KiB", ["", "this project", "of which PSA Crypto's", "beyond it"], deviceRows);
}

function partsOf({ perByte, primitive }) { return [perByte, primitive, perByte - primitive].map(tenths); }

function million(count) { return `${(count / 1e6).toFixed(count < 1e7 ? 1 : 0)} M`; }

/** Runs differ, so that what is nothing may come out below it. */
function tenths(count) { return Math.max(0, count).toFixed(1); }
