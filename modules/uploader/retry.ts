/** What an error means for the scan, the run and the person, and when to try again: a table, and a count of failures. No clock and no chance of its own. */
import { AuthenticationError, ProtocolError, StatusError, StorageError, TransportError } from "../errors/errors.js";
import { NTStatus } from "../smb2/status.js";

export const Action = Object.freeze({
	/** Connect anew, and go on with this scan where the server confirmed. */
	RESUME: "resume",
	/** This scan waits; others go on. */
	LATER: "later",
	/** This scan stays here until it, or its name, is changed; others go on. */
	GIVE_UP: "give up",
	/** No other scan would fare better: the run ends, and another may try after a while. */
	STOP: "stop",
	/** As STOP, and only a person can mend it. */
	ASK: "ask",
} as const);

export interface Fault {
	readonly action: typeof Action[keyof typeof Action];
	/** The wait after the first failure, doubled after each further one, up to the most. Infinity: not before the settings are changed. */
	readonly firstMs: number;
	readonly mostMs: number;
}

const second = 1000, minute = 60 * second, hour = 60 * minute;

/** The kinds of faults. */
export const Faults = Object.freeze({
	/** The connection, the session or the server went away: routers and servers start anew within minutes, and some stay off all night. */
	CONNECTION: Object.freeze({ action: Action.RESUME, firstMs: second / 4, mostMs: 5 * minute }),
	/** The server is there, and short of something that comes back by itself. */
	BUSY: Object.freeze({ action: Action.RESUME, firstMs: 5 * second, mostMs: 5 * minute }),
	/** The temporary file, or the handle to it, is gone: the scan begins anew. */
	GONE: Object.freeze({ action: Action.LATER, firstMs: second, mostMs: 5 * minute }),
	/** Somebody holds the file or the name. */
	LOCKED: Object.freeze({ action: Action.LATER, firstMs: 10 * second, mostMs: 10 * minute }),
	/** The local file was being written to. */
	CHANGED: Object.freeze({ action: Action.LATER, firstMs: 10 * second, mostMs: 5 * minute }),
	/** The server takes no file like this one. */
	FILE: Object.freeze({ action: Action.GIVE_UP, firstMs: Infinity, mostMs: Infinity }),
	/** The share is full: somebody has to make room, and does so within hours. */
	FULL: Object.freeze({ action: Action.STOP, firstMs: 5 * minute, mostMs: hour }),
	/** The medium of the scans fails, or was taken out. */
	STORAGE: Object.freeze({ action: Action.STOP, firstMs: 10 * second, mostMs: 5 * minute }),
	/** The server breaks the protocol, or somebody is in between. */
	PROTOCOL: Object.freeze({ action: Action.STOP, firstMs: minute, mostMs: hour }),
	/** Share, folder or permissions are not as the settings say. May be mended on the server, without a word to us. */
	PLACE: Object.freeze({ action: Action.ASK, firstMs: 10 * minute, mostMs: hour }),
	/** Account or password. Tried once per change of settings, for each attempt counts towards a lock-out. */
	CREDENTIALS: Object.freeze({ action: Action.ASK, firstMs: Infinity, mostMs: Infinity }),
} satisfies Record<string, Fault>);

/** What is known of statuses; all that NTStatus names is here (a test holds it). */
const statuses: readonly (readonly [Fault, readonly number[]])[] = Object.freeze([
	Object.freeze([Faults.CONNECTION, Object.freeze([
		NTStatus.USER_SESSION_DELETED, NTStatus.NETWORK_SESSION_EXPIRED, NTStatus.NETWORK_NAME_DELETED, NTStatus.CONNECTION_DISCONNECTED, NTStatus.CONNECTION_RESET,
		NTStatus.CONNECTION_REFUSED, NTStatus.REMOTE_NOT_LISTENING, NTStatus.BAD_NETWORK_PATH, NTStatus.UNEXPECTED_NETWORK_ERROR,
		NTStatus.IO_TIMEOUT, NTStatus.CANCELLED, NTStatus.SERVER_UNAVAILABLE, NTStatus.NO_SUCH_LOGON_SESSION, NTStatus.NOTIFY_CLEANUP, NTStatus.NOTIFY_ENUM_DIR,
	])] as const),
	Object.freeze([Faults.GONE, Object.freeze([
		NTStatus.OBJECT_NAME_NOT_FOUND, NTStatus.FILE_DELETED, NTStatus.FILE_NOT_AVAILABLE, NTStatus.NOT_FOUND, NTStatus.FILE_CLOSED, NTStatus.INVALID_HANDLE,
	])] as const),
	Object.freeze([Faults.BUSY, Object.freeze([
		NTStatus.INSUFFICIENT_RESOURCES, NTStatus.INSUFF_SERVER_RESOURCES, NTStatus.NO_MEMORY, NTStatus.NETWORK_BUSY, NTStatus.REQUEST_NOT_ACCEPTED, NTStatus.TOO_MANY_OPENED_FILES,
		NTStatus.NETLOGON_NOT_STARTED, NTStatus.NO_LOGON_SERVERS, NTStatus.UNEXPECTED_IO_ERROR, NTStatus.IO_DEVICE_ERROR, NTStatus.UNSUCCESSFUL, NTStatus.INTERNAL_ERROR, NTStatus.PENDING,
	])] as const),
	Object.freeze([Faults.LOCKED, Object.freeze([
		NTStatus.SHARING_VIOLATION, NTStatus.FILE_LOCK_CONFLICT, NTStatus.LOCK_NOT_GRANTED, NTStatus.DELETE_PENDING, NTStatus.OBJECT_NAME_COLLISION, NTStatus.CANNOT_DELETE,
		NTStatus.DIRECTORY_NOT_EMPTY,
	])] as const),
	Object.freeze([Faults.FILE, Object.freeze([
		NTStatus.OBJECT_NAME_INVALID, NTStatus.FILE_IS_A_DIRECTORY, NTStatus.EAS_NOT_SUPPORTED, NTStatus.STOPPED_ON_SYMLINK, NTStatus.END_OF_FILE, NTStatus.NO_MORE_FILES, NTStatus.NO_SUCH_FILE,
	])] as const),
	Object.freeze([Faults.FULL, Object.freeze([NTStatus.DISK_FULL, NTStatus.QUOTA_EXCEEDED])] as const),
	Object.freeze([Faults.PROTOCOL, Object.freeze([
		NTStatus.INVALID_PARAMETER, NTStatus.INVALID_INFO_CLASS, NTStatus.INFO_LENGTH_MISMATCH, NTStatus.INVALID_DEVICE_REQUEST, NTStatus.NOT_IMPLEMENTED, NTStatus.NOT_SUPPORTED,
		NTStatus.BUFFER_OVERFLOW, NTStatus.BUFFER_TOO_SMALL, NTStatus.MORE_PROCESSING_REQUIRED, NTStatus.DEVICE_FEATURE_NOT_SUPPORTED, NTStatus.INVALID_SIGNATURE, NTStatus.HMAC_NOT_SUPPORTED,
		NTStatus.DECRYPTION_FAILED, NTStatus.INVALID_NETWORK_RESPONSE, NTStatus.SMB_NO_PREAUTH_INTEGRITY_HASH_OVERLAP, NTStatus.SUCCESS,
	])] as const),
	Object.freeze([Faults.PLACE, Object.freeze([
		NTStatus.ACCESS_DENIED, NTStatus.NETWORK_ACCESS_DENIED, NTStatus.MEDIA_WRITE_PROTECTED, NTStatus.BAD_NETWORK_NAME, NTStatus.BAD_DEVICE_TYPE, NTStatus.NO_SUCH_DEVICE,
		NTStatus.OBJECT_PATH_NOT_FOUND, NTStatus.OBJECT_PATH_INVALID, NTStatus.OBJECT_PATH_SYNTAX_BAD, NTStatus.NOT_A_DIRECTORY, NTStatus.PATH_NOT_COVERED, NTStatus.BAD_IMPERSONATION_LEVEL,
	])] as const),
	Object.freeze([Faults.CREDENTIALS, Object.freeze([
		NTStatus.LOGON_FAILURE, NTStatus.WRONG_PASSWORD, NTStatus.NO_SUCH_USER, NTStatus.PASSWORD_RESTRICTION, NTStatus.ACCOUNT_RESTRICTION, NTStatus.INVALID_LOGON_HOURS,
		NTStatus.INVALID_WORKSTATION, NTStatus.PASSWORD_EXPIRED, NTStatus.PASSWORD_MUST_CHANGE, NTStatus.ACCOUNT_DISABLED, NTStatus.ACCOUNT_EXPIRED, NTStatus.ACCOUNT_LOCKED_OUT,
		NTStatus.LOGON_NOT_GRANTED, NTStatus.LOGON_TYPE_NOT_GRANTED, NTStatus.TRUSTED_RELATIONSHIP_FAILURE, NTStatus.TRUST_FAILURE, NTStatus.NETWORK_CREDENTIAL_CONFLICT,
		NTStatus.TOKEN_ALREADY_IN_USE, NTStatus.TIME_DIFFERENCE_AT_DC,
	])] as const),
] as const);

/** What kind of fault an error is. An unknown status of the server is taken for one that passes: the scan waits, and longer each time. */
export function faultOf(error: Error): Fault {
	if (error instanceof StatusError) {
		for (const [fault, of] of statuses) {
			if (of.includes(error.status))
				return fault;
		}
		return Faults.LOCKED;
	}
	if (error instanceof TransportError)
		return Faults.CONNECTION;
	if (error instanceof AuthenticationError)
		return Faults.CREDENTIALS;
	if (error instanceof ProtocolError)
		return Faults.PROTOCOL;
	// With an errno the storage itself failed; without one the file is not what it was when it was found.
	if (error instanceof StorageError)
		return (error.cause as { code?: string } | undefined)?.code === undefined ? Faults.CHANGED : Faults.STORAGE;
	// A mistake of ours concerns, as far as anybody knows, this scan.
	return Faults.FILE;
}

/** Whether no other scan would fare better now. */
export function concernsAll(fault: Fault): boolean {
	return fault.action === Action.RESUME || fault.action === Action.STOP || fault.action === Action.ASK;
}

/**
 * The wait after that many failures in a row: doubled each time up to the most; of it the half is certain and the other half left to chance, lest all devices
 * of a house come back in the same instant. chance: at least 0, below 1.
 */
export function waitMs(fault: Fault, failures: number, chance: number): number {
	const whole = Math.min(fault.mostMs, fault.firstMs * 2 ** Math.min(failures - 1, 30));
	return whole === Infinity ? Infinity : Math.round(whole / 2 + chance * whole / 2);
}

/** Counts failures in a row, and says when the next attempt may be made. */
export class BackOff {
	#random: () => number;
	#failures = 0;
	#fault: Fault | undefined;
	#until = -Infinity;

	/** random: numbers from 0 to below 1. */
	constructor(random: () => number) {
		this.#random = random;
	}

	/** An attempt has failed at that time, in milliseconds that only go up. A fault of another kind begins its own count: a full share says nothing about a lost connection. */
	failed(error: Error, now: number): Fault {
		const fault = faultOf(error);
		this.#failures = fault === this.#fault ? this.#failures + 1 : 1;
		this.#fault = fault;
		this.#until = now + waitMs(fault, this.#failures, this.#random());
		return fault;
	}

	/** The server has confirmed something, or the person has changed the settings: nothing is held against the next attempt. */
	reset(): void {
		this.#failures = 0;
		this.#fault = undefined;
		this.#until = -Infinity;
	}

	/** How long the next attempt has to wait: 0 for not at all, Infinity until reset(). */
	waitMs(now: number): number { return Math.max(0, this.#until - now); }

	/** Failures in a row. */
	get failures(): number { return this.#failures; }
}
