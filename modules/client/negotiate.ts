/** [MS-SMB2] 3.2.4.2.2 and 3.2.5.2: agrees on a dialect, the highest that both sides allow, and proves what can be proved of it. */
import { random } from "../../hosts/crypto/random.js";
import { ProtocolError, StatusError, TransportError } from "../errors/errors.js";
import { Command } from "../smb2/header.js";
import { Capabilities, Dialect, HashAlgorithm, NegotiateContextType, NegotiateRequest, NegotiateResponse, SecurityMode, SigningAlgorithm } from "../smb2/negotiate.js";
import { NTStatus } from "../smb2/status.js";
import { hex, textLength } from "../smb2/wire.js";
import type { Connection } from "./connection.js";
import { PreauthIntegrity } from "./preauth.js";

export interface Policy {
	/** DialectRevision bounds, both included. */
	readonly dialectMin: number;
	readonly dialectMax: number;
	/** Whether an unsigned session is out of the question. */
	readonly signingRequired: boolean;
	/** The server's name as the person gave it. */
	readonly server: string;
	/** 16 bytes that stay the same for this device. */
	readonly clientGuid: Uint8Array;
}

export interface Negotiated {
	readonly dialects: readonly number[];
	readonly securityMode: number;
	readonly capabilities: number;
	readonly serverGuid: Uint8Array;
	/** What the server said: NegotiateResponse's SecurityMode and Capabilities, for FSCTL_VALIDATE_NEGOTIATE_INFO. */
	readonly serverSecurityMode: number;
	readonly serverCapabilities: number;
	/** The server's SPNEGO hint. */
	readonly token: Uint8Array;
	/** 3.1.1 only. */
	readonly preauth: PreauthIntegrity | undefined;
}

const allDialects = Object.freeze([Dialect.SMB2_02, Dialect.SMB2_10, Dialect.SMB3_00, Dialect.SMB3_02, Dialect.SMB3_11] as const);
const saltLength = 32;

/** "SMB 3.0.2". */
export function dialectName(dialect: number): string {
	switch (dialect) {
		case Dialect.SMB2_02: return "SMB 2.0.2";
		case Dialect.SMB2_10: return "SMB 2.1";
		case Dialect.SMB3_00: return "SMB 3.0";
		case Dialect.SMB3_02: return "SMB 3.0.2";
		case Dialect.SMB3_11: return "SMB 3.1.1";
		default: return `dialect ${hex(dialect, 4)}`;
	}
}

/** Sets the connection's dialect and maxWriteSize. ProtocolError for an answer that does not fit what was asked; TransportError with a hint where the server hangs up. */
export async function negotiate(connection: Connection, policy: Policy): Promise<Negotiated> {
	const dialects = allDialects.filter(dialect => dialect >= policy.dialectMin && dialect <= policy.dialectMax);
	const offer = {
		dialects,
		securityMode: policy.signingRequired ? SecurityMode.SIGNING_REQUIRED : SecurityMode.SIGNING_ENABLED,
		capabilities: policy.dialectMax > Dialect.SMB2_02 ? Capabilities.LARGE_MTU : 0,
		preauth: policy.dialectMax >= Dialect.SMB3_11 ? new PreauthIntegrity() : undefined,
	};
	try {
		return await connection.request({
			command: Command.NEGOTIATE,
			subject: "",
			length: 256 + textLength(policy.server),
			write(memory, at, limit) {
				const request = new NegotiateRequest().begin(memory, at, limit);
				request.SecurityMode = offer.securityMode;
				request.Capabilities = offer.capabilities;
				// 3.2.4.2.2.2: the GUID belongs to 2.1 and later.
				if (policy.dialectMax > Dialect.SMB2_02)
					request.ClientGuid = policy.clientGuid;
				request.setDialects(dialects);
				if (offer.preauth) {
					const salt = new Uint8Array(saltLength);
					random(salt, 0, saltLength);
					request.addPreauthIntegrity([HashAlgorithm.SHA_512], salt);
					request.addSigning([SigningAlgorithm.AES_CMAC]);
					request.addNetName(policy.server);
					offer.preauth.add(memory.bytes, request.headerAt, request.end);
				}
				return request.end;
			},
			read: (memory, at, end) => take(connection, new NegotiateResponse().open(memory, at, end), offer),
		});
	}
	catch (error) {
		throw explained(error as Error, connection, dialects);
	}
}

type Offer = Pick<Negotiated, "dialects" | "securityMode" | "capabilities" | "preauth">;

/** Checks the response and takes from it what is needed later. */
function take(connection: Connection, response: NegotiateResponse, offer: Offer): Negotiated {
	const dialect = response.DialectRevision;
	if (!offer.dialects.includes(dialect))
		throw new ProtocolError(`NEGOTIATE: the server chose ${dialectName(dialect)} (${hex(dialect, 4)}), which was not offered`);
	let preauth: PreauthIntegrity | undefined;
	if (dialect === Dialect.SMB3_11) {
		checkContexts(response);
		preauth = offer.preauth;
		preauth!.add(response.memory.bytes, response.headerAt, response.end);
	}
	if (response.MaxWriteSize < 4096)
		throw new ProtocolError(`NEGOTIATE: MaxWriteSize ${response.MaxWriteSize}, 65536 or more expected`);
	connection.dialect = dialect;
	connection.maxWriteSize = response.MaxWriteSize;
	return {
		dialects: offer.dialects, securityMode: offer.securityMode, capabilities: offer.capabilities, preauth,
		serverGuid: response.ServerGuid, serverSecurityMode: response.SecurityMode, serverCapabilities: response.Capabilities,
		token: response.securityBuffer(),
	};
}

/** 3.2.5.2: exactly one PREAUTH_INTEGRITY_CAPABILITIES with the hash that was offered; the others at most once. */
function checkContexts(response: NegotiateResponse): void {
	let hash = 0, signing = -1;
	const contexts = response.contexts();
	while (contexts.next()) {
		if (contexts.ContextType === NegotiateContextType.PREAUTH_INTEGRITY_CAPABILITIES) {
			if (hash !== 0)
				throw new ProtocolError("NEGOTIATE: two PREAUTH_INTEGRITY_CAPABILITIES");
			hash = contexts.algorithm();
		}
		else if (contexts.ContextType === NegotiateContextType.SIGNING_CAPABILITIES) {
			if (signing !== -1)
				throw new ProtocolError("NEGOTIATE: two SIGNING_CAPABILITIES");
			signing = contexts.algorithm();
		}
		else if (contexts.ContextType === NegotiateContextType.ENCRYPTION_CAPABILITIES)
			throw new ProtocolError("NEGOTIATE: a cipher, though none was offered");
	}
	if (hash !== HashAlgorithm.SHA_512)
		throw new ProtocolError(`NEGOTIATE: preauth integrity by ${hash ? `hash ${hex(hash, 4)}` : "nothing"}, SHA-512 expected`);
	if (signing !== -1 && signing !== SigningAlgorithm.AES_CMAC)
		throw new ProtocolError(`NEGOTIATE: signing algorithm ${hex(signing, 4)} was not offered`);
}

/** Says what a server most likely means that does not answer a NEGOTIATE as it should. */
function explained(error: Error, connection: Connection, dialects: readonly number[]): Error {
	if (error instanceof StatusError && error.status === NTStatus.NOT_SUPPORTED) {
		const offered = `${dialectName(dialects[0])}${dialects.length > 1 ? ` to ${dialectName(dialects[dialects.length - 1])}` : ""}`;
		return new ProtocolError(`the server has no dialect in common with ${offered}: check dialect=… and the server's minimum and maximum protocol`, { cause: error });
	}
	if (error instanceof TransportError && (error.code === "ECONNRESET" || error.code === "EOF" || error.code === "CLOSED")) {
		const how = error.code === "ECONNRESET" ? "Connection reset by peer (ECONNRESET)" : "it closed the connection";
		return new TransportError(`${connection.address} port ${connection.port} hung up on the SMB2 NEGOTIATE: ${how}. It may speak only SMB1, or no SMB at all: enable SMB2 or SMB3 on the server`, error.code, { cause: error });
	}
	return error;
}
