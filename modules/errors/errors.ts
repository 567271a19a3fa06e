/**
 * Errors sorted by who must act. A layer throws only these and, for a mistake of its caller,
 * TypeError and RangeError. `name` is a getter: Error.prototype is frozen in flash.
 */

/** The network failed: reconnect, with back-off. `code` is the errno name where the host knows it ("ECONNRESET"). */
export class TransportError extends Error {
	readonly code: string | undefined;
	constructor(message: string, code?: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
	override get name(): string { return "TransportError"; }
}

/** The peer broke the protocol, lied, or was impersonated: drop the connection and report. */
export class ProtocolError extends Error {
	override get name(): string { return "ProtocolError"; }
}

/** The server refused a request: `status` is the NTSTATUS ([MS-ERREF] 2.3), `request` the command's name. */
export class StatusError extends Error {
	readonly status: number;
	readonly request: string;
	constructor(message: string, status: number, request: string, options?: ErrorOptions) {
		super(message, options);
		this.status = status;
		this.request = request;
	}
	override get name(): string { return "StatusError"; }
}

/** Credentials or policy: ask the person. Never retried blindly, for that locks accounts. */
export class AuthenticationError extends Error {
	override get name(): string { return "AuthenticationError"; }
}

/** The local storage failed, or a file changed while it was being sent. */
export class StorageError extends Error {
	override get name(): string { return "StorageError"; }
}

/** A setting is unknown, missing or malformed: the message says which, and what is allowed. */
export class SettingsError extends Error {
	override get name(): string { return "SettingsError"; }
}
