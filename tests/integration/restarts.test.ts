/** A Samba that is killed, all of it, and started again on its port: what was under way ends whole, once, under its name. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { deepEqual, ok } from "../support/assert.js";
import { Command, type Message, Proxy, commandsOf } from "../support/proxy.js";
import { type Run, type Values, deviceSlots } from "../support/run.js";
import { type Samba, startSamba } from "../support/samba.js";
import { Scanner, assertSaid, assertSame, onShare } from "../support/scanner.js";

describe("a server that is killed and started again", function () {
	this.timeout(60_000);
	let scanner: Scanner;
	let samba: Samba;
	let path: string;
	let tests = 0;

	before(async () => { samba = await startSamba(); });
	after(() => samba.stop());
	beforeEach(() => {
		scanner = new Scanner();
		path = `test ${++tests}`;
	});
	afterEach(() => scanner.remove());

	/** Sends what the scanner holds. Each number in moments names one of the messages that isMoment() is true of: it is not passed on, and the server dies. */
	async function send(isMoment: (message: Message) => boolean, moments: readonly number[], more: Values = {}): Promise<{ run: Run; seen: number }> {
		let seen = 0;
		let restarted: Promise<void> = Promise.resolve();
		const see = (message: Message): Uint8Array | undefined => {
			if (!isMoment(message) || !moments.includes(++seen)) return message.bytes;
			restarted = samba.restart();
			return undefined;
		};
		const proxy = await Proxy.start({ port: samba.port, request: see, reply: see });
		try {
			const run = await scanner.send({ address: "127.0.0.1", port: proxy.port, share: samba.share, user: samba.user, password: samba.password }, { path, ...more }, { hostOptions: deviceSlots });
			return { run, seen };
		}
		finally {
			await restarted;
			await proxy.close();
		}
	}

	function assertArrived(run: Run, scans: Readonly<Record<string, Uint8Array>>): void {
		assertSaid(run, 0);
		deepEqual(onShare(samba, path), Object.keys(scans).sort());
		for (const [name, bytes] of Object.entries(scans)) assertSame(join(samba.folderOf(), path, name), bytes);
	}

	const is = (command: number, direction: Message["direction"]) => (message: Message): boolean => message.direction === direction && commandsOf(message.bytes).includes(command);

	for (const dialect of ["2.0.2", "3.1.1"]) {
		it(`WRITEs are in flight, SMB ${dialect}`, async () => {
			const bytes = scanner.put("scan.pdf", 6_000_000);
			const { run } = await send(is(Command.WRITE, "request"), [30], { dialect });
			assertSaid(run, 0, /(closed|reset) the connection.*; going on in \d\.\d s/);
			assertArrived(run, { "scan.pdf": bytes });
		});
	}

	it("WRITEs are in flight, three times in one upload", async () => {
		const bytes = scanner.put("scan.pdf", 6_000_000);
		const { run } = await send(is(Command.WRITE, "request"), [1, 150, 300], { after: "delete" });
		assertArrived(run, { "scan.pdf": bytes });
		ok((run.text.match(/going on in/g) ?? []).length >= 3, run.text);
		deepEqual(scanner.names(), []);
	});

	for (const [name, command] of [["CREATE", Command.CREATE], ["FLUSH", Command.FLUSH], ["SET_INFO", Command.SET_INFO], ["CLOSE", Command.CLOSE]] as const) {
		for (const direction of ["request", "reply"] as const) {
			it(`at any ${name}, ${direction === "request" ? "before it hears it" : "before its answer is heard"}`, async () => {
				let come = true;
				for (let which = 1; come; which++) {
					scanner.remove();
					scanner = new Scanner();
					path = `test ${tests}, ${which}`;
					const scans = { "1.pdf": scanner.put("1.pdf", 100_000), "2.pdf": scanner.put("2.pdf", 70_000) };
					const { run, seen } = await send(is(command, direction), [which]);
					assertArrived(run, scans);
					come = seen >= which;
					ok(come || which > 2, `there were ${seen}:\n${run.text}`);
				}
			});
		}
	}

	it("while the app is connected to it directly, and nobody listens for a second", async () => {
		const bytes = scanner.put("scan.pdf", 40_000_000);
		let restarted: Promise<void> | undefined;
		const timer = setInterval(() => {
			const part = onShare(samba, path).find(name => name.endsWith(".part"));
			if (part !== undefined && statSync(join(samba.folderOf(), path, part)).size > 1_000_000) restarted ??= samba.restart(1000);
		}, 1);
		try {
			const run = await scanner.send(samba, { path });
			ok(restarted, run.text);
			assertSaid(run, 0, /going on in/, /refuses connections/, /1 scan arrived/);
		}
		finally {
			clearInterval(timer);
			await restarted;
		}
		deepEqual(onShare(samba, path), ["scan.pdf"]);
		assertSame(join(samba.folderOf(), path, "scan.pdf"), bytes);
	});
});
