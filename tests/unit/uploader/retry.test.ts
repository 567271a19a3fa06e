import { AuthenticationError, ProtocolError, StatusError, StorageError, TransportError } from "../../../modules/errors/errors.js";
import { NTStatus } from "../../../modules/smb2/status.js";
import { Action, BackOff, concernsAll, type Fault, faultOf, Faults, waitMs } from "../../../modules/uploader/retry.js";
import { equal, ok } from "../../support/assert.js";
import { Dice } from "../../support/dice.js";

function refused(status: number): Fault { return faultOf(new StatusError("WRITE: refused", status, "WRITE")); }

describe("the retry policy", () => {
	it("knows what each status means", () => {
		const expected: [Fault, (keyof typeof NTStatus)[]][] = [
			[Faults.CONNECTION, ["USER_SESSION_DELETED", "NETWORK_SESSION_EXPIRED", "NETWORK_NAME_DELETED", "CONNECTION_RESET"]],
			[Faults.GONE, ["OBJECT_NAME_NOT_FOUND", "FILE_CLOSED"]],
			[Faults.BUSY, ["INSUFFICIENT_RESOURCES", "INSUFF_SERVER_RESOURCES", "REQUEST_NOT_ACCEPTED"]],
			[Faults.LOCKED, ["SHARING_VIOLATION", "FILE_LOCK_CONFLICT", "DELETE_PENDING"]],
			[Faults.FILE, ["OBJECT_NAME_INVALID", "FILE_IS_A_DIRECTORY"]],
			[Faults.FULL, ["DISK_FULL", "QUOTA_EXCEEDED"]],
			[Faults.PLACE, ["ACCESS_DENIED", "BAD_NETWORK_NAME", "MEDIA_WRITE_PROTECTED", "OBJECT_PATH_NOT_FOUND", "NOT_A_DIRECTORY"]],
			[Faults.CREDENTIALS, ["LOGON_FAILURE", "WRONG_PASSWORD", "ACCOUNT_LOCKED_OUT", "PASSWORD_EXPIRED"]],
			[Faults.PROTOCOL, ["INVALID_PARAMETER", "NOT_SUPPORTED"]],
		];
		for (const [fault, names] of expected) for (const name of names) equal(refused(NTStatus[name]), fault, name);
	});

	it("has a row for every status that has a name here, and one only", () => {
		// What is in no row is LOCKED as well, so those are named.
		const locked = ["SHARING_VIOLATION", "FILE_LOCK_CONFLICT", "LOCK_NOT_GRANTED", "DELETE_PENDING", "OBJECT_NAME_COLLISION", "CANNOT_DELETE", "DIRECTORY_NOT_EMPTY"];
		for (const name of Object.keys(NTStatus)) equal(refused(NTStatus[name as keyof typeof NTStatus]) === Faults.LOCKED, locked.includes(name), name);
	});

	it("takes an unknown status for one that passes", () => equal(refused(0xC0FFEE00), Faults.LOCKED));

	it("knows our own errors by who must act", () => {
		equal(faultOf(new TransportError("reset", "ECONNRESET")), Faults.CONNECTION);
		equal(faultOf(new ProtocolError("wrong signature")), Faults.PROTOCOL);
		equal(faultOf(new AuthenticationError("wrong password")), Faults.CREDENTIALS);
		equal(faultOf(new StorageError("the file was changed")), Faults.CHANGED);
		equal(faultOf(new StorageError("read: I/O error", { cause: Object.assign(new Error("read: I/O error"), { code: "EIO" }) })), Faults.STORAGE);
		equal(faultOf(new RangeError("a name that is too long")), Faults.FILE);
	});

	it("ends the run where no other scan would fare better, and only there", () => {
		for (const fault of [Faults.CONNECTION, Faults.BUSY, Faults.FULL, Faults.STORAGE, Faults.PROTOCOL, Faults.PLACE, Faults.CREDENTIALS]) ok(concernsAll(fault), fault.action);
		for (const fault of [Faults.LOCKED, Faults.GONE, Faults.CHANGED, Faults.FILE]) ok(!concernsAll(fault), fault.action);
	});

	it("doubles the wait up to a ceiling; half of it is left to chance", () => {
		const fault = { action: Action.RESUME, firstMs: 1000, mostMs: 10_000 };
		for (const [failures, whole] of [[1, 1000], [2, 2000], [3, 4000], [4, 8000], [5, 10_000], [6, 10_000], [1000, 10_000]] as const) {
			equal(waitMs(fault, failures, 0), whole / 2);
			equal(waitMs(fault, failures, 0.5), whole * 3 / 4);
			ok(waitMs(fault, failures, 0.999999) <= whole);
		}
		equal(waitMs(Faults.CREDENTIALS, 1, 0.5), Infinity);
	});

	it("spreads devices that lost the server in the same instant", () => {
		const dice = new Dice(7);
		const waits = new Set<number>();
		for (let device = 0; device < 100; device++) waits.add(waitMs(Faults.CONNECTION, 6, dice.below(2 ** 32) / 2 ** 32));
		ok(waits.size > 90, `${waits.size} different waits`);
	});

	it("counts failures of one kind in a row, and forgets them once something was confirmed", () => {
		const backOff = new BackOff(() => 0);
		equal(backOff.waitMs(0), 0);
		const reset = new TransportError("reset", "ECONNRESET");
		equal(backOff.failed(reset, 0), Faults.CONNECTION);
		equal(backOff.waitMs(0), 125);
		equal(backOff.waitMs(100), 25);
		equal(backOff.waitMs(125), 0);
		equal(backOff.waitMs(5000), 0);
		backOff.failed(reset, 1000);
		equal(backOff.waitMs(1000), 250);
		equal(backOff.failures, 2);
		backOff.failed(new StatusError("full", NTStatus.DISK_FULL, "WRITE"), 2000);
		equal(backOff.waitMs(2000), 150_000, "a full share is looked at again after a while");
		equal(backOff.failures, 1);
		backOff.reset();
		equal(backOff.waitMs(2000), 0);
		equal(backOff.failures, 0);
		for (let n = 0; n < 2000; n++) backOff.failed(reset, 3000);
		equal(backOff.waitMs(3000), 150_000);
	});

	it("tries a wrong password once per change of settings", () => {
		const backOff = new BackOff(() => 0.5);
		equal(backOff.failed(new AuthenticationError("wrong password"), 10).action, Action.ASK);
		equal(backOff.waitMs(1e15), Infinity);
		backOff.reset();
		equal(backOff.waitMs(11), 0);
	});
});
