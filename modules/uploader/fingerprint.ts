/** What tells two files of one name, size and time apart: a digest of all that is in them. */
import Timer from "timer";
import { Digest, DigestAlgorithm } from "../../hosts/crypto/digest.js";
import { File } from "../../hosts/storage/storage.js";
import { StorageError } from "../errors/errors.js";
import { leastTime, type Scan } from "./spool.js";

/** Read at a time, and before others have their turn: 16 KB take some 20 ms from a card. */
const piece = 1024;
const turn = 16 * piece;

/**
 * Whether a file's time was told by a clock, so that name, size and time are proof enough. Scanners without one write a constant: FAT's first day, or the midnight
 * of some day that the firmware names (in any time zone: those differ by quarters of an hour). A real time is on the quarter, too, once in some hundred scans: then the content is looked at in vain.
 */
export function isTimeProof(mtime: number): boolean {
	return mtime >= leastTime && mtime % 900_000 !== 0;
}

/** The first 8 bytes of the SHA-256 of the file. Throws as digestOf(). */
export async function fingerprint(scan: Scan): Promise<Uint8Array> {
	return (await digestOf(scan)).slice(0, 8);
}

/** The SHA-256 of the file. Throws StorageError where it is not as long as scan says. */
export async function digestOf(scan: Scan): Promise<Uint8Array> {
	const file = new File(scan.path, "r");
	const digest = new Digest(DigestAlgorithm.SHA256);
	try {
		const bytes = new Uint8Array(piece);
		let at = 0;
		for (let count = file.read(bytes, 0); count > 0; count = file.read(bytes, at)) {
			digest.update(bytes, 0, count);
			at += count;
			if (at % turn === 0)
				await new Promise<void>(resolve => Timer.set(() => resolve()));
		}
		if (at !== scan.size)
			throw new StorageError(`${scan.name}: the file has ${at} bytes, and had ${scan.size} when it was found: it will be looked at again next time`);
		const whole = new Uint8Array(32);
		digest.finish(whole, 0);
		return whole;
	}
	finally {
		digest.close();
		file.close();
	}
}
