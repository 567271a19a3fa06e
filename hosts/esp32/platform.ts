/** What main.ts needs of the machine (types/platform.d.ts), on an ESP32. */
import TCP from "embedded:io/socket/tcp";
import UDP from "embedded:io/socket/udp";
import Resolver from "embedded:network/dns/resolver/udp";
import Net from "net";
import Timer from "timer";

export { TCP };

type Done = (reason: Error | undefined, addresses: string[]) => void;

/** 2024-01-01: an ESP32's clock starts at 1970 and is right once SNTP has answered. */
const leastTime = 1704067200000;

/** Asks the network's name servers; names that end in ".local", and names without a dot that the servers do not know, by multicast DNS. */
export function resolve(host: string, done: Done): void {
	const servers = Net.get("DNS") ?? [];
	const local = host.includes(".") ? undefined : host + ".local";
	if (servers.length > 0 || host.endsWith(".local"))
		ask(servers, host, local, done);
	else if (local !== undefined)
		ask(servers, local, undefined, done);
	else
		Timer.set(() => done(new Error("the network has told no name server"), []));
}

function ask(servers: string[], host: string, otherwise: string | undefined, done: Done): void {
	// The resolver wants a server even for a name that it asks by multicast.
	const resolver = new Resolver({ socket: { io: UDP }, servers: servers.length > 0 ? servers : ["224.0.0.251"] });
	resolver.resolve({
		host,
		onResolved: (_host, address) => done(undefined, [address]),
		onError: () => {
			if (otherwise !== undefined)
				ask(servers, otherwise, undefined, done);
			else
				done(new Error(host.endsWith(".local") ? "nothing in this network answers to it" : "no name server knows it"), []);
		},
	});
}

export function now(): number | undefined {
	const time = Date.now();
	return time < leastTime ? undefined : time;
}

export function print(line: string): void { trace(line, "\n"); }
export function log(line: string): void { trace(line, "\n"); }

export const terminal = false;
export function progress(line: string): void {
	if (line !== "")
		trace(line, "\n");
}

/** What the SDK itself puts into mc/config. */
export const configKeys: readonly string[] = Object.freeze(["sntp", "format", "rotation", "ssid", "flash", "screen", "touch"]);

/** The engine's own instruments count: see xsbug. */
export function heapPeak(): number | undefined { return undefined; }

/** The device stays on: the result is in the trace. */
export function exit(code: number): void { trace("done, exit code ", code, "\n"); }
