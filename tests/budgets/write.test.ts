/** docs/DESIGN.md, budgets: what each WRITE allocates in the machine of a device, and how deep the C stack gets. */
import { equal, ok } from "../support/assert.js";
import { allBits, host, runProcess, words } from "../support/run.js";
import { type Samba, startSamba } from "../support/samba.js";
import { Scanner } from "../support/scanner.js";

const size = 4 * 1_048_576;
/** Bytes, of the 64-bit host as well. The parser, which a device does not run in a release, goes deeper: it is done before. */
const nativeStackMax = 32_768;

describe("budgets: a WRITE", function () {
	this.timeout(120_000);
	let samba: Samba;

	before(async () => { samba = await startSamba(); });
	after(() => samba.stop());

	for (const bits of allBits) {
		for (const encryption of ["on-demand", "required"]) {
			it(`allocates no slot and no chunk (${bits} bits, encryption ${encryption})`, async () => {
				const { executable, moduleList } = await host(bits, bits === 32 ? "release" : "debug");
				const scanner = new Scanner();
				try {
					scanner.put("scan.pdf", size);
					const run = await runProcess(executable, ["--main", "tests/budgets/fixtures/write", moduleList, ...words({
						server: samba.address, port: samba.port, share: samba.share, user: samba.user, password: samba.password,
						file: scanner.path("scan.pdf"), size, name: `${bits} ${encryption}.pdf`, encryption,
					})]);
					ok(run.code === 0, run.text);
					const [, figures, stack] = /^(.*), stack \d+ slots, native stack (\d+) bytes$/m.exec(run.out) ?? [];
					equal(figures, "0 slots, 0 bytes, 0 collections in 156 WRITEs", run.text);
					ok(Number(stack) > 0 && Number(stack) <= nativeStackMax, run.text);
				}
				finally { scanner.remove(); }
			});
		}
	}
});
