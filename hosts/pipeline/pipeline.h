/*
 * A ring of slots in one block of memory, and a thread that fills free slots from a file, ahead of who sends them.
 *
 *   [ receive area | control area | slot 0 | slot 1 | … | tail ]      slot: [ head room | data ]
 *
 * A slot is free → filling → filled → taken → free. Only the thread makes a slot filling and filled; only the owner
 * takes and releases. All calls but pipeline_heard()'s partner notify() come from the owner's one thread.
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include <stddef.h>
#include <stdint.h>

typedef struct pipeline pipeline;

/* Where things are in the block. */
typedef struct {
	uint32_t slots, slotLength, headRoom;
	uint32_t controlAt;     /* the receive area lies at 0 and ends here */
	uint32_t dataAt;        /* slot 0's data; slot i's is i * stride further on */
	uint32_t stride;
	uint32_t length;        /* of the whole block */
} pipeline_layout;

/* A file to read. Both are called on the pipeline's thread. */
typedef struct {
	/* Reads at most length bytes from offset on: how many, 0 at the file's end, or a negated errno. */
	int32_t (*read)(void *file, uint8_t *bytes, uint32_t length, uint64_t offset);
	void (*close)(void *file);
} pipeline_source;

enum {
	PIPELINE_NOTHING = -1,  /* no slot yet: notify() will tell */
	PIPELINE_END = -2,      /* everything was handed out */
	PIPELINE_FAILED = -3,   /* see pipeline_failure */
	PIPELINE_NO_SLOT = -4,  /* that position is in no slot, or its slot was not taken */
	PIPELINE_BUSY = -5,     /* a read is still going on */
	PIPELINE_RANGE = -6     /* shift, offset or length make no sense */
};

#define PIPELINE_SLOTS_LIMIT 255
/* Bytes behind the last slot: who encrypts a slot in place borrows as many behind its data (hosts/crypto/aead.h), be it the last or not. */
#define PIPELINE_TAIL 16
/* The largest whole number that a JavaScript Number counts exactly up to. */
#define PIPELINE_OFFSET_LIMIT ((uint64_t)1 << 53)

/* Why next() failed. error 0: the file ended at position endedAt where the read was to go on to position end. */
typedef struct {
	int error;
	uint64_t endedAt, end;
} pipeline_failure;

/* Lays a block out. 0 when the numbers make no sense or the block would pass 2^31 - 1 bytes. */
int pipeline_lay_out(pipeline_layout *layout, uint32_t slots, uint32_t slotLength, uint32_t headRoom, uint32_t controlLength, uint32_t receiveLength);

/*
 * A pipeline over memory (layout->length bytes, aligned to PORT_BLOCK_ALIGNMENT) with its thread; NULL where there is no
 * memory or no thread. notify(context) is called, on any thread and never twice before pipeline_heard(), when next() or
 * take() may have something new to say; it returns other than 0 when it could not pass that on, and is called again.
 * gone(context) is the last call: after pipeline_close() and after the pipeline_heard() that may still be due.
 */
pipeline *pipeline_create(const pipeline_layout *layout, uint8_t *memory, int (*notify)(void *context), void (*gone)(void *context), void *context);
/* stop(), and ends the thread. Nothing but pipeline_heard() may be called afterwards. */
void pipeline_close(pipeline *it);
/* Answers a notify(). 0: the pipeline was closed, and it, and context, may be gone now. */
int pipeline_heard(pipeline *it);

/* A free slot for the owner: its data's position, or PIPELINE_NOTHING; then the next slot to be released is kept for take(). */
int32_t pipeline_take(pipeline *it);
/* Makes the slot around position at free: 0 or PIPELINE_NO_SLOT. */
int pipeline_release(pipeline *it, uint32_t at);
/* Bytes of file data in the taken slot around position at (0 where take() gave it), or PIPELINE_NO_SLOT. */
int32_t pipeline_length_at(pipeline *it, uint32_t at);
uint32_t pipeline_slots_free(pipeline *it);

/* Starts a read: 0, PIPELINE_BUSY or PIPELINE_RANGE. The source is closed by the pipeline once the result is 0. */
int pipeline_read(pipeline *it, const pipeline_source *source, void *file, uint64_t offset, uint64_t length, uint32_t shift);
/* The next filled slot's data in file order, taken; or PIPELINE_NOTHING, PIPELINE_END or PIPELINE_FAILED. */
int32_t pipeline_next(pipeline *it, pipeline_failure *failure);
/* Ends the read; returns when the thread touches neither memory nor the source. */
void pipeline_stop(pipeline *it);

#endif
