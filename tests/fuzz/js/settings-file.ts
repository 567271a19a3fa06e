/** settings.txt, and what a power cut left beside it, in a folder. */
import { Preferences, type PreferenceModule } from "../../../hosts/esp32/device/preferences.js";
import { takeSettingsFile } from "../../../hosts/esp32/device/settings-file.js";
import { status, Status } from "../../../hosts/storage/storage.js";
import { parseSettings } from "../../../modules/settings/settings.js";
import { bytesEqual, equal, ok } from "../../support/assert.js";
import { ascii } from "../../support/hex.js";
import { clear, load, save, scratch } from "../../support/scratch.js";
import { Input, parts, textOf } from "../guide/target.js";

class FakePreference implements PreferenceModule {
	readonly values = new Map<string, unknown>();
	get(_domain: string, key: string): unknown { return this.values.get(key); }
	set(_domain: string, key: string, value: string): void {
		ok(key.length <= 15 && value.length <= 1024, "more than NVS holds");
		this.values.set(key, value);
	}
	delete(_domain: string, key: string): void { this.values.delete(key); }
	keys(): string[] { return [...this.values.keys()]; }
	get text(): string { return JSON.stringify([...this.values]); }
}

const names = ["settings.txt", "settings.next", "settings-errors.txt"] as const;
const secrets = ["password", "passphrase"];

/** Which of the files are there, then what is in them. */
export function run(bytes: Uint8Array): string {
	const input = new Input(bytes), which = input.byte(), folder = scratch(), io = new FakePreference(), log: string[] = [];
	const found = (name: string): Uint8Array | undefined => {
		const it = new Status();
		status(`${folder}/${name}`, it);
		return it.isFile() ? load(`${folder}/${name}`) : undefined;
	};
	const take = (): string => takeSettingsFile({
		folder, preferences: new Preferences({ io, domain: "scan" }), built: { source: "/scans" }, reserved: ["flash"], secrets,
		check: values => { parseSettings(values, ["ssid", "passphrase", "sntp", "flash"]); }, log: line => { log.push(line); },
	});
	try {
		names.forEach((name, i) => {
			if ((which & 1 << i) !== 0) save(`${folder}/${name}`, input.part());
		});
		const next = found("settings.next"), first = found("settings.txt");
		const given = next && (first === undefined || first.length === 0 || first[0] === 0) ? next : first;
		const result = take(), left = found("settings.txt"), state = io.text;
		equal(found("settings.next"), undefined, "settings.next");
		if (result === "none") equal(given, undefined);
		else if (result === "wrong") {
			bytesEqual(left!, given!, "a file that was not taken");
			equal(state, "[]", "a file that was not taken has no effect");
			ok(found("settings-errors.txt"), "why");
		}
		else {
			equal(found("settings-errors.txt"), undefined, "errors of earlier");
			for (const line of textOf(left!).split("\n"))
				ok(!secrets.some(key => line.replace(/^\uFEFF/, "").trim().startsWith(`${key}=`) && line.slice(line.indexOf("=") + 1).trim() !== ""), "a secret stays");
		}
		equal(take(), result, "the second time");
		equal(io.text, state, "the second time");
		if (left) bytesEqual(found("settings.txt")!, left, "the second time");
		for (const key of secrets) {
			const value = io.values.get(key);
			if (typeof value === "string" && value.length > 6) ok(log.every(line => !line.includes(value)), "a secret in the log");
		}
		return `${result} ${state} ${log.join()}`;
	}
	finally { clear(folder); }
}

const whole = "server=nas.local\r\nshare=media\r\nuser=anna\r\npassword=hunter2\r\nssid=home\r\npassphrase=correct horse\r\n";
export const length = 1000;
export const seeds = (): Uint8Array[] => [
	Uint8Array.of(1, ...parts(ascii(whole))), Uint8Array.of(3, ...parts(ascii("\0\0\0"), ascii(whole))), Uint8Array.of(2, ...parts(ascii(whole))),
	Uint8Array.of(7, ...parts(ascii("server=\r\nfoo=bar"), ascii("x"), ascii("y"))), Uint8Array.of(0),
];
export const words = ["password=", "passphrase=", "server=", "flash=1", "\r\n"];
