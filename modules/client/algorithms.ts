/** What is offered for signing and encryption, and in which order: docs/DESIGN.md, "Which algorithm first". */
import { Cipher, SigningAlgorithm } from "../smb2/negotiate.js";

/** SigningAlgorithm and Cipher, best first. Servers follow an order of their own (Samba's begins with GMAC and GCM), so what is slower is kept back at first. */
export interface Offers {
	readonly signing: readonly number[];
	readonly ciphers: readonly number[];
	/** For a server that has none of the first ones: see refusesOffer(). */
	readonly allSigning: readonly number[];
	readonly allCiphers: readonly number[];
}

/** All there are, for a server may be limited to any of them. 128 bits before 256: NTLM gives no longer key to derive them from. */
const ciphers: readonly number[] = Object.freeze([Cipher.AES128_CCM, Cipher.AES128_GCM, Cipher.AES256_CCM, Cipher.AES256_GCM]);

/**
 * Where nobody measured (self-test.ts does). AES-CMAC alone: PSA Crypto's takes 15 instructions a byte on a PC, and an ESP32 does its AES in hardware, but not the GHASH of GMAC; every
 * server of 3.1.1 has CMAC, and takes it unless it was told not to. CCM first: 28 instructions a byte against 47 for GCM on a PC.
 */
export const fixedOffers: Offers = Object.freeze({
	signing: Object.freeze([SigningAlgorithm.AES_CMAC]),
	allSigning: Object.freeze([SigningAlgorithm.AES_CMAC, SigningAlgorithm.AES_GMAC, SigningAlgorithm.HMAC_SHA256]),
	ciphers, allCiphers: ciphers,
});
