/** What main.ts needs of the machine it runs on. Each host supplies a module of this shape under the specifier "platform". */
declare module "platform" {
	import TCP from "embedded:io/socket/tcp";
	export { TCP };

	/** Looks a host name up. done() is called once, later: with the addresses as text, best first, or with the reason. */
	export function resolve(host: string, done: (reason: Error | undefined, addresses: string[]) => void): void;
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
	/** Ends the program with that code on the desktop, restarts nothing on a device. */
	export function exit(code: number): void;
}
