/** AES-GMAC as SMB 3.1.1 signs with it ([MS-SMB2] 3.1.4.1). */
import { GMAC } from "../../hosts/crypto/gmac.js";
import type { Key } from "../../hosts/crypto/key.js";
import { Command, Flags } from "../smb2/header.js";
import type { Signer } from "./request.js";

/** The nonce is the message's id, whether the server sent it, and whether it is a CANCEL: all of them stand in its header. */
export class GMACSigner implements Signer {
	readonly #gmac: GMAC;
	constructor(key: Key) { this.#gmac = new GMAC(key); }
	sign(bytes: Uint8Array, at: number, length: number, tagAt: number): void { this.#gmac.sign(bytes, at, length, tagAt, messageId(bytes, at), role(bytes, at)); }
	verify(bytes: Uint8Array, at: number, length: number, tagAt: number): boolean { return this.#gmac.verify(bytes, at, length, tagAt, messageId(bytes, at), role(bytes, at)); }
	close(): void { this.#gmac.close(); }
}

/** Of the header at bytes[at]; proved to be below 2^53 when the header was opened. */
function messageId(bytes: Uint8Array, at: number): number {
	const low = (bytes[at + 24] | bytes[at + 25] << 8 | bytes[at + 26] << 16 | bytes[at + 27] << 24) >>> 0;
	return (bytes[at + 28] | bytes[at + 29] << 8 | bytes[at + 30] << 16) * 0x100000000 + low;
}

function role(bytes: Uint8Array, at: number): number {
	return (bytes[at + 16] & Flags.SERVER_TO_REDIR) | (bytes[at + 12] === Command.CANCEL ? 2 : 0);
}
