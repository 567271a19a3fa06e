/**
 * npm run bench: this project's client beside libsmb2 and smbclient, against one private Samba, in turns. Prints Markdown.
 *
 *   npm run bench                        all parts, and docs/BENCHMARKS.md is written anew
 *   npm run bench -- wire link           these parts alone, printed only
 *
 * LIBSMB2=<prefix> names a libsmb2 where Debian has no package of it.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { builds32, setup } from "../tools/setup.mjs";
import { startSamba } from "../tools/samba.mjs";
import { Obstacle, program, root, say } from "../tools/steps.mjs";
import { compile, compileLibsmb2, libsmb2, ours, oursAsDevice, smbclient } from "./clients.mjs";
import { engine } from "./parts/engine.mjs";
import { instructions } from "./parts/instructions.mjs";
import { link } from "./parts/link.mjs";
import { memory } from "./parts/memory.mjs";
import { time } from "./parts/time.mjs";
import { wire } from "./parts/wire.mjs";

const parts = { instructions, time, memory, wire, link, engine };

function output(command, ...args) {
	const { stdout, status } = spawnSync(command, args, { encoding: "utf8" });
	return status === 0 ? stdout.trim() : "";
}

/** The machine, the day, and the versions of all that takes part. */
function circumstances(peers) {
	const debian = name => output("dpkg-query", "-W", "-f=${Version}", name) || "not Debian's";
	const system = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? process.platform;
	const changed = output("git", "-C", root, "status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs") ? ", changed" : "";
	return [
		`${new Date().toISOString().slice(0, 10)}, ${output("git", "-C", root, "rev-parse", "--short", "HEAD") || "no commit"}${changed}. ${cpus().length} × ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${system}, Linux ${release()}.`,
		`gcc ${output("gcc", "-dumpfullversion")}, Mbed TLS ${debian("libmbedtls-dev")}, @agoric/xsnap ${JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies["@agoric/xsnap"]}, Samba and smbclient ${debian("samba")}, Valgrind ${debian("valgrind")}, libsmb2 ${peers.some(({ name }) => name.startsWith("libsmb2")) ? libsmb2Version(debian) : "not there: Debian has no package of it in this release; LIBSMB2=<prefix> names one"}.`,
	];
}

function libsmb2Version(debian) {
	const prefix = process.env.LIBSMB2;
	if (!prefix) return debian("libsmb2-dev");
	return `${/^Version: *(\S+)/m.exec(readFileSync(join(prefix, "lib", "pkgconfig", "libsmb2.pc"), "utf8"))?.[1] ?? "?"} (of LIBSMB2)`;
}

await program(async () => {
	const wanted = process.argv.slice(2);
	for (const name of wanted) if (!parts[name]) throw Object.assign(new Obstacle(`"${name}": expected parts: ${Object.keys(parts).join(", ")}`), { exitCode: 2 });
	const started = performance.now();
	await setup({ bench: true });
	const { build } = await import("../tools/build.mjs");
	const release64 = await build({ bits: 64, variant: "release" });
	const release32 = builds32 ? await build({ bits: 32, variant: "release" }) : undefined;
	compile("measure");
	const put = compileLibsmb2();
	const peers = [...put ? [libsmb2(put)] : [], smbclient];
	const lines = [...circumstances(peers), ""];
	const print = line => { lines.push(line); console.log(line); };
	lines.forEach(line => console.log(line));
	const table = (title, head, rows, notes = []) => {
		for (const line of [`### ${title}`, "", `| ${head.join(" | ")} |`, `|${head.map(() => "---|").join("")}`, ...rows.map(row => `| ${row.join(" | ")} |`), "", ...notes.flatMap(note => [note, ""])]) print(line);
	};
	const failures = [];
	const samba = await startSamba({ guest: true });
	try {
		for (const name of wanted.length > 0 ? wanted : Object.keys(parts)) {
			const start = performance.now();
			try {
				await parts[name]({ samba, host: ours(release64), device: oursAsDevice(release64), release64, release32, put, peers, table, say });
			}
			catch (error) {
				failures.push(name);
				print(`**${name}: failed.** ${error instanceof Obstacle ? error.message : error.stack}\n`);
			}
			say(`${name}: ${Math.round((performance.now() - start) / 1000)} s`);
		}
	}
	finally {
		await samba.stop();
	}
	say(`npm run bench: ${failures.length === 0 ? "done" : `FAILED: ${failures.join(", ")}`}, ${Math.round((performance.now() - started) / 1000)} s`);
	if (wanted.length === 0) {
		const page = join(root, "docs", "BENCHMARKS.md"), text = readFileSync(page, "utf8"), mark = "## The last run\n";
		writeFileSync(page, text.slice(0, text.indexOf(mark) + mark.length) + "\n" + lines.join("\n"));
	}
	return failures.length === 0 ? 0 : 1;
});
