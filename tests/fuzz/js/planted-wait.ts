/** No target, but what shows that nothing waits for ever: a promise that nobody settles. */
import { settled } from "../guide/settled.js";

export function run(bytes: Uint8Array): Promise<string> {
	return settled(new Promise<string>(resolve => { if (bytes[0] !== 9) resolve("done"); }));
}
