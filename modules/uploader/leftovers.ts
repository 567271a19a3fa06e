/** Temporary files that this device left on the share, and that nothing will go on with: after a power loss before they were noted, or with a journal that was lost since. */
import { fileToDelete } from "../client/create.js";
import { sharePath } from "../client/share-name.js";
import type { TreeConnect } from "../client/tree-connect.js";
import { StatusError } from "../errors/errors.js";
import { temporaryName, temporaryNumber } from "./transfer.js";

/** How many are dealt with at a time: more are found the next time. */
const most = 16;

/** Deletes those in the folder ("/" between its parts) whose numbers needed() does not want, and returns how many. What the server refuses stays. Never anybody else's: device is in the name. */
export async function deleteLeftovers(tree: TreeConnect, path: string, device: string, needed: (number: number) => boolean): Promise<number> {
	const folder = path === "" ? "" : sharePath(path);
	const numbers: number[] = [];
	let deleted = 0;
	try {
		await tree.list(folder, `.scan-${device}-*.part`, ({ name }) => {
			const number = temporaryNumber(device, name);
			if (number > 0 && numbers.length < most && !needed(number))
				numbers.push(number);
		});
		for (const number of numbers) {
			const name = temporaryName(device, number);
			const open = await tree.create(folder === "" ? name : `${folder}\\${name}`, fileToDelete);
			await open.deleteOnClose();
			await open.close();
			deleted++;
		}
	}
	catch (error) {
		// No such folder yet, a folder that can't be listed, a file that is open: nothing of it is in the way of an upload.
		if (!(error instanceof StatusError))
			throw error;
	}
	return deleted;
}
