/** The object "board" of a board's manifest ("config"): its LED, its button and its network. Pins are GPIO numbers. */
import { SettingsError } from "../../../modules/errors/errors.js";

/**
 * As a manifest has it; each of the three may be missing.
 *   { "led": { "pin": 2, "activeLow": true }, "button": { "pin": 0 }, "network": "ethernet" }
 */
export interface Board {
	readonly led: Pin | undefined;
	/** Pressed means 0 unless activeLow is false: the pin is pulled up. */
	readonly button: Pin | undefined;
	/** Not named: Ethernet where the firmware has it, or else Wi-Fi. */
	readonly network: "wifi" | "ethernet" | undefined;
}
export interface Pin { readonly pin: number; readonly activeLow: boolean }

const keys: readonly string[] = Object.freeze(["led", "button", "network"]);
const pinKeys: readonly string[] = Object.freeze(["pin", "activeLow"]);

/** Throws SettingsError, whose message names the key and what is allowed. */
export function parseBoard(board: unknown): Board {
	if (board === undefined)
		return { led: undefined, button: undefined, network: undefined };
	const { led, button, network } = fields(board, "board", keys);
	if (network !== undefined && network !== "wifi" && network !== "ethernet")
		throw new SettingsError("board.network: expected \"wifi\" or \"ethernet\"");
	return { led: parsePin(led, "board.led", false), button: parsePin(button, "board.button", true), network };
}

function parsePin(value: unknown, name: string, otherwise: boolean): Pin | undefined {
	if (value === undefined)
		return undefined;
	const { pin, activeLow = otherwise } = fields(value, name, pinKeys);
	if (typeof pin !== "number" || !Number.isInteger(pin) || pin < 0 || pin > 54)
		throw new SettingsError(`${name}.pin: expected the number of a GPIO, 0 to 54`);
	if (typeof activeLow !== "boolean")
		throw new SettingsError(`${name}.activeLow: expected true or false`);
	return { pin, activeLow };
}

/** A misspelt key would otherwise be a default in silence. */
function fields(value: unknown, name: string, allowed: readonly string[]): Record<string, unknown> {
	if (typeof value !== "object" || value === null)
		throw new SettingsError(`${name}: expected an object`);
	for (const key of Object.keys(value)) {
		if (!allowed.includes(key))
			throw new SettingsError(`${name}.${key} means nothing: expected ${allowed.join(", ")}`);
	}
	return value as Record<string, unknown>;
}
