/** What main.ts needs of the machine it runs on: the desktop's part. See types/platform.d.ts. */
import config from "mc/config";
import TCP from "embedded:io/socket/tcp";
import UDP from "embedded:io/socket/udp";
import { heap } from "desktop/heap";

export { TCP, UDP };

export function resolve(this: void, host: string, done: (reason: Error | undefined, addresses: string[]) => void): void { native("xs_platform_resolve").call(this, host, done); }
export function nameServers(this: void): readonly string[] { return native("xs_platform_nameServers").call(this); }
export function now(this: void): number | undefined { return native("xs_platform_now").call(this); }
export function print(this: void, line: string): void { native("xs_platform_print").call(this, line); }
export function log(this: void, line: string): void { native("xs_platform_log").call(this, line); }
function isTerminal(this: void): boolean { return native("xs_platform_isTerminal").call(this); }
/** Known while preloading: on the desktop that happens in the same process. */
export const settleMs: number = 0;
export const terminal: boolean = isTerminal();
export function progress(this: void, line: string): void { native("xs_platform_progress").call(this, line); }
export function exit(this: void, code: number): void { native("xs_platform_exit").call(this, code); }

export function heapPeak(): number | undefined { return heap.chunksPeak + heap.slotsPeak * heap.slotSize; }
export const configKeys: readonly string[] = Object.freeze([] as string[]);

/** undefined where the machine does not stand for a device. */
function freeMemory(this: void): number | undefined { return native("xs_platform_freeMemory").call(this); }
/** As if in one piece: in how many pieces a device's would be, nobody can say. */
function memory(): { readonly free: number; readonly largest: number } | undefined {
	const free = freeMemory();
	return free === undefined ? undefined : { free, largest: free };
}

/** Settings are those of the start, and nobody looks at lights. */
export async function ready(_check: (values: Readonly<Record<string, unknown>>) => void) {
	return { settings: config as Readonly<Record<string, unknown>>, memory, prepare(): void {}, status(_activity: string): void {}, onAsk(_ask: () => void): void {} };
}
