/** Loaded by mocha before the tests (.mocharc.json): Node's stand-ins for the natives, which are `natives` of every node-*.ts beside this file. */
import { readdirSync } from "node:fs";
import { register } from "./node-natives.js";

const folder = new URL(".", import.meta.url);

for (const name of readdirSync(folder).sort()) {
	if (!/^node-.*\.js$/.test(name) || name === "node-natives.js") continue;
	const module = await import(new URL(name, folder).href);
	if (module.natives) register(module.natives);
}
