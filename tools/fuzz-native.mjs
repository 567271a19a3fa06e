/**
 * The C cores as targets of tools/fuzz.mjs: tests/fuzz/c/<name>.c with what it tests, compiled by clang with libFuzzer and the address and undefined behaviour
 * sanitizers. 64 bits only: that is what clang's libraries are for without a second C++ library.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Obstacle, root, run } from "./steps.mjs";

const clang = process.env.CLANG ?? "clang";
const flags = ["-std=gnu11", "-D_GNU_SOURCE", "-g", "-O1", "-fno-omit-frame-pointer", "-Wall", "-Wextra", "-Werror", "-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all"];

const crypto = { sources: ["backend", "key", "md4", "rc4", "digest", "mac", "kdf", "aead", "cts", "dk", "pbkdf2"].map(name => `hosts/crypto/${name}.c`), libs: ["-lmbedcrypto"] };
const storage = { sources: ["hosts/storage/storage.c", "hosts/storage/system/storage-posix.c"] };
const pipeline = { sources: ["pipeline", "system/port-posix", "block"].map(name => `hosts/pipeline/${name}.c`), libs: ["-lpthread"] };
const card = { sources: ["tests/c/esp32-storage/idf.c", "hosts/esp32/storage/card.c"], libs: ["-Itests/c/esp32-headers", "-Ihosts/esp32/storage"] };

/** Everything that a program may be made of. */
function newestSource() {
	const newest = folder => Math.max(0, ...readdirSync(join(root, folder), { withFileTypes: true }).map(entry => {
		const path = join(folder, entry.name);
		return entry.isDirectory() ? newest(path) : /\.[ch]$/.test(entry.name) ? statSync(join(root, path)).mtimeMs : 0;
	}));
	return Math.max(newest("hosts"), newest("tests/fuzz/c"), newest("tests/c"), statSync(new URL(import.meta.url)).mtimeMs);
}

async function build(name, folder, { sources, libs = [] }) {
	const executable = join(folder, name);
	if (existsSync(executable) && statSync(executable).mtimeMs > newestSource()) return executable;
	const { status, output } = await run(clang, [...flags, "-o", executable, `tests/fuzz/c/${name}.c`, ...sources, ...libs]);
	if (status !== 0) throw new Obstacle(`${clang} could not build tests/fuzz/c/${name}.c:\n${output}`);
	return executable;
}

/** tests/fuzz/seeds/<name>.txt, hexadecimal bytes and a comment after # on each line, as files of a folder. */
function writeSeeds(name, folder) {
	const list = join(root, "tests/fuzz/seeds", `${name}.txt`);
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder);
	if (!existsSync(list)) return;
	readFileSync(list, "utf8").split("\n").map(line => line.replace(/#.*/, "").replace(/\s/g, "")).forEach((digits, index) => {
		if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new Obstacle(`tests/fuzz/seeds/${name}.txt, line ${index + 1}: not pairs of hexadecimal digits`);
		if (digits) writeFileSync(join(folder, `line-${index + 1}`), Buffer.from(digits, "hex"));
	});
}

/** Runs a program of tests/fuzz/c; see fuzz.mjs for what goes in and comes out. */
export async function runNative(name, parts, { seconds, seed, folder }) {
	const executable = await build(name, folder, parts);
	const corpus = join(folder, "corpus");
	const seeds = join(folder, "seeds");
	const failing = join(folder, "failing-");
	mkdirSync(corpus, { recursive: true });
	writeSeeds(name, seeds);
	const { status, output } = await run(executable, [
		`-max_total_time=${seconds}`, `-seed=${seed}`, "-max_len=2000", "-timeout=20", "-rss_limit_mb=1500", "-print_final_stats=1", `-artifact_prefix=${failing}`, corpus, seeds,
	]);
	const runs = Number(/stat::number_of_executed_units: (\d+)/.exec(output)?.[1] ?? 0);
	if (status === 0) return { runs };
	const input = /Test unit written to (\S+)/.exec(output)?.[1];
	const lines = output.split("\n").filter(line => /broken:|ERROR|runtime error|SUMMARY|^\s+#\d+ .*(hosts|tests)\//.test(line));
	return {
		runs,
		failure: {
			text: (lines.length > 0 ? lines : output.split("\n").slice(-30)).map(line => `    ${line}`).join("\n"),
			input: input ?? "none was written",
			again: `${relative(root, executable)} ${input ?? ""}`,
		},
	};
}

function target(name, share, about, parts) { return { name, share, about, run: options => runNative(name, parts, options) }; }

export const nativeTargets = [
	target("aead", 3, "sealing and opening in place, against PSA's own and against tampering", crypto),
	target("mac", 2, "signing and verifying, the tag anywhere, whole and in parts", crypto),
	target("digest", 2, "digests in parts against the whole", crypto),
	target("keys", 1, "keys, key derivation, RC4", crypto),
	target("kerberos", 2, "AES-CTS, n-fold and PBKDF2 against a plain reading of their RFCs", crypto),
	target("names", 1, "file names of any bytes to UTF-8", storage),
	target("files", 2, "files and folders against a model in memory", storage),
	target("layout", 1, "the write pipeline's sizes", pipeline),
	target("ring", 3, "the write pipeline's calls in any order", pipeline),
	target("card", 1, "mounting cards and partitions whose drivers fail", card),
];

/** No target, but what shows that a target that breaks is found: tests/fuzz/c/planted.c. */
export const planted = target("planted", 1, "a byte too far, on purpose", { sources: [] });
