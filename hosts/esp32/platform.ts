/** What main.ts needs of the machine (types/platform.d.ts), on an ESP32. */
import Digital from "embedded:io/digital";
import TCP from "embedded:io/socket/tcp";
import UDP from "embedded:io/socket/udp";
import Resolver from "embedded:network/dns/resolver/udp";
import config from "mc/config";
import Modules from "modules";
import Net from "net";
import Preference from "preference";
import SNTP from "sntp";
import Time from "time";
import Timer from "timer";
import { SettingsError } from "../../modules/errors/errors.js";
import { parseBoard, type Board, type Pin } from "./device/board.js";
import { Button } from "./device/button.js";
import { freeMemory, largestBlock, leastMemory, resetReason, restart } from "./device/chip.js";
import { Clock } from "./device/clock.js";
import { memoryText, startReason } from "./device/condition.js";
import { Device } from "./device/device.js";
import { Indicator } from "./device/indicator.js";
import { checkWiFi, ethernet, wifi, type Class, type Disconnects, type Ethernet, type WiFi } from "./device/links.js";
import { loadSettings } from "./device/load-settings.js";
import { Network, type Link } from "./device/network.js";
import { Preferences } from "./device/preferences.js";
import { Watchdog } from "./device/watchdog.js";
import { Card } from "./storage/card.js";
import { parseWiring } from "./storage/wiring.js";

export { TCP, UDP };

type Done = (reason: Error | undefined, addresses: string[]) => void;

/** 2024-01-01: an ESP32's clock starts at 1970 and is right once SNTP has answered. */
const leastTime = 1704067200000;

/** Asks the network's name servers; names that end in ".local", and names without a dot that the servers do not know, by multicast DNS. */
export function resolve(host: string, done: Done): void {
	const servers = Net.get("DNS") ?? [];
	const local = host.includes(".") ? undefined : host + ".local";
	if (servers.length > 0 || host.endsWith(".local"))
		ask(servers, host, local, done);
	else if (local !== undefined)
		ask(servers, local, undefined, done);
	else
		Timer.set(() => done(new Error("the network has told no name server"), []));
}

function ask(servers: string[], host: string, otherwise: string | undefined, done: Done): void {
	// The resolver wants a server even for a name that it asks by multicast.
	const resolver = new Resolver({ socket: { io: UDP }, servers: servers.length > 0 ? servers : ["224.0.0.251"] });
	resolver.resolve({
		host,
		onResolved: (_host, address) => done(undefined, [address]),
		onError: () => {
			if (otherwise !== undefined)
				ask(servers, otherwise, undefined, done);
			else
				done(new Error(host.endsWith(".local") ? "nothing in this network answers to it" : "no name server knows it"), []);
		},
	});
}

export function nameServers(): readonly string[] { return Net.get("DNS") ?? []; }

export function now(): number | undefined {
	const time = Date.now();
	return time < leastTime ? undefined : time;
}

export function print(line: string): void { trace(line, "\n"); }
export function log(line: string): void { trace(line, "\n"); }

/** Scanners write a page at a time. */
export const settleMs: number = 5000;
export const terminal = false;
export function progress(line: string): void {
	if (line !== "")
		trace(line, "\n");
}

/** What the SDK itself puts into mc/config; no settings.txt sets these. */
const sdkKeys: readonly string[] = Object.freeze(["format", "rotation", "flash", "screen", "touch"]);
/** The device's own settings: Wi-Fi, whose keys are not the SDK's (its "password" would be the NAS's), and the time server. */
export const configKeys: readonly string[] = Object.freeze([...sdkKeys, "ssid", "passphrase", "sntp"]);
const secrets: readonly string[] = Object.freeze(["password", "passphrase"]);
/** How long the application waits for the time once there is a network: it can do without. */
const timeMs = 10000;
/** Longer than any time-out of the client. */
const watchdogSeconds = 300;

/** The engine's own instruments count: see xsbug. */
export function heapPeak(): number | undefined { return undefined; }

/** The device stays on: the result is in the trace. */
export function exit(code: number): void { trace("done, exit code ", code, "\n"); }

/** Card, settings, LED, button, network and time, in this order; see types/platform.d.ts. */
export async function ready(check: (values: Readonly<Record<string, unknown>>) => void): Promise<Device> {
	log(`started ${startReason(resetReason())}; ${memory()}`);
	const board = parseBoard(config.board);
	const indicator = board.led === undefined ? undefined : new Indicator({ output: output(board.led), activeLow: board.led.activeLow, Timer });
	indicator?.show("offline");
	try {
		const card = new Card(parseWiring(config.storage));
		const settings = await loadSettings({
			card, Timer, log, preferences: new Preferences({ io: Preference, domain: "scan" }), built: config, reserved: sdkKeys, secrets,
			check(values) {
				checkWiFi(values);
				check(values);
			},
		});
		const watchdog = new Watchdog({
			seconds: watchdogSeconds, Timer,
			onStarved() {
				log("the upload makes no progress any more: starting anew");
				restart();
			},
		});
		const prepare = (): void => {
			log(memory());
			card.ready();
		};
		const device = new Device({ settings, indicator, watchdog, prepare, memory: () => ({ free: freeMemory(), largest: largestBlock() }) });
		if (board.button !== undefined)
			button(board.button, () => device.ask());
		return await online(device, board);
	}
	catch (error) {
		indicator?.show("settings");
		throw error;
	}
}

/** Settles once there is a network and the time, or no time for a while. */
function online(device: Device, board: Board): Promise<Device> {
	const open = link(device.settings, board);
	return new Promise(resolve => {
		const clock = new Clock({
			io: SNTP, host: String(device.settings.sntp ?? "pool.ntp.org"), Timer, log,
			set: seconds => Time.set(seconds),
			onAnswer: () => resolve(device),
		});
		const network = new Network({
			open, Timer, log,
			onUp() {
				device.online = true;
				clock.start();
				Timer.set(() => resolve(device), timeMs);
			},
			onDown() {
				device.online = false;
				clock.stop();
			},
		});
		network.start();
	});
}

/** Looked up by name, for a firmware has only the interfaces that its board's manifest includes. */
function link(settings: Readonly<Record<string, unknown>>, board: Board): (changed: () => void) => Link {
	const wired = "embedded:network/interface/ethernet";
	if (board.network === "ethernet" || board.network === undefined && Modules.has(wired)) {
		const io = Modules.importNow(wired) as Class<Ethernet>;
		return changed => ethernet(io, changed);
	}
	const ssid = String(settings.ssid ?? "");
	if (ssid === "")
		throw new SettingsError("ssid=… is missing: name of the Wi-Fi network (and passphrase=…, unless it is open)");
	const io = Modules.importNow("embedded:network/interface/wifi") as Class<WiFi>;
	const told = "hosts/esp32/device/wifi/disconnect-reason";
	const disconnects = Modules.has(told) ? Modules.importNow(told) as Disconnects : undefined;
	return changed => wifi(io, ssid, String(settings.passphrase ?? ""), changed, disconnects);
}

function output({ pin, activeLow }: Pin): Digital {
	return new Digital({ pin, mode: Digital.Output, initialValue: activeLow ? 1 : 0 });
}

function button({ pin, activeLow }: Pin, onPress: () => void): void {
	const open = (changed: () => void): Digital => new Digital({
		pin, mode: activeLow ? Digital.InputPullUp : Digital.InputPullDown, edge: Digital.Rising | Digital.Falling, onReadable: () => changed(),
	});
	new Button({ open, activeLow, Timer, onPress });
}

function memory(): string { return memoryText(freeMemory(), largestBlock(), leastMemory()); }
