/*
 * A medium of scans behind ESP-IDF's virtual file system: an SD card by SDMMC or by SPI, or a partition of the flash, each with FAT.
 * Only for ESP-IDF. Done in steps, and not by esp_vfs_fat_sdmmc_mount() and its like: those say "failed" to a card that is not there,
 * to one with another file system, and to a broken one alike.
 */
#ifndef CARD_H
#define CARD_H

#include <stdbool.h>
#include <stdint.h>

#include "esp_vfs_fat.h"
#include "sdmmc_cmd.h"
#include "wear_levelling.h"

enum { CARD_SDMMC, CARD_SPI, CARD_FLASH };

/* How the medium is connected: pins are GPIO numbers, -1 where there is none. */
typedef struct {
	int32_t bus;
	int32_t kilohertz;     /* the most that the wires bear; the card and the host may take less */
	int32_t lines;         /* SDMMC: 1 or 4 */
	int32_t clock;
	int32_t command;       /* SDMMC's CMD; SPI's data to the card */
	int32_t data[4];       /* SDMMC's D0 to D3; SPI's data from the card, and then the card's select at the end */
	int32_t detect;        /* low while a card is in */
	int32_t port;          /* SPI: 2 or 3 */
	int32_t format;        /* flash: 1 formats a partition that holds no FAT */
} card_wiring;

/* Why there is nothing to read; failure.ts has the words. */
enum {
	CARD_MOUNTED,
	CARD_NO_MEMORY,
	CARD_BUS,          /* the driver refuses pins or port */
	CARD_ABSENT,       /* nothing answers */
	CARD_UNREADABLE,   /* something answers, and not as a card does: bad contact, long wires, a broken card */
	CARD_NO_FAT,       /* another file system, or none */
	CARD_DAMAGED,      /* FAT contradicts itself */
	CARD_NO_PARTITION,
	CARD_TAKEN         /* the folder is another medium's */
};

typedef struct {
	card_wiring wiring;
	char path[16];
	char partition[17];
	int32_t code;          /* the last failure in the driver's words: an esp_err_t, or an FRESULT below 20 */
	/* How far mounting came, for the way back. */
	bool busTaken, slotTaken, wlTaken, driveTaken, pathTaken, volumeTaken;
	int slot;
	BYTE drive;
	wl_handle_t wl;
	FATFS *volume;
	sdmmc_card_t card;
} card;

/* Both texts are cut to what their fields hold. it is all zero before. */
void card_prepare(card *it, const char *path, const char *partition, const card_wiring *wiring);
/* Makes the medium's files appear under path: CARD_MOUNTED, or why not, and then everything is as it was. Takes up to some seconds. */
int card_mount(card *it);
/* Whether the medium that was mounted still answers: a card that was out in between does not. */
bool card_answers(card *it);
/* Its files must be closed. Safe to call twice. */
void card_unmount(card *it);

#endif
