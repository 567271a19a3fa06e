/** UDP over IPv4 in the shape of ECMA-419, over poll(2), as the SDK's sockets behave: read() hands out one packet, or undefined. */
export default class UDP extends Native("xs_udp_destructor") {
	/** See types/embedded/udp.d.ts. */
	constructor(options: object) { super(); native("xs_udp").call(this, options); }
	/** Safe to call twice, and within callbacks. */
	close(): void { native("xs_udp_close").call(this); }
	read(): ArrayBuffer & { readonly address: string; readonly port: number } | undefined { return native("xs_udp_read").call(this); }
	write(buffer: ArrayBuffer | Uint8Array | object, address: string, port: number): void { native("xs_udp_write").call(this, buffer, address, port); }
	get port(): number { return native("xs_udp_get_port").call(this); }
	get format(): string { return "buffer"; }
}
