/** The SDK's view of the network interface. */
declare module "net" {
	export default class Net {
		/** Addresses of the name servers that the network told; the simulator knows none. */
		static get(what: "DNS"): string[] | undefined;
		/** The system's look-up. address is IPv4; undefined where there is none. */
		static resolve(host: string, done: (host: string, address?: string) => void): void;
	}
}
