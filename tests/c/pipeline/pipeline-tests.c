/**
 * The pipeline's ring and reader with a made-up card: order, back-pressure, faults, stop and close at any moment. Run under
 * the address, undefined behaviour and (tests/c/pipeline-threads) thread sanitizers.
 */
#include "card.h"
#include "../scratch.h"
#include "../../../hosts/pipeline/block.h"
#include "../../../hosts/pipeline/file-source.h"
#include "../../../hosts/pipeline/port.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tests, failures;

static void check(int right, const char *name)
{
	printf("%s %d - %s\n", right ? "ok" : "not ok", ++tests, name);
	fflush(stdout);
	failures += !right;
}

static uint32_t seed = 12345;
static uint32_t chance(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

/* Whether the slot at at holds what the file has from offset on. */
static int holds(const listener *it, int32_t at, uint64_t offset)
{
	int32_t length = pipeline_length_at(it->core, (uint32_t)at), i;
	for (i = 0; i < length; i++) {
		if (it->memory[at + i] != card_byte(offset + (uint64_t)i))
			return 0;
	}
	return length > 0;
}

/* Takes and checks everything from offset on, releasing each slot at once; where it ended. */
static int32_t drain(listener *it, uint64_t *offset, pipeline_failure *failure)
{
	int32_t at;
	while ((at = listener_next(it, failure)) >= 0) {
		if (!holds(it, at, *offset))
			return -100;
		*offset += (uint64_t)pipeline_length_at(it->core, (uint32_t)at);
		pipeline_release(it->core, (uint32_t)at);
	}
	return at;
}

static void layouts(void)
{
	pipeline_layout l;
	uint32_t i;
	int right = 1;
	for (i = 0; i < 3000; i++) {
		uint32_t slots = 1 + chance(8), slotLength = 1 + chance(5000), headRoom = chance(300), control = chance(400), receive = chance(400);
		right = right && pipeline_lay_out(&l, slots, slotLength, headRoom, control, receive)
			&& (l.dataAt % PORT_ALIGNMENT == 0) && (l.stride % PORT_ALIGNMENT == 0) && (l.controlAt % PORT_ALIGNMENT == 0)
			&& (l.controlAt >= receive) && (l.dataAt - headRoom >= l.controlAt + control) && (l.stride >= slotLength + headRoom)
			&& (l.dataAt + (slots - 1) * l.stride + slotLength + PIPELINE_TAIL <= l.length);
	}
	check(right, "lay-out: areas do not overlap, data is aligned, all is inside, and there is a tail");
	check(!pipeline_lay_out(&l, 0, 1, 0, 0, 0) && !pipeline_lay_out(&l, 256, 1, 0, 0, 0) && !pipeline_lay_out(&l, 1, 0, 0, 0, 0), "lay-out: no slots, too many, or empty ones are refused");
	check(!pipeline_lay_out(&l, 1, INT32_MAX, 1, 0, 0) && !pipeline_lay_out(&l, 255, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX)
		&& !pipeline_lay_out(&l, 2, 0x7FFFFFF0, 0, 0, 0) && !pipeline_lay_out(&l, 1, 1, 0, UINT32_MAX, UINT32_MAX), "lay-out: sums do not wrap");
}

static void order(void)
{
	listener l;
	card c;
	pipeline_failure failure;
	uint64_t offset = 100;
	card_create(&c, 300000);
	listener_create(&l, 4, 4096, 176);
	check(0 == pipeline_read(l.core, &card_source, &c, 100, 300000 - 100, 0), "read: starts");
	check(PIPELINE_BUSY == pipeline_read(l.core, &card_source, &c, 0, 1, 0), "read: only one at a time");
	check((PIPELINE_END == drain(&l, &offset, &failure)) && (300000 == offset), "next: the whole file in order, then the end");
	check(PIPELINE_END == pipeline_next(l.core, &failure), "next: the end stays the end");
	check((1 == card_closes(&c)) && ((300000 - 100 + 4095) / 4096 == card_reads(&c)), "the file is read once, a slot at a time, and closed once");
	offset = 0;
	check((0 == pipeline_read(l.core, &card_source, &c, 0, 5000, 96)) && (PIPELINE_END == drain(&l, &offset, &failure)) && (5000 == offset), "read: a second file, shifted");
	check((PIPELINE_RANGE == pipeline_read(l.core, &card_source, &c, 0, 1, 4096)) && (PIPELINE_RANGE == pipeline_read(l.core, &card_source, &c, PIPELINE_OFFSET_LIMIT, 1, 0))
		&& (PIPELINE_RANGE == pipeline_read(l.core, &card_source, &c, 1, UINT64_MAX, 0)), "read: no room after the shift, or ends past 2^53, is refused");
	offset = PIPELINE_OFFSET_LIMIT - 5000;
	c.length = PIPELINE_OFFSET_LIMIT;
	check((0 == pipeline_read(l.core, &card_source, &c, offset, 5000, 0)) && (PIPELINE_END == drain(&l, &offset, &failure)) && (PIPELINE_OFFSET_LIMIT == offset), "read: offsets up to 2^53");
	check(listener_close(&l), "close: gone once");
}

/* The shift applies to each slot, and head room and what lies around the data stay as they were. */
static void surroundings(void)
{
	listener l;
	card c;
	pipeline_failure failure;
	uint32_t i, touched = 0;
	int32_t at, n = 0;
	int right = 1;
	card_create(&c, 3 * 1000);
	listener_create(&l, 3, 1024, 48);
	pipeline_read(l.core, &card_source, &c, 0, 3000, 24);
	while ((at = listener_next(&l, &failure)) >= 0) {
		right = right && (at == (int32_t)(l.layout.dataAt + (uint32_t)n * l.layout.stride + 24)) && (1000 == pipeline_length_at(l.core, (uint32_t)at));
		memset(l.memory + at, 0xA5, 1000);
		n++;
	}
	for (i = 0; i < l.layout.length; i++)
		touched += l.memory[i] != 0xA5;
	check(right && (3 == n) && (0 == touched), "data lies from the shift on, and nothing else is written");
	check((0 == pipeline_release(l.core, l.layout.dataAt - 48)) && (PIPELINE_NO_SLOT == pipeline_release(l.core, l.layout.dataAt)), "release: any position in the slot names it, once");
	check((0 == pipeline_release(l.core, l.layout.dataAt + l.layout.stride + 1023)) && (PIPELINE_NO_SLOT == pipeline_release(l.core, l.layout.dataAt - 49))
		&& (PIPELINE_NO_SLOT == pipeline_release(l.core, l.layout.length)) && (PIPELINE_NO_SLOT == pipeline_release(l.core, UINT32_MAX)), "release: positions outside of slots name none");
	check((PIPELINE_NO_SLOT == pipeline_length_at(l.core, l.layout.dataAt)) && (1000 == pipeline_length_at(l.core, l.layout.dataAt + 2 * l.layout.stride)), "lengthAt: only of taken slots");
	check(listener_close(&l), "close with a slot taken");
}

static void backPressure(void)
{
	listener l;
	card c;
	pipeline_failure failure;
	uint64_t offset = 0;
	int32_t taken[4];
	int i, right = 1;
	card_create(&c, 40 * 512);
	listener_create(&l, 4, 512, 0);
	pipeline_read(l.core, &card_source, &c, 0, 40 * 512, 0);
	for (i = 0; i < 4; i++)
		taken[i] = listener_next(&l, &failure);
	check((PIPELINE_NOTHING == pipeline_next(l.core, &failure)) && (0 == pipeline_slots_free(l.core)), "next: nothing while all slots are taken");
	port_sleep(30);
	check(4 == card_reads(&c), "the reader waits for a slot");
	/* Released out of order: the file's order holds all the same. */
	for (i = 0; i < 4; i++, offset += 512)
		right = right && holds(&l, taken[i], offset);
	for (i = 3; i >= 0; i--)
		pipeline_release(l.core, (uint32_t)taken[i]);
	check(right && (PIPELINE_END == drain(&l, &offset, &failure)) && (40 * 512 == offset), "next: file order, whatever the order of release");
	check(4 == pipeline_slots_free(l.core), "all slots are free again");
	check(listener_close(&l), "close");
}

static void slowCard(void)
{
	listener l;
	card c;
	pipeline_failure failure;
	uint64_t offset = 0;
	card_create(&c, 10 * 256);
	c.most = 100;
	c.delay = 1;
	card_gate(&c, 1);
	listener_create(&l, 2, 256, 16);
	pipeline_read(l.core, &card_source, &c, 0, 10 * 256, 0);
	card_await(&c);
	check((PIPELINE_NOTHING == pipeline_next(l.core, &failure)) && (1 == pipeline_slots_free(l.core)) && (pipeline_take(l.core) >= 0), "a hanging card holds up neither next() nor take()");
	card_gate(&c, 0);
	check((PIPELINE_END == drain(&l, &offset, &failure)) && (2560 == offset), "reads that give less than asked for go on in the same slot");
	check(30 == card_reads(&c), "three calls fill a slot");
	check(listener_close(&l), "close");
}

static void faults(void)
{
	listener l;
	card c;
	pipeline_failure failure;
	uint64_t offset = 0;
	card_create(&c, 100000);
	c.faultAt = 5000;
	c.fault = EIO;
	listener_create(&l, 3, 1024, 0);
	pipeline_read(l.core, &card_source, &c, 0, 100000, 0);
	check((PIPELINE_FAILED == drain(&l, &offset, &failure)) && (EIO == failure.error) && (5000 == offset) && (5000 == failure.endedAt), "next: what was read comes first, then the error");
	check((PIPELINE_END == pipeline_next(l.core, &failure)) && (1 == card_closes(&c)) && (3 == pipeline_slots_free(l.core)), "next: after the error the read is over");
	offset = 70000;
	c.faultAt = UINT64_MAX;
	c.length = 75555;
	pipeline_read(l.core, &card_source, &c, 70000, 30000, 0);
	check((PIPELINE_FAILED == drain(&l, &offset, &failure)) && (0 == failure.error) && (75555 == failure.endedAt) && (100000 == failure.end) && (75555 == offset), "next: a file that ends early says where");
	c.length = 0;
	pipeline_read(l.core, &card_source, &c, 0, 10, 0);
	offset = 0;
	check((PIPELINE_FAILED == drain(&l, &offset, &failure)) && (0 == failure.endedAt) && (10 == failure.end), "next: an empty file ends at 0");
	c.length = 10;
	check((0 == pipeline_read(l.core, &card_source, &c, 0, 10, 0)) && (PIPELINE_END == drain(&l, &offset, &failure)) && (10 == offset), "a read after a failed one");
	check(listener_close(&l), "close");
}

static void nothing(void)
{
	listener l;
	card c;
	pipeline_failure failure;
	card_create(&c, 10);
	listener_create(&l, 1, 16, 0);
	check(0 == pipeline_read(l.core, &card_source, &c, 5, 0, 0), "read of no bytes");
	check((1 == card_closes(&c)) && listener_hear(&l, 5000) && (PIPELINE_END == pipeline_next(l.core, &failure)), "is announced and at its end");
	check((0 == card_reads(&c)) && !listener_hear(&l, 20) && (1 == l.notified), "and reads nothing");
	check(listener_close(&l), "close");
}

typedef struct { card *card; unsigned after; } opener;
static void *open_later(void *argument)
{
	opener *it = argument;
	port_sleep(it->after);
	card_gate(it->card, 0);
	return NULL;
}

static void stopping(void)
{
	listener l;
	card c;
	pipeline_failure failure;
	opener o = { &c, 30 };
	pthread_t thread;
	uint8_t *before;
	uint64_t offset = 0;
	int32_t at;
	card_create(&c, 100000);
	listener_create(&l, 4, 1024, 0);
	pipeline_read(l.core, &card_source, &c, 0, 100000, 0);
	at = listener_next(&l, &failure);
	while (card_reads(&c) < 4)
		port_sleep(1);
	card_gate(&c, 1);
	pipeline_release(l.core, (uint32_t)at);
	at = listener_next(&l, &failure);
	card_await(&c);
	pthread_create(&thread, NULL, open_later, &o);
	pipeline_stop(l.core);
	check((1 == card_closes(&c)) && (3 == pipeline_slots_free(l.core)), "stop: waits for a hanging read, closes the file, frees all but taken slots");
	before = malloc(l.layout.length);
	memcpy(before, l.memory, l.layout.length);
	port_sleep(30);
	check(!memcmp(before, l.memory, l.layout.length), "stop: memory is left alone afterwards");
	free(before);
	pthread_join(thread, NULL);
	check((PIPELINE_END == pipeline_next(l.core, &failure)) && (1024 == pipeline_length_at(l.core, (uint32_t)at)) && (0 == pipeline_release(l.core, (uint32_t)at)), "stop: taken slots stay taken");
	check((0 == pipeline_read(l.core, &card_source, &c, 0, 100000, 0)) && (PIPELINE_END == drain(&l, &offset, &failure)) && (100000 == offset), "a read after stop");
	pipeline_stop(l.core);
	pipeline_stop(l.core);
	check(4 == pipeline_slots_free(l.core), "stop without a read does nothing");
	pipeline_read(l.core, &card_source, &c, 0, 100000, 0);
	card_gate(&c, 1);
	pthread_create(&thread, NULL, open_later, &o);
	check(listener_close(&l), "close: while the card hangs");
	pthread_join(thread, NULL);
	check(3 == card_closes(&c), "close: closes the file");
}

static void fairness(void)
{
	listener l;
	card c;
	pipeline_failure failure;
	int32_t a, b, t;
	card_create(&c, 1000000);
	listener_create(&l, 2, 512, 0);
	pipeline_read(l.core, &card_source, &c, 0, 1000000, 0);
	a = listener_next(&l, &failure);
	b = listener_next(&l, &failure);
	check(PIPELINE_NOTHING == pipeline_take(l.core), "take: nothing while the file has all slots");
	while (listener_hear(&l, 20))
		;
	pipeline_release(l.core, (uint32_t)a);
	check(listener_hear(&l, 5000), "release: tells who waits for a slot");
	port_sleep(20);
	check((1 == pipeline_slots_free(l.core)) && (2 == card_reads(&c)), "release: keeps the slot from the reader");
	t = pipeline_take(l.core);
	check((t == a) && (0 == pipeline_length_at(l.core, (uint32_t)t)), "take: gets it, with no file data");
	pipeline_release(l.core, (uint32_t)t);
	check(listener_next(&l, &failure) == a, "release: after that the reader goes on");
	pipeline_release(l.core, (uint32_t)b);
	while (card_reads(&c) < 4)
		port_sleep(1);
	while (listener_hear(&l, 20))
		;
	check(PIPELINE_NOTHING == pipeline_take(l.core), "take: nothing while a slot is filled");
	pipeline_stop(l.core);
	check(listener_hear(&l, 5000) && (pipeline_take(l.core) == b), "stop: its slots serve take()");
	check(listener_close(&l), "close");
}

static void announcing(void)
{
	listener l;
	card c;
	pipeline_failure failure;
	uint64_t offset = 0;
	card_create(&c, 8 * 64);
	listener_create(&l, 8, 64, 0);
	l.refuse = 3;
	pipeline_read(l.core, &card_source, &c, 0, 64, 0);
	check(listener_hear(&l, 5000) && (4 == l.notified), "notify: is called again where it was refused");
	check((PIPELINE_END == drain(&l, &offset, &failure)) && (64 == offset), "and all arrives");
	while (listener_hear(&l, 20))
		;
	l.notified = 0;
	pipeline_read(l.core, &card_source, &c, 0, 8 * 64, 0);
	while (pipeline_slots_free(l.core))
		port_sleep(1);
	port_sleep(20);
	check((1 == l.notified) && !l.doubled, "notify: eight slots, one call until it is answered");
	check(listener_close(&l), "close: with a notify() unanswered, gone() waits for pipeline_heard()");
}

static void manySmallReads(void)
{
	listener l;
	card c;
	pipeline_failure failure;
	int n, right = 1;
	card_create(&c, 0);
	listener_create(&l, 3, 200, 64);
	for (n = 0; right && (n < 3000); n++) {
		uint64_t from = chance(5000), offset = from, length = chance(1000);
		uint32_t stopAfter = chance(4) ? UINT32_MAX : chance(4);
		int32_t at = PIPELINE_END, control = -1;
		c.length = from + length - (chance(10) || !length ? 0 : 1);
		c.most = chance(3) ? 0 : 1 + chance(90);
		right = 0 == pipeline_read(l.core, &card_source, &c, from, length, chance(100));
		while (right && stopAfter && (at = listener_next(&l, &failure)) >= 0) {
			stopAfter--;
			right = holds(&l, at, offset);
			offset += (uint64_t)pipeline_length_at(l.core, (uint32_t)at);
			pipeline_release(l.core, (uint32_t)at);
			if (control < 0)
				control = pipeline_take(l.core);
			else {
				right = right && (0 == pipeline_release(l.core, (uint32_t)control));
				control = -1;
			}
		}
		if (!stopAfter)
			pipeline_stop(l.core);
		else
			right = right && (offset == c.length) && ((c.length < from + length) == (PIPELINE_FAILED == at));
		if (control >= 0)
			right = right && (0 == pipeline_release(l.core, (uint32_t)control));
		right = right && (3 == pipeline_slots_free(l.core)) && (card_closes(&c) == (unsigned)n + 1);
		/* A take() that found nothing must not bind the one slot of the next round. */
		control = pipeline_take(l.core);
		right = right && (control >= 0) && (0 == pipeline_release(l.core, (uint32_t)control));
	}
	check(right, "3000 small reads with control messages, short files and stops between");
	check(listener_close(&l), "close");
}

static void openAndClose(void)
{
	int n, right = 1;
	for (n = 0; n < 300; n++) {
		listener l;
		card c;
		pipeline_failure failure;
		card_create(&c, 10000);
		listener_create(&l, 2, 256, 0);
		pipeline_read(l.core, &card_source, &c, 0, 10000, 0);
		if (n % 3)
			listener_next(&l, &failure);
		if (n % 5)
			port_sleep(0);
		right = listener_close(&l) && (1 == card_closes(&c)) && right;
	}
	check(right, "300 pipelines closed in the middle");
}

static void blocks(void)
{
	uint8_t *block = block_create(1000);
	int i, zero = 1;
	for (i = 0; i < 1000; i++)
		zero = zero && (0 == block[i]);
	check(zero && (0 == (uintptr_t)block % PORT_BLOCK_ALIGNMENT) && (1000 == block_length(block)), "block: zeroed, aligned, knows its length");
	block_hold(block);
	block_release(block);
	block[999] = 1;
	block_release(block);
	check(NULL == block_create(UINT32_MAX), "block: one that is too long is refused");
}

static void files(void)
{
	char folder[300], path[320];
	file_source f;
	storage_file file;
	listener l;
	pipeline_failure failure;
	uint8_t bytes[1000];
	uint64_t offset = 300;
	size_t count;
	unsigned i;
	int right;

	scratch_folder(folder, sizeof(folder));
	snprintf(path, sizeof(path), "%s/file", folder);
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = card_byte(i);
	right = (0 == storage_open(&file, path, "w+")) && (0 == storage_write(file, bytes, sizeof(bytes), 0, &count));
	check(right && (ENOENT == file_source_open(&f, "/no/such/file")) && (EISDIR == file_source_open(&f, folder)), "file: what can't be opened, and folders, are refused at once");
	listener_create(&l, 2, 128, 16);
	check((0 == file_source_open(&f, path)) && (0 == pipeline_read(l.core, &file_source_calls, &f, 300, 700, 0)) && (PIPELINE_END == drain(&l, &offset, &failure)) && (1000 == offset), "file: read from the middle to the end");
	offset = 900;
	check((0 == file_source_open(&f, path)) && (0 == pipeline_read(l.core, &file_source_calls, &f, 900, 700, 0)) && (PIPELINE_FAILED == drain(&l, &offset, &failure)) && (1000 == failure.endedAt) && (1600 == failure.end), "file: ends early");
	if ((0 == storage_set_size(file, 5000000000)) && (0 == file_source_open(&f, path))) {
		int32_t at;
		pipeline_read(l.core, &file_source_calls, &f, 4999999990, 20, 0);
		at = listener_next(&l, &failure);
		check((at >= 0) && (10 == pipeline_length_at(l.core, (uint32_t)at)) && (PIPELINE_FAILED == listener_next(&l, &failure)) && (5000000000 == failure.endedAt), "file: positions past 4 GiB");
	}
	else
		check(0, "file: positions past 4 GiB");
	check(listener_close(&l), "close");
	storage_close(file);
	storage_remove(path);
	storage_remove(folder);
}

int main(void)
{
	layouts();
	order();
	surroundings();
	backPressure();
	slowCard();
	faults();
	nothing();
	stopping();
	fairness();
	announcing();
	manySmallReads();
	openAndClose();
	blocks();
	files();
	printf("1..%d\n", tests);
	return failures ? 1 : 0;
}
