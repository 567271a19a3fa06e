import { status, Status } from "../../../hosts/storage/storage.js";
import { StorageError } from "../../../modules/errors/errors.js";
import { fingerprint, isTimeProof } from "../../../modules/uploader/fingerprint.js";
import type { Scan } from "../../../modules/uploader/spool.js";
import { bytesEqual, equal, ok, rejects } from "../../support/assert.js";
import { clear, save, scratch } from "../../support/scratch.js";

describe("fingerprints", () => {
	let folder: string;
	beforeEach(() => { folder = scratch(); });
	afterEach(() => clear(folder));

	function scan(bytes: Uint8Array): Scan {
		const path = `${folder}/scan.pdf`;
		save(path, bytes);
		const found = new Status();
		status(path, found);
		return { name: "scan.pdf", path, size: found.size, mtime: found.mtime };
	}

	it("are the beginning of SHA-256 (FIPS 180-4: \"abc\", and nothing)", async () => {
		bytesEqual(await fingerprint(scan(Uint8Array.of(97, 98, 99))), "BA7816BF8F01CFEA");
		bytesEqual(await fingerprint(scan(new Uint8Array(0))), "E3B0C44298FC1C14");
	});

	it("depend on every byte, however large the file", async () => {
		const bytes = new Uint8Array(70_000).fill(0xFF);
		const white = await fingerprint(scan(bytes));
		for (const at of [0, 1023, 1024, 40_000, 69_999]) {
			bytes[at] = 0xFE;
			const other = await fingerprint(scan(bytes));
			ok(other.some((byte, i) => byte !== white[i]), `byte ${at}`);
			bytes[at] = 0xFF;
		}
		bytesEqual(await fingerprint(scan(bytes)), white);
	});

	it("are of the file that was found", async () => {
		const found = scan(new Uint8Array(10));
		await rejects(() => fingerprint({ ...found, size: 11 }), StorageError, /has 10 bytes, and had 11/);
		await rejects(() => fingerprint({ ...found, path: `${folder}/none` }), Error, /No such file/);
	});

	it("are needed where the time comes from no clock", () => {
		equal(isTimeProof(Date.UTC(2024, 0, 2, 3, 4, 5)), true);
		equal(isTimeProof(Date.UTC(1980, 0, 1)), false);
		equal(isTimeProof(Date.UTC(1980, 0, 1, 3, 4, 5)), false);
		equal(isTimeProof(Date.UTC(2022, 0, 1)), false);
		equal(isTimeProof(Date.UTC(2022, 0, 1) - 5.75 * 3600_000), false);
		equal(isTimeProof(0), false);
	});
});
