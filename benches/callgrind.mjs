/** Instructions, as Valgrind's callgrind counts them. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "./clients.mjs";

/** What to put before a command so that its instructions are counted to build/bench/<name>.callgrind. */
export function callgrind(name, ...options) {
	const file = join(scratch, `${name}.callgrind`);
	rmSync(file, { force: true });
	return { file, before: ["valgrind", "--quiet", "--tool=callgrind", `--callgrind-out-file=${file}`, ...options] };
}

/**
 * Reads such a file: { total, crossing }, all instructions and those of the calls from the program itself into the library whose path matches, inclusive.
 * The format: lines "ob=", "fn=" say whose costs follow, "cob=", "cfn=" and "calls=" that the next line's cost is that of calls; a name is given once, "(1) name".
 */
export function readCounts(file, library = /libmbedcrypto/) {
	const objects = new Map();
	const name = text => {
		const [, id, given] = /^\((\d+)\)(?: (.*))?$/.exec(text);
		if (given !== undefined) objects.set(id, given);
		return objects.get(id);
	};
	let total = 0, crossing = 0, program, object, called, ofCall = false;
	for (const line of readFileSync(file, "utf8").split("\n")) {
		if (line.startsWith("ob=")) {
			object = name(line.slice(3));
			// The one object that is no library.
			if (object.startsWith("/") && !/\.so\b/.test(object)) program = object;
		}
		else if (line.startsWith("cob=")) called = name(line.slice(4));
		else if (line.startsWith("fn=")) called = undefined;
		else if (line.startsWith("calls=")) ofCall = true;
		else if (/^[+\-*\d]/.test(line)) {
			if (ofCall && called !== undefined && object === program && library.test(called)) crossing += Number(line.slice(line.lastIndexOf(" ") + 1));
			if (ofCall) called = undefined;
			ofCall = false;
		}
		else if (/^(?:summary|totals): /.test(line)) total = Number(line.split(" ")[1]);
	}
	return { total, crossing };
}
