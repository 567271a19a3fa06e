/** The SDK's look-up of names over UDP: unicast DNS, and multicast DNS (RFC 6762) for names that end in ".local". */
declare module "embedded:network/dns/resolver/udp" {
	import UDP from "embedded:io/socket/udp";
	export interface ResolverOptions {
		socket: { io: typeof UDP };
		/** Addresses of name servers: at least one. */
		servers: string[];
	}
	export default class Resolver {
		constructor(options: ResolverOptions);
		/** One of the two is called once, later. address is IPv4. */
		resolve(options: { host: string; onResolved: (host: string, address: string) => void; onError: (host: string) => void }): void;
		close(): void;
	}
}
