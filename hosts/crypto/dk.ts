/** Key derivation of Kerberos's simplified profile with AES: DK of RFC 3961 5.1, by PSA Crypto. */
import type { Key } from "./key.js";

/** Derives from key (16 or 32 bytes) another of the same length, which may be the same object. constant is folded here; it is not empty. */
export function dk(this: void, key: Key, constant: Uint8Array, derived: Key): void { native("xs_dk").call(this, key, constant, derived); }
