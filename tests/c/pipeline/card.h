/* A card for the pipeline's tests: made-up contents, and faults on order. And who listens to the pipeline. */
#ifndef CARD_H
#define CARD_H

#include "../../../hosts/pipeline/pipeline.h"
#include <pthread.h>

typedef struct {
	/* Set before a read starts. */
	uint64_t length;        /* of the file */
	uint64_t faultAt;       /* a read from here on fails with fault */
	int fault;
	uint32_t most;          /* a call gives at most that many bytes; 0: as many as asked for */
	unsigned delay;         /* milliseconds per call */

	pthread_mutex_t mutex;
	pthread_cond_t changed;
	int gateClosed;         /* calls wait until it opens */
	int waiting;            /* a call waits */
	unsigned reads, closes;
} card;

void card_create(card *it, uint64_t length);
void card_gate(card *it, int closed);
/* Until a call waits at the gate. */
void card_await(card *it);
unsigned card_reads(card *it);
unsigned card_closes(card *it);
/* What the file holds at a position. */
uint8_t card_byte(uint64_t position);

extern const pipeline_source card_source;

typedef struct {
	pipeline *core;
	uint8_t *memory;
	pipeline_layout layout;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	int told;               /* notify() waits for an answer */
	int doubled;            /* it was called again before it had one */
	int refuse;             /* that many more calls are turned away */
	int gone;
	unsigned notified;
} listener;

void listener_create(listener *it, uint32_t slots, uint32_t slotLength, uint32_t headRoom);
/* Waits for notify() and answers: 0 when none came within milliseconds. */
int listener_hear(listener *it, unsigned milliseconds);
/* The next slot, however long it takes; PIPELINE_END or PIPELINE_FAILED when there is none. */
int32_t listener_next(listener *it, pipeline_failure *failure);
/* Closes the pipeline and answers what is still due; 1 when gone() came once and after everything else. */
int listener_close(listener *it);

#endif
