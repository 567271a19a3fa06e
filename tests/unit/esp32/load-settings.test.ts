/** hosts/esp32/device/load-settings.ts: what a device starts with. */
import { loadSettings } from "../../../hosts/esp32/device/load-settings.js";
import { Preferences } from "../../../hosts/esp32/device/preferences.js";
import { encodeUTF8 } from "../../../hosts/esp32/device/settings-lines.js";
import { SettingsError, StorageError } from "../../../modules/errors/errors.js";
import { parseSettings } from "../../../modules/settings/settings.js";
import { deepEqual, equal, ok, rejects } from "../../support/assert.js";
import { clear, save, scratch } from "../../support/scratch.js";
import { FakeTimer } from "./fake-timer.js";

/** Lets what waits on promises run. */
async function settle(): Promise<void> { for (let i = 0; i < 20; i++) await undefined; }

describe("settings at start", () => {
	let folder: string;
	let log: string[];
	let timer: FakeTimer;
	let values: Map<string, string>;
	let there: boolean;
	beforeEach(() => {
		folder = scratch();
		log = [];
		timer = new FakeTimer();
		values = new Map();
		there = true;
	});
	afterEach(() => clear(folder));

	const preference = {
		get: (_domain: string, key: string) => values.get(key), set: (_domain: string, key: string, value: string) => { values.set(key, value); },
		delete: (_domain: string, key: string) => { values.delete(key); }, keys: () => [...values.keys()],
	};
	const load = (built: Record<string, unknown>): Promise<Record<string, unknown>> => loadSettings({
		card: { folder, ready() { if (!there) throw new StorageError("no SD card answers"); } },
		preferences: new Preferences({ io: preference, domain: "scan" }), built, reserved: [], secrets: ["password"],
		check: now => { parseSettings(now); }, log: line => log.push(line), Timer: timer,
	});
	const good = { server: "nas", share: "media", user: "anna" };

	it("are those of the build, and the card is the source", async () => {
		deepEqual(await load(good), { ...good, source: folder });
		equal((await load({ ...good, source: "/elsewhere" })).source, "/elsewhere");
	});

	it("are overlaid by the preferences, these by settings.txt", async () => {
		values.set("share", "prefs").set("user", "prefs");
		save(`${folder}/settings.txt`, encodeUTF8("share=file\npassword=x"));
		deepEqual(await load(good), { server: "nas", share: "file", user: "prefs", password: "x", source: folder });
	});

	it("stop the device where settings.txt has a mistake, also beside good ones", () => {
		save(`${folder}/settings.txt`, encodeUTF8("shares=file"));
		return rejects(() => load(good), SettingsError, /settings-errors\.txt/);
	});

	it("stop the device where they are wrong and the card has none", () => rejects(() => load({}), SettingsError, /server=… is missing/));

	it("need no card where they are good", async () => {
		there = false;
		deepEqual(await load(good), { ...good, source: folder });
		deepEqual(log, ["no SD card answers"]);
	});

	it("are waited for until a card brings them", async () => {
		there = false;
		save(`${folder}/settings.txt`, encodeUTF8("server=nas\nshare=media\nuser=anna"));
		let got: Record<string, unknown> | undefined;
		const loading = load({}).then(now => { got = now; });
		for (let i = 0; i < 3; i++) {
			await settle();
			timer.pass(5000);
		}
		equal(got, undefined);
		there = true;
		await settle();
		timer.pass(5000);
		await loading;
		deepEqual(got, { ...good, source: folder });
		deepEqual(log.filter(line => line.startsWith("no SD")), ["no SD card answers"]);
	});

	it("survive a card that fails while settings.txt is read", async () => {
		values.set("server", "nas").set("share", "media").set("user", "anna");
		save(`${folder}/settings.txt`, encodeUTF8("server=other"));
		const full = { ...preference, set: () => { throw new Error("nvs set fail"); } };
		const now = await loadSettings({
			card: { folder, ready() {} }, preferences: new Preferences({ io: full, domain: "scan" }), built: {}, reserved: [], secrets: [],
			check: all => { parseSettings(all); }, log: line => log.push(line), Timer: timer,
		});
		equal(now.server, "nas");
		ok(log.includes("settings.txt: nvs set fail"));
	});
});
