/** Uploads to a real Samba when power is lost at any call that reaches the medium or the network: the next run ends with each scan on the share, whole, once, under its name. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ok } from "../support/assert.js";
import { Power, type Survival } from "../support/power.js";
import { deviceSlots, host, runApp, words } from "../support/run.js";
import { type Samba, startSamba } from "../support/samba.js";
import { noise } from "../support/scanner.js";

const seed = Number(process.env["POWER_SEED"] ?? 1);
/** Every so manieth call is tried, beginning with another one by seed. */
const stride = Number(process.env["POWER_STRIDE"] ?? 7);
const atOnce = 3;
const scans = new Map([["scan 1.pdf", noise(0, 1)], ["scan 2.pdf", noise(70_000, 2)], ["scan 3.pdf", noise(2_300_000, 3)]]);
const survivals: readonly Survival[] = [{ kind: "nothing" }, { kind: "all" }, { kind: "torn", seed: 1 }, { kind: "some", seed: 2 }, { kind: "nothing", medium: "fat" }, { kind: "some", seed: 3, medium: "fat" }];

(process.platform === "linux" ? describe : describe.skip)("uploads, when power is lost", function () {
	this.timeout(600_000);
	let base: string;
	let samba: Samba;

	before(async () => {
		base = mkdtempSync(join(tmpdir(), "smb-scan-uploader-power-"));
		samba = await startSamba();
	});
	after(async () => {
		await samba.stop();
		rmSync(base, { recursive: true, force: true });
	});

	/** Power fails before call number at of the first run, and so many calls later in the second; the third is left alone. Returns what is wrong, or whether power was lost at all. */
	async function lose(at: number, after: "keep" | "move" | "delete", hostOptions: readonly string[], survival: Survival): Promise<string | boolean> {
		const name = `${after}-${at}`;
		const settings = { server: samba.address, port: samba.port, share: samba.share, user: samba.user, password: samba.password, path: name, after };
		const { executable, moduleList } = await host(64, "release");
		let folder = join(base, name);
		mkdirSync(folder);
		for (const [file, bytes] of scans) {
			writeFileSync(join(folder, file), bytes);
			utimesSync(join(folder, file), new Date(1_700_000_000_000 + file.charCodeAt(5) * 1000), new Date(1_700_000_000_000 + file.charCodeAt(5) * 1000));
		}
		let told = "";
		for (const [turn, call] of [at, at % 3 === 0 ? 5 + at % 40 : 0].entries()) {
			if (call === 0) continue;
			const power = new Power(folder);
			const { run, lost } = await power.run(executable, [...hostOptions, moduleList, ...words({ ...settings, source: folder })], { at: call, network: true });
			told += `${run.text}--- ${lost ? "power lost" : "end"} at call ${call}\n`;
			if (!lost) {
				if (turn === 0) return false;
				break;
			}
			const next = join(base, `${name}-${turn}`);
			power.restore({ ...survival, seed: (survival.seed ?? 0) * 1000 + at }, next);
			folder = next;
		}
		const run = await runApp({ ...settings, source: folder }, { variant: "release", hostOptions });
		told = `call ${at}, after=${after}, ${JSON.stringify(survival)}\n${told}${run.text}`;
		if (run.code !== 0) return `exit code ${run.code}: ${told}`;
		const share = join(samba.folderOf(), name);
		const there = existsSync(share) ? readdirSync(share).sort() : [];
		if (there.join() !== [...scans.keys()].join()) return `on the share: ${there.join(", ")}: ${told}`;
		for (const [file, bytes] of scans) {
			if (!readFileSync(join(share, file)).equals(bytes)) return `${file} differs: ${told}`;
		}
		const here = readdirSync(folder).filter(file => !file.startsWith(".")).sort().join();
		if (here !== (after === "keep" ? [...scans.keys()].join() : after === "move" ? "sent" : "")) return `here: ${here}: ${told}`;
		if (after === "move" && readdirSync(join(folder, "sent")).sort().join() !== [...scans.keys()].join()) return `sent: ${readdirSync(join(folder, "sent")).join()}: ${told}`;
		for (const each of [name, `${name}-0`, `${name}-1`]) rmSync(join(base, each), { recursive: true, force: true });
		return true;
	}

	for (const [after, slots, hostOptions] of [["keep", "a device's slots", deviceSlots], ["move", "the manifest's slots", []], ["delete", "a device's slots", deviceSlots]] as const)
		it(`after=${after}, ${slots}: every ${stride}th call (POWER_STRIDE, POWER_SEED)`, async () => {
			const wrong: string[] = [];
			let next = 1 + seed % stride, cases = 0, ended = false;
			const worker = async (): Promise<void> => {
				while (!ended) {
					const at = next;
					next += stride;
					const result = await lose(at, after, hostOptions, survivals[(at + seed) % survivals.length]!).catch((error: unknown) => String(error));
					if (result === false) ended = true;
					else {
						cases++;
						if (result !== true) wrong.push(result);
					}
				}
			};
			await Promise.all(Array.from({ length: atOnce }, worker));
			if (wrong.length > 0) throw new Error(`${wrong.length} of ${cases} cases\n${wrong.join("\n")}`);
			ok(cases > 100 / stride, `${cases} cases`);
		});
});
