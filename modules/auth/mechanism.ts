/** What SPNEGO asks of a security mechanism: the part of GSS-API (RFC 2743) that a client of one session needs. */
import type { Key } from "../../hosts/crypto/key.js";

export interface Mechanism {
	/** The content bytes of its DER object identifier. */
	readonly oid: Uint8Array;
	/** Another identifier that servers know it by. */
	readonly alias?: Uint8Array;
	/** For the log: "NTLMv2". */
	readonly name: string;
	/**
	 * The first token, made before anything was received. It may take a while (Kerberos asks a KDC), or be undefined where the
	 * mechanism cannot serve here, so that the next one is tried. Wrong credentials are no such case: AuthenticationError, and none is tried.
	 * What lies in front of the token in its buffer may be written over: that is where SPNEGO puts its framing.
	 */
	initial(): Promise<Uint8Array | undefined> | Uint8Array | undefined;
	/** Answers a token of the server's; undefined where nothing is left to say. ProtocolError for a token it cannot be. */
	step(token: Uint8Array): Uint8Array | undefined;
	/** Whether the mechanism has said and heard all that it needs. */
	readonly done: boolean;
	/** GSS_GetMIC over bytes, with the first sequence number of our direction. Only while there is a sessionKey. */
	mic(bytes: Uint8Array): Uint8Array;
	/** GSS_VerifyMIC of the server's first, in constant time. Only while there is a sessionKey. */
	verifyMIC(bytes: Uint8Array, mic: Uint8Array): boolean;
	/** Owned by the mechanism, wiped by its close(): there once done, and never for anonymous and guest. */
	readonly sessionKey: Key | undefined;
	/** Wipes every key. Safe to call twice. */
	close(): void;
}
