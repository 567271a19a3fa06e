/** docs/DESIGN.md, budgets: what an upload costs the network. */
import { equal, ok } from "../support/assert.js";
import { bench } from "../support/repository.js";
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
	const beside: number[] = [];

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

	for (const [name, size, writes] of [["1 KB", 1000, 1], ["100 KB", 100_000, 7]] as const) {
		it(`${name} take at most ${roundTripsMax} round trips, and ${writes === 1 ? `${perFileMax} bytes beside the file` : `${perWriteMax} bytes for each further WRITE`}`, async () => {
			const proxy = await Turns.before(samba, 150);
			const scanner = new Scanner();
			try {
				scanner.put(`${writes}.pdf`, size);
				assertSaid(await scanner.send({ ...proxy.target, share: samba.share, user: samba.user!, password: samba.password! }), 0, /3\.1\.1, signed/);
				equal(proxy.connections, 1);
				ok(1 + proxy.turns <= roundTripsMax, `${1 + proxy.turns} round trips, ${proxy.requests} messages`);
				beside.push(proxy.sent + proxy.received - size);
				if (writes === 1) ok(beside[0]! <= perFileMax, `${beside[0]} bytes`);
				else {
					const each = (beside[1]! - beside[0]!) / (writes - 1);
					ok(each >= 184 && each <= perWriteMax, `${each} bytes for each further WRITE`);
				}
			}
			finally {
				await proxy.close();
				scanner.remove();
			}
		});
	}
});
