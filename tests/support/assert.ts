/** The few assertions that the unit tests use: the same files run on Node and inside XS, so nothing here comes from either. */
import { toHex } from "./hex.js";

/** What a failed assertion throws; mocha draws the difference between actual and expected. */
export class AssertionError extends Error {
	readonly actual: unknown;
	readonly expected: unknown;
	constructor(message: string, actual?: unknown, expected?: unknown) {
		super(message);
		this.actual = actual;
		this.expected = expected;
	}
	override get name(): string { return "AssertionError"; }
}

type ErrorClass = abstract new (...values: never[]) => Error;

function show(value: unknown): string {
	if (typeof value === "string") return JSON.stringify(value);
	if (value instanceof Uint8Array) return "<" + toHex(value) + ">";
	if (value instanceof Error) return value.name + ": " + value.message;
	if (typeof value === "function") return value.name || "function";
	if (typeof value === "bigint") return String(value) + "n";
	if (typeof value === "object" && value !== null) {
		try { return JSON.stringify(value, (_key, inner) => typeof inner === "bigint" ? String(inner) + "n" : inner); }
		catch { return Object.prototype.toString.call(value); }
	}
	return Object.is(value, -0) ? "-0" : String(value);
}

function fail(reason: string, message: string | undefined, actual?: unknown, expected?: unknown): never {
	throw new AssertionError(message === undefined ? reason : message + ": " + reason, actual, expected);
}

/** That value is truthy. */
export function ok(value: unknown, message?: string): asserts value {
	if (!value) fail("got " + show(value), message, value, true);
}

/** That both are the same value (Object.is). */
export function equal(actual: unknown, expected: unknown, message?: string): void {
	if (!Object.is(actual, expected)) fail("got " + show(actual) + ", expected " + show(expected), message, actual, expected);
}

/** Where a and b differ, as a path such as ".files[2]", or undefined where they are alike. */
function difference(a: unknown, b: unknown, path: string): string | undefined {
	if (Object.is(a, b)) return undefined;
	if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return path;
	if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return path;
	if (a instanceof Error && (a.name !== (b as Error).name || a.message !== (b as Error).message)) return path;
	if (a instanceof Map) return difference([...a], [...b as Map<unknown, unknown>], path);
	if (a instanceof Set) return difference([...a], [...b as Set<unknown>], path);
	if (a instanceof Date) return difference(a.getTime(), (b as Date).getTime(), path);
	if (a instanceof ArrayBuffer) return difference(new Uint8Array(a), new Uint8Array(b as ArrayBuffer), path);
	const keys = Object.keys(a);
	if (keys.length !== Object.keys(b).length) return path;
	for (const key of keys) {
		if (!Object.prototype.hasOwnProperty.call(b, key)) return path + "." + key;
		const inner = difference((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], path + "." + key);
		if (inner !== undefined) return inner;
	}
	return undefined;
}

/** That both have the same shape and the same values all the way down. */
export function deepEqual(actual: unknown, expected: unknown, message?: string): void {
	const where = difference(actual, expected, "");
	if (where !== undefined)
		fail((where ? "at " + where + ": " : "") + "got " + show(actual) + ", expected " + show(expected), message, actual, expected);
}

/** That the bytes are those expected, given as bytes or as hex digits (white space is ignored). */
export function bytesEqual(actual: Uint8Array, expected: Uint8Array | string, message?: string): void {
	if (!(actual instanceof Uint8Array)) fail("got " + show(actual) + ", not a Uint8Array", message);
	const is = toHex(actual);
	const should = typeof expected === "string" ? expected.replace(/\s+/g, "").toLowerCase() : toHex(expected);
	if (is === should) return;
	let at = 0;
	while (is.substring(at, at + 2) === should.substring(at, at + 2)) at += 2;
	fail("byte " + String(at / 2) + " of " + String(actual.length) + ": got <" + is + ">, expected <" + should + ">", message, is, should);
}

function checkError(error: unknown, Class: ErrorClass | undefined, pattern: RegExp | undefined, message: string | undefined): void {
	// A failed assertion inside the function is never the error that was meant.
	if (error instanceof AssertionError && Class !== AssertionError) throw error;
	if (Class !== undefined && !(error instanceof Class)) fail("threw " + show(error) + ", expected " + Class.name, message, error, Class.name);
	if (pattern !== undefined) {
		const text = error instanceof Error ? error.message : String(error);
		if (!pattern.test(text)) fail("threw " + show(error) + ", expected a message like " + String(pattern), message, text, String(pattern));
	}
}

/** That run() throws, an instance of Class where given, with a message that matches pattern where given. */
export function throws(run: () => unknown, Class?: ErrorClass, pattern?: RegExp, message?: string): void {
	try { run(); }
	catch (caught) {
		checkError(caught, Class, pattern, message);
		return;
	}
	fail("nothing was thrown, expected " + (Class ? Class.name : "an error"), message);
}

/** That run()'s promise is rejected (or run() throws): see throws(). */
export async function rejects(run: () => Promise<unknown>, Class?: ErrorClass, pattern?: RegExp, message?: string): Promise<void> {
	try { await run(); }
	catch (caught) {
		checkError(caught, Class, pattern, message);
		return;
	}
	fail("nothing was rejected, expected " + (Class ? Class.name : "an error"), message);
}
