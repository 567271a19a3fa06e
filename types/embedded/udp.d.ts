/** ECMA-419's UDP over IPv4, as the SDK's C has it. */
declare module "embedded:io/socket/udp" {
	export interface UDPOptions {
		/** Of this machine: a free one unless told. */
		port?: number;
		/** The desktop host's alone: elsewhere every address of the machine. */
		address?: string;
		format?: "buffer";
		target?: unknown;
		/** packets: how many can be read, at least. */
		onReadable?: (this: UDP, packets: number) => void;
		/** The desktop host's alone: what ICMP says of a packet that was written, with a code such as "ECONNREFUSED". The socket goes on. */
		onError?: (this: UDP, error?: Error & { code?: string }) => void;
	}
	export default class UDP {
		constructor(options: UDPOptions);
		/** The packet that came first, and who sent it; undefined where none waits. */
		read(): ArrayBuffer & { readonly address: string; readonly port: number } | undefined;
		/** address: dotted. Throws where the system does not take it. */
		write(buffer: ArrayBuffer | Uint8Array | object, address: string, port: number): void;
		close(): void;
	}
}
