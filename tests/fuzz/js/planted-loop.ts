/** No target, but what shows that time is bounded: as many turns as its input says, and not as it has bytes. */
import { DERReader } from "../../../modules/auth/der.js";

export function run(bytes: Uint8Array): string {
	const one = Uint8Array.of(5, 0);
	for (let left = bytes.length > 3 ? bytes[3]! << 8 : 0; left > 0; left--) new DERReader(one, "planted").skipRest();
	return "";
}
