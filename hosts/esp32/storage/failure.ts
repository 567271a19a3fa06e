/** Why there is nothing to read from the medium of scans, and what a person can do. */
import type { Wiring } from "./wiring.js";

/** What Volume's mount() returns, as in card.h. */
export const Failure = Object.freeze({
	NONE: 0, NO_MEMORY: 1, BUS: 2, ABSENT: 3, UNREADABLE: 4, NO_FAT: 5, DAMAGED: 6, NO_PARTITION: 7, TAKEN: 8,
} as const);

/** The sentence for a Failure. code: the driver's; was: whether there had been files before. */
export function failureText(wiring: Wiring, failure: number, code: number, was: boolean): string {
	const what = wiring.bus === "flash" ? `the flash partition "${wiring.partition}"` : "the SD card";
	const driver = code === 0 ? "" : ` (driver: ${code < 0 || code >= 20 ? `error 0x${(code >>> 0).toString(16)}` : `FatFs ${code}`})`;
	switch (failure) {
		case Failure.NO_MEMORY:
			return `no memory left to open ${what}${driver}`;
		case Failure.BUS:
			return `${what}: the ${wiring.bus === "spi" ? "SPI" : "SDMMC"} driver refuses the pins of "storage" in the board's manifest${driver}. ` +
				(wiring.bus === "spi" ? "ESP32 and ESP32-S3 have the ports 2 and 3, ESP32-C3 has 2" : "An ESP32 has clock 14, command 15, data 2, 4, 12, 13 and no others; an ESP32-C3 has no SDMMC: use \"spi\"");
		case Failure.ABSENT:
			return was ? "the SD card was taken out: put it back, and its files will be looked at again" : "no SD card answers: is one in, and wired as in the board's manifest?";
		case Failure.UNREADABLE:
			return `${what} answers, but can't be read${driver}: clean its contacts, shorten the wires, or lower "kilohertz" in the board's manifest`;
		case Failure.NO_FAT:
			return `${what} has no FAT file system: ` +
				(wiring.bus === "flash" ? "\"format\": true in the board's manifest makes one" : "format it as FAT32 on a computer (cards above 32 GB come with exFAT, which can't be read here)");
		case Failure.DAMAGED:
			return `the file system of ${what} is damaged${driver}: ` +
				(wiring.bus === "flash" ? "erase the partition, or flash it anew" : "have a computer repair it, or copy the files off and format it as FAT32");
		case Failure.NO_PARTITION:
			return `there is no ${what.slice(4)}: the board's partitions.csv must name it`;
		case Failure.TAKEN:
			return `${wiring.folder} is taken by another medium${driver}`;
		default:
			return `${what} can't be opened${driver}`;
	}
}
