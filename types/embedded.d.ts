/** The parts of the SDK's ECMA-419 sockets that we use, as its C has them: npm's typings lack them or differ. */

declare module "embedded:io/socket/tcp" {
	export interface TCPOptions {
		/** Dotted or colon address, never a name. */
		address?: string;
		port?: number;
		/** Takes the connection of another instance (a Listener's) over. */
		from?: TCP;
		nodelay?: boolean;
		format?: "buffer" | "number";
		target?: unknown;
		onReadable?: (this: TCP, bytes: number) => void;
		onWritable?: (this: TCP, bytes: number) => void;
		/** The desktop host passes an Error with a code such as "ECONNRESET"; the device passes nothing. Also called when the peer has closed. */
		onError?: (this: TCP, error?: Error & { code?: string }) => void;
	}
	export default class TCP {
		constructor(options: TCPOptions);
		/** Fills the whole buffer, which must not be longer than what onReadable announced. */
		read(buffer: ArrayBuffer | Uint8Array | object): number | undefined;
		read(bytes?: number): ArrayBuffer | undefined;
		/** Takes the whole buffer or throws; returns how many bytes may be written next. */
		write(buffer: ArrayBuffer | Uint8Array | object): number;
		close(): void;
		readonly remoteAddress: string | undefined;
		readonly remotePort: number | undefined;
	}
}

declare module "embedded:io/socket/listener" {
	import TCP from "embedded:io/socket/tcp";
	export interface ListenerOptions {
		port?: number;
		address?: string;
		target?: unknown;
		onReadable?: (this: Listener, count: number) => void;
		onError?: (this: Listener, error?: Error) => void;
	}
	export default class Listener {
		constructor(options: ListenerOptions);
		read(): TCP | undefined;
		close(): void;
		readonly port: number;
	}
}
