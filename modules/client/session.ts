/** [MS-SMB2] 3.2.1.3 Session: logs on, derives the keys, and proves that it is the server that answered. */
import type { Key } from "../../hosts/crypto/key.js";
import type { SPNEGO } from "../auth/spnego.js";
import { AuthenticationError, ProtocolError, StatusError } from "../errors/errors.js";
import { Command, Header } from "../smb2/header.js";
import { LogoffRequest, LogoffResponse } from "../smb2/logoff.js";
import { Dialect, SecurityMode } from "../smb2/negotiate.js";
import { SessionFlags, SessionSetupRequest, SessionSetupResponse } from "../smb2/session-setup.js";
import { NTStatus } from "../smb2/status.js";
import type { Connection } from "./connection.js";
import { Habits } from "./habits.js";
import { type Algorithms, makeSealing, makeSigner } from "./keys.js";
import type { Negotiated, Policy } from "./negotiate.js";
import { TreeConnect } from "./tree-connect.js";

/** The negotiation of who we are: SPNEGO. */
export type LogOn = Pick<SPNEGO, "initial" | "step" | "finish" | "sessionKey" | "close">;

/** A server that asks for more tokens than this is not going to be content. */
const roundsMax = 8;

export class Session {
	readonly connection: Connection;
	readonly negotiated: Negotiated;
	readonly policy: Policy;
	/** Whether the server let us in as guest or anonymous: nothing is signed then. */
	readonly guest: boolean;

	/**
	 * Logs on (3.2.4.2.3). guestAsked: whether being let in as guest is what the person wanted; if not, it is an AuthenticationError, for the
	 * account is then unknown to the server. previousSessionId: of a session of ours that was lost: the server ends it, and with it what it may still hold open (3.3.5.5.3).
	 * The keys of spnego are wiped in any case.
	 */
	static async setup(connection: Connection, negotiated: Negotiated, policy: Policy, spnego: LogOn, guestAsked: boolean, previousSessionId?: Uint8Array): Promise<Session> {
		try {
			return await logOn(connection, negotiated, policy, spnego, guestAsked, previousSessionId);
		}
		catch (error) {
			if (error instanceof StatusError && error.status === NTStatus.ACCESS_DENIED)
				throw new AuthenticationError("the server refused the log-on: STATUS_ACCESS_DENIED (0xC0000022): the account may not log on over the network, or the server demands encryption of a client that offered none: check encryption=… and dialect=…", { cause: error });
			if (error instanceof StatusError && isLogonStatus(error.status))
				throw new AuthenticationError(error.message.replace("SESSION_SETUP", "the server refused the log-on"), { cause: error });
			throw error;
		}
		finally {
			spnego.close();
		}
	}

	constructor(connection: Connection, negotiated: Negotiated, policy: Policy, guest: boolean) {
		this.connection = connection;
		this.negotiated = negotiated;
		this.policy = policy;
		this.guest = guest;
	}

	/** That share, which is connected to when it is first needed (3.2.4.2.4). */
	tree(share: string, habits: Habits): TreeConnect {
		return new TreeConnect(this, share, habits);
	}

	/** That share, connected. Errors as TreeConnect.connect(). */
	async treeConnect(share: string): Promise<TreeConnect> {
		const tree = this.tree(share, new Habits());
		await tree.connect();
		return tree;
	}

	/**
	 * Takes leave of the server and closes the connection. Its answers are not waited for: what a connection held ends with it. Settles when the requests are on their way; never rejects.
	 */
	async leave(tree: TreeConnect): Promise<void> {
		const { connection } = this;
		if (connection.alive) {
			if (tree.connected)
				tree.disconnect().catch(ignore);
			this.logoff().catch(ignore);
			await connection.sent();
		}
		connection.close();
	}

	/** 3.2.4.23. */
	logoff(): Promise<void> {
		return this.connection.request({
			command: Command.LOGOFF, subject: "", length: LogoffRequest.size,
			write: (memory, at, limit) => new LogoffRequest().begin(memory, at, limit).end,
			read(memory, at, end) { new LogoffResponse().open(memory, at, end); },
		});
	}
}

interface Reply {
	readonly token: Uint8Array;
	readonly final: boolean;
	readonly guest: boolean;
}

async function logOn(connection: Connection, negotiated: Negotiated, policy: Policy, spnego: LogOn, guestAsked: boolean, previousSessionId: Uint8Array | undefined): Promise<Session> {
	const { preauth } = negotiated;
	let token = await spnego.initial(negotiated.token);
	for (let round = 0; round < roundsMax; round++) {
		const reply: Reply = await connection.request({
			command: Command.SESSION_SETUP,
			subject: "",
			length: SessionSetupRequest.size + token.length,
			accepted: NTStatus.MORE_PROCESSING_REQUIRED,
			write(memory, at, limit) {
				const request = new SessionSetupRequest().begin(memory, at, limit);
				request.SecurityMode = negotiated.securityMode;
				if (previousSessionId)
					request.PreviousSessionId = previousSessionId;
				request.setSecurityBuffer(token);
				preauth?.add(memory.bytes, request.headerAt, request.end);
				return request.end;
			},
			read(memory, at, end, status) {
				const response = new SessionSetupResponse().open(memory, at, end);
				const header = new Header().aim(memory, response.headerAt, end);
				if (round > 0 && !header.isSession(connection.sessionId))
					throw new ProtocolError("SESSION_SETUP: the server changed the SessionId in the middle of the log-on");
				connection.sessionId = header.SessionId;
				const answer = response.securityBuffer();
				const guest = (response.SessionFlags & (SessionFlags.IS_GUEST | SessionFlags.IS_NULL)) !== 0;
				if (status !== NTStatus.SUCCESS) {
					preauth?.add(memory.bytes, response.headerAt, end);
					return { token: answer, final: false, guest };
				}
				if (guest && !guestAsked)
					throw new AuthenticationError("the server let this account in only as guest: check user=…, or say auth=guest if that is meant");
				spnego.finish(answer);
				if (!guest)
					protect(connection, negotiated, spnego.sessionKey, header, guestAsked);
				encrypt(connection, policy, (response.SessionFlags & SessionFlags.ENCRYPT_DATA) !== 0);
				return { token: answer, final: true, guest };
			},
		});
		if (reply.final)
			return new Session(connection, negotiated, policy, reply.guest || connection.signer === undefined);
		token = await spnego.step(reply.token);
	}
	throw new ProtocolError(`SESSION_SETUP: the server asked for more than ${roundsMax} tokens`);
}

/** 3.2.5.3.1: makes the keys, and verifies the response that header stands before. */
function protect(connection: Connection, negotiated: Negotiated, sessionKey: Key | undefined, header: Header, guestAsked: boolean): void {
	const required = (negotiated.securityMode & SecurityMode.SIGNING_REQUIRED) !== 0;
	const offered = (negotiated.serverSecurityMode & (SecurityMode.SIGNING_ENABLED | SecurityMode.SIGNING_REQUIRED)) !== 0;
	if (sessionKey === undefined) {
		if (required && !guestAsked)
			throw new AuthenticationError("the log-on gave no session key, so nothing could be signed; signing=required");
		return;
	}
	const algorithms: Algorithms = { dialect: connection.dialect, signing: negotiated.signing, cipher: negotiated.cipher, preauth: negotiated.preauth?.value };
	connection.sealing = makeSealing(algorithms, sessionKey);
	if (!required && !offered && connection.dialect < Dialect.SMB3_11)
		return;
	const signer = makeSigner(algorithms, sessionKey);
	const { bytes } = connection.memory;
	const proved = header.isSigned && signer.verify(bytes, header.at, header.end - header.at, header.signatureAt);
	if (proved || (!header.isSigned && !required && connection.dialect < Dialect.SMB3_11)) {
		connection.signer = signer;
		return;
	}
	signer.close();
	throw new ProtocolError(header.isSigned
		? "SESSION_SETUP: the reply's signature is wrong: somebody may be between you and the server"
		: "SESSION_SETUP: the server's reply is not signed: somebody may be between you and the server");
}

/** 3.2.5.3.1, Session.EncryptData: seals from now on where the server demands it or the person wants it. */
function encrypt(connection: Connection, policy: Policy, demanded: boolean): void {
	if (connection.sealing) {
		if (demanded || policy.encryption === "required" || policy.encryption === "preferred")
			connection.seal();
		return;
	}
	if (demanded)
		throw new AuthenticationError(`the server demands encryption (SMB2_SESSION_FLAG_ENCRYPT_DATA), ${policy.encryption === "off" ? "encryption=off" : "but let this account in without a key to encrypt with"}`);
	if (policy.encryption === "required")
		throw new AuthenticationError("the log-on gave no session key, so nothing could be encrypted; encryption=required");
}

/** Statuses that are about the account, not about this connection: trying again only locks it. */
function isLogonStatus(status: number): boolean {
	switch (status) {
		case NTStatus.LOGON_FAILURE:
		case NTStatus.WRONG_PASSWORD:
		case NTStatus.NO_SUCH_USER:
		case NTStatus.ACCOUNT_RESTRICTION:
		case NTStatus.INVALID_LOGON_HOURS:
		case NTStatus.PASSWORD_EXPIRED:
		case NTStatus.PASSWORD_MUST_CHANGE:
		case NTStatus.ACCOUNT_DISABLED:
		case NTStatus.ACCOUNT_EXPIRED:
		case NTStatus.ACCOUNT_LOCKED_OUT:
		case NTStatus.LOGON_TYPE_NOT_GRANTED:
			return true;
		default:
			return false;
	}
}

function ignore(): void {}
