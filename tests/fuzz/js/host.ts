/** The server's name or address as a person gives it, and its NetBIOS name. */
import { checkHost, isAddress } from "../../../modules/net/host.js";
import { checkName, serverName, writeName } from "../../../modules/net/netbios.js";
import { equal, ok } from "../../support/assert.js";
import { ascii } from "../../support/hex.js";
import { outcome, textOf } from "../guide/target.js";

/** RFC 4291 2.2 by counting, without regular expressions. */
function isIPv6(text: string): boolean {
	let groups = 0, digits = 0, gap = false;
	const zone = text.indexOf("%"), address = zone < 0 ? text : text.slice(0, zone);
	if (zone === text.length - 1 || zone >= 0 && [...text.slice(zone + 1)].some(character => "%:[]".includes(character))) return false;
	for (let at = 0; at < address.length; at++) {
		const character = address[at]!;
		if (character === ":") {
			const doubled = address[at + 1] === ":";
			if (digits > 0) groups++;
			else if (!doubled || at > 0) return false;
			digits = 0;
			if (doubled) {
				if (gap || address[at + 2] === ":") return false;
				gap = true;
				at++;
			}
			else if (at === address.length - 1) return false;
			continue;
		}
		const rest = address.slice(at - digits);
		if (character === "." && !rest.includes(":")) return isIPv4(rest) && (gap ? groups + 2 <= 7 : groups + 2 === 8);
		if (!"0123456789abcdefABCDEF".includes(character) || ++digits > 4) return false;
	}
	if (digits > 0) groups++;
	return gap ? groups <= 7 : groups === 8;
}

function isIPv4(text: string): boolean {
	const parts = text.split(".");
	return parts.length === 4 && parts.every(part => part !== "" && part.length <= 3 && [...part].every(digit => "0123456789".includes(digit)) && Number(part) <= 255 && String(Number(part)) === part);
}

export function run(bytes: Uint8Array): string {
	const host = textOf(bytes), address = isAddress(host);
	equal(address, isIPv4(host) || isIPv6(host), "whether it is an address");
	const checked = outcome([RangeError], () => {
		checkHost(host);
		return "taken";
	});
	ok(checked !== "taken" || !/[\s\/\\@\[\]]/.test(host) && host.length > 0 && host.length <= 253 && (address || !host.includes(":")), "was taken");
	const name = serverName(host);
	if (name !== undefined) {
		checkName(name);
		const label = new Uint8Array(36).fill(0xA5);
		writeName(label, 1, name, 0x20);
		ok(label[0] === 0xA5 && label[35] === 0xA5 && label[1] === 32 && label[34] === 0 && label.slice(2, 34).every(byte => byte >= 0x41 && byte <= 0x50), "an encoded name");
	}
	return `${checked} ${address} ${name}`;
}

export const length = 300;
export const seeds = (): Uint8Array[] => ["nas.local", "192.168.1.20", "fe80::1%eth0", "2001:db8::1", "::ffff:192.168.1.20", "1:2:3:4:5:6:7:8", "smb://nas/share", "[::1]:445", "256.1.1.1", "a".repeat(254)].map(ascii);
