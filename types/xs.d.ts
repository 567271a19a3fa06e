/** What the XS engine adds to the language and npm's typings lack: native functions and host classes. */

interface NativeFunction {
	// The C behind the name decides; the typed face around the call is what callers see.
	call(self: unknown, ...values: unknown[]): any;
}

/** The C function of that name. Meant as the whole body of a method, so that xsc makes the method a host function. */
declare function native(name: string): NativeFunction;

/** The base class of host objects: their C data is freed by the destructor of that name. */
declare function Native(destructor: string): new () => object;

declare const trace: (...log: (string | number | boolean)[]) => void;
