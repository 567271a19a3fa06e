/** ECMA-419's TCP as the SDK's C has it: the typings of the SDK and of npm lack what write() returns, and host buffers. */
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
