/** What is measured on this machine, and what is offered for it; the clock, and what is wrong, are the tests' own. */
import Time from "time";
import type { AEAD } from "../../../hosts/crypto/aead.js";
import type { Key } from "../../../hosts/crypto/key.js";
import { fixedOffers, type Offers } from "../../../modules/client/algorithms.js";
import type { Signer } from "../../../modules/client/request.js";
import { ownPrimitives, selfTest, selfTestLength, type Primitives } from "../../../modules/client/self-test.js";
import { deepEqual, equal, ok, throws } from "../../support/assert.js";

const signers = ["HMAC-SHA256", "AES-CMAC", "AES-GMAC"], ciphers = ["", "AES-128-CCM", "AES-128-GCM", "AES-256-CCM", "AES-256-GCM"];

/** What one run of each takes, milliseconds. */
type Costs = Record<string, number>;
const even: Costs = Object.freeze({ "AES-CMAC": 4, "AES-GMAC": 4, "HMAC-SHA256": 4, "AES-128-CCM": 4, "AES-128-GCM": 4, "AES-256-CCM": 4, "AES-256-GCM": 4 });

type Sealer = Pick<AEAD, "seal" | "open" | "close">;

type Call = (bytes: Uint8Array, a: number, b: number, c: number, d?: number) => void;

/** This machine's, of which only the first run is real, under a clock that their costs drive. */
class Scripted implements Primitives {
	readonly lines: string[] = [];
	/** What is done to the signer or the sealer of that name. */
	spoiled: Record<string, (it: Signer & Sealer) => void> = {};
	opened = 0;
	runs = 0;
	readonly bytes = new Uint8Array(selfTestLength + 16).fill(0xA5);
	#now: number;
	readonly #costs: Costs;

	constructor(costs: Costs = even, now = 0) {
		this.#costs = costs;
		this.#now = now;
	}

	run(): Offers { return selfTest({ bytes: this.bytes, ticks: () => Math.floor(this.#now) & 0x7FFFFFFF, log: line => { this.lines.push(line); }, primitives: this }); }

	signer(algorithm: number, key: Key): Signer {
		const it = ownPrimitives.signer(algorithm, key), name = signers[algorithm]!;
		const sign = this.#once(name, (bytes, at, length, tagAt) => it.sign(bytes, at, length, tagAt));
		return this.#made(name, { sign, verify: () => false, close: () => it.close() });
	}

	aead(cipher: number, key: Key): Sealer {
		const it = ownPrimitives.aead(cipher, key), name = ciphers[cipher]!;
		const seal = this.#once(name, (bytes, tagAt, at, associatedLength, length) => it.seal(bytes, tagAt, at, associatedLength, length!));
		return this.#made(name, { seal: seal as Sealer["seal"], open: (bytes, tagAt, at, associatedLength, length) => it.open(bytes, tagAt, at, associatedLength, length), close: () => it.close() });
	}

	#once(name: string, call: Call) {
		let first = true;
		return (bytes: Uint8Array, a: number, b: number, c: number, d?: number): void => {
			if (first)
				call(bytes, a, b, c, d);
			first = false;
			this.runs++;
			this.#now += this.#costs[name]!;
		};
	}

	#made<T extends Signer | Sealer>(name: string, it: T): T {
		this.spoiled[name]?.(it as unknown as Signer & Sealer);
		const { close } = it;
		this.opened++;
		it.close = () => {
			close();
			this.opened--;
		};
		return it;
	}
}

function after(call: Call, then: (bytes: Uint8Array) => void): Call {
	return (bytes, a, b, c, d) => {
		call(bytes, a, b, c, d);
		then(bytes);
	};
}

/** One bit of the message's last block, of which the answer's tag knows. */
function flip(bytes: Uint8Array): void { bytes[32 + 16383]! ^= 1; }

const wrong: Record<string, (it: Signer & Sealer) => void> = {};
for (const name of signers)
	wrong[name] = it => { it.sign = after(it.sign, bytes => { bytes[32 + 16384 + 15]! ^= 1; }); };
for (const name of ciphers)
	wrong[name] = it => {
		it.seal = after(it.seal as Call, flip);
		// Wrong in the same way.
		it.open = () => true;
	};

describe("the self-test", () => {
	it("finds this machine's algorithms right, and how fast they are", () => {
		const lines: string[] = [];
		const { signing, allSigning, ciphers: first, allCiphers } = selfTest({ bytes: new Uint8Array(selfTestLength), ticks: () => Time.ticks, log: line => { lines.push(line); } });
		equal(lines.length, 8, lines.join("\n"));
		ok(lines.slice(0, 7).every(line => /^self-test: (HMAC-SHA256|AES-[A-Z0-9-]+) \d+(\.\d)? MB\/s$/.test(line)), lines.join("\n"));
		deepEqual([...allSigning].sort(), [0, 1, 2]);
		deepEqual([...allCiphers].sort(), [1, 2, 3, 4]);
		equal(signing[0], allSigning[0]);
		equal(first[0], allCiphers[0]);
	});

	it("offers the fastest first, and keeps back what is clearly slower", () => {
		const it = new Scripted({ "AES-CMAC": 4, "AES-GMAC": 2, "HMAC-SHA256": 8, "AES-128-CCM": 8, "AES-128-GCM": 4.5, "AES-256-CCM": 10, "AES-256-GCM": 4 });
		deepEqual(it.run(), { signing: [2], allSigning: [2, 1, 0], ciphers: [4, 2], allCiphers: [4, 2, 1, 3] });
		deepEqual(it.lines, [
			"self-test: AES-CMAC 4.1 MB/s", "self-test: AES-GMAC 8.2 MB/s", "self-test: HMAC-SHA256 2 MB/s",
			"self-test: AES-128-CCM 2 MB/s", "self-test: AES-128-GCM 3.7 MB/s", "self-test: AES-256-CCM 1.6 MB/s", "self-test: AES-256-GCM 4.1 MB/s",
			"self-test: offered at first are AES-GMAC; AES-256-GCM, AES-128-GCM",
		]);
		equal(it.opened, 0);
	});

	it("reads a clock of whole milliseconds right, for runs of 0.1 ms and of 70, and over its wrap", () => {
		for (const [cost, rate] of [[0.1, /AES-CMAC 16[34](\.\d)? MB/], [70, /AES-CMAC 0\.2 MB/]] as const) {
			for (const now of [0.95, 0x7FFFFFFF - 30]) {
				const it = new Scripted({ ...even, "AES-CMAC": cost }, now);
				it.run();
				ok(rate.test(it.lines[0]!), it.lines[0]);
			}
		}
	});

	it("ends though the clock stands still, and keeps to the fixed order then", () => {
		const it = new Scripted(Object.freeze(Object.fromEntries(Object.keys(even).map(name => [name, 0]))));
		const { allSigning, allCiphers } = it.run();
		deepEqual([allSigning, allCiphers], [fixedOffers.allSigning, fixedOffers.allCiphers]);
	});

	for (const name of Object.keys(even)) {
		it(`does not offer ${name} where it gives wrong answers, or fails`, () => {
			for (const [spoil, said] of [
				[wrong[name]!, `self-test: ${name} gives wrong answers: it is not offered`],
				[(it: Signer & Sealer) => { it.sign = it.seal = () => { throw new Error("crypto: psa failed: -147"); }; }, `self-test: ${name} fails: crypto: psa failed: -147: it is not offered`],
			] as const) {
				const it = new Scripted();
				it.spoiled = { [name]: spoil };
				const { signing, allSigning, ciphers: first, allCiphers } = it.run();
				ok(it.lines.includes(said), it.lines.join("\n"));
				const named = [...allSigning.map(algorithm => signers[algorithm]), ...allCiphers.map(cipher => ciphers[cipher])];
				deepEqual(named, Object.keys(even).filter(other => other !== name));
				deepEqual([signing, first], [allSigning, allCiphers]);
				equal(it.opened, 0);
			}
		});
	}

	it("does not offer a cipher that cannot open what it sealed", () => {
		const it = new Scripted();
		it.spoiled = { "AES-128-GCM": cipher => { cipher.open = () => false; } };
		deepEqual(it.run().allCiphers, [1, 3, 4]);
	});

	it("offers no cipher where none is right, and refuses a machine on which nothing signs", () => {
		const it = new Scripted();
		it.spoiled = Object.fromEntries(ciphers.map(name => [name, wrong[name]!]));
		deepEqual(it.run(), { signing: [1, 2, 0], allSigning: [1, 2, 0], ciphers: [], allCiphers: [] });
		equal(it.lines[7], "self-test: offered at first are AES-CMAC, AES-GMAC, HMAC-SHA256; no cipher");
		it.spoiled = wrong;
		throws(() => it.run(), Error, /nothing that signs gives right answers/);
	});

	it("writes to no byte behind its own, and leaves none of them as it was used", () => {
		const it = new Scripted();
		it.run();
		ok(it.bytes.subarray(0, selfTestLength).every(byte => byte === 0));
		ok(it.bytes.subarray(selfTestLength).every(byte => byte === 0xA5));
	});

	it("keeps to the fixed order where there is no room for it", () => {
		const lines: string[] = [];
		equal(selfTest({ bytes: new Uint8Array(selfTestLength - 1), ticks: () => 0, log: line => { lines.push(line); } }), fixedOffers);
		deepEqual(lines, [`self-test: it takes ${selfTestLength} bytes of the write pipeline, which has ${selfTestLength - 1}: the fixed order counts`]);
	});
});
