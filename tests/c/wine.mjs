/**
 * Runs the C tests that know Windows as programs for it: node tests/c/wine.mjs. By hand, for Wine is large. On Debian this needs gcc-mingw-w64-x86-64-win32 and wine64;
 * CC and WINE name others. What build.json says holds here too, with each system/*-posix.c replaced by the *-win.c beside it.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { Obstacle, program, root, say } from "../../tools/steps.mjs";

const compiler = process.env.CC ?? "x86_64-w64-mingw32-gcc";
// Debian has no link to it where a PATH leads.
const wine = process.env.WINE ?? (existsSync("/usr/lib/wine/wine64") ? "/usr/lib/wine/wine64" : "wine");
const to = join(root, "build/wine");

/** The sources of a program, for Windows. */
function sources(folder) {
	const { sources } = JSON.parse(readFileSync(join(root, "tests/c", folder, "build.json"), "utf8"));
	return [...new Set(sources.flatMap(path => path.endsWith("-posix.c")
		? readdirSync(join(root, dirname(path))).filter(name => name.endsWith("-win.c")).map(name => `${dirname(path)}/${name}`)
		: [path]))];
}

const programs = {
	"paths": ["tests/c/storage/paths-win-tests.c", "hosts/storage/system/paths-win.c"],
	"storage": sources("storage"),
	"listing": sources("listing"),
	"pipeline": sources("pipeline"),
};

function run(command, values, env = process.env) {
	const { error, status, signal, stdout, stderr } = spawnSync(command, values, { cwd: root, encoding: "utf8", timeout: 600_000, env });
	if (error) throw new Obstacle(`${command}: ${error.message}`);
	if (status !== 0 || /^not ok/m.test(stdout)) throw new Obstacle(`${command} ${values.join(" ")}\nended with ${status ?? signal}\n${stdout}${stderr}`);
	return stdout;
}

await program(async () => {
	mkdirSync(to, { recursive: true });
	for (const [name, files] of Object.entries(programs)) {
		const executable = join(to, `${name}.exe`);
		run(compiler, ["-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-static", "-o", executable, ...files, "-lpthread"]);
		const output = run(wine, [executable], { ...process.env, WINEPREFIX: join(to, "prefix"), WINEDEBUG: "-all" });
		if (!/^1\.\.\d+/m.test(output)) throw new Obstacle(`${executable} did not come to its end\n${output}`);
		say(`${name}: ${output.match(/^ok /gm).length} of ${/^1\.\.(\d+)/m.exec(output)[1]} pass`);
	}
});
