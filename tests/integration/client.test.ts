/** The client's own calls against a real Samba, from Node: handles that outlive a connection, reading back, listing, signs of life, caches that are taken back. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileToDelete, fileToRead, halfWrittenFile, newFile } from "../../modules/client/create.js";
import { StatusError, TransportError } from "../../modules/errors/errors.js";
import { NTStatus } from "../../modules/smb2/status.js";
import { bytesEqual, deepEqual, equal, ok, rejects } from "../support/assert.js";
import { type NodeClient, connect } from "../support/real-client.js";
import { Command, Proxy } from "../support/proxy.js";
import { type Samba, startSamba } from "../support/samba.js";
import { Scanner, assertSaid, noise, onShare } from "../support/scanner.js";

/** What Samba wants of a share before it keeps a file open for a client that is gone (smb.conf(5), "durable handles"). */
const durableShare = { name: "scans", options: { "kernel oplocks": "no", "kernel share modes": "no", "posix locking": "no", "durable handles": "yes" } };
const createGuid = Uint8Array.from({ length: 16 }, (_, i) => 0x30 + i);
const nothing = (): void => {};

describe("the client", function () {
	this.timeout(30_000);
	let samba: Samba;
	let scanner: Scanner;
	let bytes: Uint8Array;
	const clients: NodeClient[] = [];

	/** Through a proxy, where the connection is to be cut while both sides live. */
	let proxy: Proxy | undefined;

	async function client(...parameters: Parameters<typeof connect> extends [unknown, ...infer Rest] ? Rest : never): Promise<NodeClient> {
		const { address, share, user, password } = samba;
		const made = await connect({ address, port: proxy?.port ?? samba.port, share, user, password }, ...parameters);
		clients.push(made);
		return made;
	}

	before(() => {
		scanner = new Scanner();
		bytes = scanner.put("scan.pdf", 300_000);
	});
	after(() => scanner.remove());
	afterEach(async () => {
		for (const one of clients.splice(0)) one.close();
		await proxy?.close();
		proxy = undefined;
		await samba.stop();
	});

	for (const [dialect, version] of [[0x0311, 2], [0x0300, 2], [0x0210, 1]] as const)
		it(`takes a file up again that it had open when the connection was cut: 0x0${dialect.toString(16)}`, async () => {
			samba = await startSamba({ shares: [durableShare] });
			proxy = await Proxy.start({ port: samba.port });
			const policy = { dialectMin: dialect, dialectMax: dialect };
			const first = await client(policy);
			const open = await first.tree.create("half.part", newFile, createGuid);
			equal(open.durable?.version, version);
			ok(open.diskId);
			await open.write(scanner.path("scan.pdf"), 0, 100_000, nothing);
			proxy.cutAll();
			await rejects(() => open.flush(), TransportError);

			const second = await client(policy, first.connection.sessionId);
			const again = await second.tree.reclaim("half.part", newFile, open.durable!);
			equal(await again.flush(), 100_000);
			equal(again.durable?.version, version);
			await again.write(scanner.path("scan.pdf"), 100_000, 200_000, nothing);
			equal(await again.flush(), 300_000);
			await again.rename("scan.pdf");
			await again.close();
			bytesEqual(Uint8Array.from(readFileSync(join(samba.folderOf(), "scan.pdf"))), bytes);
		});

	it("is told where a file is not kept open, and opens it again by its name", async () => {
		samba = await startSamba({ shares: [{ name: "scans", options: { "durable handles": "no" } }] });
		const first = await client();
		const open = await first.tree.create("half.part", newFile, createGuid);
		equal(open.durable, undefined);
		await open.write(scanner.path("scan.pdf"), 0, 50_000, nothing);
		samba.cutConnections();
		await rejects(() => open.flush(), TransportError);
		const second = await client({}, first.connection.sessionId);
		await rejects(() => second.tree.reclaim("half.part", newFile, { version: 2, createGuid, fileId: open.fileId }), StatusError);
		const again = await second.tree.create("half.part", halfWrittenFile);
		deepEqual([...again.diskId!], [...open.diskId!]);
		equal(again.length, 50_000);
		const read = new Uint8Array(50_000);
		let at = 0;
		equal(await again.read(0, 50_000, (memory, from, length) => {
			read.set(memory.subarray(from, from + length), at);
			at += length;
		}), 50_000);
		bytesEqual(read, bytes.slice(0, 50_000));
		await again.close();
	});

	it("has the server end a session that it has lost, so that its own file is not in its way", async () => {
		samba = await startSamba();
		const first = await client();
		await first.tree.create("half.part", newFile);
		// The first connection still stands: only the word of the second ends it.
		const other = await client();
		const refused = await other.tree.create("half.part", halfWrittenFile).catch((error: unknown) => error);
		ok(refused instanceof StatusError && refused.status === NTStatus.SHARING_VIOLATION, String(refused));
		const second = await client({}, first.connection.sessionId);
		await (await second.tree.create("half.part", halfWrittenFile)).close();
	});

	for (const encryption of ["on-demand", "required"] as const)
		it(`reads back what the share holds, piece by piece, in order (encryption=${encryption})`, async () => {
			samba = await startSamba();
			const content = noise(200_001, 7);
			writeFileSync(join(samba.folderOf(), "there.bin"), content);
			const { tree } = await client({ encryption });
			const open = await tree.create("there.bin", fileToRead);
			equal(open.length, content.length);
			for (const [offset, length, expected] of [[0, 1_000_000, 200_001], [199_999, 10, 2], [200_001, 1, 0], [16_384, 16_384, 16_384]] as const) {
				const pieces: number[] = [];
				const done = await open.read(offset, length, (memory, from, count) => { pieces.push(...memory.subarray(from, from + count)); });
				equal(done, expected);
				bytesEqual(Uint8Array.from(pieces), content.slice(offset, offset + expected));
			}
			const { length, modified } = await open.status();
			equal(length, content.length);
			ok(Math.abs(modified - Date.now()) < 60_000);
			await open.close();
		});

	it("reads with the small area alone, too, when no slot is free", async () => {
		samba = await startSamba();
		writeFileSync(join(samba.folderOf(), "there.bin"), noise(5000));
		const { tree, connection } = await client();
		const open = await tree.create("there.bin", fileToRead);
		const taken = [1, 2, 3, 4].map(() => connection.pipeline.take());
		let sum = 0;
		await open.read(0, 5000, (_memory, _from, count) => { sum += count; });
		equal(sum, 5000);
		for (const at of taken) connection.pipeline.release(at);
		await open.close();
	});

	it("lists the files of a folder that fit a pattern, however many answers that takes", async () => {
		samba = await startSamba();
		const { tree } = await client();
		await tree.createFolder("in");
		const expected = Array.from({ length: 60 }, (_, i) => `.scan-0badcafe-${i} ${"ü".repeat(60)}.part`).sort();
		for (const name of [...expected, "scan.pdf", ".scan-other-1.part"]) writeFileSync(join(samba.folderOf(), "in", name), new Uint8Array(name.length));
		const found: string[] = [];
		await tree.list("in", ".scan-0badcafe-*.part", ({ name, length, modified }) => {
			ok(length > 0 && Math.abs(modified - Date.now()) < 60_000);
			found.push(name);
		});
		deepEqual(found.sort(), expected);
		const none: string[] = [];
		await tree.list("in", "nothing-*", ({ name }) => { none.push(name); });
		deepEqual(none, []);
		await rejects(() => tree.list("elsewhere", "*", nothing), StatusError, /OBJECT_NAME_NOT_FOUND/);
		const open = await tree.create(`in\\${expected[0]!}`, fileToDelete);
		await open.deleteOnClose();
		await open.close();
		equal(onShare(samba, "in").length, 61);
	});

	it("gives back what it may cache as soon as somebody else wants the file", async () => {
		samba = await startSamba({ shares: [durableShare] });
		const { tree, connection } = await client();
		const open = await tree.create("half.part", newFile, createGuid);
		ok(open.durable && connection.oplocked === open);
		await open.write(scanner.path("scan.pdf"), 0, 10_000, nothing);
		const start = Date.now(), other = await client();
		await (await other.tree.create("half.part", fileToRead)).close();
		// A server waits half a minute for a client that does not answer.
		ok(Date.now() - start < 5000, `${String(Date.now() - start)} ms`);
		equal(open.durable, undefined);
		equal(connection.oplocked, undefined);
		await open.write(scanner.path("scan.pdf"), 10_000, 10_000, nothing);
		equal(await open.flush(), 20_000);
		await open.close();
	});

	it("does not disturb whoever has the file open that stands under a scan's name, where another size tells that it is another one", async () => {
		samba = await startSamba({ shares: [durableShare] });
		proxy = await Proxy.start({ port: samba.port });
		const holder = await client();
		const open = await holder.tree.create("scan.pdf", newFile, createGuid);
		ok(open.durable && holder.connection.oplocked === open);
		await open.write(scanner.path("scan.pdf"), 0, 10_000, nothing);
		assertSaid(await scanner.send(samba), 0, /arrived as scan \(2\)\.pdf/);
		ok(!proxy.commands("reply").includes(Command.OPLOCK_BREAK));
		equal(holder.connection.oplocked, open);
	});

	it("asks a silent server for a sign of life, and gives it up within seconds without one", async () => {
		samba = await startSamba();
		const { tree, connection } = await client({}, undefined, { answerMs: 60_000, silenceMs: 300, idleMs: 60_000 });
		const open = await tree.create("half.part", newFile);
		samba.signalConnections("SIGSTOP");
		const start = Date.now();
		try {
			await rejects(() => open.flush(), TransportError, /not even a sign of life/);
			ok(Date.now() - start < 5000);
			equal(connection.alive, false);
		}
		finally { samba.signalConnections("SIGCONT"); }
	});

	it("waits for a server that is slow but alive", async () => {
		samba = await startSamba();
		const { tree } = await client({}, undefined, { answerMs: 60_000, silenceMs: 400, idleMs: 60_000 });
		const open = await tree.create("half.part", newFile);
		samba.signalConnections("SIGSTOP");
		const flushed = open.flush();
		await sleep(600);
		samba.signalConnections("SIGCONT");
		equal(await flushed, 0);
		await open.close();
	});
});
