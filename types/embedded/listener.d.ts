/** ECMA-419's TCP listener. */
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
