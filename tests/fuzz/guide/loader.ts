/** Node's resolve hook: modules and hosts → their instrumented form (tools/instrument.mjs), "timer" → virtual-timer.ts. */
type Next = (specifier: string, context: unknown) => Promise<{ url: string }>;

export async function resolve(specifier: string, context: unknown, next: Next): Promise<unknown> {
	if (specifier === "timer") return { url: new URL("virtual-timer.js", import.meta.url).href, shortCircuit: true };
	const found = await next(specifier, context);
	return { ...found, url: found.url.replace(/\/build\/js\/(modules|hosts)\//, "/build/instrumented/$1/") };
}
