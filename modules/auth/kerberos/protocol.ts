/** Numbers of Kerberos 5 (RFC 4120 7.5), those that a client of SMB meets, and the two types that go through all its messages. */

/** RFC 4120 5.10: the application tags, which are the message types as well. */
export const MessageType = Object.freeze({ AS_REQ: 10, AS_REP: 11, TGS_REQ: 12, TGS_REP: 13, AP_REQ: 14, AP_REP: 15, KRB_ERROR: 30 } as const);
/** RFC 4120 5.10: the tags of what is in other messages. */
export const ApplicationTag = Object.freeze({ TICKET: 1, AUTHENTICATOR: 2, ENC_AS_REP_PART: 25, ENC_TGS_REP_PART: 26, ENC_AP_REP_PART: 27 } as const);

export const VERSION = 5;

/** RFC 4120 7.5.1. */
export const KeyUsage = Object.freeze({
	AS_REQ_TIMESTAMP: 1, AS_REP_PART: 3, TGS_REQ_CHECKSUM: 6, TGS_REQ_AUTHENTICATOR: 7, TGS_REP_PART: 8, AP_REQ_AUTHENTICATOR: 11, AP_REP_PART: 12,
	/** RFC 4121 2. */
	ACCEPTOR_SIGN: 23, INITIATOR_SIGN: 25,
} as const);

/** RFC 4120 7.5.2, RFC 6113. */
export const PAType = Object.freeze({ TGS_REQ: 1, ENC_TIMESTAMP: 2, ETYPE_INFO2: 19 } as const);

/** RFC 4120 7.5.8, RFC 6806 5. */
export const NameType = Object.freeze({ PRINCIPAL: 1, SRV_INST: 2, ENTERPRISE: 10 } as const);

/** RFC 4120 5.4.1 KDCOptions, RFC 6806 3. */
export const KDCOption = Object.freeze({ CANONICALIZE: 0x00010000 } as const);
/** RFC 4120 5.5.1 APOptions. */
export const APOption = Object.freeze({ MUTUAL_REQUIRED: 0x20000000 } as const);

/** RFC 4120 7.5.9, RFC 6806. */
export const ErrorCode = Object.freeze({
	KDC_ERR_NAME_EXP: 1, KDC_ERR_SERVICE_EXP: 2, KDC_ERR_C_PRINCIPAL_UNKNOWN: 6, KDC_ERR_S_PRINCIPAL_UNKNOWN: 7, KDC_ERR_PRINCIPAL_NOT_UNIQUE: 8, KDC_ERR_NULL_KEY: 9,
	KDC_ERR_NEVER_VALID: 11, KDC_ERR_POLICY: 12, KDC_ERR_ETYPE_NOSUPP: 14, KDC_ERR_PADATA_TYPE_NOSUPP: 16, KDC_ERR_CLIENT_REVOKED: 18, KDC_ERR_SERVICE_REVOKED: 19,
	KDC_ERR_CLIENT_NOTYET: 21, KDC_ERR_KEY_EXPIRED: 23, KDC_ERR_PREAUTH_FAILED: 24, KDC_ERR_PREAUTH_REQUIRED: 25, KDC_ERR_SVC_UNAVAILABLE: 29,
	KRB_AP_ERR_BAD_INTEGRITY: 31, KRB_AP_ERR_TKT_EXPIRED: 32, KRB_AP_ERR_TKT_NYV: 33, KRB_AP_ERR_REPEAT: 34, KRB_AP_ERR_NOT_US: 35, KRB_AP_ERR_SKEW: 37, KRB_AP_ERR_MODIFIED: 41,
	KRB_AP_ERR_BADKEYVER: 44, KRB_AP_ERR_NOKEY: 45, KRB_ERR_RESPONSE_TOO_BIG: 52, KRB_ERR_GENERIC: 60, KDC_ERR_WRONG_REALM: 68,
} as const);

/** RFC 4120 5.2.2 PrincipalName. */
export interface Principal {
	readonly type: number;
	readonly names: readonly string[];
}

/** "cifs/nas.example.org": for messages and for the cache. */
export function principalText(principal: Principal): string { return principal.names.join("/"); }

/** The ticket-granting server of a realm (RFC 4120 7.3). */
export function ticketGranting(realm: string): Principal { return { type: NameType.SRV_INST, names: ["krbtgt", realm] }; }

/** The realm whose ticket-granting server that is; undefined for other principals. */
export function grantingRealm(principal: Principal): string | undefined {
	return principal.names.length === 2 && principal.names[0] === "krbtgt" ? principal.names[1] : undefined;
}
