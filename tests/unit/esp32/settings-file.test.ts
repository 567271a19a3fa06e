/** hosts/esp32/device/settings-file.ts and preferences.ts, over the file system that the tests run on. */
import { Preferences, type PreferenceModule } from "../../../hosts/esp32/device/preferences.js";
import { mostFileLength, takeSettingsFile } from "../../../hosts/esp32/device/settings-file.js";
import { encodeUTF8 } from "../../../hosts/esp32/device/settings-lines.js";
import { Scan, status, Status } from "../../../hosts/storage/storage.js";
import { parseSettings, settingsHelp } from "../../../modules/settings/settings.js";
import { deepEqual, equal, ok, throws } from "../../support/assert.js";
import { clear, load, save, scratch } from "../../support/scratch.js";

/** NVS: one domain, and how often it was written. */
class FakePreference implements PreferenceModule {
	readonly values = new Map<string, unknown>();
	writes = 0;
	/** After that many writes the power is gone. */
	power = Infinity;
	get(domain: string, key: string): unknown { equal(domain, "scan"); return this.values.get(key); }
	set(_domain: string, key: string, value: string): void {
		if (this.writes === this.power)
			throw new Error("power");
		this.writes++;
		this.values.set(key, value);
	}
	delete(_domain: string, key: string): void { this.writes++; this.values.delete(key); }
	keys(): string[] { return [...this.values.keys()]; }
	get object(): Record<string, unknown> { return Object.fromEntries(this.values); }
}

const whole = "server=nas.local\r\nshare=media\r\nuser=anna\r\npassword=hunter2\r\nssid=home\r\npassphrase=correct horse\r\n";

describe("settings.txt", () => {
	let folder: string;
	let io: FakePreference;
	let log: string[];
	beforeEach(() => {
		folder = scratch();
		io = new FakePreference();
		log = [];
	});
	afterEach(() => clear(folder));

	const put = (text: string, name = "settings.txt"): void => save(`${folder}/${name}`, encodeUTF8(text));
	const text = (name = "settings.txt"): string => {
		let all = "";
		for (const byte of load(`${folder}/${name}`)) all += String.fromCharCode(byte);
		return all;
	};
	const names = (): string[] => {
		const scan = new Scan(folder);
		const found: string[] = [];
		for (let name = scan.next(); name !== undefined; name = scan.next()) found.push(name);
		scan.close();
		return found.sort();
	};
	const take = (built: Record<string, unknown> = { source: "/scans" }): string => takeSettingsFile({
		folder, preferences: new Preferences({ io, domain: "scan" }), built, reserved: ["flash"], secrets: ["password", "passphrase"],
		check: values => { parseSettings(values, ["ssid", "passphrase", "sntp", "flash"]); }, log: line => { log.push(line); },
	});

	it("takes every setting there is, also those whose names NVS has no room for", () => {
		const known = settingsHelp().split("\n").map(line => line.trim().split("=")[0]!);
		ok(known.length > 20 && known.includes("signing-algorithms"), known.join());
		deepEqual(known.map(name => Preferences.refuses(name, "x")).filter(Boolean), []);
		put(`${whole}signing-algorithms=AES-GMAC\nencryption-algorithms=AES-256-GCM\nalgorithms=measured\n`);
		equal(take(), "taken", log.join("\n"));
		ok([...io.values.keys()].every(key => key.length <= 15), [...io.values.keys()].join());
		const { signingAlgorithms, encryptionAlgorithms, algorithms } = parseSettings(new Preferences({ io, domain: "scan" }).over({ source: "/scans" }), ["ssid", "passphrase"]);
		deepEqual([signingAlgorithms, encryptionAlgorithms, algorithms], [[2], [4], "measured"]);
		put("signing-algorithms=\nencryption-algorithms=\n");
		equal(take(), "taken", log.join("\n"));
		const values = new Preferences({ io, domain: "scan" }).over({});
		deepEqual([values["signing-algorithms"], values["encryption-algorithms"]], [undefined, undefined]);
		put("signing-algs=AES-GMAC\n");
		equal(take(), "wrong");
	});

	it("that is not there changes nothing", () => {
		equal(take(), "none");
		deepEqual([names(), io.writes, log], [[], 0, []]);
	});

	it("is taken into the preferences, and its secrets leave the card", () => {
		put(whole);
		equal(take(), "taken");
		deepEqual(io.object, { server: "nas.local", share: "media", user: "anna", password: "hunter2", ssid: "home", passphrase: "correct horse" });
		equal(text(), "server=nas.local\r\nshare=media\r\nuser=anna\r\n# password: the device has it\r\nssid=home\r\n# passphrase: the device has it\r\n");
		deepEqual(names(), ["settings.txt"]);
		ok(!log.join().includes("hunter2") && !log.join().includes("horse"));
	});

	it("can be read again at each start: nothing is written, nothing lost", () => {
		put(whole);
		take();
		const { writes } = io;
		equal(take(), "taken");
		equal(io.writes, writes);
		equal(io.values.get("password"), "hunter2");
	});

	it("without secrets stays byte for byte", () => {
		const before = "\uFEFFserver=a\nshare=b\nuser=c";
		put(before);
		equal(take(), "taken");
		equal(load(`${folder}/settings.txt`).length, encodeUTF8(before).length);
		deepEqual(names(), ["settings.txt"]);
	});

	it("keeps everything around a secret, also in the first and last line", () => {
		put("\uFEFFpassword=x\n# é\nserver=a\nshare=b\nuser=c\npassphrase=12345678");
		take();
		equal(text(), "\xEF\xBB\xBF# password: the device has it\n# \xC3\xA9\nserver=a\nshare=b\nuser=c\n# passphrase: the device has it");
		equal(io.values.get("password"), "x");
	});

	it("overlays the preferences, which overlay the build", () => {
		const preferences = new Preferences({ io, domain: "scan" });
		io.values.set("share", "old").set("user", "bert");
		put("share=new");
		equal(take({ server: "built", share: "built", user: "built", source: "/scans" }), "taken");
		deepEqual(preferences.over({ server: "built", share: "built" }), { server: "built", share: "new", user: "bert" });
	});

	it("gives a setting back to the build with an empty value", () => {
		io.values.set("share", "old");
		put("share=\npassword=");
		equal(take({ server: "built", share: "built", user: "built", source: "/scans" }), "taken");
		deepEqual(io.object, {});
		equal(text(), "share=\npassword=");
	});

	it("with a mistake is left alone, takes no effect, and the mistakes stand beside it", () => {
		const wrong = "server=nas\nshare=media\nuser=anna\npassword=hunter2\npasword=hunter3\nwatch=often\nhunter4\n";
		put(wrong);
		equal(take(), "wrong");
		equal(text(), wrong);
		equal(io.writes, 0);
		equal(text("settings-errors.txt"), "settings.txt was not taken:\r\nline 7: expected key=value\r\n");
		put(wrong.replace("hunter4\n", ""));
		equal(take(), "wrong");
		const said = text("settings-errors.txt");
		ok(said.includes("line 5: unknown setting \"pasword\": ") && said.includes("line 6: watch=often: expected "), said);
		ok(!said.includes("hunter") && !log.join().includes("hunter"));
		deepEqual(names(), ["settings-errors.txt", "settings.txt"]);
	});

	it("that is right again takes the mistakes away", () => {
		put("server");
		take();
		put(whole);
		equal(take(), "taken");
		deepEqual(names(), ["settings.txt"]);
	});

	it("is checked together with what is set already", () => {
		put("share=media");
		equal(take(), "wrong");
		ok(/server=.* is missing/.test(text("settings-errors.txt")));
		equal(take({ server: "a", user: "b", source: "/scans" }), "taken");
	});

	it("sets none of the platform's own keys", () => {
		put(`${whole}flash=1`);
		equal(take(), "wrong");
		ok(text("settings-errors.txt").includes("line 7: unknown setting \"flash\""));
	});

	it("is refused where NVS could not hold it", () => {
		put(`${whole}domain=${"x".repeat(1025)}`);
		equal(take(), "wrong");
		ok(/line 7: domain=[^x]*: at most 1024 characters/.test(text("settings-errors.txt")));
		put(`${whole}averyveryverylongkey=1`);
		equal(take(), "wrong");
		ok(text("settings-errors.txt").includes("line 7: unknown setting \"averyveryverylongkey\""));
	});

	it("is refused where it is too long, and not read", () => {
		put("#".repeat(mostFileLength + 1));
		equal(take(), "wrong");
		ok(text("settings-errors.txt").includes(`the file has ${mostFileLength + 1} bytes, ${mostFileLength} are allowed`));
		put(`${whole}${"#".repeat(mostFileLength - whole.length)}`);
		equal(take(), "taken");
	});

	it("survives a power cut while the preferences are written: nothing is gone from the file", () => {
		for (let power = 0; power < 6; power++) {
			io = new FakePreference();
			io.power = power;
			put(whole);
			throws(() => take(), Error, /power/);
			equal(text(), whole);
			io.power = Infinity;
			equal(take(), "taken");
			equal(io.values.get("passphrase"), "correct horse");
		}
	});

	describe("after a power cut while its secrets were taken out", () => {
		const next = "server=nas.local\r\nshare=media\r\nuser=anna\r\n# password: the device has it\r\n";
		beforeEach(() => {
			for (const [key, value] of [["server", "nas.local"], ["share", "media"], ["user", "anna"], ["password", "hunter2"]] as const) io.values.set(key, value);
		});
		const recovered = (): void => {
			equal(take(), "taken");
			deepEqual(names(), ["settings.txt"]);
			ok(!text().includes("hunter2"));
			equal(io.values.get("password"), "hunter2");
		};

		it("a half-written new file counts for nothing", () => {
			put("server=nas.local\r\nshare=media\r\nuser=anna\r\npassword=hunter2\r\n");
			put(next.slice(0, 20), "settings.next");
			recovered();
			equal(text(), next);
		});
		it("a half-overwritten old file is replaced by the new one", () => {
			put(`${"\0".repeat(30)}anna\r\npassword=hunter2\r\n`);
			put(next, "settings.next");
			recovered();
			equal(text(), next);
		});
		it("the new file takes the place of one that is gone", () => {
			put(next, "settings.next");
			recovered();
			equal(text(), next);
		});
		it("what a person changes in the meantime counts", () => {
			put("share=other");
			put(next, "settings.next");
			equal(take(), "taken");
			equal(io.values.get("share"), "other");
			deepEqual(names(), ["settings.txt"]);
		});
	});

	it("that is a folder is none", () => {
		const found = new Status();
		status(folder, found);
		ok(found.isDirectory());
		equal(take(), "none");
	});
});
