/* hosts/esp32/storage/card.c against drivers that fail: what is said, and that everything is given back. Prints TAP. */
#include "card.h"
#include "idf.h"

#include <stdio.h>
#include <string.h>

static int count;
static void ok(int good, const char *what)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++count, what);
}

static const card_wiring sdmmc = { CARD_SDMMC, 40000, 4, 14, 15, { 2, 4, 12, 13 }, -1, -1, 0 };
static const card_wiring oneLine = { CARD_SDMMC, 20000, 1, 14, 15, { 2, -1, -1, -1 }, 34, -1, 0 };
static const card_wiring spi = { CARD_SPI, 20000, -1, 18, 23, { 19, -1, -1, 5 }, -1, 3, 0 };
static const card_wiring flash = { CARD_FLASH, 20000, -1, -1, -1, { -1, -1, -1, -1 }, -1, -1, 1 };
static const card_wiring *const all[] = { &sdmmc, &oneLine, &spi, &flash };
static const char *const names[] = { "SDMMC", "SDMMC with one line", "SPI", "flash" };

static card it;
static void fresh(const card_wiring *wiring)
{
	idf_reset();
	card_prepare(&it, "/scans", CARD_FLASH == wiring->bus ? "scans" : "", wiring);
}

static void mounts(void)
{
	int i;
	char what[128];
	for (i = 0; i < 4; i++) {
		fresh(all[i]);
		snprintf(what, sizeof(what), "%s: mounts, answers, unmounts, twice over, and gives everything back", names[i]);
		ok((CARD_MOUNTED == card_mount(&it)) && card_answers(&it) && idf.path && idf.volume && !idf.folder && (3 == idf.maxFiles) && !strcmp(idf.drivePath, "1:")
			&& (card_unmount(&it), 0 == idf_taken()) && !card_answers(&it)
			&& (CARD_MOUNTED == card_mount(&it)) && (card_unmount(&it), card_unmount(&it), 0 == idf_taken()) && !idf.wrong, what);
	}
}

static void wires(void)
{
	fresh(&sdmmc);
	card_mount(&it);
	ok((14 == (int)idf.slotConfiguration.clk) && (15 == (int)idf.slotConfiguration.cmd) && (2 == (int)idf.slotConfiguration.d0) && (4 == (int)idf.slotConfiguration.d1)
		&& (12 == (int)idf.slotConfiguration.d2) && (13 == (int)idf.slotConfiguration.d3) && (4 == idf.slotConfiguration.width)
		&& (GPIO_NUM_NC == idf.slotConfiguration.cd) && (GPIO_NUM_NC == idf.slotConfiguration.wp) && (40000 == idf.cardHost.max_freq_khz)
		&& !(idf.cardHost.flags & SDMMC_HOST_FLAG_DDR), "SDMMC: pins, width and clock reach the driver");
	card_unmount(&it);
	fresh(&oneLine);
	card_mount(&it);
	ok((1 == idf.slotConfiguration.width) && (GPIO_NUM_NC == idf.slotConfiguration.d3) && (34 == (int)idf.slotConfiguration.cd), "SDMMC with one line: so does the pin that detects a card");
	card_unmount(&it);
	fresh(&spi);
	card_mount(&it);
	ok((SPI3_HOST == idf.port) && (18 == idf.busConfiguration.sclk_io_num) && (23 == idf.busConfiguration.mosi_io_num) && (19 == idf.busConfiguration.miso_io_num)
		&& (-1 == idf.busConfiguration.quadwp_io_num) && (SPI3_HOST == idf.deviceConfiguration.host_id) && (5 == (int)idf.deviceConfiguration.gpio_cs)
		&& (GPIO_NUM_NC == idf.deviceConfiguration.gpio_cd) && (77 == idf.cardHost.slot) && (20000 == idf.cardHost.max_freq_khz), "SPI: pins, port and clock reach the driver");
	card_unmount(&it);
}

static void everyFailure(void)
{
	int i;
	char what[128];
	for (i = 0; i < 4; i++) {
		int at, total, good = 1;
		fresh(all[i]);
		card_mount(&it);
		total = idf.calls;
		card_unmount(&it);
		for (at = 0; at < total; at++) {
			int failure;
			fresh(all[i]);
			idf.failAt = at;
			failure = card_mount(&it);
			good = good && (CARD_MOUNTED != failure) && (0 == idf_taken()) && !idf.wrong && !card_answers(&it);
			/* And the next try is as good as the first. */
			idf.failAt = -1;
			good = good && (CARD_MOUNTED == card_mount(&it)) && (0 == it.code) && (card_unmount(&it), 0 == idf_taken()) && !idf.wrong;
		}
		snprintf(what, sizeof(what), "%s: whichever of the driver's %d calls fails, all is given back and the next try succeeds", names[i], total);
		ok(good && (total > 5), what);
	}
}

static void card_(esp_err_t error, int expected, const char *what)
{
	fresh(&spi);
	idf.cardInit = error;
	ok((expected == card_mount(&it)) && (error == it.code) && !idf_taken() && !idf.wrong, what);
}

static void volume_(FRESULT result, int expected, const char *what)
{
	fresh(&sdmmc);
	idf.mount = result;
	ok((expected == card_mount(&it)) && ((int)result == it.code) && !idf_taken() && !idf.wrong && !idf.formats, what);
}

static void words(void)
{
	card_(ESP_ERR_TIMEOUT, CARD_ABSENT, "no answer is no card");
	card_(ESP_ERR_NOT_FOUND, CARD_ABSENT, "so is what the detecting pin says");
	card_(ESP_ERR_INVALID_CRC, CARD_UNREADABLE, "a wrong checksum is bad contact");
	card_(ESP_ERR_INVALID_RESPONSE, CARD_UNREADABLE, "so is a wrong answer");
	card_(ESP_ERR_NO_MEM, CARD_NO_MEMORY, "memory that ran out is told apart");
	volume_(FR_NO_FILESYSTEM, CARD_NO_FAT, "another file system is no FAT, and a card is never formatted");
	volume_(FR_INT_ERR, CARD_DAMAGED, "a FAT that contradicts itself is damaged");
	volume_(FR_DISK_ERR, CARD_UNREADABLE, "sectors that can't be read are bad contact");
	volume_(FR_NOT_READY, CARD_UNREADABLE, "so is a card that went away while it was mounted");
	volume_(FR_NOT_ENOUGH_CORE, CARD_NO_MEMORY, "FatFs's memory too");
	fresh(&sdmmc);
	idf.opendir = FR_INT_ERR;
	ok((CARD_DAMAGED == card_mount(&it)) && !idf_taken() && !idf.wrong, "a root folder that can't be opened is damage");
	fresh(&sdmmc);
	idf.readdir = FR_INT_ERR;
	ok((CARD_DAMAGED == card_mount(&it)) && !idf_taken() && !idf.wrong, "one that can't be read as well");
	fresh(&sdmmc);
	idf.vfs = ESP_ERR_INVALID_STATE;
	ok((CARD_TAKEN == card_mount(&it)) && !idf_taken() && !idf.wrong, "a folder that another medium has is told apart");
	fresh(&flash);
	idf.noPartition = 1;
	ok((CARD_NO_PARTITION == card_mount(&it)) && !idf_taken() && !idf.wrong, "so is a partition that is not there");
}

static void pulled(void)
{
	fresh(&spi);
	card_mount(&it);
	idf.status = ESP_ERR_TIMEOUT;
	ok(!card_answers(&it) && (ESP_ERR_TIMEOUT == it.code), "a card that was pulled does not answer");
	card_unmount(&it);
	idf.cardInit = ESP_ERR_TIMEOUT;
	ok((CARD_ABSENT == card_mount(&it)) && !idf_taken(), "nor can it be mounted");
	idf.cardInit = idf.status = ESP_OK;
	ok((CARD_MOUNTED == card_mount(&it)) && card_answers(&it), "until it is back");
	card_unmount(&it);
}

static void sharedBus(void)
{
	fresh(&spi);
	idf.busInit = ESP_ERR_INVALID_STATE;
	ok((CARD_MOUNTED == card_mount(&it)) && (1 == idf.device) && (card_unmount(&it), !idf_taken()) && !idf.wrong, "an SPI bus that somebody else has set up is used, and left to them");
}

static void formats(void)
{
	card_wiring careful = flash;
	fresh(&flash);
	idf.mount = FR_NO_FILESYSTEM;
	idf.formatHelps = 1;
	ok((CARD_MOUNTED == card_mount(&it)) && (1 == idf.formats), "a flash partition without FAT is formatted where the board says so");
	card_unmount(&it);
	fresh(&flash);
	idf.mount = FR_NO_FILESYSTEM;
	ok((CARD_NO_FAT == card_mount(&it)) && (1 == idf.formats) && !idf_taken() && !idf.wrong, "once");
	fresh(&flash);
	idf.mount = FR_INT_ERR;
	ok((CARD_DAMAGED == card_mount(&it)) && !idf.formats, "a damaged one is not: there may be scans on it");
	careful.format = 0;
	fresh(&careful);
	idf.mount = FR_NO_FILESYSTEM;
	idf.formatHelps = 1;
	ok((CARD_NO_FAT == card_mount(&it)) && !idf.formats, "nor is any where the board does not say so");
}

int main(void)
{
	mounts();
	wires();
	everyFailure();
	words();
	pulled();
	sharedBus();
	formats();
	printf("1..%d\n", count);
	return 0;
}
