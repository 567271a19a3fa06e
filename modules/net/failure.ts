/** The network's failures in sentences that say what to do. */
/** How a peer is called in messages: "nas.local (10.0.0.10)", or the address where no name was given. */
export function peerName(host: string, address: string): string {
	return host === address ? address : `${host} (${address})`;
}

/** What an errno name (or EOF, or undefined where the host tells none) means for a connection to peer, where that service is expected. */
export function failureText(code: string | undefined, peer: string, port: number, connecting: boolean, service = "SMB service"): string {
	switch (code) {
		case "ECONNREFUSED":
			return `${peer} refuses connections on port ${port}: is the ${service} on?`;
		case "EHOSTUNREACH": case "ENETUNREACH": case "EHOSTDOWN": case "ENETDOWN":
			return `${peer} cannot be reached: is it on, and in a network that this device reaches?`;
		case "ETIMEDOUT":
			return connecting
				? `${peer} does not answer on port ${port}: is it on, and does a firewall let port ${port} through?`
				: `${peer} no longer answers on port ${port}: is it still on?`;
		case "ECONNRESET":
			return `${peer} reset the connection on port ${port}`;
		// EPIPE: a write found out before a read did.
		case "EOF": case "EPIPE":
			return `${peer} closed the connection on port ${port}`;
	}
	const text = `the connection to ${peer} port ${port} failed or was closed${code === undefined ? "" : ` (${code})`}`;
	return connecting ? `${text}: is the ${service} on?` : text;
}

/** "0x48 0x54 0x54 0x50 ("HTTP")": four bytes that are no frame, as a person may recognise them. */
export function bytesText(bytes: Uint8Array, at: number): string {
	let hex = "";
	let text = "";
	for (let i = at; i < at + 4; i++) {
		const byte = bytes[i];
		hex += (byte < 0x10 ? " 0x0" : " 0x") + byte.toString(16);
		text += byte >= 0x20 && byte < 0x7F ? String.fromCharCode(byte) : "";
	}
	return hex.slice(1) + (text.length === 4 ? ` ("${text}")` : "");
}
