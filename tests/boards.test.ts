/**
 * The device's boards without the SDK: that their manifests resolve, that every native has its C and the other way round, that pins and
 * partitions make sense, and that the C compiles with the device's branches taken, against stand-ins for ESP-IDF's headers.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize, relative } from "node:path";
import { parseBoard } from "../hosts/esp32/device/board.js";
import { parseWiring, type Wiring } from "../hosts/esp32/storage/wiring.js";
import { reserve } from "../modules/client/ring.js";
import { deepEqual, equal, ok } from "./support/assert.js";
import { writeGeneratedHeaders } from "./support/generated-headers.js";
import { root, tool } from "./support/repository.js";

interface Manifest {
	modules: Map<string, string>;
	natives: string[];
	includes: string[];
	preload: string[];
	creation: { static: number; stack: number };
	config: Record<string, unknown>;
	defines: object;
}

const { readManifest } = await tool("manifest.mjs") as { readManifest(path: string, options: { platform: string }): Manifest };

const hosts = "hosts/esp32";
const boards = readdirSync(join(root, hosts)).filter(name => existsSync(join(root, hosts, name, "partitions.csv")));

function text(...path: string[]): string { return readFileSync(join(root, ...path), "utf8"); }

/** What mcconfig makes of the application for a board. The board's own manifest comes in by the SDK's, before ours: ours has the last word. */
function read(board: string): { application: Manifest; own: Manifest } {
	const platform = `esp32/${board}`;
	return { application: readManifest(join(root, "manifest.json"), { platform }), own: readManifest(join(root, hosts, board, "manifest.json"), { platform }) };
}

/** A source without its comments. */
function code(path: string): string { return readFileSync(path, "utf8").replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, ""); }

function matches(source: string, pattern: RegExp): string[] { return [...source.matchAll(pattern)].map(match => match[1]!); }

/** The functions that C defines for XS; macros that make several of them are expanded by the compiler, so it is asked. */
function definedIn(natives: string[], flags: string[]): string[] {
	return natives.filter(path => /\/xs_[^/]*$/.test(path)).flatMap(path => {
		const { stdout } = run("gcc", [...flags, "-E", "-P", path]);
		return matches(stdout, /\bvoid\s+(xs_\w+)\s*\(\s*(?:xsMachine\s*\*\s*\w*|void\s*\*\s*\w*)\s*\)\s*\{/g);
	});
}

function run(command: string, values: string[]): { stdout: string } {
	const result = spawnSync(command, values, { cwd: root, encoding: "utf8", timeout: 60_000, maxBuffer: 1 << 26 });
	if (result.error) throw result.error;
	ok(result.status === 0, `${command} ${values.join(" ")}\n${result.stderr}`);
	return result;
}

/** Folders and defines of a build for the device, as 32 bits. The generated headers go into folder. */
function deviceFlags(manifest: Manifest, folder: string): string[] {
	writeGeneratedHeaders(manifest, folder);
	const engine = "node_modules/@agoric/xsnap/moddable/xs/includes";
	// xs.h of this engine takes size_t for granted; the SDK's own does not.
	return ["-m32", "-std=gnu17", "-Wall", "-Wextra", "-Werror", "-DESP_PLATFORM=1", "-DESP32=1", "-include", "stddef.h",
		...["tests/c/esp32-headers", folder, engine, ...manifest.includes].map(path => `-I${path}`)];
}

function withFlags(manifest: Manifest, use: (flags: string[]) => void): void {
	const folder = mkdtempSync(join(tmpdir(), "boards-"));
	try {
		use(deviceFlags(manifest, folder));
	}
	finally {
		rmSync(folder, { recursive: true });
	}
}

describe("boards", () => {
	it("are the ones that are documented", () => {
		deepEqual(boards, ["esp32", "esp32c3", "esp32s3", "qemu-esp32", "qemu-esp32c3"]);
		for (const board of boards) ok(text("docs/BOARDS.md").includes(`hosts/esp32/${board}`), board);
	});

	for (const board of boards) {
		describe(board, () => {
			const { application, own } = read(board);
			const ours = [...application.modules].filter(([, file]) => file.endsWith(".ts"));

			it("has all of the device's modules, each under its folder's name, and preloads them", () => {
				for (const name of ["main", "platform", "modules/uploader/uploader", "hosts/pipeline/pipeline", "hosts/esp32/storage/card"]) ok(application.modules.has(name), name);
				deepEqual(ours.filter(([specifier, file]) => /^(modules|hosts)\//.test(specifier) && relative(root, file) !== `${specifier}.ts`), []);
				deepEqual(ours.filter(([specifier]) => /^(modules|hosts)\//.test(specifier) && !application.preload.includes(specifier)), []);
			});

			it("finds every relative import: XS takes it relative to the specifier, which need not be the file's folder", () => {
				const lost = ours.flatMap(([specifier, file]) => matches(code(file), /^\s*(?:import|export)\b(?!\s+type\b)[^;"']*?\bfrom\s*["'](\.[^"'\n]+)["']/gm)
					.filter(name => {
						const target = normalize(join(dirname(specifier), name)).replace(/\.js$/, "");
						return application.modules.get(target) !== normalize(join(dirname(file), name)).replace(/\.js$/, ".ts");
					})
					.map(name => `${specifier}: ${name}`));
				deepEqual(lost, []);
			});

			it("has a C function for every native, and a native for every C function", () => withFlags(application, flags => {
				const faces = ours.map(([, file]) => code(file)).join("\n");
				const named = [...new Set(matches(faces, /\b[nN]ative\("(\w+)"\)/g))].sort();
				const defined = definedIn(application.natives, flags).sort();
				const headers = application.includes.flatMap(folder => readdirSync(folder).filter(name => name.endsWith(".h")).map(name => code(join(folder, name)))).join("\n");
				ok(named.length > 40);
				deepEqual(named.filter(name => defined.filter(other => other === name).length !== 1), []);
				deepEqual(defined.filter(name => !named.includes(name) && !headers.includes(`${name}(`)), []);
			}));

			it("gives each C file a base name of its own", () => {
				const names = application.natives.map(path => path.replace(/^.*\//, "")).sort();
				deepEqual(names.filter((name, index) => name === names[index - 1]), []);
			});

			it("names its storage, LED, button and network without a mistake, and no GPIO twice", () => {
				const { numbers, folder, bus, partition } = parseWiring(own.config.storage);
				equal(folder, own.config.source);
				if (bus === "flash") ok(partitions(board).some(({ name, subtype }) => name === partition && subtype === "fat"), partition);
				const { led, button } = parseBoard(own.config.board);
				const pins = [...numbers.slice(3, 10), ...[led, button].flatMap(it => it === undefined ? [] : [it.pin])].filter(pin => pin >= 0);
				deepEqual(pins.filter((pin, index) => pins.indexOf(pin) !== index), []);
			});

			it("names pins that the chip has to spare", () => checkPins(board, parseWiring(own.config.storage)));

			it("has partitions that hold the application, lie within 4 MB and don't overlap", () => {
				const found = partitions(board);
				ok(found.some(({ type, size }) => type === "app" && size >= 0x180000));
				let end = 0x9000;
				for (const { name, type, offset, size } of found) {
					ok(offset >= end, `${name} begins within the one before`);
					equal(offset % (type === "app" ? 0x10000 : 0x1000), 0, name);
					end = offset + size;
				}
				ok(end <= 0x400000);
			});

			it("asks ESP-IDF for what we need", () => {
				const options = settings(board);
				// 20 Mbit/s at 10 ms; lwIP wants no more than 65535 without window scaling.
				const number = (name: string): number => Number(options.get(`CONFIG_${name}`));
				ok(number("LWIP_TCP_SND_BUF_DEFAULT") >= 25_000 && number("LWIP_TCP_SND_BUF_DEFAULT") <= 65535, "send buffer");
				if (!board.startsWith("qemu-")) {
					// Frames of 1.6 KB: what waits to be sent is there twice, and what waits to be read must have room in the driver.
					ok(number("LWIP_TCP_SND_BUF_DEFAULT") + number("ESP_WIFI_DYNAMIC_TX_BUFFER_NUM") * 1600 <= reserve, "reserve");
					ok(number("LWIP_TCP_WND_DEFAULT") < number("ESP_WIFI_DYNAMIC_RX_BUFFER_NUM") * 1436, "receive window");
				}
				// The SDK's own settings have no watchdog.
				for (const name of ["CONFIG_ESP_TASK_WDT_EN", "CONFIG_ESP_TASK_WDT_PANIC"]) equal(options.get(name), "y", name);
				for (const name of ["CONFIG_MBEDTLS_CMAC_C", "CONFIG_MBEDTLS_CCM_C", "CONFIG_MBEDTLS_GCM_C", "CONFIG_FATFS_LFN_HEAP", "CONFIG_FATFS_API_ENCODING_UTF_8", "CONFIG_PARTITION_TABLE_CUSTOM"]) equal(options.get(name), "y", name);
				equal(options.get("CONFIG_ETH_USE_OPENETH"), board.startsWith("qemu-") ? "y" : undefined);
				equal(JSON.parse(text(hosts, board, "manifest.json")).build.ESP32_SUBCLASS ?? "esp32", board.replace("qemu-", ""));
			});

			it("says why with each of them", () => {
				const paragraphs = text(hosts, board, "sdkconfig.defaults").trim().split("\n\n");
				deepEqual(paragraphs.filter(paragraph => !paragraph.startsWith("# ")), []);
			});

			it("keeps XS within 64 KiB", () => equal(application.creation.static, 65536));
		});
	}
});

describe("mcconfig -p esp32, without a board", () => {
	it("builds the board esp32", () => {
		const plain = readManifest(join(root, "manifest.json"), { platform: "esp32" });
		const { application, own } = read("esp32");
		deepEqual([...plain.modules.keys()].sort(), [...application.modules.keys()].sort());
		deepEqual(plain.config.storage, own.config.storage);
		equal(JSON.parse(text(hosts, "manifest.json")).platforms.esp32.include[0], "./esp32/manifest.json");
	});
});

describe("C for the device", () => {
	const every = [...new Set(boards.flatMap(board => read(board).application.natives))];
	const application = { ...read("qemu-esp32").application, natives: every };
	ok(every.some(path => path.endsWith("xs_wifi_reason.c")) && every.some(path => path.endsWith("xs_openeth.c")));
	/** What a chip's configuration changes in our C: the ESP32's fixed pins, no SDMMC as on the ESP32-C3, cached memory as on the ESP32-P4. */
	const chips = { "esp32": ["-DCONFIG_IDF_TARGET_ESP32=1"], "esp32s3": [], "esp32c3": ["-DSTANDIN_NO_SDMMC"], "cached": ["-DCONFIG_CACHE_L1_CACHE_LINE_SIZE=64"] };

	for (const [chip, defines] of Object.entries(chips)) {
		it(`compiles as 32 bits without a warning: ${chip}`, function () {
			this.timeout(120_000);
			ok(application.natives.length > 20);
			withFlags(application, flags => {
				for (const path of application.natives) run("gcc", [...flags, ...defines, "-fsyntax-only", path]);
			});
		});
	}

	it("takes the device's branches: without FreeRTOS's headers it does not compile", () => withFlags(application, flags => {
		ok(application.natives.some(path => path.endsWith("port-freertos.c")) && !application.natives.some(path => /port-posix|-win\.c$/.test(path)));
		const preprocessed = run("gcc", [...flags, "-E", join(root, "hosts/pipeline/pipeline.c")]).stdout;
		ok(preprocessed.includes("StaticSemaphore_t storage") && !preprocessed.includes("pthread_t handle"));
	}));
});

interface Partition { name: string; type: string; subtype: string; offset: number; size: number }

function partitions(board: string): Partition[] {
	return text(hosts, board, "partitions.csv").split("\n").filter(line => line.trim() !== "" && !line.startsWith("#")).map(line => {
		const [name, type, subtype, offset, size] = line.split(",").map(part => part.trim());
		return { name: name!, type: type!, subtype: subtype!, offset: Number(offset), size: Number(size) };
	});
}

function settings(board: string): Map<string, string> {
	const lines = text(hosts, board, "sdkconfig.defaults").split("\n").filter(line => line !== "" && !line.startsWith("#"));
	// mcconfig cuts a value at its second "=".
	for (const line of lines) ok(/^CONFIG_\w+=[^=]+$/.test(line), line);
	return new Map(lines.map(line => line.split("=") as [string, string]));
}

/** GPIOs that are the flash's, or not there: datasheets of ESP32, ESP32-S3 and ESP32-C3. */
const takenPins: Record<string, readonly number[]> = {
	esp32: [6, 7, 8, 9, 10, 11, 20, 24, 28, 29, 30, 31],
	esp32s3: [19, 20, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32],
	esp32c3: [11, 12, 13, 14, 15, 16, 17, 18, 19],
};
const lastPin: Record<string, number> = { esp32: 39, esp32s3: 48, esp32c3: 21 };

function checkPins(board: string, { bus, numbers }: Wiring): void {
	const chip = board.replace("qemu-", "");
	const pins = [...numbers.slice(3, 10)].filter(pin => pin >= 0);
	deepEqual(pins.filter(pin => pin > lastPin[chip]! || takenPins[chip]!.includes(pin)), []);
	// From GPIO 34 on an ESP32 has inputs only.
	if (chip === "esp32") deepEqual([...numbers.slice(3, 5), ...numbers.slice(6, 9)].filter(pin => pin >= 34), []);
	if (chip === "esp32c3") ok(bus !== "sdmmc" && numbers[10] !== 3, "an ESP32-C3 has no SDMMC and one SPI port");
}
