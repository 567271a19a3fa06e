/** A client on the scripted peer, from the folder of scans to the published file: what the tests of this folder start from. */
import Time from "time";
import { Buffers } from "../../../modules/client/buffers.js";
import { Connection } from "../../../modules/client/connection.js";
import type { Habits } from "../../../modules/client/habits.js";
import { negotiate, type Policy } from "../../../modules/client/negotiate.js";
import { Session } from "../../../modules/client/session.js";
import type { TreeConnect } from "../../../modules/client/tree-connect.js";
import { Journal } from "../../../modules/uploader/journal/journal.js";
import { PostponedScans } from "../../../modules/uploader/postponed.js";
import { Uploader, type UploadListener, type UploaderOptions } from "../../../modules/uploader/uploader.js";
import type { Scan } from "../../../modules/uploader/spool.js";
import { equal } from "../../support/assert.js";
import { Dice } from "../../support/dice.js";
import { type Peer, type PeerOptions, Peer as ScriptedPeer } from "../../support/peer.js";
import { clear, save, scratch } from "../../support/scratch.js";

export interface Outcome { scan: Scan; name?: string; trouble?: Error | undefined; reason?: Error; before?: true; waited?: true }

export interface Bench {
	/** The server on the other side of the latest connection; each has the same files. */
	peer: Peer;
	readonly buffers: Buffers;
	readonly folder: string;
	/** Path of the journal: in a folder of its own. */
	readonly journal: string;
	readonly outcomes: Outcome[];
	readonly interruptions: Error[];
	readonly warnings: Error[];
	/** Bytes confirmed, each time the server said so. */
	readonly progress: number[];
	policy: Policy;
	guestAsked: boolean;
	connection: Connection | undefined;
	connect(): Promise<TreeConnect>;
	/** Uploads all that is in the folder. */
	upload(options?: Partial<UploaderOptions>): Promise<Outcome[]>;
}

/** Makes a bench of 4 slots of slotLength bytes, hands it to run, and takes it away again. */
export async function bench(options: PeerOptions & { slotLength?: number; answerMs?: number; silenceMs?: number; idleMs?: number; habits?: Habits }, run: (it: Bench) => Promise<void>): Promise<void> {
	const { slotLength = 256, answerMs = 30_000, silenceMs = 30_000, idleMs = 60_000 } = options;
	const folder = scratch();
	const journals = scratch();
	const dice = new Dice(1);
	const postponed = new PostponedScans(() => 0), tidy = { due: false };
	const buffers = new Buffers(4, slotLength);
	const peer = new ScriptedPeer(buffers, options);
	const it: Bench = {
		peer, buffers, folder, journal: `${journals}/journal`, outcomes: [], interruptions: [], warnings: [], progress: [], guestAsked: false, connection: undefined,
		policy: { dialectMin: 0x0202, dialectMax: 0x0311, signingRequired: true, encryption: "on-demand", ciphers: [1, 2, 3, 4], signingAlgorithms: [1, 2, 0], server: "nas", clientGuid: new Uint8Array(16).fill(7) },
		async connect() {
			if (it.connection)
				it.peer = it.peer.again();
			const { peer } = it;
			const connection = it.connection = new Connection(peer, buffers.memory, buffers.pipeline, { answerMs, silenceMs, idleMs });
			buffers.onFilled = () => connection.filled();
			const negotiated = await negotiate(connection, it.policy);
			const session = await Session.setup(connection, negotiated, it.policy, peer.logOn(), it.guestAsked);
			return options.habits ? session.tree("scans", options.habits) : session.treeConnect("scans");
		},
		async upload(more = {}) {
			const listener: UploadListener = {
				started() {},
				progressed(confirmed) { it.progress.push(confirmed); },
				arrived(scan, name, _elapsedMs, trouble) { it.outcomes.push({ scan, name, trouble }); },
				remembered(scan, trouble) { it.outcomes.push({ scan, before: true, trouble }); },
				interrupted(_scan, reason) { it.interruptions.push(reason); },
				stayed(scan, reason) { it.outcomes.push({ scan, reason }); },
				waited(scan, reason) { it.outcomes.push({ scan, reason, waited: true }); },
				warned(reason) { it.warnings.push(reason); },
			};
			const journal = more.journal ?? new Journal({ path: it.journal, anew: false, log: line => it.warnings.push(new Error(line)), random: (into, at, length) => dice.fill(into, at, length) });
			try {
				await new Uploader({
					source: folder, path: "", after: "keep", device: "0badcafe", place: "nas/scans", journal, connect: () => it.connect(), listener,
					postponed, tidy, patienceMs: 0, random: () => 0, ticks: () => Time.ticks, ...more }).run();
			}
			finally {
				if (journal instanceof Journal)
					journal.close();
			}
			return it.outcomes;
		},
	};
	try {
		await run(it);
		equal(buffers.pipeline.slotsFree, 4, "every slot is free again");
	}
	finally {
		it.connection?.close();
		buffers.close();
		clear(folder);
		clear(journals);
	}
}

/** length bytes that differ from place to place. */
export function pattern(length: number): Uint8Array {
	const bytes = new Uint8Array(length);
	for (let i = 0; i < length; i++)
		bytes[i] = i * 7 + (i >> 8);
	return bytes;
}

/** Puts a scan into the folder. */
export function putScan(it: Bench, name: string, bytes: Uint8Array): void {
	save(`${it.folder}/${name}`, bytes);
}
