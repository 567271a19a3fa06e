/** What main.ts needs of the machine it runs on. Each host supplies a module of this shape under the specifier "platform". */
declare module "platform" {
	import TCP from "embedded:io/socket/tcp";
	import UDP from "embedded:io/socket/udp";
	export { TCP, UDP };

	/** Looks a host name up. done() is called once, later: with the addresses as text, best first, or with the reason. */
	export function resolve(host: string, done: (reason: Error | undefined, addresses: string[]) => void): void;
	/** Addresses of the name servers that the network told, best first; empty where nobody knows any. */
	export function nameServers(): readonly string[];
	/** Milliseconds since 1970-01-01 UTC, or undefined where the clock has not been set. */
	export function now(): number | undefined;
	/** One line for the person: results and what to do go out, the log goes to error (on a device both go to the trace). */
	export function print(line: string): void;
	export function log(line: string): void;
	/** Whether a line may be drawn over (a terminal); if so, progress() draws it, and an empty text takes it away. */
	export const terminal: boolean;
	export function progress(line: string): void;
	/** Bytes of XS heap (chunks and slots) used at the most since start, undefined where the host does not count. */
	export function heapPeak(): number | undefined;
	/** How long a file must have been left alone before it counts as complete, milliseconds: a scanner may still be writing to it. 0: at once. */
	export const settleMs: number;
	/** Keys that the platform itself puts into mc/config beside the settings. */
	export const configKeys: readonly string[];
	/** What a person may be shown of the application: an LED's pattern on a device. */
	export type Activity = "waiting" | "uploading" | "problem" | "settings";
	/** The machine once it is up: settings read, storage and network found as far as they are there. */
	export interface Machine {
		/** mc/config, overlaid by what was set later. */
		readonly settings: Readonly<Record<string, unknown>>;
		/** Bytes that the write pipeline may be taken from, in all and in one piece; undefined where nobody needs to count. */
		memory(): { readonly free: number; readonly largest: number } | undefined;
		/** Sees to it that the scans can be read, or throws StorageError. Before each look. */
		prepare(): void;
		/** Each call with "uploading" is a sign of life; without one for minutes a device starts anew. */
		status(activity: Activity): void;
		/** Calls ask() when a person wants a look at once: a button. */
		onAsk(ask: () => void): void;
	}
	/** Settles once the application may begin. check() throws SettingsError for settings that can't be: they are not taken over then. */
	export function ready(check: (values: Readonly<Record<string, unknown>>) => void): Promise<Machine>;
	/** Ends the program with that code on the desktop, restarts nothing on a device. */
	export function exit(code: number): void;
}
