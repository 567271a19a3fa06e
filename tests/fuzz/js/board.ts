/** A board's "storage" and "board" in its manifest, as JSON. */
import { parseBoard } from "../../../hosts/esp32/device/board.js";
import { parseWiring } from "../../../hosts/esp32/storage/wiring.js";
import { SettingsError } from "../../../modules/errors/errors.js";
import { equal, ok } from "../../support/assert.js";
import { ascii } from "../../support/hex.js";
import { outcome, textOf } from "../guide/target.js";

const deepest = 8;

/** The value of JSON text; undefined for what is none, or is nested deeper than any manifest. */
function parsed(text: string): unknown {
	let depth = 0;
	for (const character of text) {
		if ("[{".includes(character) && ++depth > deepest) return undefined;
		if ("]}".includes(character)) depth--;
	}
	try { return JSON.parse(text); }
	catch { return undefined; }
}

function wiring(value: unknown): string {
	return outcome([SettingsError], () => {
		const { bus, folder, partition, numbers } = parseWiring(value);
		ok(numbers.length === 12 && /^\/[\w-]{1,14}$/.test(folder), folder);
		const pins = [...numbers.slice(3, 10)].filter(pin => pin !== -1);
		ok(pins.every(pin => pin >= 0 && pin <= 54), pins.join());
		equal(new Set(pins).size, pins.length, "a pin named twice");
		equal(partition !== "", bus === "flash");
		return `${bus} ${folder} ${partition} ${numbers.join()}`;
	});
}

export function run(bytes: Uint8Array): string {
	const value = parsed(textOf(bytes)) as { storage?: unknown; board?: unknown } | null | undefined;
	const board = outcome([SettingsError], () => JSON.stringify(parseBoard(value?.board)));
	return `${wiring(value?.storage)} ${board}`;
}

export const seeds = (): Uint8Array[] => [
	{ storage: { bus: "spi", port: 3, clock: 18, out: 23, in: 19, select: 5, kilohertz: 20000 }, board: { led: { pin: 2, activeLow: true }, button: { pin: 0 }, network: "wifi" } },
	{ storage: { bus: "sdmmc", lines: 4, clock: 14, command: 15, data: [2, 4, 12, 13], detect: 21, folder: "/scans" }, board: { network: "ethernet" } },
	{ storage: { bus: "flash", partition: "scans", format: true }, board: null }, { storage: [], board: { led: { pin: 99, x: 1 } } },
].map(value => ascii(JSON.stringify(value)));
export const words = ["null", "true", "[", "]", "{", "}", ",", ":", "1e3", "-0", "\"__proto__\"", "\"constructor\""];
