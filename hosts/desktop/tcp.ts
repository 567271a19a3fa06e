/**
 * TCP in the shape of ECMA-419, over poll(2), as the SDK's lwIP sockets behave: read(buffer) fills the whole buffer, write(buffer) takes
 * the whole buffer or throws "would block", callbacks come from the loop, onError only after the last bytes were read.
 */
export default class TCP extends Native("xs_tcp_destructor") {
	/** See types/embedded.d.ts. Without options: an instance for Listener.read(). */
	constructor(options?: object) { super(); native("xs_tcp").call(this, options); }
	/** Safe to call twice, and within callbacks. What write() took is still sent. */
	close(): void { native("xs_tcp_close").call(this); }
	read(bufferOrCount?: ArrayBuffer | Uint8Array | object | number): ArrayBuffer | number | undefined { return native("xs_tcp_read").call(this, bufferOrCount); }
	/** The bytes that may be written next; undefined after an error, which onError tells. */
	write(buffer: ArrayBuffer | Uint8Array | object): number { return native("xs_tcp_write").call(this, buffer); }
	get remoteAddress(): string | undefined { return native("xs_tcp_get_remoteAddress").call(this); }
	get remotePort(): number | undefined { return native("xs_tcp_get_remotePort").call(this); }
	get format(): string { return "buffer"; }
}
