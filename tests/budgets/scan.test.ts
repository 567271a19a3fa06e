/** docs/DESIGN.md, "What a small scan costs": the garbage that it leaves in the machine of a device, and how often that is collected. */
import { equal, ok } from "../support/assert.js";
import { builds32, heapOf } from "../support/run.js";
import { type Samba, startSamba } from "../support/samba.js";
import { Scanner, assertSaid } from "../support/scanner.js";

/** Nothing is collected here, so that all that was ever allocated is counted. */
const roomy = ["--creation", "static=50000000,chunk=20000000,heap=1000000"];
/** Collections of a device's machine for each scan. Each takes it some 5 to 10 ms. */
const collectionsMax = 3;

/** Slots and bytes of chunks at most, for each scan of 1 KB: what they are, and 4 per cent. */
const budgets = [
	["kept", {}, 1050, 8_720],
	["moved", { after: "move" }, 1055, 9_260],
	["deleted", { after: "delete" }, 1055, 8_720],
	["encrypted", { encryption: "required" }, 1215, 9_020],
] as const;

(builds32 ? describe : describe.skip)("budgets: a small scan, 32 bits", function () {
	this.timeout(120_000);
	let samba: Samba;

	before(async () => { samba = await startSamba(); });
	after(() => samba.stop());

	/** The heap's figures after count scans. */
	async function heapAfter(count: number, path: string, settings: object, hostOptions: readonly string[]): Promise<Record<string, number>> {
		const scanner = new Scanner();
		try {
			for (let i = 10; i < 10 + count; i++) scanner.put(`scan ${i}.pdf`, 1000);
			const run = await scanner.send(samba, { path, ...settings }, { bits: 32, variant: "release", hostOptions: [...hostOptions, "--report"] });
			assertSaid(run, 0, new RegExp(`^${count} scans arrived`, "m"));
			return heapOf(run);
		}
		finally { scanner.remove(); }
	}

	for (const [how, settings, slotsMax, chunksMax] of budgets) {
		it(`${how}: at most ${slotsMax} slots and ${chunksMax} bytes of chunks for each`, async () => {
			const few = await heapAfter(5, `few ${how}`, settings, roomy), more = await heapAfter(25, `all ${how}`, settings, roomy);
			equal(`${few["collections"]} and ${more["collections"]} collections`, "0 and 0 collections");
			const slots = (more["slots"]! - few["slots"]!) / 20, chunks = (more["chunks"]! - few["chunks"]!) / 20;
			ok(slots > 0 && slots <= slotsMax && chunks > 0 && chunks <= chunksMax, `${slots} slots, ${chunks} bytes`);
		});

		it(`${how}: at most ${collectionsMax} collections for each in the memory of a device`, async () => {
			const few = await heapAfter(5, `few ${how} in 64 KiB`, settings, []), more = await heapAfter(45, `all ${how} in 64 KiB`, settings, []);
			const each = (more["collections"]! - few["collections"]!) / 40;
			ok(each > 0 && each <= collectionsMax, `${each} collections`);
			ok(more["staticUsed"]! > 0 && more["staticUsed"]! <= 65_536, `${more["staticUsed"]} bytes`);
		});
	}
});
