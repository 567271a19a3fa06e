/** Why an access point was not joined, or lost, and what a person can do: ESP-IDF's wifi_err_reason_t (IEEE 802.11 9.4.1.7, and from 200 on its own) in words. */

/** undefined where the reason says nothing that helps. */
export function joinTrouble(reason: number): string | undefined {
	switch (reason) {
		case 201: return "no access point with this name in reach: check ssid (capital letters count), and that it offers 2.4 GHz";
		case 212: return "the access point's signal is too weak: move closer";
		case 200: return "the access point fell silent: it is out of reach or was switched off";
		case 15: case 204: return "the access point does not accept the passphrase: check passphrase";
		case 2: case 202: case 14: return "the access point refused to authenticate this device: check passphrase, and whether it admits listed devices only";
		case 210: case 211: return "the access point's security is of another kind: WPA2 or WPA3 needs passphrase=…, an open network none";
		case 5: return "the access point serves as many devices as it can: switch one off";
		case 13: case 17: case 18: case 19: case 20: case 21: case 22: case 24: case 29: return "the access point wants a cipher that this device does not have: set it to WPA2 (AES)";
		case 23: return "the network is WPA-Enterprise (802.1X), which is not supported: use one with a passphrase";
		case 203: case 208: return "the access point did not take this device in: restart it, or try later";
		case 4: case 7: return "the access point dropped this device as idle";
		// By ourselves: the SDK's disconnect(), before the next try.
		case 3: case 8: return undefined;
		default: return reason === 0 ? undefined : `disconnected (ESP-IDF's reason ${reason})`;
	}
}
