/**
 * No branch and no address in our own C depends on a secret, so that time and caches tell nothing of it. crypto-secrets/secrets.c marks secrets as undefined, and
 * Valgrind's memcheck follows them through all that is computed from them. Optimized as releases are, for speed and for size, for 64 and 32 bits. What PSA Crypto
 * does with secrets is its own affair: a stand-in takes its place.
 *
 * One exception, which is in the cipher and not in our C: RC4 looks its table up where key and state say. Only NTLM's key exchange and seals still use it, on keys of one session.
 */
import { readFileSync } from "node:fs";
import { deepEqual, equal, ok } from "../support/assert.js";
import { allBits } from "../support/run.js";
import { compile, run } from "./compile.js";

const sources = [
	"tests/c/crypto-secrets/secrets.c", "tests/c/crypto-wiped/psa.c",
	...["backend", "key", "md4", "rc4", "digest", "mac", "kdf", "aead", "cts", "dk", "pbkdf2"].map(name => `hosts/crypto/${name}.c`),
];

interface Finding { subject: string; kind: string; files: string[] }

function all(text: string, pattern: RegExp): string[] { return [...text.matchAll(pattern)].map(match => match[1]!); }

/** What memcheck found in our subjects. In a static program it does not know libc's heap, whose own books it takes for undefined: that, and libc's start and end, are no business of ours. */
function findings(xml: string): Finding[] {
	return all(xml, /<error>([\s\S]*?)<\/error>/g).flatMap(error => {
		const functions = all(error, /<fn>([^<]+)<\/fn>/g);
		const subject = functions.flatMap(name => all(name, /^subject_(\w+?)(?:\.\w+)*$/g))[0];
		return subject === undefined || /^_?_?(int_)?(calloc|malloc|free)$/.test(functions[0]!) ? [] : [{ subject, kind: all(error, /<kind>(\w+)<\/kind>/g)[0]!, files: all(error, /<file>([^<]+)<\/file>/g) }];
	});
}

/** Static: a 32-bit libc's own symbols, which memcheck wants of a dynamic one, are in another package. */
function watch(bits: number, optimization: string): Finding[] {
	const name = `crypto-secrets-${bits}${optimization}`;
	const program = compile(name, bits, sources, [optimization, "-static"]);
	const xml = `${program}.xml`;
	run("valgrind", ["--quiet", "--leak-check=no", "--error-limit=no", "--xml=yes", `--xml-file=${xml}`, program]);
	const text = readFileSync(xml, "utf8");
	ok(/<status>\s*<state>FINISHED<\/state>/.test(text), `${xml} is whole`);
	return findings(text);
}

describe("secrets", () => {
	for (const bits of allBits) {
		for (const optimization of ["-O2", "-Os"]) {
			it(`guide no branch and no address, ${bits} bits, ${optimization}`, function () {
				this.timeout(300_000);
				const found = watch(bits, optimization);
				const of = (subject: string) => found.filter(finding => finding.subject === subject);
				// The test sees what there is to see.
				deepEqual([...new Set(of("control_branch").map(({ kind }) => kind))], ["UninitCondition"]);
				deepEqual([...new Set(of("control_address").map(({ kind }) => kind))], ["UninitValue"]);
				// RC4: table look-ups in rc4.c, and no branch.
				ok(of("rc4").length > 0);
				for (const { kind, files } of of("rc4")) {
					equal(kind, "UninitValue");
					equal(files[0], "rc4.c");
				}
				deepEqual(found.filter(({ subject }) => !["control_branch", "control_address", "rc4"].includes(subject)), []);
			});
		}
	}
});
