/** The object "storage" of a board's manifest ("config"): where scans lie, and at which pins. See docs/BOARDS.md. */
import { SettingsError } from "../../../modules/errors/errors.js";

/**
 * As a manifest has it. Pins are GPIO numbers.
 *   { "bus": "sdmmc", "lines": 4, "clock": 14, "command": 15, "data": [2, 4, 12, 13] }     lines 1: "data": [2]
 *   { "bus": "spi", "port": 2, "clock": 18, "out": 23, "in": 19, "select": 5 }             out: to the card
 *   { "bus": "flash", "partition": "scans", "format": true }                               format: where there is no FAT yet
 * Besides: "detect", a pin that is low while a card is in; "kilohertz", the clock's limit (20000); "folder", where the files appear ("/scans").
 */
export interface Wiring {
	readonly bus: "sdmmc" | "spi" | "flash";
	readonly folder: string;
	readonly partition: string;
	/** As the C core wants it: bus, kilohertz, lines, clock, command, four data lines, detect, port, format. */
	readonly numbers: Int32Array;
}

/** No chip has more GPIOs. */
const pinMax = 54;
const none = -1;

type Fields = Record<string, unknown>;

/** Throws SettingsError, whose message names the key and what is allowed. */
export function parseWiring(storage: unknown): Wiring {
	if (typeof storage !== "object" || storage === null)
		throw new SettingsError("storage: the board's manifest has no object \"storage\" in its \"config\"");
	const fields = storage as Fields;
	const { bus } = fields;
	if (bus !== "sdmmc" && bus !== "spi" && bus !== "flash")
		throw new SettingsError(`storage.bus is ${show(bus)}: expected "sdmmc", "spi" or "flash"`);
	checkKeys(fields, bus);
	const folder = fields.folder ?? "/scans";
	// ESP-IDF's limit is 15 characters; the folder is a mount point, so it stands right under the root.
	if (typeof folder !== "string" || !/^\/[\w-]{1,14}$/.test(folder))
		throw new SettingsError(`storage.folder is ${show(folder)}: expected "/" and up to 14 letters or digits`);
	const numbers = new Int32Array(12).fill(none);
	numbers[0] = bus === "sdmmc" ? 0 : bus === "spi" ? 1 : 2;
	numbers[1] = number(fields, "kilohertz", 400, 40000, 20000);
	numbers[11] = 0;
	let partition = "";
	if (bus === "sdmmc")
		wireSDMMC(fields, numbers);
	else if (bus === "spi")
		wireSPI(fields, numbers);
	else {
		if (typeof fields.partition !== "string" || !/^\w{1,16}$/.test(fields.partition))
			throw new SettingsError(`storage.partition is ${show(fields.partition)}: expected the name of a partition, up to 16 letters, digits or underscores`);
		partition = fields.partition;
		if (fields.format !== undefined && typeof fields.format !== "boolean")
			throw new SettingsError(`storage.format is ${show(fields.format)}: expected true or false`);
		numbers[11] = fields.format === true ? 1 : 0;
	}
	if (bus !== "flash" && fields.detect !== undefined)
		numbers[9] = pin(fields.detect, "detect");
	checkDistinct(numbers);
	return { bus, folder, partition, numbers };
}

function wireSDMMC(fields: Fields, numbers: Int32Array): void {
	const { lines, data } = fields;
	if (lines !== 1 && lines !== 4)
		throw new SettingsError(`storage.lines is ${show(lines)}: expected 1 or 4`);
	if (!Array.isArray(data) || data.length !== lines)
		throw new SettingsError(`storage.data is ${show(data)}: expected the pins of ${lines === 1 ? "D0: one" : "D0 to D3: four"} for lines ${lines}`);
	numbers[2] = lines;
	numbers[3] = pin(fields.clock, "clock");
	numbers[4] = pin(fields.command, "command");
	for (let i = 0; i < lines; i++)
		numbers[5 + i] = pin(data[i], `data[${i}]`);
}

function wireSPI(fields: Fields, numbers: Int32Array): void {
	numbers[3] = pin(fields.clock, "clock");
	numbers[4] = pin(fields.out, "out");
	numbers[5] = pin(fields.in, "in");
	numbers[8] = pin(fields.select, "select");
	numbers[10] = number(fields, "port", 2, 3, 2);
}

const common: readonly string[] = Object.freeze(["bus", "folder"]);
const keys = Object.freeze({
	sdmmc: Object.freeze(["lines", "clock", "command", "data", "detect", "kilohertz"]),
	spi: Object.freeze(["port", "clock", "out", "in", "select", "detect", "kilohertz"]),
	flash: Object.freeze(["partition", "format"]),
} as Readonly<Record<Wiring["bus"], readonly string[]>>);

/** A misspelt key would otherwise be a default in silence. */
function checkKeys(fields: Fields, bus: Wiring["bus"]): void {
	for (const key of Object.keys(fields)) {
		if (!common.includes(key) && !keys[bus].includes(key))
			throw new SettingsError(`storage.${key} means nothing for bus "${bus}": expected ${[...common, ...keys[bus]].join(", ")}`);
	}
}

function pin(value: unknown, key: string): number {
	if (!isWhole(value) || value < 0 || value > pinMax)
		throw new SettingsError(`storage.${key} is ${show(value)}: expected the number of a GPIO, 0 to ${pinMax}`);
	return value;
}

function number(fields: Fields, key: string, least: number, most: number, otherwise: number): number {
	const value = fields[key] ?? otherwise;
	if (!isWhole(value) || value < least || value > most)
		throw new SettingsError(`storage.${key} is ${show(value)}: expected ${least} to ${most}`);
	return value;
}

function isWhole(value: unknown): value is number { return typeof value === "number" && Number.isInteger(value); }

/** Pins are numbers[3] to numbers[9]. */
function checkDistinct(numbers: Int32Array): void {
	for (let i = 3; i <= 9; i++) {
		for (let j = i + 1; j <= 9; j++) {
			if (numbers[i] !== none && numbers[i] === numbers[j])
				throw new SettingsError(`storage: GPIO ${numbers[i]} is named twice`);
		}
	}
}

function show(value: unknown): string { return value === undefined ? "missing" : JSON.stringify(value); }
