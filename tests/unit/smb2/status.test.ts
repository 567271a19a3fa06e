import { isError, NTStatus, statusName } from "../../../modules/smb2/status.js";
import { equal, ok } from "../../support/assert.js";

describe("smb2 status", () => {
	it("has the numbers of [MS-ERREF]", () => {
		equal(NTStatus.SUCCESS, 0);
		equal(NTStatus.PENDING, 0x103);
		equal(NTStatus.MORE_PROCESSING_REQUIRED, 0xC0000016);
		equal(NTStatus.ACCESS_DENIED, 0xC0000022);
		equal(NTStatus.OBJECT_NAME_COLLISION, 0xC0000035);
		equal(NTStatus.LOGON_FAILURE, 0xC000006D);
		equal(NTStatus.DISK_FULL, 0xC000007F);
		equal(NTStatus.BAD_NETWORK_NAME, 0xC00000CC);
		equal(NTStatus.USER_SESSION_DELETED, 0xC0000203);
		equal(NTStatus.NETWORK_SESSION_EXPIRED, 0xC000035C);
		equal(NTStatus.SMB_NO_PREAUTH_INTEGRITY_HASH_OVERLAP, 0xC05D0000);
	});

	it("finds the name of each, and each number once", () => {
		const seen: number[] = [];
		for (const name of Object.keys(NTStatus)) {
			const code = NTStatus[name as keyof typeof NTStatus];
			equal(statusName(code), "STATUS_" + name);
			ok(!seen.includes(code), name);
			seen.push(code);
		}
		equal(statusName(0xC0FFEE00), "unknown status");
	});

	it("knows errors from warnings, information and success", () => {
		equal(isError(NTStatus.SUCCESS), false);
		equal(isError(NTStatus.PENDING), false);
		equal(isError(NTStatus.NO_MORE_FILES), false);
		equal(isError(NTStatus.UNSUCCESSFUL), true);
	});
});
