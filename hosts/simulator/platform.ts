/** What main.ts needs of the machine (types/platform.d.ts), in the SDK's simulator. */
import config from "mc/config";
import TCP from "embedded:io/socket/tcp";
import UDP from "embedded:io/socket/udp";
import Net from "net";
import Timer from "timer";

export { TCP, UDP };

/** The system's look-up gives the simulator one IPv4 address, and nothing for a name whose first address is IPv6: so it is with "localhost". */
export function resolve(host: string, done: (reason: Error | undefined, addresses: string[]) => void): void {
	if (host === "localhost") {
		Timer.set(() => done(undefined, ["127.0.0.1"]));
		return;
	}
	Net.resolve(host, (_name, address) => {
		if (address === undefined)
			done(new Error("the name has no IPv4 address"), []);
		else
			done(undefined, [address]);
	});
}

/** The simulator knows none. */
export function nameServers(): readonly string[] { return Net.get("DNS") ?? []; }

export function now(): number | undefined { return Date.now(); }

export function print(line: string): void { trace(line, "\n"); }
export function log(line: string): void { trace(line, "\n"); }

export const settleMs: number = 0;
export const terminal = false;
export function progress(line: string): void {
	if (line !== "")
		trace(line, "\n");
}

/** What the SDK itself puts into mc/config. */
export const configKeys: readonly string[] = Object.freeze(["sntp", "format", "rotation", "ssid"]);

/** The engine's own instruments count: see xsbug. */
export function heapPeak(): number | undefined { return undefined; }

/** The simulator goes on: it is closed by the person. */
export function exit(code: number): void { trace("done, exit code ", code, "\n"); }

/** Settings are those of the start, and nobody looks at lights. */
export async function ready(_check: (values: Readonly<Record<string, unknown>>) => void) {
	return { settings: config as Readonly<Record<string, unknown>>, memory(): { readonly free: number; readonly largest: number } | undefined { return undefined; }, prepare(): void {}, status(_activity: string): void {}, onAsk(_ask: () => void): void {} };
}
