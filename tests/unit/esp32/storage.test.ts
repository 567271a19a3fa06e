import { Failure, failureText } from "../../../hosts/esp32/storage/failure.js";
import { parseWiring } from "../../../hosts/esp32/storage/wiring.js";
import { SettingsError } from "../../../modules/errors/errors.js";
import { deepEqual, equal, ok, throws } from "../../support/assert.js";

const sdmmc = { bus: "sdmmc", lines: 4, clock: 14, command: 15, data: [2, 4, 12, 13] };
const spi = { bus: "spi", port: 3, clock: 18, out: 23, in: 19, select: 5 };
const flash = { bus: "flash", partition: "scans" };

describe("a board's storage", () => {
	it("becomes the numbers of the C core: bus, kilohertz, lines, clock, command, four data lines, detect, port, format", () => {
		deepEqual([...parseWiring(sdmmc).numbers], [0, 20000, 4, 14, 15, 2, 4, 12, 13, -1, -1, 0]);
		deepEqual([...parseWiring({ bus: "sdmmc", lines: 1, clock: 14, command: 15, data: [2], detect: 34, kilohertz: 40000 }).numbers], [0, 40000, 1, 14, 15, 2, -1, -1, -1, 34, -1, 0]);
		deepEqual([...parseWiring(spi).numbers], [1, 20000, -1, 18, 23, 19, -1, -1, 5, -1, 3, 0]);
		deepEqual([...parseWiring({ ...flash, format: true }).numbers], [2, 20000, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1]);
	});

	it("lies at /scans unless another folder is named", () => {
		equal(parseWiring(spi).folder, "/scans");
		equal(parseWiring({ ...spi, folder: "/sd" }).folder, "/sd");
		equal(parseWiring(flash).partition, "scans");
		equal(parseWiring(spi).partition, "");
		for (const folder of ["scans", "/", "/a/b", "/fifteen-letters", 1]) throws(() => parseWiring({ ...spi, folder }), SettingsError, /storage\.folder/);
	});

	it("says which key is wrong, and what is allowed", () => {
		throws(() => parseWiring(undefined), SettingsError, /no object "storage"/);
		throws(() => parseWiring({}), SettingsError, /storage\.bus is missing: expected "sdmmc", "spi" or "flash"/);
		throws(() => parseWiring({ ...sdmmc, lines: 8 }), SettingsError, /storage\.lines is 8: expected 1 or 4/);
		throws(() => parseWiring({ ...sdmmc, data: [2] }), SettingsError, /storage\.data is \[2\]: .*four/);
		throws(() => parseWiring({ ...sdmmc, data: [2, 4, 12, "13"] }), SettingsError, /storage\.data\[3\] is "13"/);
		throws(() => parseWiring({ ...spi, select: undefined }), SettingsError, /storage\.select is missing: expected the number of a GPIO/);
		throws(() => parseWiring({ ...spi, clock: 55 }), SettingsError, /storage\.clock is 55/);
		throws(() => parseWiring({ ...spi, clock: -1 }), SettingsError, /storage\.clock is -1/);
		throws(() => parseWiring({ ...spi, clock: 1.5 }), SettingsError, /storage\.clock is 1\.5/);
		throws(() => parseWiring({ ...spi, port: 1 }), SettingsError, /storage\.port is 1: expected 2 to 3/);
		throws(() => parseWiring({ ...spi, kilohertz: 80000 }), SettingsError, /storage\.kilohertz is 80000: expected 400 to 40000/);
		throws(() => parseWiring({ ...flash, partition: "a name that is too long" }), SettingsError, /storage\.partition/);
		throws(() => parseWiring({ ...flash, format: "yes" }), SettingsError, /storage\.format is "yes"/);
	});

	it("refuses a key that means nothing for that bus, and a GPIO that is named twice", () => {
		throws(() => parseWiring({ ...spi, command: 15 }), SettingsError, /storage\.command means nothing for bus "spi": expected bus, folder, port/);
		throws(() => parseWiring({ ...flash, detect: 4 }), SettingsError, /storage\.detect means nothing for bus "flash"/);
		throws(() => parseWiring({ ...spi, in: 18 }), SettingsError, /GPIO 18 is named twice/);
		throws(() => parseWiring({ ...sdmmc, detect: 13 }), SettingsError, /GPIO 13 is named twice/);
	});
});

describe("a medium that can't be read", () => {
	it("has a sentence for each reason, with what a person can do", () => {
		const card = parseWiring(spi);
		ok(failureText(card, Failure.ABSENT, 0x107, false).startsWith("no SD card answers"));
		ok(failureText(card, Failure.ABSENT, 0x107, true).startsWith("the SD card was taken out: put it back"));
		equal(failureText(card, Failure.UNREADABLE, 0x109, false), "the SD card answers, but can't be read (driver: error 0x109): clean its contacts, shorten the wires, or lower \"kilohertz\" in the board's manifest");
		ok(/format it as FAT32/.test(failureText(card, Failure.NO_FAT, 13, false)));
		ok(/the file system of the SD card is damaged \(driver: FatFs 2\)/.test(failureText(card, Failure.DAMAGED, 2, false)));
		ok(/the SPI driver refuses the pins/.test(failureText(card, Failure.BUS, 0x102, false)));
		ok(/the SDMMC driver refuses the pins.*An ESP32 has clock 14/.test(failureText(parseWiring(sdmmc), Failure.BUS, 0x102, false)));
		equal(failureText(parseWiring(flash), Failure.NO_PARTITION, 0, false), "there is no flash partition \"scans\": the board's partitions.csv must name it");
		equal(failureText(parseWiring(flash), Failure.NO_FAT, 13, false), "the flash partition \"scans\" has no FAT file system: \"format\": true in the board's manifest makes one");
		ok(/erase the partition/.test(failureText(parseWiring(flash), Failure.DAMAGED, 2, false)));
		ok(/\/scans is taken/.test(failureText(card, Failure.TAKEN, 0x103, false)));
		ok(/error 0xffffffff/.test(failureText(card, Failure.UNREADABLE, -1, false)));
		equal(new Set(Object.values(Failure).map(failure => failureText(card, failure, 0, false))).size, Object.values(Failure).length);
	});
});
