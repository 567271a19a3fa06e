/** No target, but what shows that XS is looked at: text that XS counts differently. */
import { readText, Memory } from "../../../modules/smb2/wire.js";
import { ProtocolError } from "../../../modules/errors/errors.js";
import { hex } from "../../support/hex.js";
import { outcome } from "../guide/target.js";

export function run(bytes: Uint8Array): string {
	const memory = new Memory(new ArrayBuffer(bytes.length));
	memory.bytes.set(bytes);
	return outcome([ProtocolError], () => String(readText(memory, 0, bytes.length).length));
}

export const seeds = (): Uint8Array[] => [hex("3dd800de")];
