/** SP 800-108 key derivation in counter mode with HMAC-SHA256, 32-bit counter and length, as [MS-SMB2] 3.1.4.2 uses it. */
import type { Key } from "./key.js";

/**
 * Derives derived.length bytes (at most 32) from key.
 * label and context are used as given, trailing zero bytes included; the separating zero byte is added here.
 */
export function kdf(this: void, key: Key, label: Uint8Array, context: Uint8Array, derived: Key): void { native("xs_kdf").call(this, key, label, context, derived); }
