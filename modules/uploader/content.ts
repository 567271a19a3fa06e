/** Whether a file of the share holds what a scan here holds: by length, then by the SHA-256 of both. */
import { Digest, DigestAlgorithm } from "../../hosts/crypto/digest.js";
import { equal } from "../../hosts/crypto/random.js";
import { File } from "../../hosts/storage/storage.js";
import type { Open } from "../client/open.js";
import { digestOf } from "./fingerprint.js";
import type { Scan } from "./spool.js";

/** How much is compared where an upload goes on: what lies before that place. */
const tailLength = 1024;

/** Reads all of the scan and all of open. Errors of both sides. */
export async function holdsScan(open: Open, scan: Scan): Promise<boolean> {
	if ((await open.status()).length !== scan.size)
		return false;
	const there = new Uint8Array(32);
	const digest = new Digest(DigestAlgorithm.SHA256);
	try {
		const count = await open.read(0, scan.size, (bytes, at, length) => digest.update(bytes, at, length));
		if (count !== scan.size)
			return false;
		digest.finish(there, 0);
	}
	finally {
		digest.close();
	}
	return equal(there, 0, await digestOf(scan), 0, 32);
}

/** Whether the last bytes of open before end are the scan's: a look at where an upload is to go on. */
export async function agreesBefore(open: Open, scan: Scan, end: number): Promise<boolean> {
	const from = Math.max(0, end - tailLength);
	const here = new Uint8Array(end - from);
	const file = new File(scan.path, "r");
	try {
		if (file.read(here, from) !== here.length)
			return false;
	}
	finally {
		file.close();
	}
	let at = 0, same = true;
	const count = await open.read(from, here.length, (bytes, position, length) => {
		same &&= equal(bytes, position, here, at, length);
		at += length;
	});
	return same && count === here.length;
}
