/** Kerberos for SPNEGO: an AP-REQ out, an AP-REP in (RFC 4121 4.1, RFC 4120 3.2), and the key that both sides then have. */
import type { Key } from "../../../hosts/crypto/key.js";
import { AuthenticationError, ProtocolError } from "../../errors/errors.js";
import type { Mechanism } from "../mechanism.js";
import { kerberosError } from "./failure.js";
import { contextChecksum, GSS_CHECKSUM, KERBEROS_OID, MICROSOFT_KERBEROS_OID, openToken, TokenId, verifyMIC, writeMIC, writeToken } from "./gss.js";
import { makeNonce } from "./exchanges.js";
import type { Kerberos } from "./kerberos.js";
import { EncryptionKey } from "./profile.js";
import { APOption, ErrorCode, KeyUsage } from "./protocol.js";
import { openAPReply, openAPReplyPart, openError } from "./replies.js";
import { apRequest, sealedAuthenticator, type Stamp } from "./requests.js";
import type { Ticket } from "./tickets.js";

export interface MechanismOptions {
	/** Whether another mechanism may take over where there is no KDC, or it does not know the server: there is no mechanism then, and the log says why. */
	readonly optional?: boolean;
	/** Whether the ticket at hand will not do, however fresh it looks: the server says that the session has expired. */
	readonly renewed?: boolean;
	/** Bytes of the longest token that can be sent (default 65535). */
	readonly longestToken?: number;
}

export class KerberosMechanism implements Mechanism {
	readonly #kerberos: Kerberos;
	readonly #server: string;
	readonly #options: MechanismOptions;
	readonly #ticket: Ticket;
	/** The ticket's, a copy: the cache may let go of its own. */
	readonly #ticketKey: EncryptionKey;
	#subkey: EncryptionKey | undefined;
	#acceptorSubkey: EncryptionKey | undefined;
	#stamp: Stamp | undefined;
	#sequence = 0;
	#acceptorSequence: number | undefined;
	#corrected = false;
	#done = false;

	/** ticket: for that server, the cache's. */
	constructor(kerberos: Kerberos, server: string, ticket: Ticket, options: MechanismOptions) {
		this.#kerberos = kerberos;
		this.#server = server;
		this.#ticket = ticket;
		this.#ticketKey = ticket.key.copy();
		this.#options = options;
	}

	get oid(): Uint8Array { return KERBEROS_OID; }
	get alias(): Uint8Array { return MICROSOFT_KERBEROS_OID; }
	get name(): string { return "Kerberos"; }
	get done(): boolean { return this.#done; }
	/** [MS-SMB2] 3.2.5.3: the acceptor's sub-key, or ours where it chose none; 16 or 32 bytes. */
	get sessionKey(): Key | undefined { return this.#done ? this.#key().key : undefined; }

	initial(): Uint8Array {
		const { longestToken = 0xFFFF } = this.#options;
		const token = this.#token(this.#kerberos.clock.stamp());
		if (token.length > longestToken)
			throw new AuthenticationError(`Kerberos: the ticket for ${this.#server} makes a token of ${token.length} bytes, and ${longestToken} is the longest that can be sent: the account is in too many groups`);
		return token;
	}

	/** An AP-REP; or a KRB-ERROR, which is answered where it is only about the clock. */
	step(token: Uint8Array): Uint8Array | undefined {
		if (this.#done || !this.#stamp)
			throw new ProtocolError("Kerberos: a token that was not asked for");
		const { id, at, end } = openToken(token);
		if (id === TokenId.KRB_ERROR)
			return this.#answerError(token.slice(at, end));
		if (id !== TokenId.AP_REP)
			throw new ProtocolError(`Kerberos token: TOK_ID 0x${id.toString(16).padStart(4, "0")}, expected that of an AP-REP`);
		this.#openReply(token, at, end);
		this.#done = true;
		return undefined;
	}

	mic(bytes: Uint8Array): Uint8Array { return writeMIC({ key: this.#key(), acceptorSubkey: this.#acceptorSubkey !== undefined, sequence: this.#sequence }, bytes); }
	verifyMIC(bytes: Uint8Array, mic: Uint8Array): boolean {
		return verifyMIC({ key: this.#key(), acceptorSubkey: this.#acceptorSubkey !== undefined, sequence: this.#acceptorSequence }, bytes, mic);
	}

	close(): void {
		this.#ticketKey.close();
		this.#subkey?.close();
		this.#acceptorSubkey?.close();
	}

	#key(): EncryptionKey {
		const key = this.#acceptorSubkey ?? this.#subkey;
		if (!key || !this.#done)
			throw new TypeError("Kerberos: no session key");
		return key;
	}

	#token(stamp: Stamp): Uint8Array {
		const ticket = this.#ticket, key = this.#ticketKey;
		this.#subkey?.close();
		const subkey = this.#subkey = new EncryptionKey(key.profile);
		this.#stamp = stamp;
		// Below 2^30: some acceptors take sequence numbers for signed.
		this.#sequence = makeNonce() >>> 1;
		const authenticator = sealedAuthenticator({
			realm: ticket.clientRealm, client: ticket.client, stamp, checksumType: GSS_CHECKSUM, checksum: contextChecksum(), subkey, sequence: this.#sequence,
		}, key, KeyUsage.AP_REQ_AUTHENTICATOR);
		return writeToken(TokenId.AP_REQ, apRequest(APOption.MUTUAL_REQUIRED, ticket.bytes, key.etype, authenticator));
	}

	#answerError(message: Uint8Array): Uint8Array {
		const error = openError(message);
		if (error.code !== ErrorCode.KRB_AP_ERR_SKEW || this.#corrected)
			throw kerberosError(error, { user: this.#kerberos.user, realm: this.#kerberos.realm, server: `cifs/${this.#server}`, byPassword: false });
		this.#corrected = true;
		this.#kerberos.log(`Kerberos: the clock of ${this.#server} differs: its time is used with it`);
		return this.#token(this.#kerberos.clock.stampOf(error.time));
	}

	/** RFC 4120 3.2.5: only who could open the ticket knows our time stamp. */
	#openReply(token: Uint8Array, at: number, end: number): void {
		const key = this.#ticketKey, stamp = this.#stamp!;
		const { etype, cipher } = openAPReply(token, at, end);
		if (etype !== key.etype || !key.open(KeyUsage.AP_REP_PART, cipher))
			throw new ProtocolError("AP-REP: it is not sealed with the ticket's key: this is not the server that the ticket is for");
		try {
			const part = openAPReplyPart(cipher, key.plainAt, key.plainEnd(cipher));
			this.#acceptorSubkey = part.subkey;
			this.#acceptorSequence = part.sequence;
			if (part.time !== stamp.time - stamp.time % 1000 || part.micros !== stamp.micros)
				throw new ProtocolError("AP-REP: the answer to another AP-REQ");
		}
		finally {
			cipher.fill(0);
		}
		key.close();
	}
}
