/** The share of a slow link that an upload of 8 MiB gets: link.c between the clients and a Samba of its own. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Obstacle } from "../../tools/steps.mjs";
import { compile, median } from "../clients.mjs";

/** Mbit/s, milliseconds each way, chance of loss, rounds. */
export const links = [
	{ rate: 20, delay: 5, loss: 0, rounds: 3 },
	{ rate: 100, delay: 1, loss: 0, rounds: 3 },
	{ rate: 5, delay: 30, loss: 0.01, rounds: 2 },
];
/** More than any client here has under way: what is lost is lost by chance. */
const queueKB = 512;
const size = 8 * 1048576;

/** Uploads over one link; resolves to [{ name, whole, wire, bytes, dropped }], seconds of the process, and from the client's first packet to its last. */
export function overLink({ rate, delay, loss, rounds }, options) {
	const program = compile("link");
	return new Promise((resolve, reject) => {
		const child = spawn(program, [rate, delay, queueKB, loss, 1, process.execPath, fileURLToPath(new URL("../far-side.mjs", import.meta.url)), JSON.stringify({ ...options, size, rounds })].map(String), { stdio: ["ignore", "pipe", "pipe"] });
		let out = "", err = "";
		child.stdout.setEncoding("utf8").on("data", text => { out += text; });
		child.stderr.setEncoding("utf8").on("data", text => { err += text; });
		child.on("error", reject);
		child.on("close", status => {
			if (status !== 0) return reject(new Error(`link: exit code ${status}\n${err}${out}`));
			// What link.c says on SIGUSR1, once after each upload, in the same order.
			const packets = [...err.matchAll(/^([\d.]+) ([\d.]+) (\d+) (\d+)$/gm)].map(([, first, last, bytes, dropped]) => ({ wire: last - first, bytes: Number(bytes), dropped: Number(dropped) }));
			resolve(JSON.parse(out).map((upload, index) => ({ ...upload, ...packets[index] })));
		});
	});
}

export async function link({ release64, put, table, say }) {
	if (process.getuid() !== 0 || !existsSync("/dev/net/tun") || !existsSync("/proc/self/ns/net"))
		throw new Obstacle("The emulated link needs root, network namespaces and /dev/net/tun, which are not to be had here: nothing was measured.");
	const rows = [], names = [];
	for (const each of links) {
		say(`link: ${each.rate} Mbit/s`);
		const uploads = await overLink(each, { release64, put });
		const clients = [...new Set(uploads.map(({ name }) => name))];
		if (names.length === 0) names.push(...clients);
		const share = (name, what) => (median(uploads.filter(upload => upload.name === name).map(upload => 100 * size * 8 / (each.rate * 1e6) / upload[what]))).toFixed(1);
		const title = `${each.rate} Mbit/s, ${each.delay} ms each way${each.loss ? `, ${100 * each.loss} % loss` : ""}`;
		rows.push([`${title}: whole process`, ...clients.map(name => `${share(name, "whole")} %`)]);
		rows.push([`${title}: first to last packet`, ...clients.map(name => `${share(name, "wire")} %`)]);
	}
	table("Share of an emulated link, 8 MiB, 3.1.1 signed", ["", ...names], rows,
		["TCP is Reno, as lwIP's is. With IP it leaves 96.5 % of a link, at 1500 bytes a packet. \"Whole process\" has the desktop host's start in it, which parses all modules; a device has them in flash."]);
}
