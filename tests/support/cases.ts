/** Many cases of one test, a few at a time; all that went wrong is told together. */

/** run() settles with what is wrong with a case, undefined if nothing is. */
export async function runCases<T>(cases: readonly (readonly [name: string, T])[], atOnce: number, run: (one: T, name: string) => Promise<string | undefined>): Promise<void> {
	const rest = [...cases];
	const wrong: string[] = [];
	const worker = async (): Promise<void> => {
		for (let next = rest.shift(); next; next = rest.shift()) {
			const problem = await run(next[1], next[0]).catch((error: unknown) => error instanceof Error ? error.stack ?? error.message : String(error));
			if (problem !== undefined) wrong.push(`case ${next[0]}: ${problem}`);
		}
	};
	await Promise.all(Array.from({ length: atOnce }, worker));
	if (wrong.length > 0) throw new Error(`${wrong.length} of ${cases.length} cases\n${wrong.join("\n")}`);
}
