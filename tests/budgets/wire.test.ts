/** docs/DESIGN.md, budgets: what an upload costs the network. */
import { equal, ok } from "../support/assert.js";
import { bench } from "../support/repository.js";
import { deviceSlots } from "../support/run.js";
import { type Samba, startSamba } from "../support/samba.js";
import { Scanner, assertSaid } from "../support/scanner.js";

const { Turns } = await bench("turns.mjs") as { Turns: { before(target: Samba, quietMs: number): Promise<Turns> } };

interface Turns {
	readonly target: Pick<Samba, "address" | "port">;
	readonly turns: number;
	readonly sent: number;
	readonly received: number;
	readonly requests: number;
	readonly connections: number;
	close(): Promise<void>;
}

/** From TCP connect, which is one, to close: NEGOTIATE, SESSION_SETUP twice, TREE_CONNECT, the file, its name. */
const roundTripsMax = 7;
/** Bytes of TCP payload beside the file's, for a file of one WRITE. */
const perFileMax = 3800;
/** A WRITE's prefix and 112 bytes, and its answer's prefix and 80; in a compound there are no prefixes. */
const perWriteMax = 200;

describe("budgets: the wire, 3.1.1 signed", function () {
	this.timeout(120_000);
	let samba: Samba;
	let files = 0;

	before(async () => { samba = await startSamba(); });
	after(() => samba.stop());

	it("100 KB take one less where TREE_CONNECT joins the file, for nothing can be encrypted", async () => {
		const proxy = await Turns.before(samba, 150);
		const scanner = new Scanner();
		try {
			scanner.put("joined.pdf", 100_000);
			assertSaid(await scanner.send({ ...proxy.target, share: samba.share, user: samba.user!, password: samba.password! }, { encryption: "off" }), 0, /3\.1\.1, signed/);
			ok(1 + proxy.turns <= roundTripsMax - 1, `${1 + proxy.turns} round trips, ${proxy.requests} messages`);
		}
		finally {
			await proxy.close();
			scanner.remove();
		}
	});

	it("each further scan takes one: it goes up while the one before it gets its name", async () => {
		const proxy = await Turns.before(samba, 150);
		const scanner = new Scanner();
		try {
			for (let i = 1; i <= 8; i++) scanner.put(`small ${i}.pdf`, 1000 * i);
			assertSaid(await scanner.send({ ...proxy.target, share: samba.share, user: samba.user!, password: samba.password! }, { after: "move" }), 0, /8 scans arrived/);
			ok(1 + proxy.turns <= roundTripsMax + 7, `${1 + proxy.turns} round trips, ${proxy.requests} messages`);
		}
		finally {
			await proxy.close();
			scanner.remove();
		}
	});

	for (const [slots, hostOptions, writes] of [["a device's slots", deviceSlots, 7], ["the manifest's slots", [], 2]] as const) {
		it(`100 KB take at most ${roundTripsMax} round trips in ${slots}, and ${perWriteMax} bytes for each WRITE but the first`, async () => {
			const one = await upload(1000, hostOptions), several = await upload(100_000, hostOptions);
			const each = (several - one) / (writes - 1);
			ok(each >= 184 && each <= perWriteMax, `${each} bytes for each further WRITE`);
		});
	}

	it(`1 KB take at most ${roundTripsMax} round trips, and ${perFileMax} bytes beside the file`, async () => {
		const beside = await upload(1000);
		ok(beside <= perFileMax, `${beside} bytes`);
	});

	/** Uploads a file of that size, over one connection; returns the bytes beside it. */
	async function upload(size: number, hostOptions: readonly string[] = []): Promise<number> {
		const proxy = await Turns.before(samba, 150);
		const scanner = new Scanner();
		try {
			scanner.put(`${++files}.pdf`, size);
			// A server that is slow because the machine is busy gets no ECHO, which would count.
			assertSaid(await scanner.send({ ...proxy.target, share: samba.share, user: samba.user!, password: samba.password! }, { timeout: 600 }, { hostOptions }), 0, /3\.1\.1, signed/);
			equal(proxy.connections, 1);
			ok(1 + proxy.turns <= roundTripsMax, `${1 + proxy.turns} round trips, ${proxy.requests} messages`);
			return proxy.sent + proxy.received - size;
		}
		finally {
			await proxy.close();
			scanner.remove();
		}
	}
});
