#include "card.h"
#include "../../../hosts/pipeline/port.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

uint8_t card_byte(uint64_t position) { return (uint8_t)(position * 7 + (position >> 8) * 13 + (position >> 16) * 31); }

void card_create(card *it, uint64_t length)
{
	memset(it, 0, sizeof(*it));
	it->length = length;
	it->faultAt = UINT64_MAX;
	pthread_mutex_init(&it->mutex, NULL);
	pthread_cond_init(&it->changed, NULL);
}

void card_gate(card *it, int closed)
{
	pthread_mutex_lock(&it->mutex);
	it->gateClosed = closed;
	pthread_cond_broadcast(&it->changed);
	pthread_mutex_unlock(&it->mutex);
}

void card_await(card *it)
{
	pthread_mutex_lock(&it->mutex);
	while (!it->waiting)
		pthread_cond_wait(&it->changed, &it->mutex);
	pthread_mutex_unlock(&it->mutex);
}

unsigned card_reads(card *it)
{
	unsigned reads;
	pthread_mutex_lock(&it->mutex);
	reads = it->reads;
	pthread_mutex_unlock(&it->mutex);
	return reads;
}

unsigned card_closes(card *it)
{
	unsigned closes;
	pthread_mutex_lock(&it->mutex);
	closes = it->closes;
	pthread_mutex_unlock(&it->mutex);
	return closes;
}

static int32_t readCard(void *file, uint8_t *bytes, uint32_t length, uint64_t offset)
{
	card *it = file;
	uint32_t i;
	pthread_mutex_lock(&it->mutex);
	it->reads++;
	while (it->gateClosed) {
		it->waiting = 1;
		pthread_cond_broadcast(&it->changed);
		pthread_cond_wait(&it->changed, &it->mutex);
	}
	it->waiting = 0;
	pthread_mutex_unlock(&it->mutex);
	if (it->delay)
		port_sleep(it->delay);
	if (offset >= it->faultAt)
		return -it->fault;
	if (it->most && (length > it->most))
		length = it->most;
	if (length > it->faultAt - offset)
		length = (uint32_t)(it->faultAt - offset);
	if (offset >= it->length)
		return 0;
	if (length > it->length - offset)
		length = (uint32_t)(it->length - offset);
	for (i = 0; i < length; i++)
		bytes[i] = card_byte(offset + i);
	return (int32_t)length;
}

static void closeCard(void *file)
{
	card *it = file;
	pthread_mutex_lock(&it->mutex);
	it->closes++;
	pthread_mutex_unlock(&it->mutex);
}

const pipeline_source card_source = { readCard, closeCard };

static int notify(void *context)
{
	listener *it = context;
	int refused = 0;
	pthread_mutex_lock(&it->mutex);
	it->notified++;
	if (it->told)
		it->doubled = 1;
	if (it->refuse) {
		it->refuse--;
		refused = 1;
	}
	else {
		it->told = 1;
		pthread_cond_broadcast(&it->changed);
	}
	pthread_mutex_unlock(&it->mutex);
	return refused;
}

static void gone(void *context)
{
	listener *it = context;
	pthread_mutex_lock(&it->mutex);
	it->gone++;
	pthread_mutex_unlock(&it->mutex);
}

void listener_create(listener *it, uint32_t slots, uint32_t slotLength, uint32_t headRoom)
{
	memset(it, 0, sizeof(*it));
	pthread_mutex_init(&it->mutex, NULL);
	pthread_cond_init(&it->changed, NULL);
	if (!pipeline_lay_out(&it->layout, slots, slotLength, headRoom, 256, 1024))
		abort();
	/* From malloc, exactly as long: the sanitizer sees a byte too far. */
	it->memory = malloc(it->layout.length);
	memset(it->memory, 0xA5, it->layout.length);
	it->core = pipeline_create(&it->layout, it->memory, notify, gone, it);
	if (!it->core)
		abort();
}

int listener_hear(listener *it, unsigned milliseconds)
{
	struct timespec until;
	int told;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += (time_t)(milliseconds / 1000);
	until.tv_nsec += (long)(milliseconds % 1000) * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	pthread_mutex_lock(&it->mutex);
	while (!it->told) {
		if (ETIMEDOUT == pthread_cond_timedwait(&it->changed, &it->mutex, &until))
			break;
	}
	told = it->told;
	it->told = 0;
	pthread_mutex_unlock(&it->mutex);
	if (told)
		pipeline_heard(it->core);
	return told;
}

int32_t listener_next(listener *it, pipeline_failure *failure)
{
	for (;;) {
		int32_t at = pipeline_next(it->core, failure);
		if (PIPELINE_NOTHING != at)
			return at;
		if (!listener_hear(it, 10000))
			return PIPELINE_NOTHING;
	}
}

int listener_close(listener *it)
{
	int told, right;
	pipeline_close(it->core);
	pthread_mutex_lock(&it->mutex);
	told = it->told;
	it->told = 0;
	right = it->gone == (told ? 0 : 1);
	pthread_mutex_unlock(&it->mutex);
	if (told)
		right = right && !pipeline_heard(it->core);
	pthread_mutex_lock(&it->mutex);
	right = right && (1 == it->gone) && !it->doubled;
	pthread_mutex_unlock(&it->mutex);
	free(it->memory);
	it->memory = NULL;
	return right;
}
