/** NTLMv2 as a client ([MS-NLMP] 3.1): NEGOTIATE, CHALLENGE, AUTHENTICATE. NTLMv1 is never spoken. */
import { Key } from "../../hosts/crypto/key.js";
import { random } from "../../hosts/crypto/random.js";
import { ProtocolError } from "../errors/errors.js";
import type { Mechanism } from "./mechanism.js";
import { Direction, messageSignature, ntowfv1, ntowfv2, sessionBaseKey, verifySignature, writeEncryptedKey, writeLMv2, writeMIC, writeNTProof } from "./ntlm-keys.js";
import { AuthenticateMessage, ChallengeMessage, negotiateMessage, NegotiateFlag, OFFERED, put16, writeFileTime } from "./ntlm-messages.js";

/** Where what nobody may guess comes from. Tests against published vectors give their own. */
export interface Entropy {
	/** Fills bytes[at, at + length). */
	fill(bytes: Uint8Array, at: number, length: number): void;
	/** Fills a key. */
	key(key: Key): void;
}

export interface NTLMOptions {
	/** Without domain, or a whole principal name (see parseAccount and ntlmUserName). */
	readonly user: string;
	readonly password: string;
	/** "" by default: the server then looks among its own accounts. */
	readonly domain?: string;
	/** The server's name as the person gave it, for the SPN `cifs/server` that binds the answer to that server. */
	readonly server: string;
	/** Our NetBIOS name, where a server limits accounts to workstations; "" by default. */
	readonly workstation?: string;
	/** A real exchange for a user whom the server is expected to let in as guest: no session key comes of it, for the server knows none. */
	readonly guest?: boolean;
	/** Milliseconds since 1970, or undefined where the clock is not set. Asked only where the server sends no time. */
	readonly now?: () => number | undefined;
	/** Takes a line for the log. */
	readonly note?: (line: string) => void;
	readonly entropy?: Entropy;
}

const platformEntropy: Entropy = Object.freeze({ fill: random, key: (key: Key): void => key.random() });
/** 1.3.6.1.4.1.311.2.2.10 */
const NTLM_OID = new Uint8Array([0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0A]);
/** Windows has no longer names or passwords. */
const TEXT_MAX = 256;

export class NTLM implements Mechanism {
	readonly #user: string;
	readonly #domain: string;
	readonly #workstation: string;
	readonly #targetName: string;
	readonly #guest: boolean;
	readonly #now: (() => number | undefined) | undefined;
	readonly #note: ((line: string) => void) | undefined;
	readonly #entropy: Entropy;
	/** ResponseKeyNT until it was used; undefined from the start for anonymous. */
	#responseKey: Key | undefined;
	#exportedSessionKey: Key | undefined;
	readonly #anonymous: boolean;
	#keyExchange = false;
	#answered = false;

	/** Without options: anonymous ([MS-NLMP] 3.2.5.1.2). The password is turned into a key here and not kept. */
	constructor(options?: NTLMOptions) {
		const { user = "", domain = "", workstation = "", server = "", guest = false } = options ?? {};
		if (options && user === "")
			throw new RangeError("NTLM: user is empty");
		if (options && (options.password.length > TEXT_MAX || user.length > TEXT_MAX || domain.length > TEXT_MAX || workstation.length > TEXT_MAX || server.length > TEXT_MAX))
			throw new RangeError(`NTLM: user, password, domain, workstation or server is longer than ${TEXT_MAX} characters`);
		this.#anonymous = options === undefined;
		this.#user = user;
		this.#domain = domain;
		this.#workstation = workstation;
		this.#targetName = "cifs/" + server;
		this.#guest = guest;
		this.#now = options?.now;
		this.#note = options?.note;
		this.#entropy = options?.entropy ?? platformEntropy;
		if (options) {
			const ntKey = ntowfv1(options.password);
			try {
				this.#responseKey = ntowfv2(ntKey, user, domain);
			}
			finally {
				ntKey.close();
			}
		}
	}

	get oid(): Uint8Array { return NTLM_OID; }
	get name(): string { return this.#anonymous ? "NTLM anonymous" : this.#guest ? "NTLMv2 guest" : "NTLMv2"; }
	get done(): boolean { return this.#answered; }
	get sessionKey(): Key | undefined { return this.#guest ? undefined : this.#exportedSessionKey; }

	/** [MS-NLMP] 3.1.5.1.1 */
	initial(): Uint8Array { return negotiateMessage(); }

	/** [MS-NLMP] 3.1.5.1.2: a CHALLENGE in, the AUTHENTICATE out; once. */
	step(token: Uint8Array): Uint8Array {
		const challenge = new ChallengeMessage(token);
		if (this.#answered)
			throw new ProtocolError("NTLM CHALLENGE: a second one");
		const bytes = this.#anonymous ? this.#anonymousAnswer(challenge) : this.#answer(challenge);
		this.#answered = true;
		return bytes;
	}

	mic(bytes: Uint8Array): Uint8Array {
		return messageSignature(this.#key(), Direction.CLIENT_TO_SERVER, this.#keyExchange, bytes);
	}
	verifyMIC(bytes: Uint8Array, mic: Uint8Array): boolean {
		return verifySignature(this.#key(), Direction.SERVER_TO_CLIENT, this.#keyExchange, bytes, mic);
	}

	close(): void {
		this.#responseKey?.close();
		this.#exportedSessionKey?.close();
	}

	#key(): Key {
		if (!this.#exportedSessionKey)
			throw new TypeError("NTLM: no session key");
		return this.#exportedSessionKey;
	}

	/** [MS-NLMP] 3.2.5.1.2: no user, an LM response of one zero byte, no key and so nothing that could be signed. */
	#anonymousAnswer(challenge: ChallengeMessage): Uint8Array {
		const keyless = NegotiateFlag.KEY_EXCH | NegotiateFlag.SIGN | NegotiateFlag.ALWAYS_SIGN;
		return new AuthenticateMessage({
			flags: challenge.flags & OFFERED & ~keyless | NegotiateFlag.ANONYMOUS,
			user: "", domain: "", workstation: "", lmLength: 1, ntLength: 0, keyLength: 0,
		}).bytes;
	}

	#answer(challenge: ChallengeMessage): Uint8Array {
		const responseKey = this.#responseKey!, { bytes: challengeBytes, timestampAt } = challenge, { serverChallengeAt } = ChallengeMessage;
		const flags = challenge.flags & OFFERED;
		const keyExchange = this.#keyExchange = (flags & NegotiateFlag.KEY_EXCH) !== 0;
		const ntLength = 16 + 28 + challenge.targetInfoLength(this.#targetName) + 4;
		const message = new AuthenticateMessage({
			flags, user: this.#user, domain: this.#domain, workstation: this.#workstation,
			lmLength: 24, ntLength, keyLength: keyExchange ? 16 : 0,
		});
		const { bytes, lmAt, ntAt, keyAt } = message;

		// [MS-NLMP] 2.2.2.7 NTLMv2_CLIENT_CHALLENGE, "temp" in 3.3.2: RespType, HiRespType, 6 zero bytes, TimeStamp, ChallengeFromClient, 4 zero bytes, AvPairs.
		const temp = ntAt + 16;
		put16(bytes, temp, 0x0101);
		if (timestampAt >= 0)
			bytes.set(challengeBytes.subarray(timestampAt, timestampAt + 8), temp + 8);
		else
			this.#writeTime(bytes, temp + 8);
		this.#entropy.fill(bytes, temp + 16, 8);
		challenge.writeTargetInfo(bytes, temp + 28, this.#targetName);
		writeNTProof(responseKey, challengeBytes, serverChallengeAt, bytes, ntAt, ntAt + ntLength);
		// 3.1.5.1.2: with a timestamp the LM response stays Z(24).
		if (timestampAt < 0) {
			bytes.copyWithin(lmAt + 16, temp + 16, temp + 24);
			writeLMv2(responseKey, challengeBytes, serverChallengeAt, bytes, lmAt);
		}

		const keyExchangeKey = sessionBaseKey(responseKey, bytes, ntAt);
		responseKey.close();
		if (keyExchange) {
			const exported = this.#exportedSessionKey = new Key(16);
			try {
				this.#entropy.key(exported);
				writeEncryptedKey(keyExchangeKey, exported, bytes, keyAt);
			}
			finally {
				keyExchangeKey.close();
			}
		}
		else
			this.#exportedSessionKey = keyExchangeKey;
		writeMIC(this.#exportedSessionKey, negotiateMessage(), challengeBytes, bytes, AuthenticateMessage.micAt);
		return bytes;
	}

	/** The server keeps no time, so it is ours that counts; without a clock it stays zero, which a server that looks at it refuses. */
	#writeTime(bytes: Uint8Array, at: number): void {
		const now = this.#now?.();
		if (now !== undefined)
			writeFileTime(now, bytes, at);
		else
			this.#note?.("NTLM: neither the server nor this device knows the time; if the password is refused, set the clock");
	}
}
