/**
 * Seeds from real captures: runs the application against the private Samba through the recording proxy, in several dialects, signed, as guest, refused, on port 139, and
 * prints the servers' messages as lines for tests/fuzz/seeds. node --import ./build/js/tests/support/preload.js build/js/tests/fuzz/capture.js, after npm run build.
 * Keys are new every time, and the account is this Samba's own: nothing in them is of value.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Proxy } from "../support/proxy.js";
import { toHex } from "../support/hex.js";
import { root } from "../support/repository.js";
import { type SambaOptions, startSamba } from "../support/samba.js";
import { Scanner } from "../support/scanner.js";
import { parts } from "./guide/target.js";

interface Case { name: string; samba: SambaOptions; settings: Record<string, string>; /** Options of the target "replies" (tests/fuzz/js/replies.ts). */ options: readonly number[] }

const cases: readonly Case[] = [
	{ name: "3.1.1, signed", samba: {}, settings: {}, options: [4, 0] },
	{ name: "3.0.2, signed", samba: { maxProtocol: "SMB3_02" }, settings: {}, options: [8, 0] },
	{ name: "2.1, signed", samba: { maxProtocol: "SMB2_10" }, settings: {}, options: [6, 0] },
	{ name: "2.0.2, signed", samba: { maxProtocol: "SMB2_02" }, settings: {}, options: [6, 0] },
	{ name: "3.1.1, encrypted", samba: { encrypt: "required" }, settings: { encryption: "preferred" }, options: [20, 0] },
	{ name: "3.1.1, guest", samba: { guest: true }, settings: { auth: "guest", user: "nobody-here", signing: "when-offered" }, options: [5, 1] },
	{ name: "2.0.2, guest", samba: { guest: true, maxProtocol: "SMB2_02" }, settings: { auth: "guest", user: "nobody-here", signing: "when-offered" }, options: [7, 1] },
	{ name: "3.1.1, wrong password", samba: {}, settings: { password: "wrong" }, options: [4, 0] },
	{ name: "3.1.1, no such share", samba: {}, settings: { share: "nothing" }, options: [4, 0] },
	{ name: "3.1.1, read-only share", samba: { shares: [{ name: "scans", readOnly: true }] }, settings: {}, options: [4, 0] },
];

const origin = "Samba 4.17.12";
const lines: Record<string, string[]> = { messages: [], replies: [], challenge: [], transport: [] };

const known = new Set<string>();

/** Whether none of that command, status, flags, length and compound was seen; all encrypted ones are alike. */
function isNew(bytes: Uint8Array): boolean {
	const kind = bytes[4] === 0xFD ? "encrypted" : [12, 13, 14, 15, 16, 20, 24, 25].map(at => bytes[at]).join() + bytes.length;
	return known.size < known.add(kind).size;
}

for (const { name, samba: options, settings, options: bits } of cases) {
	const samba = await startSamba(options), proxy = await Proxy.start({ address: samba.address, port: samba.port }), scanner = new Scanner();
	try {
		scanner.put("scan.pdf", 600);
		await scanner.send({ ...samba, share: samba.share, user: samba.user, password: samba.password, address: "127.0.0.1", port: proxy.port }, { path: "in", ...settings });
		const replies = proxy.packets.filter(({ direction }) => direction === "reply").map(({ bytes }) => bytes);
		for (const bytes of replies) {
			if (isNew(bytes)) lines.messages!.push(`${toHex(bytes, 4)} # ${origin}, ${name}`);
			const text = toHex(bytes), at = text.indexOf("4e544c4d5353500002000000");
			if (at >= 0) lines.challenge!.push(`00${text.slice(at)} # ${origin}, ${name}`);
		}
		lines.replies!.push(`${toHex(Uint8Array.from(bits))}${toHex(parts(...replies.map(bytes => bytes.subarray(4))))} # ${origin}, ${name}`);
		if (replies.length > 3) lines.transport!.push(`0040 04${replies.slice(0, 4).filter(bytes => bytes.length < 250).map(bytes => `${chunks(bytes)}`).join("")} # ${origin}, ${name}`);
	}
	finally {
		await proxy.close();
		await samba.stop();
		scanner.remove();
	}
}

/** The target "transport" takes a call for every 64 bytes that arrive. */
function chunks(bytes: Uint8Array): string {
	let text = "";
	for (let at = 0; at < bytes.length; at += 60) {
		const part = bytes.subarray(at, at + 60);
		text += `${(((part.length & 31) << 3) | Math.floor(part.length / 32)).toString(16).padStart(2, "0")}${toHex(part)}`;
	}
	return text;
}

for (const [name, all] of Object.entries(lines)) writeFileSync(join(root, "tests/fuzz/seeds", `${name}.txt`), [...new Set(all)].map(line => `${line}\n`).join(""));
process.stdout.write(`${Object.entries(lines).map(([name, all]) => `${name} ${all.length}`).join(", ")}\n`);
process.exit(0);
