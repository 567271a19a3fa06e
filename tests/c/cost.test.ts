/** What our C adds to PSA Crypto's own cost, for messages of 16 KiB: next to nothing. crypto-cost/cost.c under Valgrind's callgrind. The figures of docs/DESIGN.md are these. */
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ok } from "../support/assert.js";
import { root } from "../support/repository.js";
import { compile, run } from "./compile.js";

/** Instructions per byte that our C may add: some hundreds per message. */
const most = 0.05;
const bytes = 16384;

const pairs: readonly (readonly [name: string, ours: string, psa: string, messages: number])[] = [
	...["AES-128-CCM", "AES-128-GCM", "AES-256-CCM", "AES-256-GCM"].flatMap((name, index) => [
		[`sealing, ${name}`, `seal-${index + 1}`, `encrypt-${index + 1}`, 4] as const,
		// The last of four alone: the copy to be opened is made in between.
		[`opening, ${name}`, `open-${index + 1}`, `decrypt-${index + 1}`, 1] as const,
	]),
	["signing, AES-CMAC", "sign-1", "mac-1", 4],
	["signing, AES-GMAC", "sign-2", "mac-2", 4],
];

describe("the cost of hosts/crypto beyond PSA's", function () {
	this.timeout(300_000);
	const counts = new Map<string, number>();

	before(() => {
		const program = compile("crypto-cost", 64, ["tests/c/crypto-cost/cost.c", ...["backend", "aead", "mac"].map(name => `hosts/crypto/${name}.c`)], ["-O2"], ["mbedcrypto"]);
		const folder = join(root, "build/c/crypto-cost-dumps");
		rmSync(folder, { recursive: true, force: true });
		mkdirSync(folder);
		run("valgrind", ["--quiet", "--tool=callgrind", `--callgrind-out-file=${join(folder, "dump")}`, program]);
		for (const name of readdirSync(folder)) {
			const text = readFileSync(join(folder, name), "utf8");
			const part = /^desc: Trigger: Client Request: (\S+)$/m.exec(text)?.[1];
			const sum = /^(?:summary|totals): (\d+)/m.exec(text)?.[1];
			if (part !== undefined) counts.set(part, Number(sum));
		}
		// For whoever writes the figures down.
		writeFileSync(join(root, "build/c/crypto-cost.txt"), pairs.map(([name, ours, psa, messages]) =>
			`${name}: ${perByte(ours, messages).toFixed(3)}, PSA alone ${perByte(psa, messages).toFixed(3)}\n`).join(""));
	});

	function perByte(part: string, messages: number): number { return counts.get(part)! / messages / bytes; }

	for (const [name, ours, psa, messages] of pairs) {
		it(`${name}: at most ${most} instructions per byte`, () => {
			const [all, alone] = [perByte(ours, messages), perByte(psa, messages)];
			ok(alone > 1 && alone < 1000, `${psa}: ${alone}`);
			ok(all - alone < most, `${all} against ${alone}`);
		});
	}
});
