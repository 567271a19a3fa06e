/** hosts/esp32/storage: any wiring and names, over drivers of which any call fails (tests/c/esp32-storage/idf.c): afterwards all that was taken has been given back. */
#include "input.h"

#include "card.h"
#include "../../c/esp32-storage/idf.h"

static int32_t any(input *in)
{
	return take_below(in, 3) ? (int32_t)take_below(in, 60) - 5 : (int32_t)take_number(in, 4);
}

/** A text that ends where its memory does. */
static char *take_text(input *in)
{
	size_t length = take_below(in, 40);
	char *text = (char *)take_bytes(in, length + 1);

	for (size_t at = 0; at < length; at++)
		text[at] = text[at] ? text[at] : 'x';
	text[length] = 0;
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static card it;
	input in = { bytes, size, 0 };
	card_wiring wiring = { .bus = (int32_t)take_below(&in, 3), .kilohertz = any(&in), .lines = any(&in), .clock = any(&in), .command = any(&in), .detect = any(&in), .port = 2 + (int32_t)take_below(&in, 2), .format = any(&in) };
	char *path = take_text(&in), *partition = take_text(&in);
	int mounted;

	// What parseWiring() of wiring.ts lets through, as it does ports 2 and 3 only.
	if (wiring.bus == CARD_SDMMC)
		wiring.lines = take_below(&in, 2) ? 4 : 1;
	if (take_below(&in, 2) && wiring.bus == CARD_SDMMC)
		wiring.clock = 14, wiring.command = 15;
	for (int i = 0; i < 4; i++)
		wiring.data[i] = take_below(&in, 2) ? (int32_t[]){ 2, 4, 12, 13 }[i] : any(&in);
	card_prepare(&it, path, partition, &wiring);
	MUST(strlen(it.path) < sizeof(it.path) && strlen(it.partition) < sizeof(it.partition));
	MUST(!strncmp(it.path, path, sizeof(it.path) - 1) && !strncmp(it.partition, partition, sizeof(it.partition) - 1));
	// The drivers know one folder and one partition.
	idf_reset();
	card_prepare(&it, "/scans", take_below(&in, 4) ? "scans" : partition, &wiring);
	for (int turn = 0; turn < 3; turn++) {
		idf.failAt = take_below(&in, 2) ? (int)take_below(&in, 20) : -1;
		idf.calls = 0;
		idf.cardInit = take_below(&in, 4) ? 0 : any(&in);
		idf.busInit = take_below(&in, 4) ? 0 : any(&in);
		idf.vfs = take_below(&in, 4) ? 0 : any(&in);
		idf.mount = take_below(&in, 4) ? FR_OK : (FRESULT)take_below(&in, 20);
		idf.opendir = take_below(&in, 4) ? FR_OK : (FRESULT)take_below(&in, 20);
		idf.readdir = take_below(&in, 4) ? FR_OK : (FRESULT)take_below(&in, 20);
		idf.noPartition = !take_below(&in, 4);
		idf.formatHelps = (int)take_below(&in, 2);
		mounted = card_mount(&it);
		MUST(mounted >= CARD_MOUNTED && mounted <= CARD_TAKEN);
		if (mounted == CARD_MOUNTED) {
			idf.status = take_below(&in, 2) ? 0 : any(&in);
			MUST(card_answers(&it) == (wiring.bus == CARD_FLASH || !idf.status));
			card_unmount(&it);
			card_unmount(&it);
		}
		MUST(!card_answers(&it));
		MUST(idf_taken() == 0);
		MUST(!idf.wrong);
	}
	free(path);
	free(partition);
	return 0;
}
