import { SettingsError } from "../../../modules/errors/errors.js";
import { parseSettings, settingsHelp } from "../../../modules/settings/settings.js";
import { deepEqual, equal, ok, throws } from "../../support/assert.js";

const good = Object.freeze({ server: "nas.local", share: "media", user: "scanner", password: "secret", source: "/scans" });

function refused(more: Record<string, unknown>, pattern: RegExp): void {
	throws(() => parseSettings({ ...good, ...more }), SettingsError, pattern);
}

describe("settings", () => {
	it("have defaults that are safe", () => {
		const settings = parseSettings(good);
		equal(settings.port, undefined);
		equal(settings.auth, "auto");
		equal(settings.signing, "required");
		equal(settings.after, "keep");
		equal(settings.name, "{name}");
		equal(settings.journal, "/scans/.scan-journal");
		equal(settings.state, "/scans/.scan-state.json");
		equal(settings.dialectMin, 0x0202);
		equal(settings.dialectMax, 0x0311);
		equal(settings.watch, 0);
		equal(settings.path, "");
		equal(settings.verbose, false);
	});

	it("take text, numbers and booleans", () => {
		const settings = parseSettings({ ...good, port: 4455, watch: "60", after: "move", verbose: true });
		equal(settings.port, 4455);
		equal(settings.watch, 60);
		equal(parseSettings({ ...good, watch: "60", after: "keep" }).watch, 60);
		equal(parseSettings({ ...good, journal: "/var/lib/journal" }).journal, "/var/lib/journal");
		equal(parseSettings({ ...good, journal: "/var/lib/journal" }).state, "/var/lib/.scan-state.json");
		equal(parseSettings({ ...good, journal: "here" }).state, ".scan-state.json");
		equal(parseSettings({ ...good, journal: "/scans/notes/journal" }).journal, "/scans/notes/journal");
		equal(parseSettings({ ...good, state: "/run/scans.json" }).state, "/run/scans.json");
		equal(settings.verbose, true);
	});

	it("pass over what the platform puts beside them", () => {
		equal(parseSettings({ ...good, file: { root: "/" }, ssid: "home" }, ["ssid"]).server, "nas.local");
		refused({ ssid: "home" }, /unknown setting "ssid"/);
	});

	it("read a path with either slash, and a range of dialects", () => {
		equal(parseSettings({ ...good, path: "\\a/b\\\\c/" }).path, "a/b/c");
		const { dialectMin, dialectMax } = parseSettings({ ...good, dialect: "2.1-3.0.2" });
		equal(dialectMin, 0x0210);
		equal(dialectMax, 0x0302);
		equal(parseSettings({ ...good, dialect: "3.0" }).dialectMax, 0x0300);
		equal(parseSettings({ ...good, source: "/scans/" }).source, "/scans");
	});

	it("name what is missing", () => {
		refused({ server: "" }, /server=… is missing/);
		refused({ share: undefined }, /share=… is missing/);
		refused({ source: "" }, /source=… is missing/);
		refused({ user: "" }, /user=… is missing.*auth=guest/);
		equal(parseSettings({ ...good, user: "", auth: "guest" }).auth, "guest");
	});

	it("name what is wrong, and what is allowed", () => {
		refused({ servr: "x" }, /unknown setting "servr": allowed are server, port/);
		refused({ User: "x" }, /did you mean "user"/);
		refused({ share: "media/scans" }, /share's name alone/);
		refused({ path: "a/../b" }, /"\.\."/);
		for (const port of ["0", "65536", "x", "-1", "1.5", "1e3"])
			refused({ port }, /port=.*1 to 65535/);
		for (const dialect of ["1", "SMB1", "3.0-2.1", "3.0-", "2.1-3.0-3.1.1", "2.2"])
			refused({ dialect }, /dialect=/);
		refused({ signing: "off" }, /signing=off: expected required \| when-offered/);
		refused({ after: "shred" }, /keep \| move \| delete/);
		refused({ watch: "-1" }, /watch=/);
		refused({ verbose: "yes" }, /verbose=yes/);
		refused({ state: "/scans/state.json" }, /state=.*begin with a period/);
		refused({ journal: "/scans/journal" }, /journal=.*begin with a period/);
	});

	it("name algorithms in the order in which they are offered", () => {
		equal(parseSettings(good).algorithms, "fixed");
		equal(parseSettings({ ...good, algorithms: "measured" }).algorithms, "measured");
		refused({ algorithms: "fastest" }, /algorithms=fastest: expected fixed \| measured/);
		equal(parseSettings(good).signingAlgorithms, undefined);
		deepEqual(parseSettings({ ...good, "signing-algorithms": "AES-GMAC, aes-cmac,HMAC-SHA256" }).signingAlgorithms, [2, 1, 0]);
		deepEqual(parseSettings({ ...good, "encryption-algorithms": "AES-256-GCM,AES-128-CCM" }).encryptionAlgorithms, [4, 1]);
		refused({ "signing-algorithms": "AES-128-CCM" }, /signing-algorithms=AES-128-CCM: expected AES-CMAC, AES-GMAC, HMAC-SHA256/);
		refused({ "encryption-algorithms": "AES-128-CCM,AES-128-CCM" }, /expected AES-128-CCM/);
		refused({ "encryption-algorithms": "AES-128-CCM," }, /expected AES-128-CCM/);
	});

	it("encrypt on demand unless told otherwise, and never promise what cannot be", () => {
		equal(parseSettings(good).encryption, "on-demand");
		for (const encryption of ["on-demand", "preferred", "required", "off"])
			equal(parseSettings({ ...good, encryption }).encryption, encryption);
		equal(parseSettings({ ...good, encryption: "required", dialect: "2.1-3.0" }).dialectMax, 0x0300);
		refused({ encryption: "yes" }, /encryption=yes: expected on-demand/);
		refused({ encryption: "required", dialect: "2.0.2-2.1" }, /SMB 2 can't encrypt/);
		refused({ encryption: "required", auth: "guest" }, /a guest has no key/);
	});

	it("take a realm and its KDCs, with ports and addresses of either kind", () => {
		const { auth, realm, kdc } = parseSettings({ ...good, auth: "kerberos", realm: "EXAMPLE.ORG", kdc: "dc1.example.org, dc2.example.org:750,10.0.0.1:88,fe80::1,[fe80::2]:89,[fe80::3]" });
		equal(auth, "kerberos");
		equal(realm, "EXAMPLE.ORG");
		deepEqual(kdc, [
			{ host: "dc1.example.org", port: undefined }, { host: "dc2.example.org", port: 750 }, { host: "10.0.0.1", port: 88 },
			{ host: "fe80::1", port: undefined }, { host: "fe80::2", port: 89 }, { host: "fe80::3", port: undefined },
		]);
		deepEqual(parseSettings(good).kdc, []);
		equal(parseSettings(good).realm, "");
		for (const kdc of [",", "dc:", "dc:0", "dc:65536", "dc:x", ":88", "[dc", "[dc]x", "[]:88"])
			refused({ kdc }, /kdc=.*: expected Kerberos servers/);
		for (const realm of ["A B", "a@b", "a/b", "a:1", "a\\b"])
			refused({ realm }, /realm=.*: expected Kerberos realm/);
		for (const auth of ["ntlm", "guest"]) {
			refused({ auth, realm: "X" }, /realm=… and kdc=… are for Kerberos/);
			refused({ auth, kdc: "dc" }, /realm=… and kdc=… are for Kerberos/);
		}
	});

	it("tell of everything at once", () => {
		try {
			parseSettings({ watch: "x", foo: "1", port: "x" });
			ok(false, "no error");
		}
		catch (error) {
			equal((error as Error).message.split("\n").length, 7, (error as Error).message);
		}
	});

	it("never repeat the password", () => {
		try {
			parseSettings({ password: "hunter2" });
			ok(false, "no error");
		}
		catch (error) {
			ok(!(error as Error).message.includes("hunter2"));
		}
	});

	it("are explained one by one", () => {
		for (const key of Object.keys(good))
			ok(settingsHelp().includes(`${key}=`));
	});
});
