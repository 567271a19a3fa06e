/** What a person may give as the server: a name, or an IPv4 or IPv6 address as text. */

/** Throws RangeError, with what to give instead, for text that can be neither a host name nor an address. setting: whose value it is. */
export function checkHost(host: string, setting = "server"): void {
	const wrong = host === "" ? "it is empty"
		: /[\/\\@]/.test(host) ? "give only the name or address, without \"smb://\", share, path or user"
		: /[\s\x00-\x1F\x7F]/.test(host) ? "no spaces can be in it"
		: host.length > 253 ? "it has more than 253 characters"
		: isAddress(host) ? undefined
		: /[\[\]:]/.test(host) ? "it is no IPv6 address (no brackets around it), and a port is set by itself, not after the name"
		: /(^|\.)[0-9]+\.?$/.test(host) ? "it is no IPv4 address, which has four parts from 0 to 255"
		: /^\.|\.\./.test(host) ? "a part of the name is empty"
		: undefined;
	if (wrong !== undefined)
		throw new RangeError(`${setting} "${host}": ${wrong}, such as nas.local or 192.168.1.20`);
}

/** Whether host is an address, so that there is nothing to look up. */
export function isAddress(host: string): boolean { return isIPv4(host) || isIPv6(host); }

function isIPv4(text: string): boolean {
	const parts = text.split(".");
	return parts.length === 4 && parts.every(part => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255);
}

/** RFC 4291 2.2, with a zone (RFC 4007 11) where there is one. */
function isIPv6(text: string): boolean {
	const zoneAt = text.indexOf("%");
	// A zone is an interface's name or number: with one of these in it, it is not only that.
	if (zoneAt === text.length - 1 || zoneAt >= 0 && /[%:\[\]]/.test(text.slice(zoneAt + 1)))
		return false;
	const halves = (zoneAt < 0 ? text : text.slice(0, zoneAt)).split("::");
	if (halves.length > 2)
		return false;
	let groups = 0;
	for (let i = 0; i < halves.length; i++) {
		if (halves[i] === "" && halves.length === 2)
			continue;
		const parts = halves[i].split(":");
		for (let j = 0; j < parts.length; j++) {
			const last = i === halves.length - 1 && j === parts.length - 1;
			if (last && isIPv4(parts[j]))
				groups += 2;
			else if (/^[0-9A-Fa-f]{1,4}$/.test(parts[j]))
				groups++;
			else
				return false;
		}
	}
	return halves.length === 2 ? groups <= 7 : groups === 8;
}
