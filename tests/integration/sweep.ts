/**
 * One case of the sweep of faults on the wire: scans of four sizes go up through a proxy that does something at one message, or one byte, of the first connection;
 * afterwards each scan has to be on the share, whole, once, under its name, no temporary left, and the local files as `after` says.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Dice } from "../support/dice.js";
import { type Message, Proxy } from "../support/proxy.js";
import { deviceSlots } from "../support/run.js";
import type { Samba } from "../support/samba.js";
import { Scanner, noise } from "../support/scanner.js";

export const kinds = ["reset before", "reset after", "close before", "close after", "half a message", "silence", "delay"] as const;
export type Kind = typeof kinds[number];

export interface Case {
	readonly kind: Kind;
	/** Of the messages of one direction of the first connection, from 0. */
	readonly at: number;
	readonly direction: "request" | "reply";
	readonly after: "keep" | "move" | "delete";
	readonly encryption: "on-demand" | "required";
	/** Bytes that the four scans have. */
	readonly sizes: readonly [number, number, number, number];
	/** How often it happens: on that many connections in a row. */
	readonly times: number;
	readonly dialect: string;
	/** Whose slots it has: a device's, or the manifest's, which are four times as long. */
	readonly slots: "device" | "manifest";
}

/** Longer than Samba waits for anybody, twice 35 seconds, and again: a run that waits ends, and what is wrong after it is told with the messages. */
const longestRunMs = 150_000;

/** The nth case of a seed. */
export function caseOf(seed: number, n: number): Case {
	const dice = new Dice(seed * 100_003 + n * 7919 + 1);
	const pick = <T>(values: readonly T[]): T => values[dice.below(values.length)]!;
	// Silence takes a second each; it is rarer.
	const kind = n % 9 === 8 ? "silence" : pick(["reset before", "reset after", "close before", "close after", "half a message", "delay", "reset after", "reset before"] as const);
	// Longer slots make fewer messages.
	const slots = n % 2 === 0 ? "device" : "manifest", messages = slots === "device" ? 110 : 60;
	return {
		// During the log-on silence takes the time of an answer, half a minute: one such case is in refusals.test.ts.
		kind, at: kind === "silence" ? 10 + dice.below(messages / 2) : dice.below(4) === 0 ? dice.below(12) : dice.below(messages), direction: pick(["request", "reply"]), after: pick(["keep", "move", "delete"]), encryption: pick(["on-demand", "required"]),
		sizes: [0, 1 + dice.below(3000), 1 + dice.below(150_000), 200_000 + dice.below(1_350_000)], times: 1 + (dice.below(3) === 0 ? dice.below(3) : 0), dialect: pick(["3.1.1", "3.1.1", "3.0", "2.1", "2.0.2"]), slots,
	};
}

/** Runs a case; returns what is wrong, undefined if nothing is. */
export async function runCase(samba: Samba, one: Case, name: string): Promise<string | undefined> {
	const scanner = new Scanner();
	const path = `sweep ${name}`;
	const wanted = new Map(one.sizes.map((size, i) => [`scan ${i + 1}.pdf`, noise(size, i + 1)]));
	for (const [file, bytes] of wanted) scanner.put(file, bytes);
	let happened = 0;
	const filter = (message: Message): Uint8Array | Uint8Array[] | undefined => {
		const { bytes, index, connection, direction } = message;
		if (connection >= one.times || silent.has(connection)) return silent.has(connection) ? undefined : bytes;
		if (direction !== one.direction || index !== one.at) return bytes;
		happened++;
		switch (one.kind) {
			case "reset before": case "close before":
				message.cut(one.kind === "reset before");
				return undefined;
			case "reset after": case "close after":
				setTimeout(() => message.cut(one.kind === "reset after"), 2);
				return bytes;
			case "half a message":
				// Nothing follows what was cut off.
				silent.add(connection);
				setTimeout(() => message.cut(true), 2);
				return bytes.slice(0, 4 + (bytes.length >> 1));
			case "silence":
				silent.add(connection);
				return undefined;
			case "delay":
				return bytes;
		}
	};
	const silent = new Set<number>();
	const proxy = await Proxy.start({ port: samba.port, request: filter, reply: filter });
	try {
		const { share, user, password } = samba;
		const settings = { path, after: one.after, encryption: one.dialect.startsWith("3") ? one.encryption : "on-demand", dialect: one.dialect, timeout: 1, patience: 60 };
		const run = await scanner.send({ address: "127.0.0.1", port: proxy.port, share, user, password }, settings, { variant: "release", timeoutMs: longestRunMs, hostOptions: one.slots === "device" ? deviceSlots : [] })
			.catch((error: unknown) => ({ code: -1, text: String(error) }));
		const said = `\n${JSON.stringify(one)}, which happened ${happened} times\n${run.text}\n${proxy.last(40)}`;
		if (run.code !== 0) return `exit code ${run.code}${said}`;
		const folder = join(samba.folderOf(), path);
		const there = existsSync(folder) ? readdirSync(folder).sort() : [];
		if (there.join() !== [...wanted.keys()].join()) return `on the share: ${there.join(", ")}${said}`;
		for (const [file, bytes] of wanted) {
			if (!readFileSync(join(folder, file)).equals(bytes)) return `${file} differs${said}`;
		}
		const here = scanner.names().filter(file => !file.startsWith("."));
		const expected = one.after === "keep" ? [...wanted.keys()] : one.after === "move" ? ["sent"] : [];
		if (here.join() !== expected.join()) return `here: ${here.join(", ")}${said}`;
		if (one.after === "move" && readdirSync(scanner.path("sent")).sort().join() !== [...wanted.keys()].join()) return `sent: ${readdirSync(scanner.path("sent")).join(", ")}${said}`;
		return undefined;
	}
	finally {
		await proxy.close();
		scanner.remove();
	}
}
