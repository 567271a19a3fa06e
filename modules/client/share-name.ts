/**
 * Names that a share can hold. What [MS-FSCC] 2.1.5 forbids is mapped into the private use area as macOS and Linux mounts
 * do by default ("Services for Mac"), so that those show the name as the scanner wrote it.
 */

const forbidden = "\"*:<>?\\|";
const mapped = Object.freeze([0xF020, 0xF021, 0xF022, 0xF023, 0xF024, 0xF025, 0xF026, 0xF027]);
const mappedSpace = 0xF028;
const mappedPeriod = 0xF029;

/** The name under which a file called `name` (one component, no "/") stands in a share. Returns name itself where nothing has to change. */
export function shareName(name: string): string {
	let result = "";
	let done = 0;
	const last = name.length - 1;
	for (let i = 0; i <= last; i++) {
		const code = name.charCodeAt(i);
		let other = 0;
		if (code < 0x20)
			other = 0xF000 + code;
		else if (i === last && code === 0x20)
			other = mappedSpace;
		else if (i === last && code === 0x2E)
			other = mappedPeriod;
		else {
			const index = forbidden.indexOf(name[i]);
			if (index >= 0)
				other = mapped[index];
		}
		if (other) {
			result += name.slice(done, i) + String.fromCharCode(other);
			done = i + 1;
		}
	}
	return done ? result + name.slice(done) : name;
}

/** A "/" separated path as SMB spells it: "\" between the parts, each part mapped. */
export function sharePath(path: string): string {
	return path.split("/").map(shareName).join("\\");
}
