/** What a KRB-ERROR means to a person. The class says who must act: an account's trouble is never tried again. */
import { AuthenticationError, TransportError } from "../../errors/errors.js";
import { ErrorCode } from "./protocol.js";
import type { KRBError } from "./replies.js";

/** A KDC or a server refused. */
export class KerberosError extends AuthenticationError {
	/** RFC 4120 7.5.9. */
	readonly code: number;
	/** Whether it is about the account: then nothing else is tried with it either, lest it be locked. */
	readonly aboutAccount: boolean;
	/** With KDC_ERR_WRONG_REALM: the realm that the account is in. */
	readonly clientRealm: string | undefined;
	constructor(message: string, code: number, aboutAccount: boolean, clientRealm?: string) {
		super(message);
		this.code = code;
		this.aboutAccount = aboutAccount;
		this.clientRealm = clientRealm;
	}
}

/** Whether an error leaves room for another mechanism: there is no KDC, or it does not know the server. Never one about the account. */
export function leavesRoom(error: unknown): boolean {
	return error instanceof TransportError || error instanceof KerberosError && !error.aboutAccount;
}

/** Who asked for what. */
export interface Asked {
	readonly user: string;
	readonly realm: string;
	/** The principal that a ticket was asked for. */
	readonly server: string;
	/** Whether by the password (AS-REQ): what is refused then is the account. */
	readonly byPassword: boolean;
}

/** An error of a KDC in words: "KDC_ERR_KEY_EXPIRED (23): the password of anna has expired: set a new one on the server". */
export function kerberosError(error: KRBError, asked: Asked): KerberosError {
	const { code, text } = error;
	const words = asked.byPassword || code === ErrorCode.KDC_ERR_CLIENT_REVOKED ? accountWords(error, asked) : undefined;
	const detail = text === "" ? "" : ` (${text.slice(0, 100)})`;
	return new KerberosError(`Kerberos: ${codeName(code)} (${code}): ${words ?? otherWords(code, asked) ?? `the KDC refused ${asked.server}${detail}`}`, code, words !== undefined, error.clientRealm);
}

function codeName(code: number): string {
	for (const name in ErrorCode) {
		if (ErrorCode[name as keyof typeof ErrorCode] === code)
			return name;
	}
	return "error";
}

function accountWords(error: KRBError, { user, realm }: Asked): string | undefined {
	switch (error.code) {
		case ErrorCode.KDC_ERR_C_PRINCIPAL_UNKNOWN: return `the realm ${realm} has no account "${user}": check user=… and realm=…`;
		case ErrorCode.KDC_ERR_PREAUTH_FAILED: case ErrorCode.KRB_AP_ERR_BAD_INTEGRITY: return `the password of ${user} is wrong: check password=…`;
		case ErrorCode.KDC_ERR_KEY_EXPIRED: return extendedWords(error.data, user) ?? `the password of ${user} has expired: set a new one on the server`;
		case ErrorCode.KDC_ERR_CLIENT_REVOKED: return extendedWords(error.data, user) ?? `the account ${user} is disabled, or locked after wrong passwords: enable or unlock it on the server, or wait`;
		case ErrorCode.KDC_ERR_NAME_EXP: return `the account ${user} has expired: extend it on the server`;
		case ErrorCode.KDC_ERR_CLIENT_NOTYET: return `the account ${user} is not valid yet`;
		case ErrorCode.KDC_ERR_NULL_KEY: return `the account ${user} has no password: set one on the server`;
		case ErrorCode.KDC_ERR_POLICY: return extendedWords(error.data, user) ?? `a rule of the realm ${realm} forbids the account ${user} to log on like this`;
		case ErrorCode.KDC_ERR_ETYPE_NOSUPP: return `the KDC has no AES key for the account ${user}: set its password anew, or allow AES for it`;
		default: return undefined;
	}
}

function otherWords(code: number, { server, realm }: Asked): string | undefined {
	switch (code) {
		case ErrorCode.KDC_ERR_S_PRINCIPAL_UNKNOWN: return `the realm ${realm} knows no ${server}: give server=… the name that the server has there, not its address`;
		case ErrorCode.KDC_ERR_ETYPE_NOSUPP: return `the KDC has no AES key for ${server}: let it join the domain again, or allow AES for it`;
		case ErrorCode.KDC_ERR_PRINCIPAL_NOT_UNIQUE: return `the realm ${realm} has more than one ${server}: remove the duplicate`;
		case ErrorCode.KDC_ERR_SERVICE_EXP: case ErrorCode.KDC_ERR_SERVICE_REVOKED: return `the account of ${server} has expired or is disabled`;
		case ErrorCode.KDC_ERR_NEVER_VALID: return `a ticket for ${server} would never be valid`;
		case ErrorCode.KDC_ERR_PADATA_TYPE_NOSUPP: return "the KDC does not take a password as proof";
		case ErrorCode.KDC_ERR_SVC_UNAVAILABLE: return "the KDC can't serve now: try again later";
		case ErrorCode.KRB_AP_ERR_SKEW: case ErrorCode.KRB_AP_ERR_TKT_NYV: return `the clocks differ too much: set those of ${server} and of the KDC`;
		case ErrorCode.KRB_AP_ERR_TKT_EXPIRED: return `the ticket for ${server} has expired`;
		case ErrorCode.KRB_AP_ERR_REPEAT: return `${server} takes the log-on for a replay`;
		case ErrorCode.KRB_AP_ERR_MODIFIED: case ErrorCode.KRB_AP_ERR_BADKEYVER: case ErrorCode.KRB_AP_ERR_NOKEY: case ErrorCode.KRB_AP_ERR_NOT_US:
			return `${server} has not the key that the KDC has for it: renew its keytab, or let it join the domain again`;
		case ErrorCode.KRB_ERR_RESPONSE_TOO_BIG: return "the KDC's answer is too long";
		case ErrorCode.KDC_ERR_WRONG_REALM: return `the account is in another realm than ${realm}: check realm=…`;
		default: return undefined;
	}
}

/**
 * Active Directory tells the NTSTATUS in the error data ([MS-KILE] 2.2.1 KERB-EXT-ERROR in KERB-ERROR-DATA): 12 bytes at the end, little-endian, the status
 * first.
 */
function extendedWords(data: Uint8Array | undefined, user: string): string | undefined {
	if (!data || data.length < 12)
		return undefined;
	const at = data.length - 12;
	const status = (data[at] | data[at + 1] << 8 | data[at + 2] << 16 | data[at + 3] << 24) >>> 0;
	switch (status) {
		case 0xC0000234: return `the account ${user} is locked after wrong passwords: unlock it on the server, or wait`;
		case 0xC0000072: return `the account ${user} is disabled: enable it on the server`;
		case 0xC0000193: return `the account ${user} has expired: extend it on the server`;
		case 0xC0000071: return `the password of ${user} has expired: set a new one on the server`;
		case 0xC0000224: return `the password of ${user} must be changed first: set a new one on the server`;
		case 0xC000006F: return `the account ${user} may not log on at this hour`;
		case 0xC0000070: return `the account ${user} may not log on from this device`;
		case 0xC000006E: return `a restriction of the account ${user} forbids the log-on`;
		default: return undefined;
	}
}
