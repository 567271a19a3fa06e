/** Settings as text, a key=value on each line. */
import { SettingsError } from "../../../modules/errors/errors.js";
import { parseSettings, settingsHelp } from "../../../modules/settings/settings.js";
import { ok } from "../../support/assert.js";
import { ascii } from "../../support/hex.js";
import { outcome, textOf } from "../guide/target.js";

const password = "hunter2 & co";

export function run(bytes: Uint8Array): string {
	const values: Record<string, unknown> = { password };
	for (const line of textOf(bytes).split("\n")) {
		const equals = line.indexOf("=");
		if (equals >= 0) values[line.slice(0, equals)] = line.slice(equals + 1);
	}
	return outcome([SettingsError], () => {
		try {
			const it = parseSettings(values, ["ssid"]);
			ok(it.server !== "" && it.share !== "" && it.source !== "", "something is missing");
			ok(it.port === undefined || it.port >= 1 && it.port <= 65535 && it.port % 1 === 0, "port");
			ok(it.dialectMin >= 0x0202 && it.dialectMin <= it.dialectMax && it.dialectMax <= 0x0311, "dialects");
			ok(it.path.split("/").every(part => part !== ".." && part !== ".") && !/^\/|\/$|\\|\/\//.test(it.path), "path");
			ok(!/[\/\\]/.test(it.share), "share");
			ok(it.watch >= 0 && it.watch % 1 === 0 && it.timeout >= 1 && it.patience >= 0, "watch, timeout, patience");
			ok(it.journal !== "" && it.state !== "" && it.name !== "", "a name");
			for (const list of [it.signingAlgorithms, it.encryptionAlgorithms]) ok(!list || list.length > 0 && new Set(list).size === list.length && list.every(number => number >= 0 && number <= 4), "algorithms");
			return JSON.stringify(it);
		}
		catch (error) {
			ok(!(error as Error).message.includes(password) || typeof values.password === "string" && values.password !== password, "the password in a message");
			ok((error as Error).message !== "", "no reason");
			throw error;
		}
	});
}

const whole = "server=nas.local\nshare=media\nuser=anna\nsource=/scans\n";
export const seeds = (): Uint8Array[] => ["", whole, `${whole}port=445\npath=/a/b\ndialect=2.1-3.0.2\nsigning=when-offered\nencryption=preferred\nafter=move\nwatch=60\nverbose=true\n`,
	`${whole}auth=guest\nsigning-algorithms=AES-CMAC,AES-GMAC\nencryption-algorithms=AES-256-GCM\n`, `${whole}path=../x\nport=0\nwatch=x\nauth=kerberos\nrealm=X\nfoo=bar\nuse=x\n`].map(ascii);
export const words = settingsHelp().split(/[^\w.-]+/).filter(word => word !== "");
