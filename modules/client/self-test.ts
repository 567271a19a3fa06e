/** The self-test: whatever signs and seals is checked against known answers on this machine, and timed, for what is to be offered: docs/DESIGN.md, "Which algorithm first". */
import { AEAD } from "../../hosts/crypto/aead.js";
import { CMAC } from "../../hosts/crypto/cmac.js";
import { DigestAlgorithm } from "../../hosts/crypto/digest.js";
import { HMAC } from "../../hosts/crypto/hmac.js";
import { Key } from "../../hosts/crypto/key.js";
import { Cipher, Dialect, SigningAlgorithm } from "../smb2/negotiate.js";
import { fixedOffers, type Offers } from "./algorithms.js";
import { GMACSigner } from "./gmac-signer.js";
import { cipherName, signingName } from "./keys.js";
import type { Signer } from "./request.js";

export interface SelfTestOptions {
	/** Memory that is nobody's meanwhile: selfTestLength bytes of it are overwritten. */
	readonly bytes: Uint8Array;
	/** Milliseconds that only go forward, but for a wrap at 2^31 or 2^32. */
	ticks(): number;
	log(line: string): void;
	/** What is tested: this machine's own, unless it is a test of this test. */
	readonly primitives?: Primitives;
}

export interface Primitives {
	signer(algorithm: number, key: Key): Signer;
	aead(cipher: number, key: Key): Pick<AEAD, "seal" | "open" | "close">;
}

/** This machine's. */
export const ownPrimitives: Primitives = Object.freeze({
	signer(algorithm: number, key: Key): Signer {
		switch (algorithm) {
			case SigningAlgorithm.AES_CMAC: return new CMAC(key);
			case SigningAlgorithm.AES_GMAC: return new GMACSigner(key);
			default: return new HMAC(DigestAlgorithm.SHA256, key);
		}
	},
	aead: (cipher: number, key: Key) => new AEAD(cipher, key),
});

/** bytes: [ what is authenticated beside the message, as in a TRANSFORM_HEADER | message, as long as a slot | its tag | the tag of what was sealed ]. */
const messageAt = 32;
const messageLength = 16384;
const tagAt = messageAt + messageLength;
const sealTagAt = tagAt + 16;
export const selfTestLength: number = sealTagAt + 16;

/** Two windows are measured for each, and the better counts: the second begins where the clock has just ticked, and in one of them somebody else may have had the processor. */
const windowMs = 20;
/** Ends a window where the clock stands still. */
const runsMax = 8192;
/** What does less than this share of the best is not offered at first. */
const clearMargin = 0.8;

/**
 * The first 16 bytes of the tag over the message that layWithKey() writes; for a cipher those of HMAC-SHA256 over what it makes of it under nonce 0 and its tag. By OpenSSL 3.0; PSA Crypto
 * comes to the same.
 */
const signers: readonly (readonly [number, string])[] = Object.freeze([
	Object.freeze([SigningAlgorithm.AES_CMAC, "049a76bc74757e08078087b9348bbd14"] as const),
	Object.freeze([SigningAlgorithm.AES_GMAC, "9bee5fd4e22cc82dd8bdd1cfc7d80708"] as const),
	Object.freeze([SigningAlgorithm.HMAC_SHA256, "2b9ed27134daa2fc125a824c5afccb15"] as const),
] as const);
const sealers: readonly (readonly [number, string])[] = Object.freeze([
	Object.freeze([Cipher.AES128_CCM, "758870e1598732fb01e2f8a0a68ea748"] as const),
	Object.freeze([Cipher.AES128_GCM, "0997d6e6130375bc17b979564ca6e858"] as const),
	Object.freeze([Cipher.AES256_CCM, "82a12a1a1144f81c65bdb4b4bdeeb2f6"] as const),
	Object.freeze([Cipher.AES256_GCM, "adbcf29281c7bbd09f7b8061cb9f5f81"] as const),
] as const);

interface Measured { readonly algorithm: number; readonly rate: number }

/**
 * Logs a line for each algorithm, and returns what to offer: only what answers rightly, fastest first, and at first only what is not clearly slower than the best. Takes about half a
 * second, in which nothing else runs. Where bytes are too few the fixed order counts. Error where nothing that signs answers rightly: with such a machine nothing can be sent.
 */
export function selfTest(options: SelfTestOptions): Offers {
	const { bytes, log } = options;
	if (bytes.length < selfTestLength) {
		log(`self-test: it takes ${selfTestLength} bytes of the write pipeline, which has ${bytes.length}: the fixed order counts`);
		return fixedOffers;
	}
	const signing: Measured[] = [], sealing: Measured[] = [];
	for (const [algorithm, answer] of signers)
		measure(options, signing, algorithm, signingName(Dialect.SMB3_11, algorithm), () => rateOfSigner(options, algorithm, answer));
	for (const [cipher, answer] of sealers)
		measure(options, sealing, cipher, cipherName(cipher), () => rateOfCipher(options, cipher, answer));
	bytes.fill(0, 0, selfTestLength);
	if (signing.length === 0)
		throw new Error("self-test: nothing that signs gives right answers: this machine's crypto hardware or library is broken");
	const offers = { signing: best(signing), allSigning: all(signing), ciphers: best(sealing), allCiphers: all(sealing) };
	log(`self-test: offered at first are ${offers.signing.map(algorithm => signingName(Dialect.SMB3_11, algorithm)).join(", ")}; ${offers.ciphers.map(cipherName).join(", ") || "no cipher"}`);
	return offers;
}

/** Adds to measured what has a rate. */
function measure({ log }: SelfTestOptions, measured: Measured[], algorithm: number, name: string, rateOf: () => number): void {
	try {
		const rate = rateOf();
		if (rate > 0)
			measured.push({ algorithm, rate });
		log(rate > 0 ? `self-test: ${name} ${Math.round(rate / 100) / 10} MB/s` : `self-test: ${name} gives wrong answers: it is not offered`);
	}
	catch (error) {
		log(`self-test: ${name} fails: ${(error as Error).message}: it is not offered`);
	}
}

/** Bytes per millisecond; 0 for a wrong answer. */
function rateOfSigner({ bytes, ticks, primitives = ownPrimitives }: SelfTestOptions, algorithm: number, answer: string): number {
	const key = layWithKey(bytes, 16);
	let signer: Signer | undefined;
	try {
		signer = primitives.signer(algorithm, key);
		const sign = (): void => signer!.sign(bytes, messageAt, messageLength, tagAt);
		sign();
		return isAt(bytes, tagAt, answer) ? rateOf(sign, ticks) : 0;
	}
	finally {
		signer?.close();
		key.close();
	}
}

/** The same; opening is checked as well, for replies come sealed. */
function rateOfCipher({ bytes, ticks, primitives = ownPrimitives }: SelfTestOptions, cipher: number, answer: string): number {
	const key = layWithKey(bytes, cipher === Cipher.AES256_CCM || cipher === Cipher.AES256_GCM ? 32 : 16);
	const hmac = new HMAC(DigestAlgorithm.SHA256, key);
	let aead: ReturnType<Primitives["aead"]> | undefined;
	try {
		aead = primitives.aead(cipher, key);
		const seal = (): void => aead!.seal(bytes, tagAt, 0, messageAt, messageLength);
		seal();
		hmac.sign(bytes, messageAt, messageLength + 16, sealTagAt);
		const right = isAt(bytes, sealTagAt, answer) && aead.open(bytes, tagAt, 0, messageAt, messageLength);
		return right ? rateOf(seal, ticks) : 0;
	}
	finally {
		aead?.close();
		hmac.close();
		key.close();
	}
}

/** Lays out what the answers are for, and gives the key for it, which are its first bytes. */
function layWithKey(bytes: Uint8Array, keyLength: number): Key {
	// No part of it is like another, wherever a driver may cut it.
	for (let at = 0; at < tagAt; at++)
		bytes[at] = at * 7 + (at >> 8) * 13 + 3;
	// GMAC's nonce is the MessageId in the header, a Number.
	bytes.fill(0, messageAt + 24, messageAt + 32);
	const key = new Key(keyLength);
	key.load(bytes, 0);
	return key;
}

/** Bytes per millisecond. */
function rateOf(run: () => void, ticks: () => number): number {
	let rate = 0;
	for (let window = 0; window < 2; window++) {
		const begin = ticks();
		let runs = 0, ms = 0;
		for (; runs < runsMax && ms < windowMs; runs++) {
			run();
			ms = ticks() - begin & 0x7FFFFFFF;
		}
		rate = Math.max(rate, runs * messageLength / Math.max(1, ms));
	}
	return rate;
}

function isAt(bytes: Uint8Array, at: number, digits: string): boolean {
	for (let i = 0; i < 16; i++) {
		if (bytes[at + i] !== parseInt(digits.slice(2 * i, 2 * i + 2), 16))
			return false;
	}
	return true;
}

/** Fastest first. */
function all(measured: Measured[]): number[] {
	return measured.sort((a, b) => b.rate - a.rate).map(({ algorithm }) => algorithm);
}

function best(measured: readonly Measured[]): number[] {
	const most = Math.max(...measured.map(({ rate }) => rate));
	return all(measured.filter(({ rate }) => rate >= most * clearMargin));
}
