/** What a person should do about a status of the server. The names of statuses are the codec's. */
import { StatusError } from "../errors/errors.js";
import { NTStatus, statusName } from "../smb2/status.js";

/** Sentence by status; none where the name says it all. */
function advice(status: number): string {
	switch (status) {
		case NTStatus.ACCESS_DENIED: return "the account may not do this here: give it write permission on the share and its folder";
		case NTStatus.LOGON_FAILURE: return "user name or password is wrong: check user=… and password=…";
		case NTStatus.WRONG_PASSWORD: return "the password is wrong: check password=…";
		case NTStatus.NO_SUCH_USER: return "the server has no such account: check user=…";
		case NTStatus.ACCOUNT_RESTRICTION: return "the account may not log on like this (an empty password, perhaps): give it a password";
		case NTStatus.INVALID_LOGON_HOURS: return "the account may not log on at this hour";
		case NTStatus.PASSWORD_EXPIRED: return "the account's password has expired: set a new one on the server";
		case NTStatus.PASSWORD_MUST_CHANGE: return "the account's password must be changed first: set a new one on the server";
		case NTStatus.ACCOUNT_DISABLED: return "the account is disabled: enable it on the server";
		case NTStatus.ACCOUNT_EXPIRED: return "the account has expired: extend it on the server";
		case NTStatus.ACCOUNT_LOCKED_OUT: return "the account is locked after wrong passwords: unlock it on the server, or wait";
		case NTStatus.LOGON_TYPE_NOT_GRANTED: return "the account may not log on over the network";
		case NTStatus.BAD_NETWORK_NAME: return "the server has no such share: check share=…";
		case NTStatus.NETWORK_ACCESS_DENIED: return "the server refuses the account access over the network";
		case NTStatus.NOT_SUPPORTED: return "the server does not support this: no SMB dialect in common, perhaps; check dialect=…";
		case NTStatus.DISK_FULL: return "the share is full: make room on the server";
		case NTStatus.QUOTA_EXCEEDED: return "the account's quota on the share is used up";
		case NTStatus.MEDIA_WRITE_PROTECTED: return "the share is read-only";
		case NTStatus.SHARING_VIOLATION: return "the file is open elsewhere: close it there, and it will go up next time";
		case NTStatus.FILE_LOCK_CONFLICT: return "part of the file is locked by another program: it will go up next time";
		case NTStatus.OBJECT_NAME_INVALID: return "the server does not take this name: check path=… and the file's name";
		case NTStatus.OBJECT_PATH_NOT_FOUND: return "the folder is not there: check path=…";
		case NTStatus.OBJECT_NAME_COLLISION: return "the name is taken";
		case NTStatus.NOT_A_DIRECTORY: return "a part of path=… is a file, not a folder";
		case NTStatus.FILE_IS_A_DIRECTORY: return "a folder has this name";
		case NTStatus.USER_SESSION_DELETED:
		case NTStatus.NETWORK_SESSION_EXPIRED: return "the server ended the session";
		case NTStatus.NETWORK_NAME_DELETED: return "the server took the share away";
		case NTStatus.INSUFFICIENT_RESOURCES:
		case NTStatus.INSUFF_SERVER_RESOURCES: return "the server is short of memory or connections: try again later";
		case NTStatus.TIME_DIFFERENCE_AT_DC: return "this machine's clock and the server's differ too much";
		default: return "";
	}
}

/** "CREATE scan.pdf: STATUS_DISK_FULL (0xC000007F): the share is full: make room on the server". */
export function statusError(request: string, status: number): StatusError {
	const text = advice(status);
	return new StatusError(`${request}: ${statusName(status)} (0x${status.toString(16).toUpperCase().padStart(8, "0")})${text ? `: ${text}` : ""}`, status, request);
}
