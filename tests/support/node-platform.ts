/** The "platform" module (types/platform.d.ts) for Node. */
import config from "./node-config.js";
import { getServers, lookup } from "node:dns";
import TCP from "./node-tcp.js";
import UDP from "./node-udp.js";

export { TCP, UDP };

export function resolve(host: string, done: (reason: Error | undefined, addresses: string[]) => void): void {
	lookup(host, { all: true }, (reason, found) => done(reason ?? undefined, reason ? [] : found.map(entry => entry.address)));
}
export function nameServers(): readonly string[] { return getServers(); }
export function now(): number | undefined { return Date.now(); }
export function print(line: string): void { process.stdout.write(line + "\n"); }
export function log(line: string): void { process.stderr.write(line + "\n"); }
export const settleMs: number = 0;
export const terminal = false;
export function progress(_line: string): void {}
export function heapPeak(): number | undefined { return undefined; }
export function exit(code: number): void { process.exitCode = code; }
export const configKeys: readonly string[] = Object.freeze([] as string[]);

/** Settings are those of the start, and nobody looks at lights. */
export async function ready(_check: (values: Readonly<Record<string, unknown>>) => void) {
	return { settings: config as Readonly<Record<string, unknown>>, memory(): { readonly free: number; readonly largest: number } | undefined { return undefined; }, prepare(): void {}, status(_activity: string): void {}, onAsk(_ask: () => void): void {} };
}
