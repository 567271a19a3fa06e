/** SP 800-108 key derivation in counter mode with HMAC, 32-bit counter and length, as [MS-SMB2] 3.1.4.2 and RFC 8009 3 use it. */
import type { Key } from "./key.js";

/**
 * Derives derived.length bytes (at most 32) from key.
 * label and context are used as given, trailing zero bytes included; the separating zero byte is added here.
 * algorithm: DigestAlgorithm.SHA256, which it is by default, or SHA384.
 */
export function kdf(this: void, key: Key, label: Uint8Array, context: Uint8Array, derived: Key, algorithm?: number): void { native("xs_kdf").call(this, key, label, context, derived, algorithm); }
