/** [MS-SMB2] 3.2.4.2.2 and 3.2.5.2: agrees on a dialect, the highest that both sides allow, and proves what can be proved of it. */
import { random } from "../../hosts/crypto/random.js";
import { ProtocolError, StatusError, TransportError } from "../errors/errors.js";
import { Command } from "../smb2/header.js";
import { Capabilities, Cipher, Dialect, HashAlgorithm, NegotiateContextType, NegotiateRequest, NegotiateResponse, SecurityMode, SigningAlgorithm } from "../smb2/negotiate.js";
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
	/** required: a server that can't encrypt is refused; preferred: whatever can be encrypted is; on-demand: what the server or the share demands; off: nothing, and who demands it is refused. */
	readonly encryption: "required" | "preferred" | "on-demand" | "off";
	/** Cipher and SigningAlgorithm, what this platform does best first. */
	readonly ciphers: readonly number[];
	readonly signingAlgorithms: readonly number[];
	/** Whether there are ciphers that were kept back: a server that has none of these makes it a NarrowOffer. */
	readonly moreCiphers?: boolean;
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
	/** SigningAlgorithm, where the dialect does not decide. */
	readonly signing: number;
	/** Cipher, NONE where nothing can be encrypted. */
	readonly cipher: number;
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
	const encrypts = policy.encryption !== "off" && policy.ciphers.length > 0 && policy.dialectMax >= Dialect.SMB3_00;
	const offer = {
		dialects,
		ciphers: encrypts ? policy.ciphers : [],
		signingAlgorithms: policy.signingAlgorithms,
		securityMode: policy.signingRequired ? SecurityMode.SIGNING_REQUIRED : SecurityMode.SIGNING_ENABLED,
		capabilities: (policy.dialectMax > Dialect.SMB2_02 ? Capabilities.LARGE_MTU : 0) | (encrypts ? Capabilities.ENCRYPTION : 0),
		preauth: policy.dialectMax >= Dialect.SMB3_11 ? new PreauthIntegrity() : undefined,
	};
	let negotiated: Negotiated;
	try {
		negotiated = await connection.request({
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
					if (encrypts)
						request.addEncryption(offer.ciphers);
					request.addSigning(offer.signingAlgorithms);
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
	if (encrypts && policy.moreCiphers && connection.dialect === Dialect.SMB3_11 && negotiated.cipher === Cipher.NONE)
		throw new NarrowOffer("NEGOTIATE: the server has none of the ciphers that were offered");
	if (policy.encryption === "required" && negotiated.cipher === Cipher.NONE)
		throw new ProtocolError(`NEGOTIATE: the server does not encrypt (${dialectName(connection.dialect)}), encryption=required: enable encryption and SMB 3 on it; nothing was sent`);
	return negotiated;
}

type Offer = Pick<Negotiated, "dialects" | "securityMode" | "capabilities" | "preauth"> & Pick<Policy, "ciphers" | "signingAlgorithms">;

/** Checks the response and takes from it what is needed later. */
function take(connection: Connection, response: NegotiateResponse, offer: Offer): Negotiated {
	const dialect = response.DialectRevision;
	if (!offer.dialects.includes(dialect))
		throw new ProtocolError(`NEGOTIATE: the server chose ${dialectName(dialect)} (${hex(dialect, 4)}), which was not offered`);
	let preauth: PreauthIntegrity | undefined;
	// 3.2.5.2: below 3.1.1 a capability stands for the one cipher there is.
	const capable = dialect >= Dialect.SMB3_00 && dialect < Dialect.SMB3_11 && (offer.capabilities & response.Capabilities & Capabilities.ENCRYPTION) !== 0;
	let chosen: Chosen = { signing: SigningAlgorithm.AES_CMAC, cipher: capable ? Cipher.AES128_CCM : Cipher.NONE };
	if (dialect === Dialect.SMB3_11) {
		chosen = chosenIn(response, offer);
		preauth = offer.preauth;
		preauth!.add(response.memory.bytes, response.headerAt, response.end);
	}
	if (response.MaxWriteSize < 4096)
		throw new ProtocolError(`NEGOTIATE: MaxWriteSize ${response.MaxWriteSize}, 65536 or more expected`);
	connection.dialect = dialect;
	connection.maxWriteSize = response.MaxWriteSize;
	connection.maxReadSize = Math.max(1, response.MaxReadSize);
	return {
		dialects: offer.dialects, securityMode: offer.securityMode, capabilities: offer.capabilities, preauth, ...chosen,
		serverGuid: response.ServerGuid, serverSecurityMode: response.SecurityMode, serverCapabilities: response.Capabilities,
		token: response.securityBuffer(),
	};
}

type Chosen = Pick<Negotiated, "signing" | "cipher">;

/** 3.2.5.2: exactly one PREAUTH_INTEGRITY_CAPABILITIES with the hash that was offered; the others at most once, with something that was offered. */
function chosenIn(response: NegotiateResponse, offer: Offer): Chosen {
	let hash = 0, signing = -1, cipher = -1;
	const contexts = response.contexts();
	while (contexts.next()) {
		switch (contexts.ContextType) {
			case NegotiateContextType.PREAUTH_INTEGRITY_CAPABILITIES:
				if (hash !== 0)
					throw new ProtocolError("NEGOTIATE: two PREAUTH_INTEGRITY_CAPABILITIES");
				hash = contexts.algorithm();
				break;
			case NegotiateContextType.SIGNING_CAPABILITIES:
				if (signing !== -1)
					throw new ProtocolError("NEGOTIATE: two SIGNING_CAPABILITIES");
				signing = contexts.algorithm();
				break;
			case NegotiateContextType.ENCRYPTION_CAPABILITIES:
				if (cipher !== -1)
					throw new ProtocolError("NEGOTIATE: two ENCRYPTION_CAPABILITIES");
				cipher = contexts.algorithm();
		}
	}
	if (hash !== HashAlgorithm.SHA_512)
		throw new ProtocolError(`NEGOTIATE: preauth integrity by ${hash ? `hash ${hex(hash, 4)}` : "nothing"}, SHA-512 expected`);
	if (signing !== -1 && !offer.signingAlgorithms.includes(signing))
		throw new ProtocolError(`NEGOTIATE: signing algorithm ${hex(signing, 4)} was not offered`);
	if (cipher > Cipher.NONE && !offer.ciphers.includes(cipher))
		throw new ProtocolError(`NEGOTIATE: cipher ${hex(cipher, 4)} was not offered`);
	// A server without SIGNING_CAPABILITIES, as before Windows Server 2022, signs by AES-CMAC; one that answers NONE has no cipher in common.
	return { signing: signing === -1 ? SigningAlgorithm.AES_CMAC : signing, cipher: Math.max(cipher, Cipher.NONE) };
}

/** The server may have something in common with what was kept back: it is to be asked again with all, over another connection. */
export class NarrowOffer extends ProtocolError {
	override get name(): string { return "NarrowOffer"; }
}

/** Whether a server has nothing in common with an offer: INVALID_PARAMETER is what Samba 4.17 answers to such SIGNING_CAPABILITIES. */
export function refusesOffer(error: unknown): boolean {
	return error instanceof NarrowOffer || error instanceof StatusError && error.status === NTStatus.INVALID_PARAMETER && error.request === "NEGOTIATE";
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
