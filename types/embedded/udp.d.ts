/** ECMA-419's UDP, as far as it is handed on. */
declare module "embedded:io/socket/udp" {
	export default class UDP {
		close(): void;
	}
}
