/** The SDK's two network interfaces in one shape. */
import { joinTrouble } from "./join-trouble.js";
import type { Link } from "./network.js";

/** ECMA-419's WiFi and Ethernet, as far as they are used. */
export interface Interface {
	readonly connection: number;
	readonly address: string | undefined;
	disconnect(): void;
}
export interface WiFi extends Interface { connect(options: { SSID: string; password?: string }): void }
export interface Ethernet extends Interface { connect(): void }
export type Class<T> = new (options: { onChanged: () => void }) => T;

/** Throws RangeError where no access point can have that name, or WPA that passphrase (IEEE 802.11, annex J.4). */
export function checkWiFi(values: Readonly<Record<string, unknown>>): void {
	const ssid = String(values["ssid"] ?? "");
	const passphrase = String(values["passphrase"] ?? "");
	if (ssid.length > 32)
		throw new RangeError("ssid=…: at most 32 characters");
	if (passphrase !== "" && !/^(?:[ -~]{8,63}|[0-9a-fA-F]{64})$/.test(passphrase))
		throw new RangeError("passphrase=…: 8 to 63 characters of ASCII, or 64 hexadecimal digits; empty for a network without one");
}

/** What a board with Wi-Fi can say of why it was disconnected: wifi/disconnect-reason.ts. */
export interface Disconnects {
	watchDisconnects(): void;
	disconnectReason(): number;
}

/** Wi-Fi. Without a passphrase the network has to be an open one. */
export function wifi(io: Class<WiFi>, ssid: string, passphrase: string, changed: () => void, disconnects?: Disconnects): Link {
	const device = new io({ onChanged: () => changed() });
	disconnects?.watchDisconnects();
	const options = passphrase === "" ? { SSID: ssid } : { SSID: ssid, password: passphrase };
	return {
		name: `Wi-Fi "${ssid}"`,
		advice: "check ssid and passphrase, and that the access point offers 2.4 GHz",
		get connection() { return device.connection; },
		get address() { return device.address; },
		get trouble() { return disconnects && joinTrouble(disconnects.disconnectReason()); },
		connect() { device.connect(options); },
		disconnect() { device.disconnect(); },
	};
}

/** Ethernet. It is asked to connect once: from then on the interface follows the cable by itself, and throws when asked again. */
export function ethernet(io: Class<Ethernet>, changed: () => void): Link {
	const device = new io({ onChanged: () => changed() });
	let asked = false;
	return {
		name: "Ethernet",
		advice: "check the cable and the network's DHCP server",
		trouble: undefined,
		get connection() { return device.connection; },
		get address() { return device.address; },
		connect() {
			if (!asked)
				device.connect();
			asked = true;
		},
		disconnect() {},
	};
}
