/**
 * Runs a batch of inputs (main.ts writes it) inside XS, each with a collection at every allocation where the host can do that. Settings (mc/config): target, batch, from and to (numbers of inputs), seconds, scratch. A line for each: before it
 * { "run": 7 }, behind it { "outcome": "…" }, or { "broken": … } and the end; { "done": 8 } last, with the number of the next input.
 */
import { heap } from "desktop/heap";
import config from "mc/config";
import { exit, print } from "platform";
import { File, Status, status } from "../../../hosts/storage/storage.js";
import { plain, type Target } from "./target.js";

Object.assign(globalThis, { scratchFolder: config["scratch"] });
const path = String(config["batch"]), end = Date.now() + 1000 * Number(config["seconds"]), to = Number(config["to"]);
const target = await import(`tests/fuzz/js/${String(config["target"])}`) as Target;
const file = new File(path, "r"), found = new Status(), head = new Uint8Array(4);
status(path, found);

let number = 0;
for (let at = 0; at < found.size && number < to; number++) {
	file.read(head, at);
	const bytes = new Uint8Array(head[0]! | head[1]! << 8 | head[2]! << 16);
	at += 4;
	if (number >= Number(config["from"])) {
		if (Date.now() >= end) break;
		file.read(bytes, at);
		print(JSON.stringify({ run: number }));
		try {
			heap.stress(true);
			const outcome = await target.run(bytes);
			heap.stress(false);
			print(JSON.stringify({ outcome: plain(outcome) }));
		}
		catch (error) {
			heap.stress(false);
			print(JSON.stringify({ broken: plain(error instanceof Error ? `${error.name}: ${error.message}` : String(error)), stack: plain((error as Error).stack ?? "") }));
			exit(1);
		}
	}
	at += bytes.length;
}
file.close();
print(JSON.stringify({ done: number }));
exit(0);
