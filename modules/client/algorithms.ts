/** What is offered for signing and encryption, and in which order: docs/DESIGN.md, "Which algorithm first". */
import { Cipher, SigningAlgorithm } from "../smb2/negotiate.js";

/**
 * AES-CMAC alone: PSA Crypto's takes 15 instructions a byte on a PC, and an ESP32 does its AES in hardware, but not the GHASH of GMAC. Servers follow an order of their own
 * (Samba's begins with GMAC), so what is slower is not offered at first: every server of 3.1.1 has CMAC, and takes it unless it was told not to.
 */
export const signingAlgorithms: readonly number[] = Object.freeze([SigningAlgorithm.AES_CMAC]);
/** For a server that was: see refusesOffer(). */
export const allSigningAlgorithms: readonly number[] = Object.freeze([SigningAlgorithm.AES_CMAC, SigningAlgorithm.AES_GMAC, SigningAlgorithm.HMAC_SHA256]);
/**
 * All there are, for a server may be limited to any of them. CCM first: 28 instructions a byte against 47 for GCM on a PC. On an ESP32 it remains to be measured. 128 bits before 256:
 * NTLM gives no longer key to derive them from.
 */
export const ciphers: readonly number[] = Object.freeze([Cipher.AES128_CCM, Cipher.AES128_GCM, Cipher.AES256_CCM, Cipher.AES256_GCM]);
