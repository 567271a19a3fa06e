/** The two exchanges with a KDC: a password for a ticket-granting ticket (RFC 4120 3.1), and that for a server's ticket (3.3). */
import { random } from "../../../hosts/crypto/random.js";
import { ProtocolError } from "../../errors/errors.js";
import { utf8 } from "../utf8.js";
import type { Clock } from "./clock.js";
import { kerberosError, KerberosError } from "./failure.js";
import type { Answer, KDCs } from "./kdcs.js";
import type { Password } from "./password.js";
import { type EncryptionKey, profileOf } from "./profile.js";
import { ErrorCode, grantingRealm, KDCOption, KeyUsage, MessageType, PAType, type Principal, principalText, ticketGranting } from "./protocol.js";
import { type EtypeInfo, type KDCReply, openKDCReply, openKDCReplyPart, openMethodData } from "./replies.js";
import { encryptedTimestamp, kdcRequest, requestBody, sealedAuthenticator, tgsRequest } from "./requests.js";
import type { Ticket } from "./tickets.js";

/** Fewer no KDC asks for. Nothing proves the number, and what we prove by it can be tried against the password offline. */
const ITERATIONS_MIN = 1024;

/** Bytes of a ticket: what 64 KiB of XS hold while it is on its way. An account in some 350 groups of a domain. */
const TICKET_MAX = 4096;

/** Who logs on, and by what. */
export interface Client {
	readonly principal: Principal;
	readonly password: Password;
	readonly clock: Clock;
	/** Lets others run. */
	pause(): Promise<void>;
}

/** 31 random bits: some KDCs take the nonce for signed. */
export function makeNonce(): number {
	const bytes = new Uint8Array(4);
	random(bytes, 0, 4);
	return ((bytes[0] & 0x7F) << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3]) >>> 0;
}

/**
 * A ticket-granting ticket for the realm of kdcs. First without proof: the KDC answers with the salt, and with its time. The proof then goes to the KDC that
 * answered, and once: only a clock that is off is corrected and tried again, for the password was right then. KerberosError where the KDC refuses.
 */
export async function authenticate({ principal, password, clock, pause }: Client, kdcs: KDCs): Promise<Ticket> {
	const { realm } = kdcs, server = ticketGranting(realm);
	const asked = { user: principalText(principal), realm, server: principalText(server), byPassword: true };
	const nonce = makeNonce();
	const body = requestBody({ options: KDCOption.CANONICALIZE, client: principal, realm, server, nonce });
	let answer = await kdcs.ask(kdcRequest(MessageType.AS_REQ, [], body), MessageType.AS_REP);
	let key: EncryptionKey | undefined;
	try {
		if (answer.error?.code === ErrorCode.KDC_ERR_PREAUTH_REQUIRED && answer.error.data) {
			key = await passwordKey(password, openMethodData(answer.error.data), principal, realm, pause);
			clock.correct(answer.error.time);
			answer = await prove(answer, key);
			if (answer.error?.code === ErrorCode.KRB_AP_ERR_SKEW && clock.correct(answer.error.time))
				answer = await prove(answer, key);
		}
		if (answer.error)
			throw kerberosError(answer.error, asked);
		const reply = openKDCReply(answer.reply, MessageType.AS_REP);
		// A KDC that asks for no proof tells the salt only here.
		key ??= await passwordKey(password, reply.etypeInfo.length > 0 ? reply.etypeInfo : [{ etype: reply.part.etype, salt: undefined, iterations: undefined }], principal, realm, pause);
		if (reply.part.etype !== key.etype || !key.open(KeyUsage.AS_REP_PART, reply.part.cipher))
			throw new KerberosError(`Kerberos: the KDC's answer does not fit the password of ${asked.user}: check password=…`, ErrorCode.KDC_ERR_PREAUTH_FAILED, true);
		const ticket = openTicket(reply, key, nonce);
		if (grantingRealm(ticket.server) === undefined) {
			ticket.key.close();
			throw new ProtocolError(`AS-REP: a ticket for ${principalText(ticket.server)}, expected ${asked.server}`);
		}
		return ticket;
	}
	finally {
		key?.close();
	}

	function prove({ kdc }: Answer, key: EncryptionKey): Promise<Answer> {
		const value = encryptedTimestamp(key, KeyUsage.AS_REQ_TIMESTAMP, clock.stamp());
		return kdcs.askOne(kdc, kdcRequest(MessageType.AS_REQ, [{ type: PAType.ENC_TIMESTAMP, value }], body), MessageType.AS_REP);
	}
}

/** The key of the first encryption type that the KDC names and we speak. */
async function passwordKey(password: Password, infos: readonly EtypeInfo[], principal: Principal, realm: string, pause: () => Promise<void>): Promise<EncryptionKey> {
	for (let i = 0; i < infos.length; i += 1) {
		const profile = profileOf(infos[i].etype), { iterations = profile?.iterations } = infos[i];
		if (!profile)
			continue;
		if (iterations! < ITERATIONS_MIN)
			throw new ProtocolError(`Kerberos: the KDC asks for ${iterations} iterations of string-to-key, expected at least ${ITERATIONS_MIN}: somebody may be after the password`);
		return password.key(profile, infos[i].salt ?? utf8(realm + principal.names.join("")), iterations!, pause);
	}
	throw new KerberosError(`Kerberos: the KDC has no AES key for the account ${principalText(principal)}, or wants more than its password: set that anew, or allow AES for it`, ErrorCode.KDC_ERR_ETYPE_NOSUPP, true);
}

/** A ticket for server from the KDCs of granting's realm: for that server, or for the ticket-granting server of a realm that is nearer to it. */
export async function grant(granting: Ticket, kdcs: KDCs, server: Principal, user: string, clock: Clock): Promise<Ticket> {
	const { realm } = kdcs;
	let nonce = 0;
	let answer = await ask();
	if (answer.error?.code === ErrorCode.KRB_AP_ERR_SKEW && clock.correct(answer.error.time))
		answer = await ask();
	if (answer.error)
		throw kerberosError(answer.error, { user, realm, server: principalText(server), byPassword: false });
	const reply = openKDCReply(answer.reply, MessageType.TGS_REP);
	if (reply.part.etype !== granting.key.etype || !granting.key.open(KeyUsage.TGS_REP_PART, reply.part.cipher))
		throw new ProtocolError("TGS-REP: it is not sealed with the ticket's key: somebody may be between you and the KDC");
	const ticket = openTicket(reply, granting.key, nonce);
	if (!sameName(ticket.server, server) && grantingRealm(ticket.server) === undefined) {
		ticket.key.close();
		throw new ProtocolError(`TGS-REP: a ticket for ${principalText(ticket.server)}, expected ${principalText(server)}`);
	}
	return ticket;

	function ask(): Promise<Answer> {
		nonce = makeNonce();
		const body = requestBody({ options: KDCOption.CANONICALIZE, realm, server, nonce });
		const authenticator = sealedAuthenticator({
			realm: granting.clientRealm, client: granting.client, stamp: clock.stamp(),
			checksumType: granting.key.profile.checksumType, checksum: granting.key.checksum(KeyUsage.TGS_REQ_CHECKSUM, body),
		}, granting.key, KeyUsage.TGS_REQ_AUTHENTICATOR);
		return kdcs.ask(tgsRequest(granting.bytes, granting.key.etype, authenticator, body), MessageType.TGS_REP);
	}
}

/** What was decrypted of a reply with key, checked against the request's nonce; the plain text, which holds a key, is wiped. */
function openTicket(reply: KDCReply, key: EncryptionKey, nonce: number): Ticket {
	const plain = reply.part.cipher;
	try {
		const part = openKDCReplyPart(plain, key.plainAt, key.plainEnd(plain));
		if (reply.ticket.length > TICKET_MAX) {
			part.key.close();
			throw new KerberosError(`Kerberos: the ticket for ${principalText(part.server)} has ${reply.ticket.length} bytes, and ${TICKET_MAX} are the most: the account is in too many groups`, ErrorCode.KRB_ERR_RESPONSE_TOO_BIG, false);
		}
		if (part.nonce !== nonce) {
			part.key.close();
			throw new ProtocolError("KDC-REP: the answer to another request");
		}
		return {
			server: part.server, bytes: reply.ticket, key: part.key, startTime: part.startTime, endTime: part.endTime,
			clientRealm: reply.realm, client: reply.client,
		};
	}
	finally {
		plain.fill(0);
	}
}

/** Names of servers are compared as Windows does: without regard to case. */
function sameName(a: Principal, b: Principal): boolean { return principalText(a).toLowerCase() === principalText(b).toLowerCase(); }
