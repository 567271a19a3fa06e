/** Encrypted messages: what a server sealed, what was changed on its way, and what nobody sealed. */
import { Key } from "../../../hosts/crypto/key.js";
import { makeSealing } from "../../../modules/client/keys.js";
import { Sealing } from "../../../modules/client/sealing.js";
import { ProtocolError } from "../../../modules/errors/errors.js";
import { Memory } from "../../../modules/smb2/wire.js";
import { bytesEqual, ok } from "../../support/assert.js";
import { hex } from "../../support/hex.js";
import { Input, outcome } from "../guide/target.js";

const sessionId = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const preauth = new Uint8Array(64).fill(9);

/** A cipher, where to change how much, and the message: sealed, changed, opened; and opened as it is. */
export function run(bytes: Uint8Array): string {
	const input = new Input(bytes), cipher = 1 + (input.byte() & 3), changeAt = input.number(), change = input.byte(), plain = input.rest();
	const key = new Key(16), algorithms = { dialect: 0x0311, signing: 1, cipher, preauth };
	key.load(new Uint8Array(16).fill(7), 0);
	const server = makeSealing(algorithms, key, true)!, client = makeSealing(algorithms, key)!;
	key.close();
	const head = Sealing.headLength, end = head + plain.length;
	const open = (from: number, memory: Memory): string => outcome([ProtocolError], () => {
		const at = client.open(memory, from, end, sessionId);
		ok(at === from + head);
		bytesEqual(memory.bytes.slice(at, end), plain, "opened");
		return "opened";
	});
	try {
		const memory = new Memory(new ArrayBuffer(end + 16));
		memory.bytes.set(plain, head);
		let text = "";
		if (plain.length > 0) {
			server.seal(memory, head, end, sessionId);
			memory.bytes[changeAt % end] = memory.bytes[changeAt % end]! ^ change;
			text = open(0, memory);
			// The nonce's unused bytes are authenticated, and so is everything else but the tag, which is compared.
			ok((text === "opened") === (change === 0), `${text}, byte ${changeAt % end} changed by ${change}`);
		}
		const raw = new Memory(new ArrayBuffer(plain.length + 16));
		raw.bytes.set(plain);
		return `${text} ${outcome([ProtocolError], () => String(client.open(raw, 0, plain.length, sessionId)))}`;
	}
	finally {
		server.close();
		client.close();
	}
}

const message = "fe534d42" + "00".repeat(66);
export const seeds = (): Uint8Array[] => [hex("00000000" + message), hex("01000700" + message), hex("02002001" + message), hex("03000000fd534d42" + "00".repeat(32) + "05000000" + "00000100" + "0102030405060708" + "0102030405")];
