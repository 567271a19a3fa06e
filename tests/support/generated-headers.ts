/** The headers that mcconfig and xsl generate, as far as our C includes them, so that a compiler can check it without the SDK. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tool } from "./repository.js";

const { definesHeader } = await tool("manifest.mjs") as { definesHeader(defines: object): string };

/** Writes mc.xs.h, with every name that the natives ask for, and mc.defines.h to folder. */
export function writeGeneratedHeaders({ natives, defines }: { natives: readonly string[]; defines: object }, folder: string): void {
	const names = new Set(natives.flatMap(path => [...readFileSync(path, "utf8").matchAll(/\b(xsID_\w+)/g)].map(match => match[1]!)));
	writeFileSync(join(folder, "mc.xs.h"), [...names].map((name, index) => `#define ${name} ((xsIdentifier)${index + 1})\n`).join(""));
	writeFileSync(join(folder, "mc.defines.h"), definesHeader(defines));
}
