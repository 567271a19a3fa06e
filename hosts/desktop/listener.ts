/** A TCP listener in the shape of ECMA-419: for tests on the loopback. */
import TCP from "embedded:io/socket/tcp";

export default class Listener extends Native("xs_listener_destructor") {
	/** See types/embedded.d.ts. Port 0 takes a free one. */
	constructor(options: object) { super(); native("xs_listener").call(this, options); }
	/** The next connection that waits, without callbacks: give it to new TCP({ from, … }). */
	read(): TCP | undefined { return this.accept(new TCP(undefined as never)); }
	/** Puts the next connection that waits into socket. */
	accept(socket: TCP): TCP | undefined { return native("xs_listener_accept").call(this, socket); }
	/** Safe to call twice. */
	close(): void { native("xs_listener_close").call(this); }
	get port(): number { return native("xs_listener_get_port").call(this); }
	get format(): string { return "socket/tcp"; }
}
