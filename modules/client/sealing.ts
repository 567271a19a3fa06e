/** Encryption ([MS-SMB2] 3.1.4.3, 3.2.5.1.1): whole messages are sealed and opened in place, the TRANSFORM_HEADER before them. Per message nothing is allocated. */
import { AEAD } from "../../hosts/crypto/aead.js";
import type { Key } from "../../hosts/crypto/key.js";
import { ProtocolError, TransportError } from "../errors/errors.js";
import { nonceOffset, signatureOffset, TransformHeader } from "../smb2/transform-header.js";
import type { Memory } from "../smb2/wire.js";

/** TRANSFORM_HEADER from Nonce to its end: what is authenticated beside the message. */
const associatedLength = 32;
const headLength = TransformHeader.size;
/** Messages sealed under one key before the session has to be made anew: a quarter of what the native counter allows. */
const sealedMax = 0x40000000;

/** The keys of both directions. */
export class Sealing {
	/** Bytes that have to be free before a message that is to be sealed. */
	static readonly headLength = headLength;

	readonly cipher: number;
	readonly #sealer: AEAD;
	readonly #opener: AEAD;
	readonly #transform = new TransformHeader();
	#sealed = 0;
	#limit: number;
	/** Of the session, and the same as two numbers. */
	#sessionId: Uint8Array | undefined;
	#sessionLow = 0;
	#sessionHigh = 0;

	/** The keys are copied. limit: how many messages may be sealed. */
	constructor(cipher: number, sealingKey: Key, openingKey: Key, limit = sealedMax) {
		this.cipher = cipher;
		this.#limit = limit;
		this.#sealer = new AEAD(cipher, sealingKey);
		try {
			this.#opener = new AEAD(cipher, openingKey);
		}
		catch (error) {
			this.#sealer.close();
			throw error;
		}
	}

	/**
	 * Seals memory[at, end), which may be a compound, and returns where the sealed message begins: headLength bytes before at. TransportError when
	 * the key is used up, for a new session has new ones.
	 */
	seal(memory: Memory, at: number, end: number, sessionId: Uint8Array): number {
		if (this.#sealed >= this.#limit)
			throw new TransportError("the session has encrypted as much as one key may: a new one is needed", "KEY_USED_UP");
		this.#sealed++;
		this.#know(sessionId);
		const headAt = at - headLength;
		this.#transform.layOut(memory, headAt, end - at, this.#sessionLow, this.#sessionHigh);
		this.#sealer.seal(memory.bytes, headAt + signatureOffset, headAt + nonceOffset, associatedLength, end - at);
		return headAt;
	}

	/** 3.2.5.1.1: opens the sealed message in memory[at, end) and returns where the plain one begins. ProtocolError for what this session's server did not seal. */
	open(memory: Memory, at: number, end: number, sessionId: Uint8Array): number {
		this.#know(sessionId);
		const transform = this.#transform.open(memory, at, end);
		const messageAt = at + headLength;
		if (transform.OriginalMessageSize !== end - messageAt || messageAt === end)
			throw new ProtocolError(`TRANSFORM_HEADER: OriginalMessageSize ${transform.OriginalMessageSize}, the message has ${end - messageAt} bytes`);
		if (!transform.isSessionOf(this.#sessionLow, this.#sessionHigh))
			throw new ProtocolError("TRANSFORM_HEADER: the reply was encrypted for another session");
		if (!this.#opener.open(memory.bytes, at + signatureOffset, at + nonceOffset, associatedLength, end - messageAt))
			throw new ProtocolError("TRANSFORM_HEADER: the reply can't be decrypted: somebody may be between you and the server");
		return messageAt;
	}

	/** SessionIds are compared as numbers. */
	#know(sessionId: Uint8Array): void {
		if (sessionId === this.#sessionId)
			return;
		const view = new DataView(sessionId.buffer, sessionId.byteOffset);
		this.#sessionId = sessionId;
		this.#sessionLow = view.getUint32(0, true);
		this.#sessionHigh = view.getUint32(4, true);
	}

	/** Wipes both keys. Safe to call twice. */
	close(): void {
		this.#sealer.close();
		this.#opener.close();
	}
}
