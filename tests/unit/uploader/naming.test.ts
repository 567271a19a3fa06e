import { SettingsError } from "../../../modules/errors/errors.js";
import { checkPattern, numberedName, targetName } from "../../../modules/uploader/naming.js";
import { equal, throws } from "../../support/assert.js";

/** 2024-03-05 06:07:08 by the clock on the wall here. */
const mtime = new Date(2024, 2, 5, 6, 7, 8).getTime();

function named(pattern: string, name = "Scan 1.tar.gz"): string {
	checkPattern(pattern);
	return targetName(pattern, { name, mtime }, "0badcafe", 42);
}

describe("naming", () => {
	it("fills in what the pattern asks for", () => {
		equal(named("{name}"), "Scan 1.tar.gz");
		equal(named("{date}/{name}"), "2024-03-05/Scan 1.tar.gz");
		equal(named("{device}/{date}_{time}_{counter}.{ext}"), "0badcafe/2024-03-05_060708_0042.gz");
		equal(named("{stem} of {date}.{ext}"), "Scan 1.tar of 2024-03-05.gz");
		equal(named("a/b/c/{counter}"), "a/b/c/0042");
		equal(named("{name}{name}"), "Scan 1.tar.gzScan 1.tar.gz");
	});

	it("knows names without an extension", () => {
		equal(named("{stem}-{counter}.{ext}", "scan"), "scan-0042");
		equal(named("{stem}.{ext}", "scan"), "scan");
		equal(named("{stem}.{ext}", "scan."), "scan");
		equal(named("{stem}.{ext}", ".scan"), ".scan");
	});

	it("leaves out folders that would have no name, and never leads out of one", () => {
		equal(named("{device}/{ext}/{stem}", "scan"), "0badcafe/scan");
		equal(named("{device}/{ext}/{stem}", "scan.pdf"), "0badcafe/pdf/scan");
		equal(named("...{ext}/{name}", "scan"), "scan");
		equal(named("..{ext}/{name}", "scan"), "scan");
		equal(named("{stem}/{name}", "...pdf"), "...pdf");
		equal(named("{date}/{stem}", "...pdf"), "2024-03-05/...pdf");
	});

	it("takes nothing in a name for a placeholder", () => {
		equal(named("{date}/{name}", "{date}$&$1.pdf"), "2024-03-05/{date}$&$1.pdf");
	});

	it("refuses patterns that can't be, and says what can", () => {
		for (const pattern of ["", "/", "/{name}", "{name}/", "a//{name}", "./{name}", "a/../{name}", ".."]) throws(() => checkPattern(pattern), SettingsError, /is no name of a folder or file/, pattern);
		throws(() => checkPattern("{nmae}"), SettingsError, /^name=\{nmae\}: \{nmae\} has no meaning; allowed are folders.*\{name\} \(the file's name\)/);
		throws(() => checkPattern("{}{name}"), SettingsError, /\{\} has no meaning/);
		for (const pattern of ["{name", "name}", "{{name}}"]) throws(() => checkPattern(pattern), SettingsError, /brace/, pattern);
		throws(() => checkPattern("a\\{name}"), SettingsError, /backslash/);
		for (const pattern of ["scan.pdf", "{date}.{ext}", "{name}/{date}", "{device}"]) throws(() => checkPattern(pattern), SettingsError, /needs one of \{name\}, \{stem\}, \{time\}, \{counter\}/, pattern);
	});

	it("numbers a name before its extension, and only there", () => {
		equal(numberedName("scan.pdf", 2), "scan (2).pdf");
		equal(numberedName("scan.tar.gz", 3), "scan.tar (3).gz");
		equal(numberedName("scan", 2), "scan (2)");
		equal(numberedName(".scan", 2), ".scan (2)");
		equal(numberedName("v1.0/scan", 2), "v1.0/scan (2)");
		equal(numberedName("v1.0/.scan", 2), "v1.0/.scan (2)");
		equal(numberedName("v1.0/scan.pdf", 2), "v1.0/scan (2).pdf");
	});
});
