/**
 * The globals of XS that the native faces use, for Node. native(name) finds its function in the tables that register() was
 * given; they stand in for the C that the hosts link.
 */
export type Functions = Record<string, (this: any, ...values: any[]) => unknown>;

const table = new Map<string, Functions[string]>();

/** Adds functions under the names that the faces pass to native(). A name may be given once. */
export function register(functions: Functions): void {
	for (const [name, fn] of Object.entries(functions)) {
		if (table.has(name) && table.get(name) !== fn) throw new Error(`native "${name}" is registered twice`);
		table.set(name, fn);
	}
}

Object.assign(globalThis, {
	native(name: string) {
		const fn = table.get(name);
		if (!fn) throw new ReferenceError(`native: no "${name}" in the tables of tests/support/node-*.ts`);
		return fn;
	},
	// Destructors never run here: what a stand-in holds, Node's own collector takes.
	Native(_destructor: string) {
		return class {};
	},
});
