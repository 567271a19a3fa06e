/**
 * The network card of Espressif's QEMU (open_eth) in the shape of the SDK's Ethernet, as far as it is used. It calls nobody back: whoever
 * opens it looks at connection and address now and then.
 */
export default class Ethernet extends Native("xs_openeth_destructor") {
	/** Opens the card, starts DHCP. Throws where the firmware has no driver for it. */
	constructor() { super(); native("xs_openeth").call(this); }
	/** 500 with an address, 300 without. */
	get connection(): number { return native("xs_openeth_connection").call(this); }
	/** IPv4; undefined before DHCP has answered. */
	get address(): string | undefined { return native("xs_openeth_address").call(this); }
	/** The card is connected from the start, and stays so. */
	connect(): void { native("xs_openeth_nothing").call(this); }
	disconnect(): void { native("xs_openeth_nothing").call(this); }
}
